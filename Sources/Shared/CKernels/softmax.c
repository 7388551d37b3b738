#include "softmax.h"

#include "vectors.h"

// What the two instruction sets do differently with chosen lanes; the outcome is the same.

static inline __attribute__((always_inline, CK_WIDE)) ck_d16 wide_add_where(ck_d16 sum, ck_d16 x, ck_i16 chosen)
{
  const __mmask16 mask = _mm512_movepi32_mask((__m512i)chosen);
  sum.lo = (ck_d8)_mm512_mask_add_pd((__m512d)sum.lo, (__mmask8)mask, (__m512d)sum.lo, (__m512d)x.lo);
  sum.hi = (ck_d8)_mm512_mask_add_pd((__m512d)sum.hi, (__mmask8)(mask >> 8), (__m512d)sum.hi, (__m512d)x.hi);
  return sum;
}

static inline __attribute__((always_inline, CK_NARROW)) ck_d16 narrow_add_where(
  ck_d16 sum, ck_d16 x, ck_i16 chosen)
{
  // Adding zero to what is not negative changes no bit.
  return sum + (__builtin_convertvector(chosen, ck_l16) ? x : (ck_d16)0);
}

static inline __attribute__((always_inline, CK_WIDE)) long wide_append(
  ck_i16 chosen, long first, int *ids, long found, long capacity)
{
  const __mmask16 mask = _mm512_movepi32_mask((__m512i)chosen);
  const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  // Written whole, so there is room for sixteen after the last that counts.
  if (found <= capacity - 16)
    _mm512_storeu_si512(ids + found, _mm512_maskz_compress_epi32(mask, lanes + _mm512_set1_epi32((int)first)));
  return found + __builtin_popcount(mask);
}

static inline __attribute__((always_inline, CK_NARROW)) long narrow_append(
  ck_i16 chosen, long first, int *ids, long found, long capacity)
{
  const __m256 low = (__m256)chosen.lo, high = (__m256)chosen.hi;
  unsigned mask = (unsigned)_mm256_movemask_ps(low) | (unsigned)_mm256_movemask_ps(high) << 8;
  for (; mask; mask &= mask - 1) {
    if (found <= capacity - 16) ids[found] = (int)first + __builtin_ctz(mask);
    found++;
  }
  return found;
}

#define CK_SOURCE "softmax.inc.h"
#include "variants.h"

float ck_row_maximum(const float *logits, long n, float scale, long *finite)
{
  return CHOOSE(row_maximum, logits, n, scale, finite);
}

double ck_row_exponentials(
  const float *logits, long n, float scale, float maximum, long block, float *weights, double *sums)
{
  return CHOOSE(row_exponentials, logits, n, scale, maximum, block, weights, sums);
}

void ck_softmax_backward(float *logits, long n, const ck_softmax_gradient *g) { CHOOSE(backward, logits, n, g); }

long ck_collect(
  const float *weights, long n, float low, float high, long block, double *sums, double *total,
  int *ids, long capacity)
{
  return CHOOSE(collect, weights, n, low, high, block, sums, total, ids, capacity);
}
