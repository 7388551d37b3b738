// Helpers on sixteen lanes for one instruction set. Included once per set, with TARGET and NAME defined.

#define INLINE static inline __attribute__((always_inline, TARGET))

INLINE ck_f16 NAME(load)(const float *x)
{
  ck_f16 v;
  __builtin_memcpy(&v, x, sizeof v);
  return v;
}

INLINE void NAME(store)(float *x, ck_f16 v) { __builtin_memcpy(x, &v, sizeof v); }

/// Elements i to i + 16 of n, zeros beyond the end.
INLINE ck_f16 NAME(load_at)(const float *x, long i, long n)
{
  return n - i >= 16 ? NAME(load)(x + i) : NAME(load_part)(x + i, n - i);
}

INLINE void NAME(store_at)(float *x, long i, long n, ck_f16 v)
{
  if (n - i >= 16)
    NAME(store)(x + i, v);
  else
    NAME(store_part)(x + i, v, n - i);
}

/// The lanes' sum as a fixed tree: 0+8, 1+9, …, then halves again.
INLINE double NAME(tree_sum)(ck_d16 v)
{
  const ck_d8 eight = v.lo + v.hi;
  const ck_d4 four = eight.lo + eight.hi;
  return (four[0] + four[2]) + (four[1] + four[3]);
}

/// e^x for -87.3 ≤ x ≤ 88.7; elsewhere anything, and a NaN may become a number.
///
/// The bits are those of Swift's `exponential`: the same reduction by multiples of ln 2 and the same polynomial
/// (Cephes `expf`); the power of two is added to the exponent, which is exact where the result is a normal number.
INLINE ck_f16 NAME(exp_in_range)(ck_f16 x)
{
  const ck_f16 magic = 12582912.0f;  // 1.5 · 2^23: adding it rounds to an integer, in the low bits
  const ck_f16 shifted = __builtin_elementwise_fma(x, (ck_f16)1.44269504f, magic);
  const ck_f16 n = shifted - magic;
  ck_f16 r = __builtin_elementwise_fma(n, (ck_f16)-0.693359375f, x);
  r = __builtin_elementwise_fma(n, (ck_f16)2.1219444e-4f, r);
  ck_f16 p = 1.98756915e-4f;
  p = __builtin_elementwise_fma(p, r, (ck_f16)1.39819995e-3f);
  p = __builtin_elementwise_fma(p, r, (ck_f16)8.3334519e-3f);
  p = __builtin_elementwise_fma(p, r, (ck_f16)4.1665796e-2f);
  p = __builtin_elementwise_fma(p, r, (ck_f16)1.66666655e-1f);
  p = __builtin_elementwise_fma(p, r, (ck_f16)5.0000001e-1f);
  const ck_f16 y = __builtin_elementwise_fma(p, r * r, r + 1.0f);
  return (ck_f16)((ck_i16)y + ((ck_i16)shifted << 23));
}

/// e^x, for any x: zero below -87.3, infinite above 88.72, NaN for NaN.
INLINE ck_f16 NAME(exp)(ck_f16 x)
{
  const ck_f16 e = x <= 88.72283f ? NAME(exp_in_range)(x) : x + __builtin_inff();
  return x < -87.3f ? (ck_f16)0 : e;
}

/// The lanes' sum as a fixed tree: 0+8, 1+9, …, then halves again.
INLINE float NAME(tree_sum_float)(ck_f16 v)
{
  const ck_f8 eight = v.lo + v.hi;
  const ck_f4 four = eight.lo + eight.hi;
  return (four[0] + four[2]) + (four[1] + four[3]);
}
