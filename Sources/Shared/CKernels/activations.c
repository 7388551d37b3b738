#include "activations.h"

#define CK_SOURCE "activations.inc.h"
#include "variants.h"

void ck_gelu(const float *x, long n, float *y) { CHOOSE(gelu, x, n, y); }

void ck_gelu_backward(const float *dy, const float *x, long n, float *dx) { CHOOSE(gelu_backward, dy, x, n, dx); }

void ck_swiglu(const float *gate, const float *up, long n, float *y) { CHOOSE(swiglu, gate, up, n, y); }

void ck_swiglu_backward(
  const float *dy, const float *gate, const float *up, long n, float *d_gate, float *d_up)
{
  CHOOSE(swiglu_backward, dy, gate, up, n, d_gate, d_up);
}
