// The tiles that attention is made of; include/attention.h says what they read.
#ifndef PRORL_CKERNELS_ATTENTION_TILES_H
#define PRORL_CKERNELS_ATTENTION_TILES_H

#include "attention.h"

// One layer and head's keys, or values, of consecutive pages: page p's start `offset` elements into `pages[p]`.
typedef struct {
  const void *const *pages;
  long count;
  long offset;
} ck_page_run;

// Scores of `rows` queries against all positions j of `keys`:
//
//   scores[r * scores_stride + j] = scale * sum over d of q[r * q_stride + d] * key(j, d)    0 <= j < 32 * keys.count
//
// `bf16` says what elements are. `next` is what will be read after `keys`: it is fetched into the cache meanwhile.
void ck_attention_scores(
  int bf16, long rows, long dimension, const float *q, long q_stride, ck_page_run keys, ck_page_run next, float scale,
  float *scores, long scores_stride);

// Replaces `count` scores by e^(score - max score) and returns their sum, which is taken in eight lanes by index.
// Scores up to the next multiple of 16 are overwritten. A NaN among the scores makes the sum NaN.
float ck_attention_exponentiate(float *scores, long count);

// Weights of rows and positions: that of row r and the i-th position is `start[r * stride + i * step]`.
typedef struct {
  const float *start;
  long stride;
  long step;
} ck_weights;

// Weighted sums of the values of positions [first, last):
//
//   out[r * out_stride + d] = (accumulate ? old value : 0)
//                           + sum over j of (weight of r and j - first) * value(j, d)
//
// for 32 * slices columns d. `next` is what will be read after `values`.
void ck_attention_values(
  int bf16, long rows, long slices, ck_weights weights, ck_page_run values, ck_page_run next, long first,
  long last, float *out, long out_stride, int accumulate);

// Widens one head's keys and values of one page to fp32, the keys in the layout of values and the other way round:
// what the backward multiplies. The keys start `offset` elements into the page, the values behind them.
void ck_attention_exchange(int bf16, long dimension, const void *page, long offset, float *keys, float *values);

// Turns one query's exponentials e_j into probabilities P_j = e_j * reciprocal, and its dP_j, in `slopes`, into
// dS_j = scale * P_j * (dP_j - sum of P dP), that sum in eight lanes by index, for j below `count`. From there to `end`
// both become zero; what stands up to the next multiple of 16 may be overwritten.
void ck_attention_slopes(float *weights, float *slopes, long count, long end, float reciprocal, float scale);

// Parts of attention_forward.c that the backward needs, too.

typedef struct {
  float *gathered;  // [queries][dimension]
  float *sums;      // [queries][dimension, rounded up to 32]
  float *scores;    // [queries][score_stride], and 32 more
} ck_attention_parts;

ck_attention_parts ck_parts(const ck_attention_unit *unit);

static inline long ck_pages(long positions) { return (positions + CK_PAGE - 1) / CK_PAGE; }

static inline long ck_round(long count) { return (count + 15) / 16 * 16; }

// Gathers the queries of one head.
void ck_attention_gather(const ck_attention_unit *unit, long head);

// Scores of the gathered queries with what stands where head's keys do.
void ck_attention_score(const ck_attention_unit *unit, long head);

#endif
