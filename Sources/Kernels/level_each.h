/*
 * Includes LEVEL_SOURCE once per dispatch level, each time with AT_LEVEL(prefix, name) naming that level's functions,
 * LANES floats to a vector and a tile that fits its registers. No include guard, on purpose.
 *
 * Not target_clones: those refuse helpers that pass vectors by value, can't be told to use a lower level, and their
 * resolver runs before a sanitiser exists.
 */
#include <math.h>
#include <stdint.h>
#include <string.h>

#define JOIN_(prefix, name, level) prefix##_##name##_##level
#define JOIN(prefix, name, level) JOIN_(prefix, name, level)
#define AT_LEVEL(prefix, name) JOIN(prefix, name, LEVEL)

#define LEVEL baseline
#define LANES 4
#define TILE_ROWS 4
#define TILE_VECTORS 2
#include LEVEL_SOURCE
#undef LEVEL
#undef LANES
#undef TILE_ROWS
#undef TILE_VECTORS

#if defined(__x86_64__) && defined(__clang__)
#define LEVEL v3
#define LANES 8
#define TILE_ROWS 6
#define TILE_VECTORS 2
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#include LEVEL_SOURCE
#pragma clang attribute pop
#undef LEVEL
#undef LANES
#undef TILE_ROWS
#undef TILE_VECTORS

#define LEVEL v4
#define LANES 16
#define TILE_ROWS 6
#define TILE_VECTORS 4
/* Without `tune`, clang makes vectors of 256 bits even here; these loops are long enough for 512. */
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4,tune=znver4"))), apply_to = function)
#include LEVEL_SOURCE
#pragma clang attribute pop
#undef LEVEL
#undef LANES
#undef TILE_ROWS
#undef TILE_VECTORS

/* One function at every level, in the order of levels.h. */
#define LEVELS_OF(prefix, name) \
    {JOIN(prefix, name, baseline), JOIN(prefix, name, v3), JOIN(prefix, name, v4)}
#else
#define LEVELS_OF(prefix, name) \
    {JOIN(prefix, name, baseline), JOIN(prefix, name, baseline), JOIN(prefix, name, baseline)}
#endif

/* The public function of a kernel: calls the level in use. */
#define DISPATCH(prefix, name, parameters, arguments) \
    void mneme_##prefix##_##name parameters { \
        static void (*const levels[MNEME_LEVELS]) parameters = LEVELS_OF(prefix, name); \
        levels[mneme_level()] arguments; \
    }
