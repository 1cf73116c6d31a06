#include "mamba_tables.h"

const mneme_kernels_t *mneme_kernels_at(mneme_level_t level) {
#if defined(__x86_64__)
    if (level == MNEME_V4) return __builtin_cpu_supports("x86-64-v4") ? &mneme_table_v4 : 0;
    if (level == MNEME_V3) return __builtin_cpu_supports("x86-64-v3") ? &mneme_table_v3 : 0;
#endif
    return level == MNEME_BASELINE ? &mneme_table_baseline : 0;
}

const mneme_kernels_t *mneme_kernels_best(void) {
    const mneme_kernels_t *best = mneme_kernels_at(MNEME_V4);
    if (!best) best = mneme_kernels_at(MNEME_V3);
    return best ? best : &mneme_table_baseline;
}

const mneme_kernels_t *mneme_kernels_plain(void) { return &mneme_table_plain; }

void mneme_pack(const float *w, size_t outputs, size_t inputs, size_t row_stride, size_t column_stride, float *panels) {
    for (size_t first = 0; first < outputs; first += MNEME_PANEL)
        for (size_t i = 0; i < mneme_panel_rows(inputs); i++)
            for (size_t o = first; o < first + MNEME_PANEL; o++)
                *panels++ = o < outputs && i < inputs ? w[o * row_stride + i * column_stride] : 0;
}

void mneme_pack_int8(const int8_t *codes, size_t outputs, size_t inputs, int8_t *panels) {
    for (size_t first = 0; first < outputs; first += MNEME_PANEL)
        for (size_t i = 0; i < mneme_panel_rows(inputs); i++)
            for (size_t o = first; o < first + MNEME_PANEL; o++) *panels++ = o < outputs && i < inputs ? codes[o * inputs + i] : 0;
}

void mneme_transpose(const float *x, size_t rows, size_t columns, float *y) {
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++) y[c * rows + r] = x[r * columns + c];
}

size_t mneme_softmax_workspace(size_t width) {
    /* The tile, and the rows of a block packed in both ways. */
    return MNEME_SCORE_ITEMS * MNEME_SCORE_STRIDE + mneme_packed_count(MNEME_SCORE_ROWS, width)
         + mneme_packed_count(width, MNEME_SCORE_ROWS);
}
