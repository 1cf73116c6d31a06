/*
 * lane.h: the two control pages of a worker. Host and worker each map both regions; the host's is sealed and
 * read-only in the worker. Numbers are the machine's own: both processes run on it.
 */
#ifndef MNEME_LANE_H
#define MNEME_LANE_H

#include <stdint.h>

/* Bytes that a region's control page takes; the arena follows. */
#define MNEME_LANE_PAGE 16384u
/* Changes with any change of these structs: host and worker of different builds refuse each other. */
#define MNEME_LANE_BUILD 0x4D4E4C11u

enum {
    MNEME_DO_LOAD = 1,   /* dlopen, entry; answers with the table               */
    MNEME_DO_CREATE = 2,
    MNEME_DO_OPEN = 3,
    MNEME_DO_CLOSE = 4,
    MNEME_DO_ADVANCE = 5,
    MNEME_DO_SCORE = 6,
    MNEME_DO_EXPORT = 7,
    MNEME_DO_IMPORT = 8,
    MNEME_DO_OBSERVE = 9,
    MNEME_DO_DESTROY = 10,
    MNEME_DO_QUIT = 11,
    MNEME_DO_LOAD_FOREIGN = 12, /* the payload is a ForeignOrder; answers as LOAD does          */
    MNEME_DO_TIME_FOREIGN = 13, /* for `mneme bench`: libffi beside a direct call               */
    MNEME_DO_STORM = 14         /* the same batch on several threads at once; for checks only   */
};

/* Where a diagnosed worker died, as it says with its last breath. */
enum {
    MNEME_FAULT_NONE = 0,
    MNEME_FAULT_ELSEWHERE = 1, /* a null or wild pointer                                  */
    MNEME_FAULT_STRUCT = 2,    /* behind the end of a crossing struct; fault_index = which */
    MNEME_FAULT_ROWS = 3,      /* behind the end of an array; fault_index = which          */
    MNEME_FAULT_INPUT = 4,     /* a write to the host's read-only memory                   */
    MNEME_FAULT_STACK = 5,     /* the stack's end                                          */
    MNEME_FAULT_CALL = 6       /* a forbidden system call; fault_index = its number        */
};

/* How MNEME_DO_LOAD fails. */
#define MNEME_LOAD_OPEN (-1)
#define MNEME_LOAD_ENTRY (-2)
#define MNEME_LOAD_TABLE (-3)

/* Written by the host. `*_at` are offsets from the start of the host's region. */
typedef struct mneme_host_page {
    uint32_t ask;    /* sequence number of the request             */
    uint32_t cancel; /* the cancel word of the batch               */
    uint32_t build;
    uint32_t operation;
    uint32_t has_session;
    uint32_t form;
    uint32_t state_version;
    uint32_t part_count;
    uint32_t head_count;
    uint32_t path_count;
    uint32_t thread_count; /* of a storm */
    uint32_t round_count;
    uint64_t session;
    uint64_t struct_at; /* packed mneme_batch, mneme_events or mneme_outcomes */
    uint64_t payload_at;
    uint64_t payload_bytes;
    int64_t deadline_ns;
} mneme_host_page;

/* One line of a plugin's log. */
typedef struct mneme_log_line {
    int32_t level;
    uint32_t bytes;
    char text[504];
} mneme_log_line;
#define MNEME_LOG_LINES 16u

/* Written by the worker. The host reads each field once and checks it: a plugin may write anything here. */
typedef struct mneme_worker_page {
    uint32_t done; /* sequence number answered; futex word */
    uint32_t build;
    int32_t status;
    uint32_t rows_done;
    uint32_t changed_float_mode;
    uint32_t is_sandboxed; /* bits: 1 Landlock, 2 first filter, 4 second filter */
    uint64_t payload_bytes; /* behind the outputs' start                        */
    uint32_t log_count;     /* lines ever written; the ring keeps the last 16   */
    uint32_t changed_input; /* 1 + index of the array that was changed during the call; 0 = none */
    uint32_t fault_place;   /* MNEME_FAULT_*                                    */
    uint32_t fault_index;
    /* Futex word that the worker sleeps on; the host changes and wakes it after `ask`. It lies here because the kernel
       finds a word on writable memory faster than on the host's read-only page; what a plugin does to it, it does to
       its own worker. */
    uint32_t bell;
    char error[512];
    mneme_log_line log[MNEME_LOG_LINES]; /* a ring; from Swift through lane_log */
} mneme_worker_page;

static inline mneme_log_line *lane_log(mneme_worker_page *page, uint32_t line) { return &page->log[line % MNEME_LOG_LINES]; }

static inline uint32_t lane_load(const uint32_t *word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }
static inline void lane_store(uint32_t *word, uint32_t value) { __atomic_store_n(word, value, __ATOMIC_RELEASE); }

#endif /* MNEME_LANE_H */
