/*
 * One static inline function per system call or instruction that Swift can't see. No logic.
 */
#ifndef MNEME_PLATFORM_H
#define MNEME_PLATFORM_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* dlopen for ever: now, local, never unmapped (DESIGN §4: unmapping Swift code crashes the host). */
static inline void *mneme_dlopen(const char *path) { return dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE); }

/* Path of the object that holds `address`; null if none. Valid while the object is loaded. */
static inline const char *mneme_object_of(const void *address) {
    Dl_info info;
    return dladdr(address, &info) ? info.dli_fname : 0;
}

static inline int64_t mneme_monotonic_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static inline uint32_t mneme_load_acquire(const uint32_t *word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }
static inline void mneme_store_release(uint32_t *word, uint32_t value) { __atomic_store_n(word, value, __ATOMIC_RELEASE); }

/* Sleeps while *word == expected, at most `nanoseconds` (negative: for ever). */
static inline int mneme_futex_wait(const uint32_t *word, uint32_t expected, int64_t nanoseconds) {
    struct timespec t = {nanoseconds / 1000000000, nanoseconds % 1000000000};
    return (int)syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, nanoseconds < 0 ? 0 : &t, 0, 0);
}

static inline void mneme_futex_wake(const uint32_t *word) { syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0); }

static inline int mneme_current_cpu(void) { return sched_getcpu(); }

static inline int mneme_pin_thread(int64_t thread_id, int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    return sched_setaffinity((pid_t)thread_id, sizeof set, &set);
}

static inline int64_t mneme_thread_id(void) { return syscall(SYS_gettid); }

/* Floating-point control word: rounding, flush-to-zero, denormals-are-zero. */
#if defined(__x86_64__)
static inline uint32_t mneme_get_float_mode(void) { return __builtin_ia32_stmxcsr() & 0xFFC0u; }
static inline void mneme_set_float_mode(uint32_t mode) { __builtin_ia32_ldmxcsr(mode); }
#else
static inline uint32_t mneme_get_float_mode(void) { return 0; }
static inline void mneme_set_float_mode(uint32_t mode) { (void)mode; }
#endif

#endif
