/*
 * A library that knows nothing of Mneme: no header, no manifest, no table. Its functions are declared by signature
 * in plugins.json. The first ones are well, the others each have a fault.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

/* Batches. */
EXPORT void rank_rows(const float *rows, int32_t count, int32_t width, float *out) {
    for (int32_t row = 0; row < count; row++) {
        out[row] = 0;
        for (int32_t column = 0; column < width; column++) out[row] += (float)(column + 1) * rows[row * width + column];
    }
}

/* Two vectors, a weight and a 64-bit count, in doubles; the status that it returns isn't looked at. */
EXPORT int32_t blend(const double *a, const double *b, double weight, int64_t count, double *out) {
    for (int64_t row = 0; row < count; row++) out[row] = weight * a[row] + (1 - weight) * b[row];
    return 7;
}

/* Rows. */
EXPORT float ratio(float a, float b) { return a / (1 + b); }
EXPORT int32_t whole(int32_t a, int64_t b) { return (int32_t)(a - b); }
EXPORT double with_many(double a, float b, int32_t c, int64_t d, double e, float f, int32_t g, int64_t h, double i, float j) {
    return a + 2 * b + 3 * c + 4 * (double)d + 5 * e + 6 * f + 7 * g + 8 * (double)h + 9 * i + 10 * j;
}

/* Faults. */
EXPORT double not_a_number_past_two(double a) { return a > 2 ? NAN : a; }
EXPORT double crashes_past_two(double a) {
    if (a > 2) *(volatile int *)8 = 1;
    return a;
}
EXPORT double slow_past_two(double a) {
    if (a > 2) usleep(1000);
    return a;
}
EXPORT double hangs_past_two(double a) {
    while (a > 2) usleep(1000);
    return a;
}
EXPORT void skips_odd_rows(const float *rows, int32_t count, float *out) {
    for (int32_t row = 0; row < count; row += 2) out[row] = rows[row];
}
EXPORT void overruns(const float *rows, int32_t count, float *out) {
    for (int32_t row = 0; row <= count; row++) out[row] = row < count ? rows[row] : 0;
}
/* Right for one row only. */
EXPORT void mixes_rows(const float *rows, int32_t count, float *out) {
    for (int32_t row = 0; row < count; row++) out[row] = rows[row] - rows[0];
}
/* Answers differently from the third call on. */
EXPORT double remembers(double a) {
    static int calls;
    return ++calls > 2 ? a + 1 : a;
}
EXPORT int not_a_function = 7;
