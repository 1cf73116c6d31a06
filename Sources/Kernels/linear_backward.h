/* dW += dy^T x in tiles that stay in registers while the rows pass (math 0). */

INLINE void gradient_tile(size_t rows, const float *dy, size_t dy_stride, const float *x, size_t x_stride, float *dw,
                          size_t inputs, const size_t outs, const size_t vectors, size_t k) {
    vf sums[TILE_ROWS][TILE_VECTORS] = {0};
    for (size_t t = 0; t < rows; t++)
        for (size_t v = 0; v < vectors; v++) {
            vf value = load(x + t * x_stride + v * LANES, k);
            for (size_t o = 0; o < outs; o++) sums[o][v] = value * dy[t * dy_stride + o] + sums[o][v];
        }
    for (size_t o = 0; o < outs; o++)
        for (size_t v = 0; v < vectors; v++) {
            float *at = dw + o * inputs + v * LANES;
            store(at, load(at, k) + sums[o][v], k);
        }
}

static void linear_gradient_f(size_t rows, size_t inputs, size_t outputs, const float *dy, size_t dy_stride,
                              const float *x, size_t x_stride, float *dw, float *db) {
    enum { WIDE = TILE_VECTORS * LANES };
    for (size_t o = 0; o < outputs;) {
        const size_t outs = o + TILE_ROWS <= outputs ? TILE_ROWS : 1;
        const float *d = dy + o;
        float *row = dw + o * inputs;
        size_t i = 0;
        for (; i + WIDE <= inputs; i += WIDE)
            if (outs == TILE_ROWS)
                gradient_tile(rows, d, dy_stride, x + i, x_stride, row + i, inputs, TILE_ROWS, TILE_VECTORS, LANES);
            else
                gradient_tile(rows, d, dy_stride, x + i, x_stride, row + i, inputs, 1, TILE_VECTORS, LANES);
        for (; i < inputs; i += LANES) {
            size_t k = inputs - i < LANES ? inputs - i : LANES;
            if (k == LANES && outs == TILE_ROWS)
                gradient_tile(rows, d, dy_stride, x + i, x_stride, row + i, inputs, TILE_ROWS, 1, LANES);
            else
                gradient_tile(rows, d, dy_stride, x + i, x_stride, row + i, inputs, outs, 1, k);
        }
        o += outs;
    }
    if (!db) return;
    for (size_t t = 0; t < rows; t++, dy += dy_stride)
        EACH(outputs, store(db + i, load(db + i, k) + load(dy + i, k), k);)
}
