/* The operator of Mamba-2 by its matrix form, y_t = sum_{s<=t} e^(a_{s+1}+…+a_t) (c_t . b_s) x_s, in double. */
#include "ssd.h"

#include <math.h>
#include <string.h>

/* Decay from after step s to after step t; s = -1 is the state before the first. */
static double decay(const float *a, size_t heads, size_t h, ptrdiff_t s, ptrdiff_t t) {
    double sum = 0;
    for (ptrdiff_t r = s + 1; r <= t; r++) sum += a[(size_t)r * heads + h];
    return exp(sum);
}

void mneme_ssd_scan_reference(
    size_t length, size_t heads, size_t width, size_t size, const float *x, const float *a, const float *b,
    const float *c, float *state, float *y, float *states) {
    size_t all = heads * size * width;
    memset(y, 0, length * heads * width * sizeof *y);
    for (size_t place = 0; place < all; place++) {
        size_t p = place % width, n = place / width % size, h = place / width / size;
        float first = state[place];
        if (states) states[place] = first;
        for (ptrdiff_t t = 0; t < (ptrdiff_t)length; t++) {
            double sum = decay(a, heads, h, -1, t) * first;
            for (ptrdiff_t s = 0; s <= t; s++) {
                size_t at = (size_t)s * heads + h;
                sum += decay(a, heads, h, s, t) * b[at * size + n] * x[at * width + p];
            }
            size_t at = (size_t)t * heads + h;
            y[at * width + p] += (float)(c[at * size + n] * sum);
            if (states) states[((size_t)t + 1) * all + place] = (float)sum;
            state[place] = (float)sum;
        }
    }
}

void mneme_ssd_scan_backward_reference(
    size_t length, size_t heads, size_t width, size_t size, const float *x, const float *a, const float *b,
    const float *c, const float *states, const float *dy, float *lambda, float *dx, float *da, float *db, float *dc) {
    size_t all = heads * size * width;
    memset(dx, 0, length * heads * width * sizeof *dx);
    memset(da, 0, length * heads * sizeof *da);
    memset(db, 0, length * heads * size * sizeof *db);
    memset(dc, 0, length * heads * size * sizeof *dc);
    for (size_t place = 0; place < all; place++) {
        size_t p = place % width, n = place / width % size, h = place / width / size;
        double flow = lambda[place];
        for (size_t t = length; t-- > 0;) {
            size_t at = t * heads + h;
            flow += (double)dy[at * width + p] * c[at * size + n];
            dx[at * width + p] += (float)(flow * b[at * size + n]);
            db[at * size + n] += (float)(flow * x[at * width + p]);
            dc[at * size + n] += dy[at * width + p] * states[(t + 1) * all + place];
            da[at] += (float)(flow * states[t * all + place] * exp(a[at]));
            flow *= exp(a[at]);
        }
        lambda[place] = (float)flow;
    }
}
