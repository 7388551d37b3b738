// RMSNorm and LayerNorm of one row of n channels; RMSNorm.swift and LayerNorm.swift have the formulas.
//
// Sums over channels run in sixteen lanes by channel, which are added as a tree.
#ifndef PRORL_NORMS_H
#define PRORL_NORMS_H

/// 1 / sqrt(mean of x² + epsilon)
float ck_rms_scale(const float *x, long n, float epsilon);

/// y = x · scale · w; y may be x.
void ck_rms_norm(const float *x, float scale, const float *w, long n, float *y);

/// dx = (dy · w - x · mean) · scale with mean = (sum of dy · w · x) / n · scale²; added to dx, or overwriting it, which
/// may then be dy.
void ck_rms_norm_backward(
  const float *dy, const float *x, float scale, const float *w, long n, int overwriting, float *dx);

/// The mean of x, and 1 / sqrt(mean of (x - mean)² + epsilon).
void ck_layer_moments(const float *x, long n, float epsilon, float *mean, float *scale);

/// y = (x - mean) · scale · w + b; y may be x.
void ck_layer_norm(
  const float *x, float mean, float scale, const float *w, const float *b, long n, float *y);

/// dx += (g - mean(g) - z · mean(g · z)) · scale with g = dy · w and z = (x - mean) · scale.
void ck_layer_norm_backward(
  const float *dy, const float *x, float mean, float scale, const float *w, long n, float *dx);

#endif
