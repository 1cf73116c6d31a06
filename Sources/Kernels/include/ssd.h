/*
 * The operator of Mamba-2, «state-space duality» (ssm-math §3), as the plain recurrence, forward and backward.
 *
 * L steps · H heads of width P · N states. x, y [L,H,P] (x times the step already) · a [L,H], the logarithm of the
 * decay · b, c [L,H,N] · state [H,N,P]: the head's width lies in the vector's lanes.
 */
#ifndef MNEME_SSD_H
#define MNEME_SSD_H

#include <stddef.h>

/* S = e^a S + b x, y = c S; the state is carried in and out. states [(L+1),H,N,P] gets every state, or is NULL. */
void mneme_ssd_scan(
    size_t length, size_t heads, size_t width, size_t size, const float *x, const float *a, const float *b,
    const float *c, float *state, float *y, float *states);

/* lambda [H,N,P]: in, the gradient of the last state; out, that of the first. dx, da, db, dc are written. */
void mneme_ssd_scan_backward(
    size_t length, size_t heads, size_t width, size_t size, const float *x, const float *a, const float *b,
    const float *c, const float *states, const float *dy, float *lambda, float *dx, float *da, float *db, float *dc);

/* The plain loops. */
void mneme_ssd_scan_reference(
    size_t length, size_t heads, size_t width, size_t size, const float *x, const float *a, const float *b,
    const float *c, float *state, float *y, float *states);
void mneme_ssd_scan_backward_reference(
    size_t length, size_t heads, size_t width, size_t size, const float *x, const float *a, const float *b,
    const float *c, const float *states, const float *dy, float *lambda, float *dx, float *da, float *db, float *dc);

#endif
