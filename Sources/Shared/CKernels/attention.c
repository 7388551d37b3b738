#include "attention_tiles.h"
#include "ckernels.h"

#include <stdint.h>

typedef float vec16 __attribute__((ext_vector_type(16)));
typedef float vec8 __attribute__((ext_vector_type(8)));
typedef float vec4 __attribute__((ext_vector_type(4)));
typedef uint32_t words16 __attribute__((ext_vector_type(16)));
typedef uint32_t words8 __attribute__((ext_vector_type(8)));

// How many pages before it is read a page is asked for. Four pages of keys or values of 64 dimensions in bf16 are
// 16 KB, which come into the second-level cache in time: one core reads short contexts at 18 GB/s, without at 13.
#define CK_PAGES_AHEAD 4

// AVX-512

#define VEC vec16
#define WORDS words16
#define LANES 16
#define ROWS_MAX 12
#define GROUPS_MAX 4
#define TARGET target("avx512f,avx512vl,avx512dq,fma")

#define ELEMENT float
#define BF16 0
#define NAME(x) wide_fp32_##x
#include "attention_tile.inc.h"
#undef ELEMENT
#undef BF16
#undef NAME

#define ELEMENT uint16_t
#define BF16 1
#define NAME(x) wide_bf16_##x
#include "attention_tile.inc.h"
#undef ELEMENT
#undef BF16
#undef NAME

#define NAME(x) wide_##x
#include "attention_softmax.inc.h"
#undef NAME

#undef VEC
#undef WORDS
#undef LANES
#undef ROWS_MAX
#undef GROUPS_MAX
#undef TARGET

// AVX2

#define VEC vec8
#define WORDS words8
#define LANES 8
#define ROWS_MAX 6
#define GROUPS_MAX 4
#define TARGET target("avx2,fma")

#define ELEMENT float
#define BF16 0
#define NAME(x) narrow_fp32_##x
#include "attention_tile.inc.h"
#undef ELEMENT
#undef BF16
#undef NAME

#define ELEMENT uint16_t
#define BF16 1
#define NAME(x) narrow_bf16_##x
#include "attention_tile.inc.h"
#undef ELEMENT
#undef BF16
#undef NAME

#define NAME(x) narrow_##x
#include "attention_softmax.inc.h"
#undef NAME

void ck_attention_scores(
  int bf16, long rows, long dimension, const float *q, long q_stride, ck_page_run keys, ck_page_run next, float scale,
  float *scores, long scores_stride)
{
  const int wide = ck_vector_width() == 16;
  (bf16 ? (wide ? wide_bf16_scores : narrow_bf16_scores) : (wide ? wide_fp32_scores : narrow_fp32_scores))(
    rows, dimension, q, q_stride, keys, next, scale, scores, scores_stride);
}

float ck_attention_exponentiate(float *scores, long count)
{
  return ck_vector_width() == 16 ? wide_exponentiate(scores, count) : narrow_exponentiate(scores, count);
}

void ck_attention_slopes(float *weights, float *slopes, long count, long end, float reciprocal, float scale)
{
  (ck_vector_width() == 16 ? wide_slopes : narrow_slopes)(weights, slopes, count, end, reciprocal, scale);
}

void ck_attention_values(
  int bf16, long rows, long slices, ck_weights weights, ck_page_run values, ck_page_run next, long first,
  long last, float *out, long out_stride, int accumulate)
{
  const int wide = ck_vector_width() == 16;
  (bf16 ? (wide ? wide_bf16_values : narrow_bf16_values) : (wide ? wide_fp32_values : narrow_fp32_values))(
    rows, slices, weights, values, next, first, last, out, out_stride, accumulate);
}
