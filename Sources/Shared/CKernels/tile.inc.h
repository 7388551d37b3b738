// One tile of a product, `rows` × `panels` panels, for one vector width. Included once per width by product.c, with
// VEC, LANES, TARGET and NAME defined. `rows` and `panels` are constants at every call, so that all loops over them
// unroll and the accumulators live in registers.
static inline __attribute__((always_inline, TARGET)) void NAME(tile)(
  const int rows, const int panels, const int columns_per_panel, long inner, const float *x, long m_stride,
  long k_stride, const float *packed, long panel_stride, float *y, long y_stride, long valid, int load)
{
  enum { max_vectors = CK_PANEL / LANES };
  const int vectors = columns_per_panel / LANES;
  VEC acc[ROWS_MAX][PANELS_MAX][max_vectors];
  const int whole = valid >= (long)(panels - 1) * CK_PANEL + columns_per_panel;
  float edge[ROWS_MAX * PANELS_MAX * CK_PANEL];

  if (!load) {
    for (int i = 0; i < rows; i++)
      for (int p = 0; p < panels; p++)
        for (int v = 0; v < vectors; v++) acc[i][p][v] = (VEC){0};
  } else {
    const float *from = y;
    long from_stride = y_stride;
    if (!whole) {
      for (int i = 0; i < rows; i++)
        for (int n = 0; n < panels * CK_PANEL; n++)
          edge[i * PANELS_MAX * CK_PANEL + n] = n < valid ? y[i * y_stride + n] : 0;
      from = edge;
      from_stride = PANELS_MAX * CK_PANEL;
    }
    for (int i = 0; i < rows; i++)
      for (int p = 0; p < panels; p++)
        for (int v = 0; v < vectors; v++)
          __builtin_memcpy(&acc[i][p][v], from + i * from_stride + p * CK_PANEL + v * LANES, sizeof(VEC));
  }

  for (long k = 0; k < inner; k++) {
    VEC w[PANELS_MAX][max_vectors];
    for (int p = 0; p < panels; p++)
      for (int v = 0; v < vectors; v++)
        __builtin_memcpy(&w[p][v], packed + p * panel_stride + k * CK_PANEL + v * LANES, sizeof(VEC));
    for (int i = 0; i < rows; i++) {
      const float s = x[i * m_stride + k * k_stride];
      const VEC b = s - (VEC){0};
      for (int p = 0; p < panels; p++)
        for (int v = 0; v < vectors; v++) acc[i][p][v] = __builtin_elementwise_fma(b, w[p][v], acc[i][p][v]);
    }
  }

  float *to = whole ? y : edge;
  const long to_stride = whole ? y_stride : PANELS_MAX * CK_PANEL;
  for (int i = 0; i < rows; i++)
    for (int p = 0; p < panels; p++)
      for (int v = 0; v < vectors; v++)
        __builtin_memcpy(to + i * to_stride + p * CK_PANEL + v * LANES, &acc[i][p][v], sizeof(VEC));
  if (!whole)
    for (int i = 0; i < rows; i++)
      for (long n = 0; n < valid && n < (panels - 1) * CK_PANEL + columns_per_panel; n++)
        y[i * y_stride + n] = edge[i * PANELS_MAX * CK_PANEL + n];
}
