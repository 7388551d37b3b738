// Passes over one row of logits, for one instruction set. Included once per set by softmax.c, with TARGET and NAME
// defined. Lane j of every sum holds tokens j, j + 16, j + 32, … of a block, in ascending order.

/// Where l lies so far below the maximum that e^(l - maximum) is zero; false for a NaN.
#define LOWEST -87.3f

/// The first `count` elements, then `rest`.
INLINE ck_f16 NAME(padded)(const float *x, long count, float rest)
{
  const ck_i16 lanes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  return lanes < (int)count ? NAME(load_part)(x, count) : (ck_f16)rest;
}

INLINE float NAME(maximum)(const float *x, long n, float scale, long *finite)
{
  // As long as every logit is finite, 0 · l stays 0.
  ck_f16 largest[4], zero[4];
  for (int k = 0; k < 4; k++) {
    largest[k] = -__builtin_inff();
    zero[k] = 0;
  }
  long i = 0;
  for (; i + 64 <= n; i += 64)
    for (int k = 0; k < 4; k++) {
      const ck_f16 l = NAME(load)(x + i + 16 * k) * scale;
      largest[k] = l > largest[k] ? l : largest[k];
      zero[k] = __builtin_elementwise_fma(l, (ck_f16)0.0f, zero[k]);
    }
  for (; i < n; i += 16) {
    const long left = n - i;
    const ck_f16 l = (left >= 16 ? NAME(load)(x + i) : NAME(padded)(x + i, left, x[i])) * scale;
    largest[0] = l > largest[0] ? l : largest[0];
    zero[0] = __builtin_elementwise_fma(l, (ck_f16)0.0f, zero[0]);
  }
  for (int k = 1; k < 4; k++) {
    largest[0] = largest[k] > largest[0] ? largest[k] : largest[0];
    zero[0] += zero[k];
  }
  float maximum = -__builtin_inff();
  float sum = 0;
  for (int j = 0; j < 16; j++) {
    if (largest[0][j] > maximum) maximum = largest[0][j];
    sum += zero[0][j];
  }
  *finite = n;
  if (sum == 0) return maximum;
  maximum = -__builtin_inff();
  *finite = 0;
  for (i = 0; i < n; i++) {
    const float l = x[i] * scale;
    if (!(__builtin_fabsf(l) < __builtin_inff())) continue;
    *finite += 1;
    if (l > maximum) maximum = l;
  }
  return maximum;
}

/// e^(l - maximum), zero where l is not finite; `x` becomes l - maximum, zero there.
INLINE ck_f16 NAME(weight)(ck_f16 logits, float scale, float maximum, ck_f16 *x)
{
  const ck_f16 centred = logits * scale - maximum;
  const ck_i16 counts = (centred >= LOWEST) & (centred <= 0.0f);
  *x = counts ? centred : (ck_f16)0;
  return counts ? NAME(exp_in_range)(centred) : (ck_f16)0;
}

INLINE double NAME(exponentials)(
  const float *logits, long n, float scale, float maximum, long block, float *weights, double *sums)
{
  ck_d16 all_products = 0;
  for (long start = 0; start < n; start += block) {
    const long end = start + block < n ? start + block : n;
    ck_f16 sum = 0, products = 0, x;
    for (long i = start; i < end; i += 16) {
      // A NaN weighs nothing.
      const ck_f16 l = end - i >= 16 ? NAME(load)(logits + i) : NAME(padded)(logits + i, end - i, __builtin_nanf(""));
      const ck_f16 w = NAME(weight)(l, scale, maximum, &x);
      if (weights) NAME(store_at)(weights, i, end, w);
      sum += w;
      products = __builtin_elementwise_fma(w, x, products);
    }
    *sums++ = NAME(tree_sum)(__builtin_convertvector(sum, ck_d16));
    all_products += __builtin_convertvector(products, ck_d16);
  }
  return NAME(tree_sum)(all_products);
}

/// One vector of logits turned into gradients; see the formula in softmax.h.
INLINE ck_f16 NAME(gradient)(ck_f16 logits, const ck_softmax_gradient *g)
{
  ck_f16 x;
  const ck_f16 p = NAME(weight)(logits, g->scale, g->maximum, &x) * g->reciprocal;
  const ck_f16 slope = g->per_log_probability + g->per_entropy * ((x - g->log_sum) + g->entropy);
  return -p * slope * g->scale;
}

static __attribute__((TARGET)) void NAME(backward)(float *logits, long n, const ck_softmax_gradient *g)
{
  for (long i = 0; i < n; i += 16)
    NAME(store_at)(logits, i, n, NAME(gradient)(NAME(load_at)(logits, i, n), g));
}

static __attribute__((TARGET)) float NAME(row_maximum)(const float *x, long n, float scale, long *finite)
{
  return NAME(maximum)(x, n, scale, finite);
}

static __attribute__((TARGET)) double NAME(row_exponentials)(
  const float *logits, long n, float scale, float maximum, long block, float *weights, double *sums)
{
  return weights ? NAME(exponentials)(logits, n, scale, maximum, block, weights, sums)
                 : NAME(exponentials)(logits, n, scale, maximum, block, 0, sums);
}

static __attribute__((TARGET)) long NAME(collect)(
  const float *w, long n, float low, float high, long block, double *sums, double *total, int *ids, long capacity)
{
  long found = 0;
  ck_d16 all = 0;
  for (long start = 0; start < n; start += block) {
    const long end = start + block < n ? start + block : n;
    ck_d16 above = 0;
    for (long i = start; i < end; i += 16) {
      const ck_f16 v = NAME(load_at)(w, i, end);
      const ck_d16 d = __builtin_convertvector(v, ck_d16);
      all += d;
      above = NAME(add_where)(above, d, v >= high);
      found = NAME(append)((v >= low) & (v < high), i, ids, found, capacity);
    }
    *sums++ = NAME(tree_sum)(above);
  }
  *total = NAME(tree_sum)(all);
  return found;
}
