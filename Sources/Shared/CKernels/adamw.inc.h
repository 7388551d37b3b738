// AdamW for one instruction set. Included once per set by adamw.c, with TARGET and NAME defined.

/// One step of sixteen parameters; the order of operations is that of the formula in AdamW.swift.
INLINE void NAME(adamw_lanes)(const ck_adamw *s, ck_f16 gradient, ck_f16 *p, ck_f16 *m, ck_f16 *v)
{
  const ck_f16 g = gradient * s->gradient_factor;
  *m = s->beta1 * *m + s->rest1 * g;
  *v = s->beta2 * *v + s->rest2 * g * g;
  const ck_f16 denominator = __builtin_elementwise_sqrt(*v) / s->root_correction + s->epsilon;
  *p = *p * s->keep - s->step_size * (*m / denominator);
}

/// (float)(total · factor) of sixteen totals.
INLINE ck_f16 NAME(unfolded)(ck_l16 totals, double factor)
{
  return __builtin_convertvector(__builtin_convertvector(totals, ck_d16) * factor, ck_f16);
}

INLINE void NAME(adamw_part)(
  const ck_adamw *s, const float *gradient, long count, float *parameters, float *first, float *second)
{
  ck_f16 p = NAME(load_part)(parameters, count);
  ck_f16 m = NAME(load_part)(first, count);
  ck_f16 v = NAME(load_part)(second, count);
  NAME(adamw_lanes)(s, NAME(load_part)(gradient, count), &p, &m, &v);
  NAME(store_part)(parameters, p, count);
  NAME(store_part)(first, m, count);
  NAME(store_part)(second, v, count);
}

INLINE void NAME(adamw_whole)(const ck_adamw *s, ck_f16 gradient, float *parameters, float *first, float *second)
{
  ck_f16 p = NAME(load)(parameters), m = NAME(load)(first), v = NAME(load)(second);
  NAME(adamw_lanes)(s, gradient, &p, &m, &v);
  NAME(store)(parameters, p);
  NAME(store)(first, m);
  NAME(store)(second, v);
}

static __attribute__((TARGET)) void NAME(adamw)(
  const ck_adamw *s, const float *gradient, long n, float *parameters, float *first, float *second)
{
  long i = 0;
  for (; i + 16 <= n; i += 16)
    NAME(adamw_whole)(s, NAME(load)(gradient + i), parameters + i, first + i, second + i);
  if (i < n) NAME(adamw_part)(s, gradient + i, n - i, parameters + i, first + i, second + i);
}

static __attribute__((TARGET)) void NAME(adamw_totals)(
  const ck_adamw *s, int64_t *totals, double factor, long n, float *parameters, float *first, float *second)
{
  long i = 0;
  for (; i + 16 <= n; i += 16) {
    ck_l16 t;
    __builtin_memcpy(&t, totals + i, sizeof t);
    NAME(adamw_whole)(s, NAME(unfolded)(t, factor), parameters + i, first + i, second + i);
    __builtin_memset(totals + i, 0, sizeof t);
  }
  if (i < n) {
    float gradient[16];
    for (long k = i; k < n; k++) gradient[k - i] = (float)((double)totals[k] * factor);
    NAME(adamw_part)(s, gradient, n - i, parameters + i, first + i, second + i);
    __builtin_memset(totals + i, 0, (unsigned long)(n - i) * sizeof *totals);
  }
}

static __attribute__((TARGET)) double NAME(sum_of_squares)(const int64_t *totals, double factor, long n)
{
  ck_d8 sum = 0;
  long i = 0;
  for (; i + 16 <= n; i += 16) {
    ck_l16 t;
    __builtin_memcpy(&t, totals + i, sizeof t);
    const ck_d16 g = __builtin_convertvector(NAME(unfolded)(t, factor), ck_d16);
    sum += g.lo * g.lo;
    sum += g.hi * g.hi;
  }
  double tail = 0;
  for (long k = i; k < n; k++) {
    const double g = (float)((double)totals[k] * factor);
    if (k < (n & ~7L))
      sum[k & 7] += g * g;
    else
      tail += g * g;
  }
  const ck_d4 four = sum.lo + sum.hi;
  return ((four[0] + four[2]) + (four[1] + four[3])) + tail;
}
