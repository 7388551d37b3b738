// One tile of a product, `rows` × `panels` panels, for one vector width and one kind of numbers. Included once per
// kind by tiles.c, with these defined:
//
//   NAME(x)                      x with the kind's prefix
//   TARGET                       the attribute that allows its instructions
//   VEC, INTEGERS, LANES         a vector of floats, and of as many 32-bit words
//   ROWS_MAX, PANELS_MAX         the largest tile
//   PANEL_PART                   the columns of a panel that one tile takes, all or half
//   LEFT_WORDS                   words per row and step of the left factor, multiplied one after the other
//   EXPAND(w, h)                 what word `h` of a row is multiplied with, of the vector w of words
//   MULTIPLY_ADD(x, w, acc)      acc + x · w in the kind's own way; x is a word on all lanes
//
// `rows` and `panels` are constants at every call, so that all loops over them unroll and the accumulators live in
// registers. `left_rows` is the number of rows that the left factor is packed for.
static inline __attribute__((always_inline, TARGET)) void NAME(tile)(
  const int rows, const int panels, const int left_rows, const struct ck_tile *t)
{
  enum { vectors = PANEL_PART / LANES, edge_stride = PANELS_MAX * CK_PANEL };
  VEC acc[ROWS_MAX][PANELS_MAX][vectors];
  const long width = (panels - 1) * CK_PANEL + PANEL_PART;
  const int whole = t->valid >= width;
  float edge[ROWS_MAX * PANELS_MAX * CK_PANEL];
  float *const y = t->y;

  if (!t->load) {
    for (int i = 0; i < rows; i++)
      for (int p = 0; p < panels; p++)
        for (int v = 0; v < vectors; v++) acc[i][p][v] = (VEC){0};
  } else {
    const float *from = y;
    long from_stride = t->y_stride;
    if (!whole) {
      for (int i = 0; i < rows; i++)
        for (int n = 0; n < width; n++) edge[i * edge_stride + n] = n < t->valid ? y[i * t->y_stride + n] : 0;
      from = edge;
      from_stride = edge_stride;
    }
    for (int i = 0; i < rows; i++)
      for (int p = 0; p < panels; p++)
        for (int v = 0; v < vectors; v++)
          __builtin_memcpy(&acc[i][p][v], from + i * from_stride + p * CK_PANEL + v * LANES, sizeof(VEC));
  }

  const uint32_t *left = t->left;
  const uint32_t *right = t->right;
  const char *ahead = t->ahead;
  long wait = t->ahead_every;
  for (long step = t->steps; step > 0; step--) {
    // The processor's own prefetching ends with each page of 4 KiB, and panels side by side are as many streams.
    if (panels > 1)
      for (int p = 0; p < panels; p++)
        for (int line = 0; line < 2; line++)
          __builtin_prefetch((const char *)(right + p * t->panel_stride) + 1024 + 64 * line, 0, 2);
    if (panels == 1 && --wait == 0) {
      for (int line = 0; line < 4; line++) __builtin_prefetch(ahead + 64 * line, 0, 2);
      ahead += t->ahead_stride;
      wait = t->ahead_every;
    }
    for (int h = 0; h < LEFT_WORDS; h++) {
      VEC w[PANELS_MAX][vectors];
      for (int p = 0; p < panels; p++)
        for (int v = 0; v < vectors; v++) {
          __builtin_memcpy(&w[p][v], right + p * t->panel_stride + v * LANES, sizeof(VEC));
          w[p][v] = EXPAND(w[p][v], h);
        }
      for (int i = 0; i < rows; i++) {
        const VEC x = (VEC)((INTEGERS){0} + left[h * left_rows + i]);
        for (int p = 0; p < panels; p++)
          for (int v = 0; v < vectors; v++) acc[i][p][v] = MULTIPLY_ADD(x, w[p][v], acc[i][p][v]);
      }
    }
    left += LEFT_WORDS * left_rows;
    right += CK_PANEL;
  }

  float *const to = whole ? y : edge;
  const long to_stride = whole ? t->y_stride : edge_stride;
  for (int i = 0; i < rows; i++)
    for (int p = 0; p < panels; p++)
      for (int v = 0; v < vectors; v++)
        __builtin_memcpy(to + i * to_stride + p * CK_PANEL + v * LANES, &acc[i][p][v], sizeof(VEC));
  if (!whole)
    for (int i = 0; i < rows; i++)
      for (long n = 0; n < t->valid && n < width; n++) y[i * t->y_stride + n] = edge[i * edge_stride + n];
}
