/* The tables of the levels, one per file mamba_level_*.c. */
#ifndef MNEME_MAMBA_TABLES_H
#define MNEME_MAMBA_TABLES_H

#include <math.h>
#include <string.h>

#include "mamba_kernels.h"

extern const mneme_kernels_t mneme_table_baseline;
extern const mneme_kernels_t mneme_table_plain;
#if defined(__x86_64__)
extern const mneme_kernels_t mneme_table_v3;
extern const mneme_kernels_t mneme_table_v4;
#endif

/* A tile of scores: items x hidden rows. The stride is off a power of two: else the rows of a tile would all fall into a
 * few sets of the first cache. */
enum { MNEME_SCORE_ROWS = 256, MNEME_SCORE_ITEMS = 128, MNEME_SCORE_STRIDE = MNEME_SCORE_ROWS + 16 };

#endif
