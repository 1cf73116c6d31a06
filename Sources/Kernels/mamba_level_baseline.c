/* SSE2 on x86-64, NEON on Arm: four lanes, sixteen registers. */
#include "mamba_tables.h"

#define NAME "baseline"
#define TABLE mneme_table_baseline
#define LANES 4
#define ROW_PANELS 2
#define TILE_ROWS 2
#define TILE_PANELS 1
#define TILE_VECTORS 4
#include "mamba_level.h"
