/* The operator of Mamba-2 at one level: included by level_each.h. No include guard, on purpose. */

static void SSD(scan)(
    size_t length, size_t heads, size_t width, size_t size, const float *restrict x, const float *restrict a,
    const float *restrict b, const float *restrict c, float *restrict state, float *restrict y,
    float *restrict states) {
    size_t all = heads * size * width;
    if (states) memcpy(states, state, all * sizeof *state);
    for (size_t t = 0; t < length; t++) {
        for (size_t h = 0; h < heads; h++) {
            size_t at = t * heads + h;
            const float *restrict in = x + at * width;
            float *restrict out = y + at * width;
            float decay = expf(a[at]);
            memset(out, 0, width * sizeof *out);
            for (size_t n = 0; n < size; n++) {
                float *restrict s = state + (h * size + n) * width;
                float write = b[at * size + n], read = c[at * size + n];
                for (size_t p = 0; p < width; p++) {
                    s[p] = decay * s[p] + write * in[p];
                    out[p] += read * s[p];
                }
            }
        }
        if (states) memcpy(states + (t + 1) * all, state, all * sizeof *state);
    }
}

static void SSD(scan_backward)(
    size_t length, size_t heads, size_t width, size_t size, const float *restrict x, const float *restrict a,
    const float *restrict b, const float *restrict c, const float *restrict states, const float *restrict dy,
    float *restrict lambda, float *restrict dx, float *restrict da, float *restrict db, float *restrict dc) {
    size_t all = heads * size * width;
    for (size_t t = length; t-- > 0;)
        for (size_t h = 0; h < heads; h++) {
            size_t at = t * heads + h;
            const float *restrict in = x + at * width, *restrict slope = dy + at * width;
            float *restrict din = dx + at * width;
            float decay = expf(a[at]), kept = 0;
            memset(din, 0, width * sizeof *din);
            for (size_t n = 0; n < size; n++) {
                size_t place = (h * size + n) * width;
                const float *restrict before = states + t * all + place, *restrict after = before + all;
                float *restrict l = lambda + place;
                float write = b[at * size + n], read = c[at * size + n], dwrite = 0, dread = 0;
                for (size_t p = 0; p < width; p++) {
                    float flow = l[p] + slope[p] * read;
                    din[p] += flow * write;
                    dwrite += flow * in[p];
                    dread += slope[p] * after[p];
                    kept += flow * before[p];
                    l[p] = decay * flow;
                }
                db[at * size + n] = dwrite;
                dc[at * size + n] = dread;
            }
            da[at] = kept * decay;
        }
}
