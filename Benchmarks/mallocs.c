/* LD_PRELOAD: counts what a process allocates, and says so when it ends (Benchmarks/mamba.sh). */
#include <stddef.h>
#include <stdio.h>

extern void *__libc_malloc(size_t size);
static unsigned long calls;

void *malloc(size_t size) {
    calls++;
    return __libc_malloc(size);
}

__attribute__((destructor)) static void report(void) { fprintf(stderr, "mallocs\t%lu\n", calls); }
