/* Softmax over a table of items (math 8), T hidden rows against V table rows, without a [T, V] matrix: scores live in
 * tiles of SCORE_ITEMS x SCORE_ROWS that stay in the second cache, and the gradient makes them once more from the
 * logarithms of the sums. That is four products where keeping the scores would need three, but nothing but the table
 * and its gradient comes from memory.
 *
 * A tile holds items x rows, so that a row's maximum and sum are lanes and no sum runs across a vector. All products
 * are the kernels of linear_forward.h and linear_backward.h: only the hidden rows are packed, never the table. */

enum { SCORE_ROWS = MNEME_SCORE_ROWS, SCORE_ITEMS = MNEME_SCORE_ITEMS, SCORE_STRIDE = MNEME_SCORE_STRIDE };

typedef struct {
    const mneme_softmax_product_t *call;
    size_t first, rows; /* of the hidden rows */
    float *scores;      /* [SCORE_ITEMS, SCORE_STRIDE] */
    float *by_row;      /* hidden rows as panels of sixteen rows: the scores' weights */
    float *by_width;    /* the same as panels of sixteen columns: the weights of the table's gradient */
} softmax_block;

INLINE softmax_block softmax_block_at(const mneme_softmax_product_t *c, float *workspace, size_t first, int transposes) {
    const size_t left = c->rows - first, rows = left < SCORE_ROWS ? left : SCORE_ROWS;
    softmax_block b = {c, first, rows, workspace, workspace + SCORE_ITEMS * SCORE_STRIDE, 0};
    b.by_width = b.by_row + mneme_packed_count(SCORE_ROWS, c->width);
    const float *hidden = c->hidden + first * c->width;
    mneme_pack(hidden, rows, c->width, c->width, 1, b.by_row);
    if (transposes) mneme_pack(hidden, c->width, rows, 1, c->width, b.by_width);
    return b;
}

INLINE size_t softmax_tile_items(const softmax_block *b, size_t item) {
    const size_t left = b->call->items - item;
    return left < SCORE_ITEMS ? left : SCORE_ITEMS;
}

/* scores[i, t] = e_i . h_t */
INLINE void softmax_tile(const softmax_block *b, size_t item, size_t items) {
    const size_t width = b->call->width;
    mneme_linear_t product = {.rows = items, .inputs = width, .outputs = b->rows,
                              .x = b->call->table + item * width, .x_stride = width,
                              .y = b->scores, .y_stride = SCORE_STRIDE};
    linear_f(&product, b->by_row);
}

INLINE float item_bias(const mneme_softmax_product_t *c, size_t item) { return c->bias ? c->bias[item] : 0; }

/* Moves the running maximum and the sum of exp(score - maximum) of every row past one tile. The rows are the inner
 * loop: their chains of maxima and sums run side by side. */
INLINE void softmax_add_tile(const softmax_block *b, size_t item, size_t items, float *top, float *total) {
    float most[SCORE_ROWS];
    memcpy(most, top, b->rows * sizeof *top);
    for (size_t v = 0; v < items; v++) {
        const float *scores = b->scores + v * SCORE_STRIDE, bias = item_bias(b->call, item + v);
        EACH(b->rows, {
            const vf s = load(scores + i, k) + bias, m = load(most + i, k);
            store(most + i, choose(s > m, s, m), k);
        })
    }
    EACH(b->rows, store(total + i, load(total + i, k) * exp_v(load(top + i, k) - load(most + i, k)), k);)
    for (size_t v = 0; v < items; v++) {
        const float *scores = b->scores + v * SCORE_STRIDE, bias = item_bias(b->call, item + v);
        EACH(b->rows, store(total + i, load(total + i, k) + exp_v(load(scores + i, k) + bias - load(most + i, k)), k);)
    }
    memcpy(top, most, b->rows * sizeof *top);
}

static void softmax_product_f(const mneme_softmax_product_t *c, float *workspace, float *log_sums) {
    for (size_t first = 0; first < c->rows; first += SCORE_ROWS) {
        const softmax_block b = softmax_block_at(c, workspace, first, 0);
        float top[SCORE_ROWS], total[SCORE_ROWS];
        for (size_t t = 0; t < b.rows; t++) top[t] = -INFINITY, total[t] = 0;
        for (size_t item = 0; item < c->items; item += SCORE_ITEMS) {
            const size_t items = softmax_tile_items(&b, item);
            softmax_tile(&b, item, items);
            softmax_add_tile(&b, item, items, top, total);
        }
        for (size_t t = 0; t < b.rows; t++) log_sums[first + t] = top[t] + logf(total[t]);
    }
}

/* scores <- probabilities, in place; a bias' gradient is their sum over the rows. */
INLINE void softmax_probabilities(const softmax_block *b, size_t item, size_t items, const float *log_sums,
                                  float *d_bias) {
    for (size_t v = 0; v < items; v++) {
        float *scores = b->scores + v * SCORE_STRIDE;
        const float bias = item_bias(b->call, item + v);
        vf sums = {0};
        EACH(b->rows, {
            vf p = exp_v(load(scores + i, k) + (bias - load(log_sums + i, k)));
            store(scores + i, p, k);
            if (k != LANES) p = load(scores + i, k);
            sums = sums + p;
        })
        if (d_bias) d_bias[item + v] += sum(sums);
    }
}

static void softmax_product_gradient_f(const mneme_softmax_product_t *c, float *workspace, const float *log_sums,
                                       float *d_hidden, float *d_table, float *d_bias) {
    const size_t width = c->width;
    for (size_t first = 0; first < c->rows; first += SCORE_ROWS) {
        const softmax_block b = softmax_block_at(c, workspace, first, 1);
        for (size_t item = 0; item < c->items; item += SCORE_ITEMS) {
            const size_t items = softmax_tile_items(&b, item);
            softmax_tile(&b, item, items);
            softmax_probabilities(&b, item, items, log_sums + first, d_bias);
            linear_gradient_f(items, width, b.rows, b.scores, SCORE_STRIDE, c->table + item * width, width,
                              d_hidden + first * width, 0);
            mneme_linear_t product = {.rows = items, .inputs = b.rows, .outputs = width,
                                      .x = b.scores, .x_stride = SCORE_STRIDE,
                                      .y = d_table + item * width, .y_stride = width, .accumulate = 1};
            linear_f(&product, b.by_width);
        }
    }
}
