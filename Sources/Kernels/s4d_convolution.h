/* Direct causal sums: for paths of a few hops they beat any transform (ssm-math §1.4). */

static void S4D(convolve)(
    size_t channels, size_t paths, const int32_t *restrict offsets, const float *restrict u,
    const float *restrict kernel, const float *restrict skip, float *restrict y) {
    for (size_t p = 0; p < paths; p++) {
        size_t start = (size_t)offsets[p], length = (size_t)(offsets[p + 1] - offsets[p]);
        for (size_t t = 0; t < length; t++) {
            float *restrict out = y + (start + t) * channels;
            const float *restrict now = u + (start + t) * channels;
            for (size_t h = 0; h < channels; h++) out[h] = (skip[h] + kernel[h]) * now[h];
            for (size_t l = 1; l <= t; l++) {
                const float *restrict past = now - l * channels, *restrict k = kernel + l * channels;
                for (size_t h = 0; h < channels; h++) out[h] += k[h] * past[h];
            }
        }
    }
}

static void S4D(convolve_backward)(
    size_t channels, size_t paths, const int32_t *restrict offsets, const float *restrict u,
    const float *restrict kernel, const float *restrict skip, const float *restrict dy, float *restrict du,
    float *restrict dkernel, float *restrict dskip) {
    for (size_t p = 0; p < paths; p++) {
        size_t start = (size_t)offsets[p], length = (size_t)(offsets[p + 1] - offsets[p]);
        for (size_t s = 0; s < length; s++) {
            float *restrict out = du + (start + s) * channels;
            const float *restrict input = u + (start + s) * channels;
            const float *restrict slope = dy + (start + s) * channels;
            for (size_t h = 0; h < channels; h++) {
                out[h] = (skip[h] + kernel[h]) * slope[h];
                dskip[h] += slope[h] * input[h];
                dkernel[h] += slope[h] * input[h];
            }
            for (size_t l = 1; s + l < length; l++) {
                const float *restrict later = slope + l * channels, *restrict k = kernel + l * channels;
                float *restrict dk = dkernel + l * channels;
                for (size_t h = 0; h < channels; h++) {
                    out[h] += k[h] * later[h];
                    dk[h] += later[h] * input[h];
                }
            }
        }
    }
}
