// Bringing fp32 elements of any strides into rows and layouts of oneDNN.
#ifndef PRORL_CONEDNN_ROUNDING_H
#define PRORL_CONEDNN_ROUNDING_H

#include <stdint.h>

/// Copies elements (i, j), `from[i * row_stride + j * column_stride]`, to `to[i * to_stride + j]`.
void con_gather(
  const float *from, long row_stride, long column_stride, long rows, long columns, float *to, long to_stride);

/// Rounds `count` elements to bf16: to nearest, ties to even, denormal results to zero; a NaN stays one.
///
/// Needs AVX-512 (F, BW, VL), as oneDNN's bf16 does.
void con_round(const float *from, long count, uint16_t *to);

/// Rounds 16 elements of two rows each, and lays them side by side: first, second, first, second, …
void con_round_pairs(const float *first, const float *second, uint16_t *to);

#endif
