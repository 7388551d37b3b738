#include "norms.h"

#define CK_SOURCE "norms.inc.h"
#include "variants.h"

float ck_rms_scale(const float *x, long n, float epsilon) { return CHOOSE(rms_scale, x, n, epsilon); }

void ck_rms_norm(const float *x, float scale, const float *w, long n, float *y)
{
  CHOOSE(rms_norm, x, scale, w, n, y);
}

void ck_rms_norm_backward(
  const float *dy, const float *x, float scale, const float *w, long n, int overwriting, float *dx)
{
  CHOOSE(rms_norm_backward, dy, x, scale, w, n, overwriting, dx);
}

void ck_layer_moments(const float *x, long n, float epsilon, float *mean, float *scale)
{
  CHOOSE(layer_moments, x, n, epsilon, mean, scale);
}

void ck_layer_norm(
  const float *x, float mean, float scale, const float *w, const float *b, long n, float *y)
{
  CHOOSE(layer_norm, x, mean, scale, w, b, n, y);
}

void ck_layer_norm_backward(
  const float *dy, const float *x, float mean, float scale, const float *w, long n, float *dx)
{
  CHOOSE(layer_norm_backward, dy, x, mean, scale, w, n, dx);
}
