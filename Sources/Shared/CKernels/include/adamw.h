// AdamW's step, element by element; AdamW.swift has the formula.
#ifndef PRORL_ADAMW_H
#define PRORL_ADAMW_H

#include <stdint.h>

/// The constants of one step.
typedef struct {
  float gradient_factor, beta1, rest1, beta2, rest2, keep, step_size, root_correction, epsilon;
} ck_adamw;

/// Takes a step of `n` parameters with their moments.
void ck_adamw_step(
  const ck_adamw *s, const float *gradient, long n, float *parameters, float *first, float *second);

/// The same with the gradient (float)(totals[i] · factor); totals become zero.
void ck_adamw_step_from_totals(
  const ck_adamw *s, int64_t *totals, double factor, long n, float *parameters, float *first, float *second);

/// The sum of the squares of (float)(totals[i] · factor): elements i mod 8 in eight lanes, added as a tree, then those
/// beyond the last multiple of 8.
double ck_sum_of_squares(const int64_t *totals, double factor, long n);

#endif
