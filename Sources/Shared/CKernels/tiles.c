// The tiles of all kinds of products and vectors, and the choice among them.

#include "internal.h"

#include <immintrin.h>

typedef float vec16 __attribute__((vector_size(64)));
typedef uint32_t words16 __attribute__((vector_size(64)));
typedef float vec8 __attribute__((vector_size(32)));
typedef uint32_t words8 __attribute__((vector_size(32)));

#define AS_IT_IS(w, h) (w)
#define FUSED(x, w, acc) __builtin_elementwise_fma(x, w, acc)

// The factors of a pair as floats: the odd element, the upper half of its word, comes first.
#define ODD_THEN_EVEN(w, h) \
  ((h) == 0 ? (VEC)((INTEGERS)(w) & 0xffff0000u) : (VEC)((INTEGERS)(w) << 16))

// AVX-512: 12 rows × 32 columns are 24 accumulators, two vectors of w and one broadcast. With few rows several
// panels are computed side by side, since a few chains would wait for their own latency.

#define VEC vec16
#define INTEGERS words16
#define LANES 16
#define ROWS_MAX 12
#define PANELS_MAX 4
#define PANEL_PART CK_PANEL

#define TARGET target("avx512f,avx512vl,avx512dq,avx512bw,fma")
#define NAME(x) wide_##x
#define LEFT_WORDS 1
#define EXPAND AS_IT_IS
#define MULTIPLY_ADD FUSED
#include "tile.inc.h"
#include "wide.inc.h"
#undef NAME
#undef LEFT_WORDS
#undef EXPAND
#undef MULTIPLY_ADD

#define NAME(x) emulated_##x
#define LEFT_WORDS 2
#define EXPAND ODD_THEN_EVEN
#define MULTIPLY_ADD FUSED
#include "tile.inc.h"
#include "wide.inc.h"
#undef TARGET
#undef NAME
#undef LEFT_WORDS
#undef EXPAND
#undef MULTIPLY_ADD

#define TARGET target("avx512f,avx512vl,avx512dq,avx512bw,avx512bf16,fma")
#define NAME(x) native_##x
#define LEFT_WORDS 1
#define EXPAND AS_IT_IS
#define MULTIPLY_ADD(x, w, acc) (VEC) _mm512_dpbf16_ps((__m512)(acc), (__m512bh)(w), (__m512bh)(x))
#include "tile.inc.h"
#include "wide.inc.h"
#undef TARGET
#undef NAME
#undef LEFT_WORDS
#undef EXPAND
#undef MULTIPLY_ADD

#undef VEC
#undef INTEGERS
#undef LANES
#undef ROWS_MAX
#undef PANELS_MAX
#undef PANEL_PART

// AVX2: 6 rows × 16 columns, a quarter of a tile at a time.

#define VEC vec8
#define INTEGERS words8
#define LANES 8
#define ROWS_MAX 6
#define PANELS_MAX 1
#define PANEL_PART 16
#define TARGET target("avx2,fma")

#define NAME(x) narrow_##x
#define LEFT_WORDS 1
#define EXPAND AS_IT_IS
#define MULTIPLY_ADD FUSED
#include "tile.inc.h"
#include "narrow.inc.h"
#undef NAME
#undef LEFT_WORDS
#undef EXPAND
#undef MULTIPLY_ADD

#define NAME(x) narrow_emulated_##x
#define LEFT_WORDS 2
#define EXPAND ODD_THEN_EVEN
#define MULTIPLY_ADD FUSED
#include "tile.inc.h"
#include "narrow.inc.h"

int ck_panels_beside(int rows) { return ck_isa() == CK_AVX2 || rows > 3 ? 1 : 4; }

void ck_run_tile(int precision, int rows, int panels, const struct ck_tile *tile)
{
  const enum ck_isa isa = ck_isa();
  if (precision == CK_FP32)
    (isa == CK_AVX2 ? narrow_run : wide_run)(rows, panels, tile);
  else
    (isa == CK_AVX2 ? narrow_emulated_run : isa == CK_AVX512 ? emulated_run : native_run)(rows, panels, tile);
}
