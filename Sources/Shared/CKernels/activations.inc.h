// Gates for one instruction set. Included once per set by activations.c, with TARGET and NAME defined.

INLINE ck_f16 NAME(sigmoid)(ck_f16 x) { return 1.0f / (1.0f + NAME(exp)(-x)); }

/// tanh of √(2/π) · (v + 0.044715 v³)
INLINE ck_f16 NAME(gelu_tanh)(ck_f16 v)
{
  const ck_f16 u = 0.79788456f * (v + 0.044715f * v * v * v);
  return 1.0f - 2.0f / (NAME(exp)(u + u) + 1.0f);
}

INLINE ck_f16 NAME(gelu_lanes)(ck_f16 v) { return 0.5f * v * (1.0f + NAME(gelu_tanh)(v)); }

INLINE ck_f16 NAME(gelu_slope)(ck_f16 v)
{
  const ck_f16 t = NAME(gelu_tanh)(v);
  const ck_f16 slope = 0.79788456f * (1.0f + 0.134145f * v * v);
  return 0.5f * (1.0f + t) + 0.5f * v * (1.0f - t * t) * slope;
}

static __attribute__((TARGET)) void NAME(gelu)(const float *x, long n, float *y)
{
  for (long i = 0; i < n; i += 16) NAME(store_at)(y, i, n, NAME(gelu_lanes)(NAME(load_at)(x, i, n)));
}

static __attribute__((TARGET)) void NAME(gelu_backward)(const float *dy, const float *x, long n, float *dx)
{
  for (long i = 0; i < n; i += 16)
    NAME(store_at)(dx, i, n, NAME(load_at)(dy, i, n) * NAME(gelu_slope)(NAME(load_at)(x, i, n)));
}

static __attribute__((TARGET)) void NAME(swiglu)(const float *gate, const float *up, long n, float *y)
{
  for (long i = 0; i < n; i += 16) {
    const ck_f16 g = NAME(load_at)(gate, i, n);
    NAME(store_at)(y, i, n, g * NAME(sigmoid)(g) * NAME(load_at)(up, i, n));
  }
}

static __attribute__((TARGET)) void NAME(swiglu_backward)(
  const float *dy, const float *gate, const float *up, long n, float *d_gate, float *d_up)
{
  for (long i = 0; i < n; i += 16) {
    const ck_f16 d = NAME(load_at)(dy, i, n), g = NAME(load_at)(gate, i, n), u = NAME(load_at)(up, i, n);
    const ck_f16 s = NAME(sigmoid)(g);
    const ck_f16 silu = g * s;
    NAME(store_at)(d_gate, i, n, d * u * (s + silu * (1.0f - s)));
    NAME(store_at)(d_up, i, n, d * silu);
  }
}
