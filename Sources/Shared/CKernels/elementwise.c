#include "elementwise.h"

#include <string.h>

// Bound by memory, so what the compiler makes of plain loops is as good as it gets. Taking several rows at a time saves
// traffic of the sums; each element is still added alone, in the order of rows.

void ck_add(const float *x, long n, float *y)
{
  for (long c = 0; c < n; c++) y[c] += x[c];
}

static inline float widened(uint16_t x)
{
  const uint32_t bits = (uint32_t)x << 16;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

void ck_widen_bfloat16(const uint16_t *restrict x, long n, float *restrict y)
{
  for (long c = 0; c < n; c++) y[c] = widened(x[c]);
}

void ck_add_bfloat16(const uint16_t *restrict x, long n, float *restrict y)
{
  for (long c = 0; c < n; c++) y[c] += widened(x[c]);
}

void ck_add_columns(const float *restrict dy, long rows, long row_length, long columns, float *restrict out)
{
  long r = 0;
  for (; r + 4 <= rows; r += 4) {
    const float *a = dy + r * row_length, *b = a + row_length, *c = b + row_length, *d = c + row_length;
    for (long k = 0; k < columns; k++) out[k] = (((out[k] + a[k]) + b[k]) + c[k]) + d[k];
  }
  for (; r < rows; r++)
    for (long k = 0; k < columns; k++) out[k] += dy[r * row_length + k];
}

void ck_add_rms_columns(
  const float *restrict dy, const float *restrict x, const long *restrict starts, const float *restrict scale,
  long rows, long columns, float *restrict out)
{
  long r = 0;
  for (; r + 2 <= rows; r += 2) {
    const float *g = dy + starts[r], *h = dy + starts[r + 1];
    const float *u = x + starts[r], *v = x + starts[r + 1];
    const float s = scale[r], t = scale[r + 1];
    for (long k = 0; k < columns; k++) out[k] = (out[k] + g[k] * u[k] * s) + h[k] * v[k] * t;
  }
  for (; r < rows; r++)
    for (long k = 0; k < columns; k++) out[k] += dy[starts[r] + k] * x[starts[r] + k] * scale[r];
}

void ck_add_layer_columns(
  const float *restrict dy, const float *restrict x, const float *restrict mean, const float *restrict scale,
  long rows, long row_length, long columns, float *restrict dw, float *restrict db)
{
  long r = 0;
  for (; r + 2 <= rows; r += 2) {
    const float *g = dy + r * row_length, *h = g + row_length;
    const float *u = x + r * row_length, *v = u + row_length;
    const float m = mean[r], s = scale[r], n = mean[r + 1], t = scale[r + 1];
    for (long k = 0; k < columns; k++) {
      dw[k] = (dw[k] + g[k] * ((u[k] - m) * s)) + h[k] * ((v[k] - n) * t);
      db[k] = (db[k] + g[k]) + h[k];
    }
  }
  for (; r < rows; r++)
    for (long k = 0; k < columns; k++) {
      const float g = dy[r * row_length + k];
      dw[k] += g * ((x[r * row_length + k] - mean[r]) * scale[r]);
      db[k] += g;
    }
}
