// Norms of one row for one instruction set. Included once per set by norms.c, with TARGET and NAME defined.

static __attribute__((TARGET)) float NAME(rms_scale)(const float *x, long n, float epsilon)
{
  ck_f16 sum = 0;
  for (long i = 0; i < n; i += 16) {
    const ck_f16 v = NAME(load_at)(x, i, n);
    sum = __builtin_elementwise_fma(v, v, sum);
  }
  return 1 / __builtin_sqrtf(NAME(tree_sum_float)(sum) / (float)n + epsilon);
}

static __attribute__((TARGET)) void NAME(rms_norm)(const float *x, float scale, const float *w, long n, float *y)
{
  for (long i = 0; i < n; i += 16)
    NAME(store_at)(y, i, n, NAME(load_at)(x, i, n) * scale * NAME(load_at)(w, i, n));
}

static __attribute__((TARGET)) void NAME(rms_norm_backward)(
  const float *dy, const float *x, float scale, const float *w, long n, int overwriting, float *dx)
{
  ck_f16 sum = 0;
  for (long i = 0; i < n; i += 16)
    sum = __builtin_elementwise_fma(NAME(load_at)(dy, i, n) * NAME(load_at)(w, i, n), NAME(load_at)(x, i, n), sum);
  const float mean = NAME(tree_sum_float)(sum) / (float)n * scale * scale;
  for (long i = 0; i < n; i += 16) {
    const ck_f16 g = NAME(load_at)(dy, i, n) * NAME(load_at)(w, i, n);
    const ck_f16 term = (g - NAME(load_at)(x, i, n) * mean) * scale;
    NAME(store_at)(dx, i, n, overwriting ? term : NAME(load_at)(dx, i, n) + term);
  }
}

static __attribute__((TARGET)) void NAME(layer_moments)(
  const float *x, long n, float epsilon, float *mean, float *scale)
{
  ck_f16 sum = 0, squares = 0;
  for (long i = 0; i < n; i += 16) sum += NAME(load_at)(x, i, n);
  *mean = NAME(tree_sum_float)(sum) / (float)n;
  long i = 0;
  for (; i + 16 <= n; i += 16) {
    const ck_f16 d = NAME(load)(x + i) - *mean;
    squares = __builtin_elementwise_fma(d, d, squares);
  }
  if (i < n) {
    const ck_i16 lanes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const ck_f16 d = lanes < (int)(n - i) ? NAME(load_part)(x + i, n - i) - *mean : (ck_f16)0;
    squares = __builtin_elementwise_fma(d, d, squares);
  }
  *scale = 1 / __builtin_sqrtf(NAME(tree_sum_float)(squares) / (float)n + epsilon);
}

static __attribute__((TARGET)) void NAME(layer_norm)(
  const float *x, float mean, float scale, const float *w, const float *b, long n, float *y)
{
  for (long i = 0; i < n; i += 16) {
    const ck_f16 z = (NAME(load_at)(x, i, n) - mean) * scale;
    NAME(store_at)(y, i, n, z * NAME(load_at)(w, i, n) + NAME(load_at)(b, i, n));
  }
}

static __attribute__((TARGET)) void NAME(layer_norm_backward)(
  const float *dy, const float *x, float mean, float scale, const float *w, long n, float *dx)
{
  ck_f16 sum = 0, products = 0;
  for (long i = 0; i < n; i += 16) {
    // Beyond the end w and so g is zero.
    const ck_f16 g = NAME(load_at)(dy, i, n) * NAME(load_at)(w, i, n);
    sum += g;
    products = __builtin_elementwise_fma(g, (NAME(load_at)(x, i, n) - mean) * scale, products);
  }
  const float mean_g = NAME(tree_sum_float)(sum) / (float)n;
  const float mean_gz = NAME(tree_sum_float)(products) / (float)n;
  for (long i = 0; i < n; i += 16) {
    const ck_f16 z = (NAME(load_at)(x, i, n) - mean) * scale;
    const ck_f16 g = NAME(load_at)(dy, i, n) * NAME(load_at)(w, i, n);
    NAME(store_at)(dx, i, n, NAME(load_at)(dx, i, n) + (g - mean_g - z * mean_gz) * scale);
  }
}
