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
        vf copy[ROW_PANELS * VECTORS]; /* so that the sums themselves stay in registers */
        for (size_t v = 0; v < panels * VECTORS; v++) copy[v] = sums[v];
        finish_tail(c, row, first, copy, panels * VECTORS);
    }
}

/* `rows` x `panels` of outputs at once. Each sum runs over the inputs in order, whatever the tile: a row's answer
 * doesn't depend on the rows beside it, so that a step gives what the whole sequence gives, bit for bit. */
INLINE void tile(const mneme_linear_t *c, const float *w, size_t row, size_t first, const size_t rows,
                 const size_t panels) {
    const float *x = c->x + row * c->x_stride;
    const size_t next = mneme_panel_rows(c->inputs) * MNEME_PANEL, stride = c->x_stride;
    vf sums[TILE_ROWS][ROW_PANELS * VECTORS] = {0};
#pragma clang loop unroll_count(2)
    for (size_t i = 0; i < c->inputs; i++)
        for (size_t j = 0; j < panels * VECTORS; j++) {
            vf weight = weights_at(w + (j / VECTORS) * next + i * MNEME_PANEL, j % VECTORS);
            for (size_t r = 0; r < rows; r++) sums[r][j] = weight * x[r * stride + i] + sums[r][j];
        }
    for (size_t r = 0; r < rows; r++) finish(c, row + r, first, panels, sums[r]);
}

/* One row: as many panels as hide the latency of the multiply-add. */
static void linear_one(const mneme_linear_t *c, const float *w, size_t row) {
    const size_t panels = (c->outputs + MNEME_PANEL - 1) / MNEME_PANEL, size = mneme_panel_rows(c->inputs) * MNEME_PANEL;
    size_t p = 0;
    for (; p + ROW_PANELS <= panels; p += ROW_PANELS) tile(c, w + p * size, row, p * MNEME_PANEL, 1, ROW_PANELS);
    const float *rest = w + p * size;
    const size_t first = p * MNEME_PANEL;
    switch (panels - p) {
#if ROW_PANELS > 4
    case 7: tile(c, rest, row, first, 1, 7); break;
    case 6: tile(c, rest, row, first, 1, 6); break;
    case 5: tile(c, rest, row, first, 1, 5); break;
    case 4: tile(c, rest, row, first, 1, 4); break;
#endif
#if ROW_PANELS > 2
    case 3: tile(c, rest, row, first, 1, 3); break;
    case 2: tile(c, rest, row, first, 1, 2); break;
#endif
    case 1: tile(c, rest, row, first, 1, 1); break;
    default: break;
    }
}

static void linear_f(const mneme_linear_t *c, const float *w) {
    const size_t panels = (c->outputs + MNEME_PANEL - 1) / MNEME_PANEL, size = mneme_panel_rows(c->inputs) * MNEME_PANEL;
    const size_t whole = c->rows - c->rows % TILE_ROWS;
    for (size_t p = 0; whole > 0 && p < panels;) {
        const size_t count = p + TILE_PANELS <= panels ? TILE_PANELS : 1;
        for (size_t row = 0; row < whole; row += TILE_ROWS)
            if (count == TILE_PANELS) tile(c, w + p * size, row, p * MNEME_PANEL, TILE_ROWS, TILE_PANELS);
            else tile(c, w + p * size, row, p * MNEME_PANEL, TILE_ROWS, 1);
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
            const int8_t *w = codes + p * mneme_panel_rows(c->inputs) * MNEME_PANEL;
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
