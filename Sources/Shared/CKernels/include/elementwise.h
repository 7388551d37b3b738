// Sums of rows, and over rows: channel by channel, rows in ascending order.
#ifndef PRORL_ELEMENTWISE_H
#define PRORL_ELEMENTWISE_H

#include <stdint.h>

/// y[c] += x[c]
void ck_add(const float *x, long n, float *y);

/// y[c] = x[c], where x holds bfloat16 bits.
void ck_widen_bfloat16(const uint16_t *x, long n, float *y);

/// y[c] += x[c], where x holds bfloat16 bits.
void ck_add_bfloat16(const uint16_t *x, long n, float *y);

/// out[c] += dy[r, c] for r = 0, 1, …
void ck_add_columns(const float *dy, long rows, long row_length, long columns, float *out);

/// The weight gradient of RMSNorm: out[c] += dy[r, c] · x[r, c] · scale[r] for r = 0, 1, …; row r starts at
/// starts[r] in dy and x.
void ck_add_rms_columns(
  const float *dy, const float *x, const long *starts, const float *scale, long rows, long columns, float *out);

/// The gradients of LayerNorm's weight and bias: dw[c] += dy[r, c] · ((x[r, c] - mean[r]) · scale[r]) and
/// db[c] += dy[r, c] for r = 0, 1, …
void ck_add_layer_columns(
  const float *dy, const float *x, const float *mean, const float *scale, long rows, long row_length, long columns,
  float *dw, float *db);

#endif
