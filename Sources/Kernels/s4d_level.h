/*
 * All S4D kernels of one level: included once per level by level_each.h, which sets LANES and the tile. No include
 * guard, on purpose.
 */
#include "s4d_elementary.h"
#include "s4d_kernel.h"
#include "s4d_convolution.h"
#include "s4d_scan.h"
#include "s4d_matrix.h"
#include "s4d_activation.h"
#include "s4d_norm.h"
#include "s4d_pool.h"
