#include "levels.h"

#include <stdatomic.h>

/* One more than the level; 0 = not chosen yet. Threads that choose at once choose the same. */
static _Atomic int chosen;

int mneme_level_best(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("x86-64-v4")) return MNEME_LEVEL_V4;
    if (__builtin_cpu_supports("x86-64-v3")) return MNEME_LEVEL_V3;
#endif
    return MNEME_LEVEL_BASELINE;
}

int mneme_level(void) {
    int level = atomic_load_explicit(&chosen, memory_order_relaxed);
    return level > 0 ? level - 1 : mneme_level_use(MNEME_LEVEL_V4);
}

int mneme_level_use(int level) {
    int best = mneme_level_best();
    if (level > best) level = best;
    if (level < MNEME_LEVEL_BASELINE) level = MNEME_LEVEL_BASELINE;
    atomic_store_explicit(&chosen, level + 1, memory_order_relaxed);
    return level;
}

const char *mneme_level_name(int level) {
    static const char *const names[MNEME_LEVELS] = {"baseline", "x86-64-v3", "x86-64-v4"};
    return level >= 0 && level < MNEME_LEVELS ? names[level] : "unknown";
}
