// Tiles of attention's two products for one vector width and one kind of element. Included by attention.c with VEC,
// WORDS, LANES, ROWS_MAX, GROUPS_MAX, TARGET, BF16, ELEMENT and NAME defined. `rows`, `panels` and `groups` are
// constants at every call, so that loops over them unroll and the accumulators live in registers.
//
// A group is the two vectors that LANES words of a line widen to: elements [g * LANES, (g + 1) * LANES) and the same
// 16 further on. A line has one group of 16 lanes or two of 8.

#define INLINE static inline __attribute__((always_inline, TARGET))

INLINE void NAME(widen)(const ELEMENT *line, const int group, VEC out[2])
{
#if BF16
  WORDS words;
  __builtin_memcpy(&words, line + 2 * group * LANES, sizeof(WORDS));
  const WORDS low = words << 16, high = words & 0xffff0000u;
  __builtin_memcpy(&out[0], &low, sizeof(VEC));
  __builtin_memcpy(&out[1], &high, sizeof(VEC));
#else
  __builtin_memcpy(&out[0], line + group * LANES, sizeof(VEC));
  __builtin_memcpy(&out[1], line + 16 + group * LANES, sizeof(VEC));
#endif
}

INLINE void NAME(prefetch)(const ELEMENT *line)
{
  __builtin_prefetch(line, 0, 2);
#if !BF16
  __builtin_prefetch(line + 16, 0, 2);
#endif
}

// acc[i][p * groups + g] += sum over k of x[i * x_stride + k * x_step] * (line k of panel p, group first_group + g)
//
// The lines at `ahead` are asked for meanwhile: the processor's own prefetching ends with each run of lines.
INLINE void NAME(chain)(
  const int rows, const int panels, const int groups, const int first_group, long steps, const float *x,
  long x_stride, long x_step, const ELEMENT *const *panel, const ELEMENT *const *ahead,
  VEC acc[ROWS_MAX][GROUPS_MAX][2])
{
  for (long k = 0; k < steps; k++) {
    for (int p = 0; p < panels; p++) NAME(prefetch)(ahead[p] + k * CK_PAGE);
    VEC w[GROUPS_MAX][2];
    for (int p = 0; p < panels; p++)
      for (int g = 0; g < groups; g++) NAME(widen)(panel[p] + k * CK_PAGE, first_group + g, w[p * groups + g]);
    for (int i = 0; i < rows; i++) {
      const VEC b = (VEC)(x[i * x_stride + k * x_step]);
      for (int n = 0; n < panels * groups; n++) {
        acc[i][n][0] = __builtin_elementwise_fma(b, w[n][0], acc[i][n][0]);
        acc[i][n][1] = __builtin_elementwise_fma(b, w[n][1], acc[i][n][1]);
      }
    }
  }
}

// The panel to ask for while page `page` of `run` is read: a few pages on, in `next` where `run` ends; of a short run
// as many as it has, so that a run as long finds all its pages asked for.
INLINE const ELEMENT *NAME(ahead)(ck_page_run run, ck_page_run next, long page)
{
  const long wanted = page + (run.count < CK_PAGES_AHEAD ? run.count : CK_PAGES_AHEAD);
  if (wanted < run.count) return (const ELEMENT *)run.pages[wanted] + run.offset;
  const long beyond = wanted - run.count;
  return (const ELEMENT *)next.pages[beyond < next.count ? beyond : next.count - 1] + next.offset;
}

// Where group g's first vector stands among the elements of consecutive panels.
#define PLACE(p, g, half) ((p) * CK_PAGE + (half) * 16 + (first_group + (g)) * LANES)

INLINE void NAME(score_tile)(
  const int rows, const int panels, const int groups, const int first_group, long dimension, const float *q,
  long q_stride, const ELEMENT *const *panel, const ELEMENT *const *ahead, float scale, float *scores,
  long scores_stride)
{
  VEC acc[ROWS_MAX][GROUPS_MAX][2];
  for (int i = 0; i < rows; i++)
    for (int n = 0; n < panels * groups; n++) acc[i][n][0] = acc[i][n][1] = (VEC)(0.0f);
  NAME(chain)(rows, panels, groups, first_group, dimension, q, q_stride, 1, panel, ahead, acc);
  for (int i = 0; i < rows; i++)
    for (int p = 0; p < panels; p++)
      for (int g = 0; g < groups; g++)
        for (int half = 0; half < 2; half++) {
          const VEC score = acc[i][p * groups + g][half] * scale;
          __builtin_memcpy(scores + i * scores_stride + PLACE(p, g, half), &score, sizeof(VEC));
        }
}

INLINE void NAME(value_tile)(
  const int rows, const int panels, const int groups, const int first_group, ck_weights weights, ck_page_run run,
  ck_page_run next, long slice, long first, long last, float *out, long out_stride, int load)
{
  VEC acc[ROWS_MAX][GROUPS_MAX][2];
  for (int i = 0; i < rows; i++)
    for (int p = 0; p < panels; p++)
      for (int g = 0; g < groups; g++)
        for (int half = 0; half < 2; half++) {
          VEC *const to = &acc[i][p * groups + g][half];
          if (load)
            __builtin_memcpy(to, out + i * out_stride + PLACE(p, g, half), sizeof(VEC));
          else
            *to = (VEC)(0.0f);
        }
  for (long j = first; j < last;) {
    const long place = j % CK_PAGE;
    const long left = CK_PAGE - place, steps = last - j < left ? last - j : left;
    const ELEMENT *panel[GROUPS_MAX], *ahead[GROUPS_MAX];
    for (int p = 0; p < panels; p++) {
      const long line = (slice + p) * CK_PAGE * CK_PAGE + place * CK_PAGE;
      panel[p] = (const ELEMENT *)run.pages[j / CK_PAGE] + run.offset + line;
      ahead[p] = NAME(ahead)(run, next, j / CK_PAGE) + line;
    }
    NAME(chain)(
      rows, panels, groups, first_group, steps, weights.start + (j - first) * weights.step, weights.stride,
      weights.step, panel, ahead, acc);
    j += steps;
  }
  for (int i = 0; i < rows; i++)
    for (int p = 0; p < panels; p++)
      for (int g = 0; g < groups; g++)
        for (int half = 0; half < 2; half++)
          __builtin_memcpy(
            out + i * out_stride + PLACE(p, g, half), &acc[i][p * groups + g][half], sizeof(VEC));
}

// Tiles by their rows and panels; few rows take several panels side by side, since a single chain would wait for its
// own latency.

#define SCORE(r, p, groups, first) \
  NAME(score_tile)(r, p, groups, first, dimension, q, q_stride, panel, ahead, scale, scores, scores_stride)
#define VALUE(r, p, groups, first_group) \
  NAME(value_tile)( \
    r, p, groups, first_group, weights, run, next, slice, first, last, out, out_stride, load)

#if LANES == 16
// 24 accumulators, or as many as there are.
#define WHOLE_CASE(tile, r, p) \
  case (p) * 16 + (r): \
    tile(r, p, 1, 0); \
    break
#define CASES(tile) \
  switch (panels * 16 + rows) { \
    WHOLE_CASE(tile, 1, 4); \
    WHOLE_CASE(tile, 2, 4); \
    WHOLE_CASE(tile, 3, 4); \
    WHOLE_CASE(tile, 1, 2); \
    WHOLE_CASE(tile, 2, 2); \
    WHOLE_CASE(tile, 3, 2); \
    WHOLE_CASE(tile, 4, 2); \
    WHOLE_CASE(tile, 5, 2); \
    WHOLE_CASE(tile, 6, 2); \
    WHOLE_CASE(tile, 1, 1); \
    WHOLE_CASE(tile, 2, 1); \
    WHOLE_CASE(tile, 3, 1); \
    WHOLE_CASE(tile, 4, 1); \
    WHOLE_CASE(tile, 5, 1); \
    WHOLE_CASE(tile, 6, 1); \
    WHOLE_CASE(tile, 7, 1); \
    WHOLE_CASE(tile, 8, 1); \
    WHOLE_CASE(tile, 9, 1); \
    WHOLE_CASE(tile, 10, 1); \
    WHOLE_CASE(tile, 11, 1); \
    WHOLE_CASE(tile, 12, 1); \
  }
#define MOST_PANELS(rows) ((rows) <= 3 ? 4 : (rows) <= 6 ? 2 : 1)
#else
// 12 accumulators: half a line at a time from three rows on.
#define WHOLE_CASE(tile, r, p) \
  case (p) * 16 + (r): \
    tile(r, p, 2, 0); \
    break
#define HALVES_CASE(tile, r) \
  case 16 + (r): \
    tile(r, 1, 1, 0); \
    tile(r, 1, 1, 1); \
    break
#define CASES(tile) \
  switch (panels * 16 + rows) { \
    WHOLE_CASE(tile, 1, 2); \
    WHOLE_CASE(tile, 1, 1); \
    WHOLE_CASE(tile, 2, 1); \
    HALVES_CASE(tile, 3); \
    HALVES_CASE(tile, 4); \
    HALVES_CASE(tile, 5); \
    HALVES_CASE(tile, 6); \
  }
#define MOST_PANELS(rows) ((rows) == 1 ? 2 : 1)
#endif

static __attribute__((noinline, TARGET)) void NAME(score_tiles)(
  const int rows, const int panels, long dimension, const float *q, long q_stride, const ELEMENT *const *panel,
  const ELEMENT *const *ahead, float scale, float *scores, long scores_stride)
{
  CASES(SCORE)
}

static __attribute__((noinline, TARGET)) void NAME(value_tiles)(
  const int rows, const int panels, ck_weights weights, ck_page_run run, ck_page_run next, long slice,
  long first, long last, float *out, long out_stride, int load)
{
  CASES(VALUE)
}

// Rows of the next tile; the last two tiles share what is left evenly, so that none is very thin.
static inline long NAME(take)(long left)
{
  if (left >= 2 * ROWS_MAX) return ROWS_MAX;
  return left <= ROWS_MAX ? left : (left + 1) / 2;
}

// Panels that a tile of `rows` takes at once, of those left.
static inline long NAME(panels)(long rows, long left)
{
  long panels = MOST_PANELS(rows);
  while (panels > left) panels /= 2;
  return panels;
}

static __attribute__((TARGET)) void NAME(scores)(
  long rows, long dimension, const float *q, long q_stride, ck_page_run run, ck_page_run next, float scale,
  float *scores, long scores_stride)
{
  for (long first = 0; first < run.count;) {
    const long panels = NAME(panels)(NAME(take)(rows), run.count - first);
    const ELEMENT *panel[GROUPS_MAX], *ahead[GROUPS_MAX];
    for (long p = 0; p < panels; p++) {
      panel[p] = (const ELEMENT *)run.pages[first + p] + run.offset;
      ahead[p] = NAME(ahead)(run, next, first + p);
    }
    for (long m = 0; m < rows;) {
      const long take = NAME(take)(rows - m);
      NAME(score_tiles)(
        (int)take, (int)panels, dimension, q + m * q_stride, q_stride, panel, ahead, scale,
        scores + m * scores_stride + first * CK_PAGE, scores_stride);
      m += take;
    }
    first += panels;
  }
}

static __attribute__((TARGET)) void NAME(values)(
  long rows, long slices, ck_weights weights, ck_page_run run, ck_page_run next, long first, long last,
  float *out, long out_stride, int load)
{
  for (long m = 0; m < rows;) {
    const long take = NAME(take)(rows - m);
    for (long slice = 0; slice < slices;) {
      const long panels = NAME(panels)(take, slices - slice);
      NAME(value_tiles)(
        (int)take, (int)panels, (ck_weights){weights.start + m * weights.stride, weights.stride, weights.step}, run,
        next, slice, first, last, out + m * out_stride + slice * CK_PAGE, out_stride, load);
      slice += panels;
    }
    m += take;
  }
}

#undef INLINE
#undef PLACE
#undef SCORE
#undef VALUE
#undef WHOLE_CASE
#undef HALVES_CASE
#undef CASES
#undef MOST_PANELS
