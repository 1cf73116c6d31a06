/*
 * platform.h: system calls and registers that Swift can't see, one static inline function each, no logic.
 * Errors are returned as the kernel gives them: -1 and errno.
 *
 * Names that hide behind feature macros (_GNU_SOURCE) are bound by assembler label: a macro set here doesn't
 * reach libc's headers once they are a module of their own.
 */
#ifndef MNEME_PLATFORM_H
#define MNEME_PLATFORM_H

#include <linux/futex.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>

long platform_libc_syscall(long number, ...) __asm__("syscall");
int platform_libc_clock_gettime(int clock, struct timespec *now) __asm__("clock_gettime");

/* CLOCK_MONOTONIC in nanoseconds; valid across processes. */
static inline int64_t platform_monotonic_ns(void) {
    struct timespec now;
    platform_libc_clock_gettime(1 /* CLOCK_MONOTONIC */, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Sleeps while *word == expected, at most until the absolute CLOCK_MONOTONIC instant. */
static inline int platform_futex_wait_until(const void *word, uint32_t expected, int64_t until_ns) {
    struct timespec until = {until_ns / 1000000000, until_ns % 1000000000};
    return (int)platform_libc_syscall(SYS_futex, word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, expected, &until, NULL,
                        FUTEX_BITSET_MATCH_ANY);
}

/* Sleeps while *word == expected. */
static inline int platform_futex_wait(const void *word, uint32_t expected) {
    return (int)platform_libc_syscall(SYS_futex, word, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, expected, NULL, NULL, 0);
}

/* Wakes at most `count` sleepers. */
static inline int platform_futex_wake(const void *word, int count) {
    return (int)platform_libc_syscall(SYS_futex, word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, count, NULL, NULL, 0);
}

/* The CPU that the calling thread runs on at this moment (vDSO: some 10 ns). */
int platform_libc_sched_getcpu(void) __asm__("sched_getcpu");
static inline int platform_current_cpu(void) { return platform_libc_sched_getcpu(); }

/* Kernel id of the calling thread. */
static inline int platform_thread_id(void) { return (int)platform_libc_syscall(SYS_gettid); }

/* Name of the calling thread, at most 15 bytes. */
int platform_libc_prctl(int option, ...) __asm__("prctl");
static inline int platform_name_thread(const char *name) {
    return platform_libc_prctl(15 /* PR_SET_NAME */, name);
}

/* Which CPUs a thread may run on; `mask` has `bytes` bytes, one bit per CPU. */
static inline int platform_set_affinity(int thread, const void *mask, size_t bytes) {
    return (int)platform_libc_syscall(SYS_sched_setaffinity, thread, bytes, mask);
}

/* Returns the number of bytes written to `mask`. */
static inline int platform_get_affinity(int thread, void *mask, size_t bytes) {
    return (int)platform_libc_syscall(SYS_sched_getaffinity, thread, bytes, mask);
}

/* The file that an address was loaded from; 0 = none. */
typedef struct platform_symbol_info {
    const char *file;
    void *base;
    const char *symbol;
    void *address;
} platform_symbol_info;
int platform_libc_dladdr(const void *address, platform_symbol_info *info) __asm__("dladdr");
static inline int platform_dladdr(const void *address, platform_symbol_info *info) {
    return platform_libc_dladdr(address, info);
}

/* Flag of dlopen: the library stays mapped even if its handle is closed. */
static inline int platform_rtld_nodelete(void) { return 0x1000; }

/* The calling thread's floating-point control: MXCSR on x86-64, FPCR on AArch64. */
static inline uint32_t platform_float_mode(void) {
#if defined(__x86_64__)
    uint32_t mode;
    __asm__ volatile("stmxcsr %0" : "=m"(mode)::"memory");
    return mode;
#elif defined(__aarch64__)
    uint64_t mode;
    __asm__ volatile("mrs %0, fpcr" : "=r"(mode)::"memory");
    return (uint32_t)mode;
#else
#error "platform.h knows x86-64 and AArch64"
#endif
}

static inline void platform_set_float_mode(uint32_t mode) {
#if defined(__x86_64__)
    __asm__ volatile("ldmxcsr %0" ::"m"(mode) : "memory");
#elif defined(__aarch64__)
    __asm__ volatile("msr fpcr, %0" ::"r"((uint64_t)mode) : "memory");
#endif
}

/* Bits of the float mode that are control and not sticky exception flags, and their standard value. */
static inline uint32_t platform_float_control_bits(void) {
#if defined(__x86_64__)
    return 0xFFC0u;
#else
    return 0xFFFFFFFFu;
#endif
}
static inline uint32_t platform_float_standard(void) {
#if defined(__x86_64__)
    return 0x1F80u;
#else
    return 0u;
#endif
}

/* ---- processes, shared memory, limits ---- */

/* The same futex calls between processes. */
static inline int platform_futex_shared_wait_until(const void *word, uint32_t expected, int64_t until_ns) {
    struct timespec until = {until_ns / 1000000000, until_ns % 1000000000};
    return (int)platform_libc_syscall(SYS_futex, word, FUTEX_WAIT_BITSET, expected, until_ns < 0 ? NULL : &until, NULL,
                        FUTEX_BITSET_MATCH_ANY);
}
static inline int platform_futex_shared_wake(const void *word, int count) {
    return (int)platform_libc_syscall(SYS_futex, word, FUTEX_WAKE, count, NULL, NULL, 0);
}

/* Anonymous memory with a descriptor; close-on-exec, sealable. */
static inline int platform_memfd(const char *name) {
    return (int)platform_libc_syscall(SYS_memfd_create, name, 0x0001u | 0x0002u /* CLOEXEC | ALLOW_SEALING */);
}
int platform_libc_fcntl(int fd, int command, ...) __asm__("fcntl");
/* Against shrinking and growing; `read_only`: nobody may map it writable from now on. */
static inline int platform_seal(int fd, int read_only) {
    /* F_ADD_SEALS; F_SEAL_SHRINK | F_SEAL_GROW, F_SEAL_FUTURE_WRITE */
    return platform_libc_fcntl(fd, 1033, 0x0002 | 0x0004 | (read_only ? 0x0010 : 0));
}

/* A counter to poll: close-on-exec, never blocks. */
static inline int platform_eventfd(void) { return (int)platform_libc_syscall(SYS_eventfd2, 0, 02000000 | 04000); }

/* File action of posix_spawn: closes every descriptor from `first` on (glibc 2.34). */
int platform_libc_close_from(void *actions, int first) __asm__("posix_spawn_file_actions_addclosefrom_np");
static inline int platform_spawn_close_from(void *actions, int first) { return platform_libc_close_from(actions, first); }

static inline int platform_pidfd_open(int pid) { return (int)platform_libc_syscall(SYS_pidfd_open, pid, 0); }
static inline int platform_pidfd_kill(int pidfd, int signal) {
    return (int)platform_libc_syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}
int *platform_libc_errno(void) __asm__("__errno_location");
static inline int platform_errno(void) { return *platform_libc_errno(); }
static inline void platform_set_errno(int code) { *platform_libc_errno() = code; }
typedef struct platform_child_state {
    int signo, err, code, reserved, pid, uid, status;
    char rest[128 - 7 * 4];
} platform_child_state;
/* Reaps if the child has ended: 1 and `code` (CLD_EXITED 1, CLD_KILLED 2, CLD_DUMPED 3) with `status`, else 0. */
static inline int platform_reap(int pid, int *code, int *status) {
    platform_child_state state = {0};
    /* P_PID, WEXITED | WNOHANG */
    if (platform_libc_syscall(SYS_waitid, 1, pid, &state, 4 | 1, NULL) != 0 || state.pid == 0) return 0;
    *code = state.code;
    *status = state.status;
    return 1;
}
/* The kernel sends `signal` to the caller when the thread that made it ends. */
static inline int platform_die_with_parent(int signal) { return platform_libc_prctl(1, (unsigned long)signal); }
static inline int platform_no_new_privileges(void) { return platform_libc_prctl(38, 1ul, 0ul, 0ul, 0ul); }
/* One process-wide limit, soft and hard alike. */
static inline int platform_limit(int resource, uint64_t value) {
    uint64_t limit[2] = {value, value};
    return (int)platform_libc_syscall(SYS_prlimit64, 0, resource, limit, NULL);
}

/* ---- sandbox ---- */

/* One instruction of classic BPF, as seccomp takes it. */
typedef struct platform_bpf {
    uint16_t code;
    uint8_t jump_true, jump_false;
    uint32_t k;
} platform_bpf;
/* Installs a filter for this thread and those it makes; `all_threads`: for every thread of the process. */
static inline int platform_seccomp(const platform_bpf *filter, uint16_t count, int all_threads) {
    struct {
        uint16_t count;
        const platform_bpf *filter;
    } program = {count, filter};
    /* SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC */
    return (int)platform_libc_syscall(SYS_seccomp, 1, all_threads ? 1 : 0, &program);
}

/* Highest Landlock ABI of the kernel; 0 or less = none. */
static inline int platform_landlock_abi(void) {
    return (int)platform_libc_syscall(444 /* landlock_create_ruleset */, NULL, 0, 1);
}
static inline int platform_landlock_ruleset(uint64_t handled_file_access) {
    return (int)platform_libc_syscall(444, &handled_file_access, sizeof handled_file_access, 0);
}
/* Allows `access` beneath the open folder. */
static inline int platform_landlock_allow(int ruleset, int folder, uint64_t access) {
    struct __attribute__((packed)) {
        uint64_t access;
        int32_t folder;
    } rule = {access, folder};
    return (int)platform_libc_syscall(445 /* landlock_add_rule */, ruleset, 1, &rule, 0);
}
static inline int platform_landlock_enforce(int ruleset) {
    return (int)platform_libc_syscall(446 /* landlock_restrict_self */, ruleset, 0);
}

#endif /* MNEME_PLATFORM_H */
