/* AVX-512: sixteen lanes, thirty-two registers. Without the width attribute clang would split every vector in two. */
#include "mamba_tables.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define NAME "x86-64-v4"
#define TABLE mneme_table_v4
#define LANES 16
#define ROW_PANELS 8
#define TILE_ROWS 4
#define TILE_PANELS 4
#define TILE_VECTORS 4
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"), min_vector_width(512))), apply_to = function)
#include "mamba_level.h"
#pragma clang attribute pop
#endif
