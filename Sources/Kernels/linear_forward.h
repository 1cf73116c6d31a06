/* Matrix products over panels of sixteen outputs: no sum runs across a vector, and the inner loop is one broadcast and
 * one fused multiply-add per vector of weights, read in order. */

enum { VECTORS = MNEME_PANEL / LANES };

INLINE vf weights_at(const float *panel, size_t v) { return load(panel + v * LANES, LANES); }

/* Adds bias and what was there, writes k outputs from `first` on. */
INLINE void finish_vector(const mneme_linear_t *c, size_t row, size_t first, vf total, size_t k) {
    float *y = c->y + row * c->y_stride + first;
    if (c->bias) total = total + load(c->bias + first, k);
    if (c->accumulate) total = total + load(y, k);
    store(y, total, k);
}

/* The last panel, where outputs are no multiple of sixteen. */
static __attribute__((noinline)) void finish_tail(const mneme_linear_t *c, size_t row, size_t first, const vf *sums,
                                                  size_t count) {
    for (size_t v = 0; v < count && first + v * LANES < c->outputs; v++) {
        const size_t left = c->outputs - first - v * LANES;
        finish_vector(c, row, first + v * LANES, sums[v], left < LANES ? left : LANES);
    }
}

INLINE void finish(const mneme_linear_t *c, size_t row, size_t first, const size_t panels, const vf *sums) {
    if (first + panels * MNEME_PANEL <= c->outputs) {
        for (size_t v = 0; v < panels * VECTORS; v++) finish_vector(c, row, first + v * LANES, sums[v], LANES);
    } else {
        vf copy[4 * VECTORS]; /* so that the sums themselves stay in registers */
        for (size_t v = 0; v < panels * VECTORS; v++) copy[v] = sums[v];
        finish_tail(c, row, first, copy, panels * VECTORS);
    }
}

/* One row: even and odd inputs have sums of their own, which hides the latency of the multiply-add. */
INLINE void one_row(const mneme_linear_t *c, const float *w, size_t row, size_t first, const size_t panels) {
    const float *x = c->x + row * c->x_stride;
    const size_t next = c->inputs * MNEME_PANEL;
    vf even[4 * VECTORS] = {0}, odd[4 * VECTORS] = {0};
    size_t i = 0;
    for (; i + 2 <= c->inputs; i += 2)
        for (size_t p = 0; p < panels; p++)
            for (size_t v = 0; v < VECTORS; v++) {
                const float *at = w + p * next + i * MNEME_PANEL;
                even[p * VECTORS + v] = weights_at(at, v) * x[i] + even[p * VECTORS + v];
                odd[p * VECTORS + v] = weights_at(at + MNEME_PANEL, v) * x[i + 1] + odd[p * VECTORS + v];
            }
    for (size_t j = 0; j < panels * VECTORS; j++) {
        if (i < c->inputs)
            even[j] = weights_at(w + (j / VECTORS) * next + i * MNEME_PANEL, j % VECTORS) * x[i] + even[j];
        even[j] = even[j] + odd[j];
    }
    finish(c, row, first, panels, even);
}

/* Several rows: each vector of weights is used `rows` times. */
INLINE void many_rows(const mneme_linear_t *c, const float *w, size_t row, size_t first, const size_t rows,
                      const size_t panels) {
    const float *x = c->x + row * c->x_stride;
    const size_t next = c->inputs * MNEME_PANEL, stride = c->x_stride;
    vf sums[TILE_ROWS][TILE_PANELS * VECTORS] = {0};
    for (size_t i = 0; i < c->inputs; i++)
        for (size_t j = 0; j < panels * VECTORS; j++) {
            vf weight = weights_at(w + (j / VECTORS) * next + i * MNEME_PANEL, j % VECTORS);
            for (size_t r = 0; r < rows; r++) sums[r][j] = weight * x[r * stride + i] + sums[r][j];
        }
    for (size_t r = 0; r < rows; r++) finish(c, row + r, first, panels, sums[r]);
}

static void linear_one(const mneme_linear_t *c, const float *w, size_t row) {
    const size_t panels = (c->outputs + MNEME_PANEL - 1) / MNEME_PANEL, size = c->inputs * MNEME_PANEL;
    size_t p = 0;
    for (; p + ROW_PANELS <= panels; p += ROW_PANELS) one_row(c, w + p * size, row, p * MNEME_PANEL, ROW_PANELS);
    const size_t left = panels - p;
    if (left == 3) one_row(c, w + p * size, row, p * MNEME_PANEL, 3);
    else if (left == 2) one_row(c, w + p * size, row, p * MNEME_PANEL, 2);
    else if (left == 1) one_row(c, w + p * size, row, p * MNEME_PANEL, 1);
}

static void linear_f(const mneme_linear_t *c, const float *w) {
    const size_t panels = (c->outputs + MNEME_PANEL - 1) / MNEME_PANEL, size = c->inputs * MNEME_PANEL;
    size_t whole = c->rows - c->rows % TILE_ROWS;
    for (size_t p = 0; p < panels;) {
        const size_t count = p + TILE_PANELS <= panels ? TILE_PANELS : 1;
        for (size_t row = 0; row < whole; row += TILE_ROWS)
            if (count == TILE_PANELS) many_rows(c, w + p * size, row, p * MNEME_PANEL, TILE_ROWS, TILE_PANELS);
            else many_rows(c, w + p * size, row, p * MNEME_PANEL, TILE_ROWS, 1);
        p += count;
    }
    for (size_t row = whole; row < c->rows; row++) linear_one(c, w, row);
}

/* Codes widen to float in the register; a quarter of the memory traffic, the same sums in the same order. */
typedef int8_t vb __attribute__((vector_size(LANES)));

static void linear_int8_f(const mneme_linear_t *c, const int8_t *codes, const float *scales) {
    const size_t panels = (c->outputs + MNEME_PANEL - 1) / MNEME_PANEL;
    for (size_t row = 0; row < c->rows; row++)
        for (size_t p = 0; p < panels; p++) {
            const int8_t *w = codes + p * c->inputs * MNEME_PANEL;
            const float *x = c->x + row * c->x_stride;
            const size_t first = p * MNEME_PANEL, left = c->outputs - first;
            vf sums[4][VECTORS] = {0};
            for (size_t i = 0; i < c->inputs; i++)
                for (size_t v = 0; v < VECTORS; v++) {
                    vb code;
                    memcpy(&code, w + i * MNEME_PANEL + v * LANES, sizeof code);
                    vf *s = &sums[i % 4][v];
                    *s = __builtin_convertvector(__builtin_convertvector(code, vi), vf) * x[i] + *s;
                }
            vf total[VECTORS];
            for (size_t v = 0; v < VECTORS; v++) {
                size_t at = v * LANES, k = at >= left ? 0 : left - at < LANES ? left - at : LANES;
                total[v] = ((sums[0][v] + sums[1][v]) + (sums[2][v] + sums[3][v])) * load(scales + first + at, k);
            }
            finish(c, row, first, 1, total);
        }
}
