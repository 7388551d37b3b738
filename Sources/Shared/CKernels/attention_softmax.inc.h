// What becomes of a row of scores, for one vector width. Included by attention.c with VEC, WORDS, LANES, TARGET and
// NAME defined.

// e^x for x <= 0, with the bits of `exponential` in Kernels/ElementaryFunctions.swift: range reduction by multiples
// of ln 2 and a polynomial of degree 6 (Cephes expf), zero below -87.3, NaN for NaN. Above -87.3 the result is no
// subnormal, so 2^n may be added to the exponent's bits.
static inline __attribute__((always_inline, TARGET)) VEC NAME(exponential)(VEC x)
{
  const VEC magic = (VEC)(12582912.0f);  // 1.5 * 2^23 rounds to an integer and leaves it in the low bits
  const VEC shifted = __builtin_elementwise_fma(x, (VEC)(1.44269504f), magic);
  const VEC n = shifted - magic;
  VEC r = __builtin_elementwise_fma(n, (VEC)(-0.693359375f), x);
  r = __builtin_elementwise_fma(n, (VEC)(2.1219444e-4f), r);
  VEC p = (VEC)(1.98756915e-4f);
  p = __builtin_elementwise_fma(p, r, (VEC)(1.39819995e-3f));
  p = __builtin_elementwise_fma(p, r, (VEC)(8.3334519e-3f));
  p = __builtin_elementwise_fma(p, r, (VEC)(4.1665796e-2f));
  p = __builtin_elementwise_fma(p, r, (VEC)(1.66666655e-1f));
  p = __builtin_elementwise_fma(p, r, (VEC)(5.0000001e-1f));
  const VEC y = __builtin_elementwise_fma(p, r * r, r + 1.0f);
  WORDS bits, exponent;
  __builtin_memcpy(&bits, &y, sizeof bits);
  __builtin_memcpy(&exponent, &shifted, sizeof exponent);
  bits += exponent << 23;
  VEC result;
  __builtin_memcpy(&result, &bits, sizeof result);
  result = x < -87.3f ? (VEC)(0.0f) : result;
  return x != x ? x : result;
}

static __attribute__((noinline, TARGET)) float NAME(exponentiate)(float *scores, long count)
{
  const long padded = (count + 15) / 16 * 16;
  for (long j = count; j < padded; j++) scores[j] = -__builtin_inff();
  VEC lanes = (VEC)(-__builtin_inff());
  for (long j = 0; j < padded; j += LANES) {
    VEC s;
    __builtin_memcpy(&s, scores + j, sizeof s);
    lanes = s > lanes ? s : lanes;
  }
  float maximum = lanes[0];
  for (int i = 1; i < LANES; i++) maximum = lanes[i] > maximum ? lanes[i] : maximum;
  vec8 sums = (vec8)(0.0f);
  for (long j = 0; j < padded; j += LANES) {
    VEC s;
    __builtin_memcpy(&s, scores + j, sizeof s);
    const VEC e = NAME(exponential)(s - maximum);
    __builtin_memcpy(scores + j, &e, sizeof e);
#if LANES == 16
    sums += e.lo;
    sums += e.hi;
#else
    sums += e;
#endif
  }
  const vec4 four = sums.lo + sums.hi;
  return (four[0] + four[2]) + (four[1] + four[3]);
}

static __attribute__((noinline, TARGET)) void NAME(slopes)(
  float *weights, float *slopes, long count, long end, float reciprocal, float scale)
{
  const long padded = ck_round(count);
  for (long j = count; j < padded; j++) weights[j] = slopes[j] = 0;
  vec8 sums = (vec8)(0.0f);
  for (long j = 0; j < padded; j += 8) {
    vec8 p, d;
    __builtin_memcpy(&p, weights + j, sizeof p);
    __builtin_memcpy(&d, slopes + j, sizeof d);
    p *= reciprocal;
    __builtin_memcpy(weights + j, &p, sizeof p);
    sums = __builtin_elementwise_fma(p, d, sums);
  }
  const vec4 four = sums.lo + sums.hi;
  const float delta = (four[0] + four[2]) + (four[1] + four[3]);
  for (long j = 0; j < padded; j += LANES) {
    VEC p, d;
    __builtin_memcpy(&p, weights + j, sizeof p);
    __builtin_memcpy(&d, slopes + j, sizeof d);
    d = p * (d - delta) * scale;
    __builtin_memcpy(slopes + j, &d, sizeof d);
  }
  for (long j = count; j < end; j++) weights[j] = slopes[j] = 0;
}
