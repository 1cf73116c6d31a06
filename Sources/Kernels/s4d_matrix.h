/*
 * The matrix product: tiles of TILE_ROWS x (TILE_VECTORS x LANES) results stay in registers while k runs, so each
 * load of b serves TILE_ROWS multiply-adds.
 */

#define VECTOR S4D(vector)
typedef float VECTOR __attribute__((vector_size(LANES * sizeof(float))));

static inline __attribute__((always_inline)) VECTOR S4D(load)(const float *from) {
    VECTOR v;
    memcpy(&v, from, sizeof v);
    return v;
}

static inline __attribute__((always_inline)) VECTOR S4D(load_some)(const float *from, size_t count) {
    VECTOR v = {0};
    for (size_t j = 0; j < LANES; j++)
        if (j < count) v[j] = from[j];
    return v;
}

/* rows <= TILE_ROWS and vectors <= TILE_VECTORS are constants at every call: the loops unroll. */
static inline __attribute__((always_inline)) void S4D(tile)(
    const size_t rows, const size_t vectors, size_t k, const float *restrict a, size_t a_row, size_t a_column,
    const float *restrict b, size_t ldb, const float *restrict bias, int accumulate, float *restrict c, size_t ldc) {
    VECTOR sum[TILE_ROWS][TILE_VECTORS];
    for (size_t i = 0; i < rows; i++)
        for (size_t v = 0; v < vectors; v++) {
            VECTOR zero = {0};
            sum[i][v] = accumulate ? S4D(load)(c + i * ldc + v * LANES) : bias ? S4D(load)(bias + v * LANES) : zero;
        }
    for (size_t p = 0; p < k; p++) {
        VECTOR right[TILE_VECTORS];
        for (size_t v = 0; v < vectors; v++) right[v] = S4D(load)(b + p * ldb + v * LANES);
        for (size_t i = 0; i < rows; i++) {
            float left = a[i * a_row + p * a_column];
            for (size_t v = 0; v < vectors; v++) sum[i][v] += left * right[v];
        }
    }
    for (size_t i = 0; i < rows; i++)
        for (size_t v = 0; v < vectors; v++) memcpy(c + i * ldc + v * LANES, &sum[i][v], sizeof(VECTOR));
}

/* Columns that fill no vector. */
static void S4D(edge)(
    size_t m, size_t n, size_t k, const float *restrict a, size_t a_row, size_t a_column, const float *restrict b,
    size_t ldb, const float *restrict bias, int accumulate, float *restrict c, size_t ldc) {
    for (size_t i = 0; i < m; i++) {
        VECTOR zero = {0};
        VECTOR sum = accumulate ? S4D(load_some)(c + i * ldc, n) : bias ? S4D(load_some)(bias, n) : zero;
        for (size_t p = 0; p < k; p++) sum += a[i * a_row + p * a_column] * S4D(load_some)(b + p * ldb, n);
        for (size_t j = 0; j < n; j++) c[i * ldc + j] = sum[j];
    }
}

/* One stripe of `vectors` vectors of columns over all rows. */
static inline __attribute__((always_inline)) void S4D(stripe)(
    const size_t vectors, size_t m, size_t k, const float *restrict a, size_t a_row, size_t a_column,
    const float *restrict b, size_t ldb, const float *restrict bias, int accumulate, float *restrict c, size_t ldc) {
    size_t i = 0;
    for (; i + TILE_ROWS <= m; i += TILE_ROWS)
        S4D(tile)(TILE_ROWS, vectors, k, a + i * a_row, a_row, a_column, b, ldb, bias, accumulate, c + i * ldc, ldc);
    for (; i + 2 <= m; i += 2)
        S4D(tile)(2, vectors, k, a + i * a_row, a_row, a_column, b, ldb, bias, accumulate, c + i * ldc, ldc);
    for (; i < m; i++)
        S4D(tile)(1, vectors, k, a + i * a_row, a_row, a_column, b, ldb, bias, accumulate, c + i * ldc, ldc);
}

static void S4D(matrix)(
    size_t m, size_t n, size_t k, const float *restrict a, size_t a_row, size_t a_column, const float *restrict b,
    size_t ldb, const float *restrict bias, int accumulate, float *restrict c, size_t ldc) {
    size_t j = 0;
    for (; j + TILE_VECTORS * LANES <= n; j += TILE_VECTORS * LANES)
        S4D(stripe)(
            TILE_VECTORS, m, k, a, a_row, a_column, b + j, ldb, bias ? bias + j : bias, accumulate, c + j, ldc);
    for (; j + LANES <= n; j += LANES)
        S4D(stripe)(1, m, k, a, a_row, a_column, b + j, ldb, bias ? bias + j : bias, accumulate, c + j, ldc);
    if (j < n)
        S4D(edge)(m, n - j, k, a, a_row, a_column, b + j, ldb, bias ? bias + j : bias, accumulate, c + j, ldc);
}
