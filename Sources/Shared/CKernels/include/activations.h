// The gates of the supported families, element by element; Activations.swift has the formulas.
#ifndef PRORL_ACTIVATIONS_H
#define PRORL_ACTIVATIONS_H

/// y = gelu_new(x)
void ck_gelu(const float *x, long n, float *y);

/// dx = dy · gelu_new'(x); dx may be dy.
void ck_gelu_backward(const float *dy, const float *x, long n, float *dx);

/// y = gate · σ(gate) · up
void ck_swiglu(const float *gate, const float *up, long n, float *y);

/// The gradients of ck_swiglu; they may overwrite gate and up.
void ck_swiglu_backward(
  const float *dy, const float *gate, const float *up, long n, float *d_gate, float *d_up);

#endif
