/*
 * platform.h: system calls and registers that Swift can't see, one static inline function each, no logic.
 * Errors are returned as the kernel gives them: -1 and errno.
 *
 * Names that hide behind feature macros (_GNU_SOURCE) are bound by assembler label: a macro set here doesn't
 * reach libc's headers once they are a module of their own.
 */
#ifndef MNEME_PLATFORM_H
#define MNEME_PLATFORM_H

#include <errno.h>
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

#endif /* MNEME_PLATFORM_H */
