/*
 * Which instructions the kernels use: the best of this processor, or a lower level that a test asks for.
 */
#ifndef MNEME_LEVELS_H
#define MNEME_LEVELS_H

/* x86-64's levels; on other processors there is the baseline alone (NEON on Arm). */
enum { MNEME_LEVEL_BASELINE = 0, MNEME_LEVEL_V3 = 1, MNEME_LEVEL_V4 = 2, MNEME_LEVELS = 3 };

/* The highest level of this processor. */
int mneme_level_best(void);

/* The level in use. Any thread. */
int mneme_level(void);

/*
 * Uses a level from now on in the whole process; one above the best becomes the best. Returns what is in use.
 * For tests and `mneme eval golden`: calls that are running finish on the level they began with.
 */
int mneme_level_use(int level);

/* "x86-64-v4", "x86-64-v3", "baseline". Never NULL. */
const char *mneme_level_name(int level);

#endif
