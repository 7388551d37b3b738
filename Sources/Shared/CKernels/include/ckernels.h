// The matrix micro-kernel.
//
// Every output element is one chain of fused multiply-adds over k, in ascending k:
//
//   y[m, n] = fma(x[m, K-1], w[K-1, n], … fma(x[m, 1], w[1, n], fma(x[m, 0], w[0, n], start)) …)
//
// with start = 0, or the element's old value when accumulating. How rows and columns are cut into tiles, which
// vector width the processor has, and which thread computes a tile changes none of these operations, so the bits
// of an element depend on its own row of x and column of w and on nothing else.
#ifndef PRORL_CKERNELS_H
#define PRORL_CKERNELS_H

/// Columns in a packed panel.
#define CK_PANEL 32

/// Packs columns [panel * 32, panel * 32 + 32) of w, where w(k, n) = w[k * k_stride + n * n_stride], into
/// `packed[k][32]`; columns beyond `columns` become zeros.
void ck_pack_panel(
  const float *w, long k_stride, long n_stride, long inner, long columns, long panel, float *packed);

/// y[m * y_stride + n] = (accumulate ? old value : 0) + sum over k of x[m * m_stride + k * k_stride] · w(k, n)
/// for m in [0, rows) and the columns of panels [first_panel, last_panel); `packed` starts at panel 0.
void ck_product(
  long rows, long columns, long inner, const float *x, long m_stride, long k_stride, const float *packed,
  long first_panel, long last_panel, float *y, long y_stride, int accumulate);

/// The vector width in use: 16 (AVX-512) or 8 (AVX2) floats. `PRORL_MAX_ISA=AVX2` limits it.
int ck_vector_width(void);

#endif
