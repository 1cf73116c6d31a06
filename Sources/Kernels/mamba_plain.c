/* The reference: every kernel as a plain loop in double, rounded once where it is stored. */
#define _GNU_SOURCE /* M_SQRT1_2 */
#include "mamba_tables.h"

#include "vector_plain.h"
#include "linear_plain.h"
#include "mamba_plain.h"
#include "mamba_rotary_plain.h"
#include "softmax_plain.h"

const mneme_kernels_t mneme_table_plain = {
    .name = "plain",
    .exp = plain_exp,
    .softplus = plain_softplus,
    .sigmoid = plain_sigmoid,
    .silu = plain_silu,
    .gelu = plain_gelu,
    .softplus_gradient = plain_softplus_gradient,
    .silu_gradient = plain_silu_gradient,
    .gelu_gradient = plain_gelu_gradient,
    .gate = plain_gate,
    .gate_gradient = plain_gate_gradient,
    .rms_norm = plain_rms_norm,
    .rms_norm_gradient = plain_rms_norm_gradient,
    .layer_norm = plain_layer_norm,
    .layer_norm_gradient = plain_layer_norm_gradient,
    .linear = plain_linear,
    .linear_int8 = plain_linear_int8,
    .linear_gradient = plain_linear_gradient,
    .conv = plain_conv,
    .conv_gradient = plain_conv_gradient,
    .scan = plain_scan,
    .scan_gradient = plain_scan_gradient,
    .scan_decay = plain_scan_decay,
    .rotary_scan = plain_rotary_scan,
    .rotary_scan_gradient = plain_rotary_scan_gradient,
    .listwise = plain_listwise,
    .cross_entropy = plain_cross_entropy,
    .softmax_product = plain_softmax_product,
    .softmax_product_gradient = plain_softmax_product_gradient,
    .adamw = plain_adamw,
    .sum_of_squares = plain_sum_of_squares,
    .add = plain_add,
    .scaled_add = plain_scaled_add,
};
