// The matrix micro-kernel.
//
// y = x · w, where every element is one chain of fused multiply-adds over k, in ascending k:
//
//   y[m, n] = fma(x[m, K-1], w[K-1, n], … fma(x[m, 1], w[1, n], fma(x[m, 0], w[0, n], start)) …)
//
// with start = 0, or the element's old value when accumulating. In bfloat16 the factors are rounded first, and the
// chain takes them in pairs, as the processor's instruction does: the odd element of a pair, then the even one; a
// last odd one is paired with zero. Denormal numbers count as zero there, as factors and as results.
//
// How rows and columns are cut into tiles, which vectors the processor has, and which thread computes a tile changes
// none of these operations, so the bits of an element depend on its own row of x and column of w and on nothing else.
//
// Both factors are packed first. A step is one k, or a pair in bfloat16; a word is a float's bits, or a pair of
// bfloat16, the even element in the lower half.
//
//   x   [tile of rows][step][words per step][rows of the tile]     words per step: ck_left_words
//   w   [panel of 32 columns][step][32]
#ifndef PRORL_CKERNELS_H
#define PRORL_CKERNELS_H

#include <stdint.h>

/// Columns in a packed panel.
#define CK_PANEL 32

/// Steps that ck_multiply takes at once where several tiles share a panel, so that its piece stays in the second-level
/// cache; the chain goes on from the stored value, so the cut changes no bit.
#define CK_PIECE 1024

/// Kinds of products.
enum { CK_FP32 = 0, CK_BF16 = 1 };

/// The vector width in use: 16 (AVX-512) or 8 (AVX2) floats. `PRORL_MAX_ISA=AVX2` limits it.
int ck_vector_width(void);

/// Whether the processor multiplies bfloat16 by itself; elsewhere floats give the same bits, more slowly.
/// `PRORL_MAX_ISA=AVX512` and `AVX2` forbid it.
int ck_multiplies_bf16(void);

/// Steps of a product over `inner` elements.
long ck_steps(int precision, long inner);

/// Words per row and step of a packed left factor: 1, or 2 where floats stand for a pair of bfloat16.
long ck_left_words(int precision);

/// Tiles of `rows` rows.
long ck_tiles(long rows);

/// Packs tiles [first, last) of x, where x(m, k) = x[m * m_stride + k * k_stride].
void ck_pack_left(
  int precision, const float *x, long m_stride, long k_stride, long rows, long inner, long first, long last,
  uint32_t *packed);

/// A part of w: its element (i, j), elements[i * k_stride + j * n_stride], is w's element (row + i, column + j).
struct ck_part {
  const float *elements;
  long k_stride, n_stride;
  long row, column, rows, columns;
};

/// Packs what `part` has of panels [first, last) of w, which has `inner` rows.
///
/// Other elements stay. Those that no part has, columns beyond the last and the partner of a last odd k, must be zero.
void ck_pack_right(
  int precision, const struct ck_part *part, long inner, long first_panel, long last_panel, uint32_t *packed);

/// What ck_multiply computes.
struct ck_product {
  int precision;
  /// Of the whole product.
  long rows, columns, inner;
  /// Whole packed factors.
  const uint32_t *left, *right;
  /// The part to compute.
  long first_tile, last_tile, first_panel, last_panel;
  /// The first element of the part; not used by ck_multiply_fold.
  float *y;
  long y_stride;
  /// Whether chains start from y instead of zero.
  int accumulate;
};

/// Computes tiles [first_tile, last_tile) of panels [first_panel, last_panel).
void ck_multiply(const struct ck_product *product);

/// Computes the same part and folds it: totals += round(scale · y), ties to even, with wrap-around; what is finite
/// and beyond 64 bits becomes about ±2^62. `totals` stands at the part's first element.
///
/// Returns the largest magnitude of y, or NaN where anything is not finite.
float ck_multiply_fold(const struct ck_product *product, double scale, int64_t *totals, long totals_stride);

/// totals[i] += round(scale · gradient[i]) in the same way, for i in [0, count).
float ck_fold(const float *gradient, long count, double scale, int64_t *totals);

/// The row where tile `tile` of `rows` rows begins; `rows` for the tile after the last.
long ck_tile_start(long rows, long tile);

#endif
