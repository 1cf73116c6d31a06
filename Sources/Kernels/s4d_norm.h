/* LayerNorm over channels (ssm-math §0). Sums run in lanes: the order is fixed, and needs no fast-math. */

#define NORM_EPSILON 1e-5f

static inline __attribute__((always_inline)) float S4D(lane_sum)(const float *restrict lanes) {
    float total = 0;
    for (size_t j = 0; j < LANES; j++) total += lanes[j];
    return total;
}

/* Mean and 1/sqrt(variance + epsilon) of one row; in two passes, for the difference of squares would cancel. */
static inline __attribute__((always_inline)) void S4D(moments)(
    size_t channels, const float *restrict x, float *mean, float *scale) {
    float lanes[LANES] = {0};
    size_t h = 0;
    for (; h + LANES <= channels; h += LANES)
        for (size_t j = 0; j < LANES; j++) lanes[j] += x[h + j];
    for (size_t j = 0; h + j < channels; j++) lanes[j] += x[h + j];
    float middle = S4D(lane_sum)(lanes) / (float)channels;
    memset(lanes, 0, sizeof lanes);
    for (h = 0; h + LANES <= channels; h += LANES)
        for (size_t j = 0; j < LANES; j++) lanes[j] += (x[h + j] - middle) * (x[h + j] - middle);
    for (size_t j = 0; h + j < channels; j++) lanes[j] += (x[h + j] - middle) * (x[h + j] - middle);
    *mean = middle;
    *scale = 1.0f / sqrtf(S4D(lane_sum)(lanes) / (float)channels + NORM_EPSILON);
}

static void S4D(layer_norm)(
    size_t rows, size_t channels, const float *x, const float *restrict weight, const float *restrict bias,
    float *y) {
    for (size_t r = 0; r < rows; r++) {
        const float *in = x + r * channels;
        float *out = y + r * channels, mean, scale;
        S4D(moments)(channels, in, &mean, &scale);
        size_t h = 0;
        for (; h + LANES <= channels; h += LANES) {
            float block[LANES];
            memcpy(block, in + h, sizeof block);
            for (size_t j = 0; j < LANES; j++) block[j] = (block[j] - mean) * scale * weight[h + j] + bias[h + j];
            memcpy(out + h, block, sizeof block);
        }
        for (; h < channels; h++) out[h] = (in[h] - mean) * scale * weight[h] + bias[h];
    }
}

static void S4D(layer_norm_backward)(
    size_t rows, size_t channels, const float *restrict x, const float *restrict weight, const float *restrict dy,
    float *restrict dx, float *restrict dweight, float *restrict dbias) {
    for (size_t r = 0; r < rows; r++) {
        const float *restrict in = x + r * channels, *restrict slope = dy + r * channels;
        float *restrict out = dx + r * channels, mean, scale;
        S4D(moments)(channels, in, &mean, &scale);
        float plain[LANES] = {0}, weighed[LANES] = {0};
        for (size_t h0 = 0; h0 < channels; h0 += LANES) {
            size_t width = channels - h0 < LANES ? channels - h0 : LANES;
            for (size_t j = 0; j < width; j++) {
                float normal = (in[h0 + j] - mean) * scale, t = slope[h0 + j] * weight[h0 + j];
                plain[j] += t;
                weighed[j] += t * normal;
                dweight[h0 + j] += slope[h0 + j] * normal;
                dbias[h0 + j] += slope[h0 + j];
            }
        }
        float shift = S4D(lane_sum)(plain) / (float)channels, tilt = S4D(lane_sum)(weighed) / (float)channels;
        for (size_t h = 0; h < channels; h++) {
            float normal = (in[h] - mean) * scale;
            out[h] += scale * (slope[h] * weight[h] - shift - normal * tilt);
        }
    }
}
#undef NORM_EPSILON
