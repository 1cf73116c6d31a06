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

#endif
