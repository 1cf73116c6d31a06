/*
 * mneme_plugin.h: the whole contract between Mneme and a scorer. ABI version 1.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A scorer is a shared library that exports ONE function, `mneme_plugin`, and carries ONE manifest
 * (JSON in an ELF note, see MNEME_PLUGIN_MANIFEST below). A scorer advises: given rows of numbers it
 * fills one score per row. If it is late, crashes or answers nonsense, the turn goes on without it.
 *
 * OBJECTS     library -> model -> session
 *   library   the shared object; one scorer per library; never unloaded while the host lives.
 *   model     options + assets (weights). Does not change while it serves.
 *   session   what one user's or one conversation's history has become. Only `advance` and
 *             `import_state` change it; `score` never does.
 *
 * THREAD TAGS  the closed vocabulary that stands at every function:
 *   [any]        any thread, at any time, concurrently.
 *   [load]       a thread used for nothing else; may take seconds; no scoring of this model is running.
 *   [model]      any thread; concurrently with itself only if the manifest says "concurrent": true.
 *   [session]    any thread, but never two calls at once that name the same session.
 *   [exclusive]  any thread, and no other call on this model is running.
 * «Any thread» means that no call may rely on thread-local state of an earlier call.
 *
 * OWNERSHIP   memory belongs to whoever made it, always. Every pointer passed in is borrowed until the
 *   call returns, except `host` and the assets, which stay valid until `destroy` returns. Outputs are the
 *   host's buffers. Nothing is freed across the line. No exception, panic or longjmp crosses it.
 *
 * FAILURE     functions return a mneme_status. Negative = failed; then `error` (never null) may be filled
 *   with a message that says what was wrong, with what, and what is allowed.
 *
 * GROWTH      append-only. Every struct that crosses begins with `struct_size`; the side that fills it
 *   writes the size it knows. A reader tests `struct_size` before it touches a field that its own minor
 *   added (MNEME_HAS). WRITE FIELDS, NEVER A WHOLE STRUCT: a newer host's struct is longer than yours.
 *   The host places each crossing struct in a zeroed slot. Another major is refused; a newer minor works.
 *   mneme_array, mneme_option, mneme_asset are frozen for ever, so arrays of them have a fixed stride.
 *
 * TIME        `*_ms` Unix milliseconds UTC. `*_ns` CLOCK_MONOTONIC nanoseconds (valid across processes).
 *             A deterministic scorer uses `batch->now_ms` and no other clock.
 *
 * TEXT        UTF-8, (offsets, bytes), not terminated, unless a field says «terminated».
 *
 * The header is C11 and C++17 and needs nothing but <stddef.h> and <stdint.h>.
 */
#ifndef MNEME_PLUGIN_H
#define MNEME_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#define MNEME_STATIC_ASSERT(condition, message) static_assert(condition, message)
#else
#define MNEME_STATIC_ASSERT(condition, message) _Static_assert(condition, message)
#endif

#if defined(__GNUC__) || defined(__clang__)
#define MNEME_EXPORT __attribute__((visibility("default")))
#else
#error "mneme_plugin.h needs a compiler with ELF visibility attributes (gcc or clang)"
#endif

/* ------------------------------------------------------------------------------------------------
 * Version
 * ---------------------------------------------------------------------------------------------- */

#define MNEME_ABI_MAJOR 1u
#define MNEME_ABI_MINOR 0u

/* First word of the plugin table: "MNM1" read as little-endian. Anything else is not a Mneme plugin. */
#define MNEME_MAGIC 0x314D4E4Du

/* True if `object` (a pointer to a crossing struct) is long enough to hold `field`. */
#define MNEME_HAS(object, type, field) \
    ((object)->struct_size >= offsetof(type, field) + sizeof((object)->field))

/* ------------------------------------------------------------------------------------------------
 * Status and error
 * ---------------------------------------------------------------------------------------------- */

/* What a call returns. Kept as int32_t in every struct, so that unknown codes survive. */
typedef int32_t mneme_status;

enum {
    MNEME_OK = 0,
    /* score only: rows [0, rows_done) are valid, the rest was not reached before `deadline_ns`. */
    MNEME_PARTIAL = 1,
    /* score only: the cancel word was set; rows [0, rows_done) are valid. */
    MNEME_CANCELLED = 2,

    MNEME_INVALID = -1,     /* the caller broke this contract (a null where none is allowed, …)      */
    MNEME_SCHEMA = -2,      /* columns are not those the model was created for, or cannot be mapped   */
    MNEME_STATE = -3,       /* the state blob is foreign, truncated, damaged, or of other weights     */
    MNEME_ASSET = -4,       /* an asset is missing, damaged or does not fit the library               */
    MNEME_OPTION = -5,      /* options that are each valid but impossible together                    */
    MNEME_MEMORY = -6,      /* no memory within `memory_bytes`                                        */
    MNEME_UNSUPPORTED = -7, /* this head, target, form or slot is not offered                         */
    MNEME_INTERNAL = -8     /* a fault of the plugin itself                                           */
};

/*
 * 512 bytes, the host's. On failure the callee copies `code` (the value it returns) and a terminated
 * UTF-8 message, cut at a character boundary. On success it is left untouched.
 */
typedef struct mneme_error {
    uint32_t struct_size;
    mneme_status code;
    char message[504];
} mneme_error;

/* ------------------------------------------------------------------------------------------------
 * Arrays: every variable-size piece that crosses is one of these
 * ---------------------------------------------------------------------------------------------- */

enum {
    MNEME_F32 = 1, /* IEEE binary32, finite in every input                    */
    MNEME_F16 = 2, /* IEEE binary16, finite in every input                    */
    MNEME_U8 = 3,  /* bytes, flags, UTF-8                                     */
    MNEME_U32 = 4, /* offsets: rows + 1 entries, ascending, the last = total  */
    MNEME_U64 = 5, /* ids                                                     */
    MNEME_I64 = 6  /* times                                                   */
};

/*
 * 32 bytes, frozen for ever. `data` null = absent (then all else is 0). Element (r, c) lies at
 * data + r * stride + c * sizeof(type); `stride` is in bytes and may exceed cols * sizeof(type).
 * [data, data + bytes) is readable (inputs) or writable (outputs), and nothing outside it. `data` and
 * `stride` are multiples of sizeof(type). Lists (offsets, ids, kinds, flags, bytes of text) are dense n x 1:
 * cols 1, stride sizeof(type); only row_ids may be strided as row_features are.
 */
typedef struct mneme_array {
    void *data;
    uint64_t bytes;
    uint32_t rows;
    uint32_t cols;
    uint32_t stride;
    uint32_t type;
} mneme_array;

/* ------------------------------------------------------------------------------------------------
 * Creating a model
 * ---------------------------------------------------------------------------------------------- */

enum { MNEME_OPTION_NUMBER = 1, MNEME_OPTION_INTEGER = 2, MNEME_OPTION_BOOL = 3, MNEME_OPTION_TEXT = 4 };

/*
 * 24 bytes, frozen. One per option of the manifest, in the manifest's order; defaults are filled in and
 * ranges checked by the host. NUMBER, INTEGER, BOOL (0/1): `number`. TEXT and enumerations: `text`,
 * terminated, never null.
 */
typedef struct mneme_option {
    uint32_t struct_size;
    uint32_t kind;
    double number;
    const char *text;
} mneme_option;

/*
 * 32 bytes, frozen. One file named in plugins.json, opened, hashed and mapped read-only by the host: a
 * plugin never opens files. `data` is 64-byte aligned and stays valid until `destroy` returns. `name` is
 * the manifest's, terminated. The content is the plugin's to validate: the hash was right, the maker may
 * still have been wrong.
 */
typedef struct mneme_asset {
    uint32_t struct_size;
    uint32_t reserved;
    const char *name;
    const void *data;
    uint64_t bytes;
} mneme_asset;

/*
 * What `create` receives. Column names carry their version ("memory.log_age_days@1") and stand in the order
 * in which every batch will send them: exactly the manifest's order, less optional columns that this
 * host does not offer. Map names to indices here, once; refuse with MNEME_SCHEMA and both lists if a
 * name that the weights need is missing.
 */
typedef struct mneme_config {
    uint32_t struct_size;
    uint32_t option_count;
    uint32_t asset_count;
    uint32_t row_column_count;
    uint32_t hop_column_count;
    uint32_t event_column_count;
    /* Of the one embedding model whose vectors will be sent; 0 = none granted. */
    uint32_t embedding_dim;
    /* Kernel dispatch level to use: 0 = best available, else 1 baseline, 3 x86-64-v3, 4 x86-64-v4. */
    uint32_t dispatch_level;
    /* Largest batch that will be sent. */
    uint32_t max_rows;
    uint32_t reserved;
    /* Memory this model may use, in bytes; 0 = no limit given. */
    uint64_t memory_bytes;
    /* Seed for whatever the model draws at random. */
    uint64_t seed;
    /* 64-bit hash over all column names in order; every batch and event list repeats it. */
    uint64_t schema;
    const mneme_option *options;
    const mneme_asset *assets;
    const char *const *row_columns;   /* terminated names */
    const char *const *hop_columns;
    const char *const *event_columns;
    const char *embedding_model;      /* terminated; empty = none */
} mneme_config;

/* Inputs beyond the row columns, as bits of mneme_info.inputs. */
enum {
    MNEME_INPUT_ROW_TEXTS = 1u << 0,
    MNEME_INPUT_QUERY_TEXT = 1u << 1,
    MNEME_INPUT_ROW_EMBEDDINGS = 1u << 2,
    MNEME_INPUT_QUERY_EMBEDDING = 1u << 3,
    MNEME_INPUT_PATHS = 1u << 4,
    MNEME_INPUT_HISTORY = 1u << 5
};

/*
 * What `create` tells about the model it made. The host zeroes it before the call; a field left 0 says
 * «none» or «unknown».
 */
typedef struct mneme_info {
    uint32_t struct_size;
    /* Bit i = head i of the manifest is offered with these assets. 0 = the first head only. */
    uint32_t heads;
    /* MNEME_INPUT_* that these assets really use; the host skips the rest. */
    uint32_t inputs;
    /* Version of the exported state's layout; 0 = the model keeps no state. */
    uint32_t state_version;
    /* Which weights a state belongs to: drawn anew by training from scratch, kept when the trunk is
       frozen. A state is imported only when ids are equal; otherwise the host replays events. */
    uint64_t state_id;
    /* Memory of one session, in bytes. */
    uint64_t session_bytes;
    /* How many past events rebuild a session well enough. */
    uint32_t replay_events;
    /* Columns of scores.parts; 0 = no explanation offered. */
    uint32_t part_count;
    /* First estimate of cost; the host measures and replaces it. */
    uint32_t nanoseconds_per_row;
    uint32_t nanoseconds_per_event;
} mneme_info;

enum { MNEME_LOG_DEBUG = 0, MNEME_LOG_INFO = 1, MNEME_LOG_WARNING = 2, MNEME_LOG_ERROR = 3, MNEME_LOG_FAULT = 4 };

/*
 * What the host offers. Valid from `create` until `destroy` returns.
 * log [any]: `text` need not be terminated; the host limits the rate and prefixes id and version.
 */
typedef struct mneme_host {
    uint32_t struct_size;
    uint32_t reserved;
    void *context;
    void (*log)(void *context, int32_t level, const char *text, uint64_t bytes);
} mneme_host;

typedef struct mneme_model mneme_model;     /* opaque, the plugin's */
typedef struct mneme_session mneme_session; /* opaque, the plugin's */

/* ------------------------------------------------------------------------------------------------
 * One scoring request
 * ---------------------------------------------------------------------------------------------- */

/* What the rows of a batch are. The host proposes them; a scorer never invents a row. */
enum {
    MNEME_OVER_CANDIDATE = 1, /* one memory per row                                   */
    MNEME_OVER_ASPECT = 2,
    MNEME_OVER_ENTITY = 3,
    MNEME_OVER_SESSION = 4,   /* one row: the session itself                          */
    MNEME_OVER_PAIR = 5,      /* two memories per row: row_ids has two columns        */
    MNEME_OVER_PATH = 6
};

/* Kinds in hop_kinds. */
enum { MNEME_HOP_ENTITY = 1, MNEME_HOP_ASPECT = 2, MNEME_HOP_ATTRIBUTE = 3, MNEME_HOP_MEMORY = 4 };

/*
 * Rows of numbers and what belongs to them. Ids are 64-bit keyed hashes of stable ids: equal ids are the
 * same thing for ever within one store. Rows stand in the host's fused order, likeliest first, so a
 * partial answer covers the likeliest rows; a "list" scorer may read that order, a "row" scorer must not.
 */
typedef struct mneme_batch {
    uint32_t struct_size;
    uint32_t target; /* MNEME_OVER_* */
    uint32_t rows;
    uint32_t heads;  /* heads to fill, as bits of the manifest's heads; scores.values has one row per bit */
    uint64_t schema; /* as in mneme_config; another value = MNEME_SCHEMA */
    uint64_t request; /* retrieval id, for logs and traces */
    int64_t now_ms;
    int64_t deadline_ns; /* soft: past it the answer goes out without you */
    /* Becomes non-zero when the answer is no longer wanted: poll it every 256 to 1,024 rows with
       mneme_cancelled(). Null = never cancelled. */
    const uint32_t *cancel;
    int32_t utc_offset_s; /* the user's */
    uint32_t reserved;

    mneme_array column_present;    /* u8 1 x columns: 0 = that column is absent in this request and holds
                                      its documented absent value                                      */
    mneme_array row_features;      /* f32 rows x columns                                                */
    mneme_array row_ids;           /* u64 rows x 1 (pairs: x 2)                                         */
    mneme_array row_embeddings;    /* f32 or f16 rows x dim; zero where row_has_embedding is 0           */
    mneme_array row_has_embedding; /* u8 rows x 1                                                       */
    mneme_array row_text_offsets;  /* u32 rows + 1; only if granted                                     */
    mneme_array row_text_bytes;    /* u8, cut at max bytes on a character boundary                      */
    mneme_array query_embedding;   /* f32 1 x dim                                                       */
    mneme_array query_text;        /* u8                                                                */
    mneme_array focal_ids;         /* u64: the entities the turn is about                               */
    mneme_array path_offsets;      /* u32 rows + 1: row r owns paths [path_offsets[r], path_offsets[r+1]) */
    mneme_array path_ids;          /* u64 paths x 1                                                     */
    mneme_array hop_offsets;       /* u32 paths + 1                                                     */
    mneme_array hop_features;      /* f32 hops x hop columns; columns at hop k describe the prefix 1..k  */
    mneme_array hop_ids;           /* u64 hops x 1                                                      */
    mneme_array hop_kinds;         /* u8 hops x 1, MNEME_HOP_*                                          */
} mneme_batch;

/* Reads the cancel word of a batch. Cheap: one relaxed load. */
static inline int mneme_cancelled(const mneme_batch *batch) {
    return batch->cancel != NULL && __atomic_load_n(batch->cancel, __ATOMIC_RELAXED) != 0;
}

/*
 * Every f32 output is pre-filled with this NaN, so a row that was never written is told apart from a
 * computed NaN (which counts as a fault of the plugin).
 */
#define MNEME_UNWRITTEN_BITS 0x7FC0DEADu

enum { MNEME_ROW_OK = 0, MNEME_ROW_ABSTAIN = 1 };

/*
 * Where a scorer answers: the host's buffers, pre-filled. Do rows in order and set `rows_done`; rows after
 * it may stay unwritten only when PARTIAL or CANCELLED is returned. Higher = better for every head. Where
 * a row has nothing to say (no path, no vector), set its status to MNEME_ROW_ABSTAIN and leave its value.
 */
typedef struct mneme_scores {
    uint32_t struct_size;
    uint32_t rows_done;
    mneme_array values;      /* f32 heads x rows                                                   */
    mneme_array confidence;  /* f32 1 x rows; unwritten = not given                                */
    mneme_array row_status;  /* u8 1 x rows, MNEME_ROW_*; pre-filled with OK                       */
    mneme_array path_values; /* f32 1 x paths; absent if there are no paths                        */
    mneme_array parts;       /* f32 rows x part_count: additive, sums to the first head's value
                                within 1e-5; absent when the host does not explain                 */
} mneme_scores;

/* ------------------------------------------------------------------------------------------------
 * Events and outcomes
 * ---------------------------------------------------------------------------------------------- */

enum { MNEME_ROLE_FOCAL = 1, MNEME_ROLE_ASPECT = 2, MNEME_ROLE_INJECTED = 3, MNEME_ROLE_REFERENCED = 4 };

/*
 * Consecutive events of one session, oldest first. Event t is what is known when turn t begins: its
 * query, time and focal entities plus the outcome of turn t-1. It is frozen and stored before use; what
 * becomes known later goes into a later event.
 */
typedef struct mneme_events {
    uint32_t struct_size;
    uint32_t rows;
    uint64_t schema;
    uint64_t first_sequence; /* the host's; rows follow without a gap */
    mneme_array times_ms;      /* i64 rows x 1                                */
    mneme_array features;      /* f32 rows x event columns                    */
    mneme_array id_offsets;    /* u32 rows + 1                                */
    mneme_array ids;           /* u64                                         */
    mneme_array id_roles;      /* u8, MNEME_ROLE_*                            */
    mneme_array embeddings;    /* f32 or f16 rows x dim: that turn's query vector, raw */
    mneme_array has_embedding; /* u8 rows x 1                                 */
} mneme_events;

enum {
    MNEME_OUTCOME_RATING = 1,     /* value in [-1, 1]                 */
    MNEME_OUTCOME_REFERENCED = 2, /* the agent used it                */
    MNEME_OUTCOME_HIT = 3,        /* found again by a later search    */
    MNEME_OUTCOME_PIN = 4,
    MNEME_OUTCOME_FORGET = 5,
    MNEME_OUTCOME_UNDONE = 6      /* takes an earlier outcome back    */
};

/* What became of the rows that were shown. Delivered in order per session, at least once. */
typedef struct mneme_outcomes {
    uint32_t struct_size;
    uint32_t rows;
    uint64_t schema;
    uint64_t request; /* of the batch that showed them */
    mneme_array row_ids;      /* u64 rows x 1                                     */
    mneme_array path_ids;     /* u64 rows x 1; 0 = none                           */
    mneme_array kinds;        /* u8 rows x 1, MNEME_OUTCOME_*                     */
    mneme_array values;       /* f32 rows x 1                                     */
    mneme_array times_ms;     /* i64 rows x 1                                     */
    mneme_array propensities; /* f32 rows x 1: probability that the row was shown */
} mneme_outcomes;

/* ------------------------------------------------------------------------------------------------
 * The plugin table
 * ---------------------------------------------------------------------------------------------- */

/* Forms of state. EXACT restores bit for bit; COMPACT is at most MNEME_COMPACT_BYTES and approximate. */
enum { MNEME_STATE_EXACT = 1, MNEME_STATE_COMPACT = 2 };
#define MNEME_COMPACT_BYTES 256u

/*
 * Static and constant for the life of the process. Slots marked «optional» may be null. A newer minor
 * appends slots after `observe`.
 */
typedef struct mneme_plugin_table {
    uint32_t magic;       /* MNEME_MAGIC */
    uint32_t struct_size; /* sizeof(mneme_plugin_table) as compiled */
    uint32_t abi_major;   /* MNEME_ABI_MAJOR */
    uint32_t abi_minor;   /* MNEME_ABI_MINOR */
    const char *id;       /* terminated; equal to the manifest's */
    const char *version;  /* terminated; equal to the manifest's */

    /* [load] Makes a model from options and assets. Validates the assets, maps column names to indices.
       May take seconds. Leaves no thread behind unless the manifest asked for threads and was granted.
       On success *model is set and `info` filled; on failure *model is untouched. */
    mneme_status (*create)(const mneme_config *config, const mneme_host *host, mneme_info *info,
                           mneme_model **model, mneme_error *error);

    /* [load] Ends a model, after all its sessions were closed. A later `create` behaves as the first
       did: library globals survive and must not matter. Cannot fail. */
    void (*destroy)(mneme_model *model);

    /* [model] optional. Opens a session in the model's default state. `key` names it for logs. */
    mneme_status (*session_open)(mneme_model *model, uint64_t key, mneme_session **session,
                                 mneme_error *error);

    /* [session] optional, present if session_open is. Cannot fail. */
    void (*session_close)(mneme_model *model, mneme_session *session);

    /* [session] optional. Applies events strictly in sequence. After a failure the session is unusable:
       the host closes it and rebuilds it from its last state and the stored events. */
    mneme_status (*advance)(mneme_model *model, mneme_session *session, const mneme_events *events,
                            mneme_error *error);

    /* [session], with session == NULL [model]. Fills `scores`. Changes neither model nor session. Polls
       the cancel word. Returns OK, PARTIAL, CANCELLED or an error; on an error the outputs are ignored. */
    mneme_status (*score)(mneme_model *model, mneme_session *session, const mneme_batch *batch,
                          mneme_scores *scores, mneme_error *error);

    /* [session], with session == NULL [exclusive]. optional. Writes the state's payload and *length.
       out == NULL asks for the size only; INVALID with *length set if `capacity` is too small.
       session == NULL: what the model has learned while serving. The host wraps it in an
       envelope (ids, versions, checksum) of its own. */
    mneme_status (*export_state)(mneme_model *model, mneme_session *session, int32_t form, void *out,
                                 uint64_t capacity, uint64_t *length, mneme_error *error);

    /* [session], with session == NULL [exclusive]. optional. Replaces the state by an exported payload.
       Validates every byte; after a failure the target is unusable. */
    mneme_status (*import_state)(mneme_model *model, mneme_session *session, int32_t form,
                                 uint32_t state_version, const void *bytes, uint64_t length,
                                 mneme_error *error);

    /* [session], with session == NULL [exclusive]. optional; called only if the manifest says "learns". */
    mneme_status (*observe)(mneme_model *model, mneme_session *session, const mneme_outcomes *outcomes,
                            mneme_error *error);
} mneme_plugin_table;

/*
 * [any] The one export of a plugin. Returns the static table; does no work and allocates nothing.
 */
MNEME_EXPORT const mneme_plugin_table *mneme_plugin(void);
typedef const mneme_plugin_table *(*mneme_plugin_function)(void);
#define MNEME_ENTRY_SYMBOL "mneme_plugin"

/* ------------------------------------------------------------------------------------------------
 * The manifest: JSON in an ELF note, read by the host before any code of the library runs
 * ---------------------------------------------------------------------------------------------- */

#define MNEME_NOTE_NAME "Mneme"
#define MNEME_NOTE_TYPE 0x4D4E0001u
#define MNEME_MANIFEST_MAX_BYTES 65536u

/*
 * MNEME_PLUGIN_MANIFEST("{ … }") in ONE C or C++ file of the library places the note. The text is padded
 * with NUL to a multiple of four; trailing NULs do not belong to the JSON.
 */
#define MNEME_PLUGIN_MANIFEST(json)                                                              \
    __attribute__((section(".note.mneme"), used, aligned(4))) static const struct {              \
        uint32_t name_bytes, text_bytes, type;                                                   \
        char name[8];                                                                            \
        char text[(sizeof(json) + 3u) & ~(size_t)3u];                                            \
    } mneme_manifest_note = {6u, (uint32_t)((sizeof(json) + 3u) & ~(size_t)3u), MNEME_NOTE_TYPE, \
                             MNEME_NOTE_NAME, json}

/* ------------------------------------------------------------------------------------------------
 * Layout, pinned (x86-64 and AArch64 agree)
 * ---------------------------------------------------------------------------------------------- */

MNEME_STATIC_ASSERT(sizeof(mneme_error) == 512, "mneme_error");
MNEME_STATIC_ASSERT(sizeof(mneme_array) == 32, "mneme_array");
MNEME_STATIC_ASSERT(sizeof(mneme_option) == 24, "mneme_option");
MNEME_STATIC_ASSERT(sizeof(mneme_asset) == 32, "mneme_asset");
MNEME_STATIC_ASSERT(sizeof(mneme_config) == 112, "mneme_config");
MNEME_STATIC_ASSERT(sizeof(mneme_info) == 48, "mneme_info");
MNEME_STATIC_ASSERT(sizeof(mneme_host) == 24, "mneme_host");
MNEME_STATIC_ASSERT(sizeof(mneme_batch) == 576, "mneme_batch");
MNEME_STATIC_ASSERT(sizeof(mneme_scores) == 168, "mneme_scores");
MNEME_STATIC_ASSERT(sizeof(mneme_events) == 248, "mneme_events");
MNEME_STATIC_ASSERT(sizeof(mneme_outcomes) == 216, "mneme_outcomes");
MNEME_STATIC_ASSERT(sizeof(mneme_plugin_table) == 104, "mneme_plugin_table");

#ifdef __cplusplus
}
#endif

#endif /* MNEME_PLUGIN_H */
