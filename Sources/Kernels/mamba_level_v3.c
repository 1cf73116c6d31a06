/* AVX2 and FMA: eight lanes, sixteen registers. */
#include "mamba_tables.h"

#if defined(__x86_64__)
#define NAME "x86-64-v3"
#define TABLE mneme_table_v3
#define LANES 8
#define ROW_PANELS 4
#define TILE_ROWS 4
#define TILE_PANELS 1
#define TILE_VECTORS 2
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#include "mamba_level.h"
#pragma clang attribute pop
#endif
