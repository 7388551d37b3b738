#include "ckernels.h"

#include <stdlib.h>
#include <string.h>

// Inner products are cut here so that a panel's piece stays in the first-level cache; the chain goes on from the
// stored value, so the cut changes no bit.
#define INNER_BLOCK 256

// AVX-512: 12 rows × 32 columns are 24 accumulators, two vectors of w and one broadcast. With few rows several panels
// are computed side by side, since a single chain would wait for its own latency.

typedef float vec16 __attribute__((vector_size(64)));
#define VEC vec16
#define LANES 16
#define ROWS_MAX 12
#define PANELS_MAX 4
#define TARGET target("avx512f,avx512vl,avx512dq,fma")
#define NAME(x) wide_##x
#include "tile.inc.h"
#undef VEC
#undef LANES
#undef ROWS_MAX
#undef PANELS_MAX
#undef TARGET
#undef NAME

// AVX2: 6 rows × 16 columns, half a panel at a time.

typedef float vec8 __attribute__((vector_size(32)));
#define VEC vec8
#define LANES 8
#define ROWS_MAX 6
#define PANELS_MAX 1
#define TARGET target("avx2,fma")
#define NAME(x) narrow_##x
#include "tile.inc.h"
#undef VEC
#undef LANES
#undef ROWS_MAX
#undef PANELS_MAX
#undef TARGET
#undef NAME

#define WIDE_CASE(r, p) \
  case r: \
    wide_tile(r, p, CK_PANEL, inner, x, m_stride, k_stride, packed, panel_stride, y, y_stride, valid, load); \
    break

static __attribute__((target("avx512f,avx512vl,avx512dq,fma"))) void wide_rows_4(
  int rows, long inner, const float *x, long m_stride, long k_stride, const float *packed, long panel_stride, float *y,
  long y_stride, long valid, int load)
{
  switch (rows) {
    WIDE_CASE(1, 4);
    WIDE_CASE(2, 4);
    WIDE_CASE(3, 4);
  }
}

static __attribute__((target("avx512f,avx512vl,avx512dq,fma"))) void wide_rows_1(
  int rows, long inner, const float *x, long m_stride, long k_stride, const float *packed, long panel_stride, float *y,
  long y_stride, long valid, int load)
{
  switch (rows) {
    WIDE_CASE(1, 1);
    WIDE_CASE(2, 1);
    WIDE_CASE(3, 1);
    WIDE_CASE(4, 1);
    WIDE_CASE(5, 1);
    WIDE_CASE(6, 1);
    WIDE_CASE(7, 1);
    WIDE_CASE(8, 1);
    WIDE_CASE(9, 1);
    WIDE_CASE(10, 1);
    WIDE_CASE(11, 1);
    WIDE_CASE(12, 1);
  }
}

#define NARROW_CASE(r) \
  case r: \
    narrow_tile(r, 1, 16, inner, x, m_stride, k_stride, packed, panel_stride, y, y_stride, valid, load); \
    break

static __attribute__((target("avx2,fma"))) void narrow_rows(
  int rows, long inner, const float *x, long m_stride, long k_stride, const float *packed, long panel_stride, float *y,
  long y_stride, long valid, int load)
{
  switch (rows) {
    NARROW_CASE(1);
    NARROW_CASE(2);
    NARROW_CASE(3);
    NARROW_CASE(4);
    NARROW_CASE(5);
    NARROW_CASE(6);
  }
}

static int detect_width(void)
{
  const char *limit = getenv("PRORL_MAX_ISA");
  if (limit && strcmp(limit, "AVX2") == 0) return 8;
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")
      && __builtin_cpu_supports("avx512dq")
    ? 16
    : 8;
}

int ck_vector_width(void)
{
  static int width = 0;  // every thread that races here stores the same value
  int known = __atomic_load_n(&width, __ATOMIC_RELAXED);
  if (known == 0) {
    known = detect_width();
    __atomic_store_n(&width, known, __ATOMIC_RELAXED);
  }
  return known;
}

void ck_pack_panel(
  const float *w, long k_stride, long n_stride, long inner, long columns, long panel, float *packed)
{
  const long first = panel * CK_PANEL;
  const long valid = columns - first < CK_PANEL ? columns - first : CK_PANEL;
  if (n_stride == 1) {
    for (long k = 0; k < inner; k++) {
      memcpy(packed + k * CK_PANEL, w + k * k_stride + first, (size_t)valid * sizeof(float));
      for (long n = valid; n < CK_PANEL; n++) packed[k * CK_PANEL + n] = 0;
    }
    return;
  }
  // Blocks of k keep both the rows read and the panel written in cache.
  for (long block = 0; block < inner; block += 16) {
    const long end = block + 16 < inner ? block + 16 : inner;
    for (long n = 0; n < valid; n++) {
      const float *column = w + (first + n) * n_stride;
      for (long k = block; k < end; k++) packed[k * CK_PANEL + n] = column[k * k_stride];
    }
    for (long n = valid; n < CK_PANEL; n++)
      for (long k = block; k < end; k++) packed[k * CK_PANEL + n] = 0;
  }
}

static void wide_product(
  long rows, long columns, long inner, long total_inner, const float *x, long m_stride, long k_stride,
  const float *packed, long first_panel, long last_panel, float *y, long y_stride, int load)
{
  const long panel_stride = total_inner * CK_PANEL;
  long p = first_panel;
  if (rows <= 3) {
    for (; p + 4 <= last_panel; p += 4)
      wide_rows_4(
        (int)rows, inner, x, m_stride, k_stride, packed + p * panel_stride, panel_stride, y + p * CK_PANEL, y_stride,
        columns - p * CK_PANEL, load);
  }
  for (; p < last_panel; p++)
    for (long m = 0; m < rows;) {
      // The last two tiles share what is left evenly, so that none is very thin.
      const long left = rows - m;
      const long take = left >= 24 || left <= 12 ? (left < 12 ? left : 12) : (left + 1) / 2;
      wide_rows_1(
        (int)take, inner, x + m * m_stride, m_stride, k_stride, packed + p * panel_stride, panel_stride,
        y + m * y_stride + p * CK_PANEL, y_stride, columns - p * CK_PANEL, load);
      m += take;
    }
}

static void narrow_product(
  long rows, long columns, long inner, long total_inner, const float *x, long m_stride, long k_stride,
  const float *packed, long first_panel, long last_panel, float *y, long y_stride, int load)
{
  const long panel_stride = total_inner * CK_PANEL;
  for (long p = first_panel; p < last_panel; p++)
    for (long half = 0; half < CK_PANEL; half += 16) {
      const long column = p * CK_PANEL + half;
      if (column >= columns) break;
      for (long m = 0; m < rows; m += 6)
        narrow_rows(
          (int)(rows - m < 6 ? rows - m : 6), inner, x + m * m_stride, m_stride, k_stride,
          packed + p * panel_stride + half, panel_stride, y + m * y_stride + column, y_stride, columns - column, load);
    }
}

void ck_product(
  long rows, long columns, long inner, const float *x, long m_stride, long k_stride, const float *packed,
  long first_panel, long last_panel, float *y, long y_stride, int accumulate)
{
  const int wide = ck_vector_width() == 16;
  long k = 0;
  do {
    const long block = inner - k < INNER_BLOCK ? inner - k : INNER_BLOCK;
    (wide ? wide_product : narrow_product)(
      rows, columns, block, inner, x + k * k_stride, m_stride, k_stride, packed + k * CK_PANEL, first_panel,
      last_panel, y, y_stride, accumulate || k > 0);
    k += block;
  } while (k < inner);
}
