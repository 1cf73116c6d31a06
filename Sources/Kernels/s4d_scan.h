/* The recurrence, forward and backward (ssm-math §1.5). Channels lie in the lanes, modes in the loop. */

static void S4D(scan)(
    size_t length, size_t modes, size_t channels, const float *restrict rho, const float *restrict b,
    const float *restrict c, const float *restrict skip, const float *restrict u, float *restrict state,
    float *restrict y, float *restrict states) {
    size_t plane = modes * channels;
    if (states) memcpy(states, state, 2 * plane * sizeof *state);
    for (size_t t = 0; t < length; t++) {
        for (size_t h0 = 0; h0 < channels; h0 += LANES) {
            size_t width = channels - h0 < LANES ? channels - h0 : LANES;
            const float *restrict input = u + t * channels + h0;
            float sum[LANES] = {0};
            for (size_t m = 0; m < modes; m++) {
                size_t at = m * channels + h0;
                for (size_t j = 0; j < width; j++) {
                    float re = state[at + j], im = state[plane + at + j];
                    float r = rho[at + j], i = rho[plane + at + j];
                    float next_re = (r * re - i * im) + b[at + j] * input[j];
                    float next_im = (r * im + i * re) + b[plane + at + j] * input[j];
                    state[at + j] = next_re;
                    state[plane + at + j] = next_im;
                    sum[j] += c[at + j] * next_re - c[plane + at + j] * next_im;
                }
            }
            float *restrict out = y + t * channels + h0;
            for (size_t j = 0; j < width; j++) out[j] = 2 * sum[j] + skip[h0 + j] * input[j];
        }
        if (states) memcpy(states + (t + 1) * 2 * plane, state, 2 * plane * sizeof *state);
    }
}

static void S4D(scan_backward)(
    size_t length, size_t modes, size_t channels, const float *restrict rho, const float *restrict b,
    const float *restrict c, const float *restrict skip, const float *restrict u, const float *restrict states,
    const float *restrict dy, float *restrict lambda, float *restrict drho, float *restrict db,
    float *restrict dc, float *restrict dskip, float *restrict du) {
    size_t plane = modes * channels;
    for (size_t t = length; t-- > 0;) {
        const float *restrict before = states + t * 2 * plane, *restrict after = before + 2 * plane;
        for (size_t h0 = 0; h0 < channels; h0 += LANES) {
            size_t width = channels - h0 < LANES ? channels - h0 : LANES;
            const float *restrict input = u + t * channels + h0, *restrict slope = dy + t * channels + h0;
            float sum[LANES] = {0};
            for (size_t m = 0; m < modes; m++) {
                size_t re = m * channels + h0, im = re + plane;
                for (size_t j = 0; j < width; j++) {
                    float g = 2 * slope[j];
                    float l_re = lambda[re + j] + g * c[re + j], l_im = lambda[im + j] - g * c[im + j];
                    dc[re + j] += g * after[re + j];
                    dc[im + j] -= g * after[im + j];
                    db[re + j] += l_re * input[j];
                    db[im + j] += l_im * input[j];
                    drho[re + j] += l_re * before[re + j] + l_im * before[im + j];
                    drho[im + j] += l_im * before[re + j] - l_re * before[im + j];
                    sum[j] += l_re * b[re + j] + l_im * b[im + j];
                    lambda[re + j] = rho[re + j] * l_re + rho[im + j] * l_im;
                    lambda[im + j] = rho[re + j] * l_im - rho[im + j] * l_re;
                }
            }
            float *restrict out = du + t * channels + h0;
            for (size_t j = 0; j < width; j++) {
                out[j] = sum[j] + skip[h0 + j] * slope[j];
                dskip[h0 + j] += slope[j] * input[j];
            }
        }
    }
}
