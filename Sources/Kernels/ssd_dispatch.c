/* The operator of Mamba-2, compiled once per level. */
#include "levels.h"
#include "ssd.h"

#define SSD(name) AT_LEVEL(ssd, name)
#define LEVEL_SOURCE "ssd_level.h"
#include "level_each.h"

DISPATCH(
    ssd, scan,
    (size_t length, size_t heads, size_t width, size_t size, const float *x, const float *a, const float *b,
     const float *c, float *state, float *y, float *states),
    (length, heads, width, size, x, a, b, c, state, y, states))

DISPATCH(
    ssd, scan_backward,
    (size_t length, size_t heads, size_t width, size_t size, const float *x, const float *a, const float *b,
     const float *c, const float *states, const float *dy, float *lambda, float *dx, float *da, float *db, float *dc),
    (length, heads, width, size, x, a, b, c, states, dy, lambda, dx, da, db, dc))
