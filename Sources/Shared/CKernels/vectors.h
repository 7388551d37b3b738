// Sixteen lanes, whatever the processor has: the compiler makes one AVX-512 or two AVX2 instructions of each operation,
// with the same bits. Included by kernels that are compiled once per instruction set.
#ifndef PRORL_VECTORS_H
#define PRORL_VECTORS_H

#include <immintrin.h>

// Vectors that an instruction set must split are passed between functions that are always inlined, so never passed.
#pragma clang diagnostic ignored "-Wpsabi"

typedef float ck_f16 __attribute__((ext_vector_type(16)));
typedef float ck_f8 __attribute__((ext_vector_type(8)));
typedef float ck_f4 __attribute__((ext_vector_type(4)));
typedef int ck_i16 __attribute__((ext_vector_type(16)));
typedef long ck_l16 __attribute__((ext_vector_type(16)));
typedef double ck_d16 __attribute__((ext_vector_type(16)));
typedef double ck_d8 __attribute__((ext_vector_type(8)));
typedef double ck_d4 __attribute__((ext_vector_type(4)));

#define CK_WIDE target("avx512f,avx512vl,avx512dq,fma")
#define CK_NARROW target("avx2,fma")

// The first `count` of sixteen elements, zeros in the other lanes. A masked load, where a call of memcpy would push the
// vectors of a loop out of their registers.

static inline __attribute__((always_inline, CK_WIDE)) ck_f16 wide_load_part(const float *x, long count)
{
  return (ck_f16)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), x);
}

static inline __attribute__((always_inline, CK_WIDE)) void wide_store_part(float *x, ck_f16 v, long count)
{
  _mm512_mask_storeu_ps(x, (__mmask16)((1u << count) - 1), (__m512)v);
}

/// All bits of the lanes `first`, first + 1, … that are below `count`.
static inline __attribute__((always_inline, CK_NARROW)) __m256i narrow_lanes_below(long count, int first)
{
  const __m256i lanes = _mm256_add_epi32(_mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7), _mm256_set1_epi32(first));
  return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), lanes);
}

static inline __attribute__((always_inline, CK_NARROW)) ck_f16 narrow_load_part(const float *x, long count)
{
  ck_f16 v;
  v.lo = (ck_f8)_mm256_maskload_ps(x, narrow_lanes_below(count, 0));
  v.hi = (ck_f8)_mm256_maskload_ps(x + 8, narrow_lanes_below(count, 8));
  return v;
}

static inline __attribute__((always_inline, CK_NARROW)) void narrow_store_part(float *x, ck_f16 v, long count)
{
  _mm256_maskstore_ps(x, narrow_lanes_below(count, 0), (__m256)v.lo);
  _mm256_maskstore_ps(x + 8, narrow_lanes_below(count, 8), (__m256)v.hi);
}

#endif
