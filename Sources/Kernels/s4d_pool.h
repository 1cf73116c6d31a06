/* The readout of a path: mean over its rows, and the largest of each channel. A path without rows reads as zeros. */

static void S4D(pool)(
    size_t channels, size_t paths, const int32_t *restrict offsets, const float *restrict x, int largest,
    float *restrict pooled) {
    size_t width = largest ? 2 * channels : channels;
    for (size_t p = 0; p < paths; p++) {
        size_t start = (size_t)offsets[p], end = (size_t)offsets[p + 1];
        float *restrict mean = pooled + p * width;
        memset(mean, 0, width * sizeof *mean);
        if (start == end) continue;
        for (size_t r = start; r < end; r++)
            for (size_t h = 0; h < channels; h++) mean[h] += x[r * channels + h];
        float share = 1.0f / (float)(end - start);
        for (size_t h = 0; h < channels; h++) mean[h] *= share;
        if (!largest) continue;
        float *restrict top = mean + channels;
        memcpy(top, x + start * channels, channels * sizeof *top);
        for (size_t r = start + 1; r < end; r++)
            for (size_t h = 0; h < channels; h++)
                top[h] = x[r * channels + h] > top[h] ? x[r * channels + h] : top[h];
    }
}

static void S4D(pool_backward)(
    size_t channels, size_t paths, const int32_t *restrict offsets, const float *restrict x, int largest,
    const float *restrict dpooled, float *restrict dx) {
    size_t width = largest ? 2 * channels : channels;
    for (size_t p = 0; p < paths; p++) {
        size_t start = (size_t)offsets[p], end = (size_t)offsets[p + 1];
        const float *restrict slope = dpooled + p * width;
        float share = start < end ? 1.0f / (float)(end - start) : 0;
        for (size_t r = start; r < end; r++)
            for (size_t h = 0; h < channels; h++) dx[r * channels + h] = slope[h] * share;
        if (!largest || start == end) continue;
        for (size_t h = 0; h < channels; h++) {
            size_t top = start;
            for (size_t r = start + 1; r < end; r++)
                if (x[r * channels + h] > x[top * channels + h]) top = r;
            dx[top * channels + h] += slope[channels + h];
        }
    }
}
