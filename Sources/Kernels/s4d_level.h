/*
 * All S4D kernels of one level: included once per level by s4d_dispatch.c, with LEVEL, LANES (floats of a vector) and
 * the tile of the matrix product set. No include guard, on purpose.
 */
#include "s4d_elementary.h"
#include "s4d_kernel.h"
#include "s4d_convolution.h"
#include "s4d_scan.h"
#include "s4d_matrix.h"
#include "s4d_activation.h"
#include "s4d_norm.h"
#include "s4d_pool.h"
