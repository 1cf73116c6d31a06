/*
 * All kernels of one dispatch level. A level's file defines TABLE, LANES and the tile sizes, opens the target
 * attribute and includes this. (target_clones refuses helpers that pass vectors by value, and its resolver runs before
 * ThreadSanitizer exists; a table of pointers has neither problem, and a test can ask for every level.)
 */
#include "vector_lanes.h"
#include "vector_functions.h"
#include "vector_norms.h"
#include "linear_forward.h"
#include "linear_backward.h"
#include "mamba_conv.h"
#include "mamba_scan.h"
#include "mamba_rotary.h"
#include "vector_loss.h"
#include "softmax_product.h"

const mneme_kernels_t TABLE = {
    .name = NAME,
    .exp = exp_f,
    .softplus = softplus_f,
    .sigmoid = sigmoid_f,
    .silu = silu_f,
    .gelu = gelu_f,
    .softplus_gradient = softplus_gradient_f,
    .silu_gradient = silu_gradient_f,
    .gelu_gradient = gelu_gradient_f,
    .gate = gate_f,
    .gate_gradient = gate_gradient_f,
    .rms_norm = rms_norm_f,
    .rms_norm_gradient = rms_norm_gradient_f,
    .layer_norm = layer_norm_f,
    .layer_norm_gradient = layer_norm_gradient_f,
    .linear = linear_f,
    .linear_int8 = linear_int8_f,
    .linear_gradient = linear_gradient_f,
    .conv = conv_f,
    .conv_gradient = conv_gradient_f,
    .scan = scan_f,
    .scan_gradient = scan_gradient_f,
    .scan_decay = scan_decay_f,
    .rotary_scan = rotary_scan_f,
    .rotary_scan_gradient = rotary_scan_gradient_f,
    .listwise = listwise_f,
    .cross_entropy = cross_entropy_f,
    .softmax_product = softmax_product_f,
    .softmax_product_gradient = softmax_product_gradient_f,
    .adamw = adamw_f,
    .sum_of_squares = sum_of_squares_f,
    .add = add_f,
    .scaled_add = scaled_add_f,
};
