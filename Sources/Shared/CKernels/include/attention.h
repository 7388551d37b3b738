// Attention over pages of keys and values.
//
// A page holds 32 consecutive positions. Of one layer and head it has
//
//   keys    [dimension][32 positions]
//   values  [slices][32 positions][32 columns]      slices = dimension / 32, rounded up
//
// as fp32 or as bf16. A line is the 32 elements of one dimension's keys, or of one position's slice of values. In
// bf16 a line is 16 words of 32 bits: word i holds element i in its lower and element 16 + i in its upper half, so that
// widening is one shift for the lower and one mask for the upper elements.
//
// Every sum is one chain of fused multiply-adds in fp32, over ascending dimension in the scores and ascending position
// in the values. Tiles, vector width and the number of rows change none of these operations.
#ifndef PRORL_CKERNELS_ATTENTION_H
#define PRORL_CKERNELS_ATTENTION_H

/// Positions of a page, and elements of a line.
#define CK_PAGE 32

/// Stores keys and values of `count` rows at positions [position, position + count) of one page, in bf16 rounded to
/// nearest, ties to even.
///
/// `keys` and `values` are `[count][heads][dimension]` with `stride` between rows. The first head's keys start
/// `offset` elements into the page, its values behind them, and each further head `head_stride` elements on.
void ck_attention_store(
  int bf16, long count, long heads, long dimension, const float *keys, const float *values, long stride, void *page,
  long offset, long head_stride, long position);

/// Consecutive rows of one sequence.
typedef struct {
  const void *const *pages;  // the sequence's own
  long own_start;            // own positions before the first row's
  long row;                  // the first row of the batch
  long rows;                 // how many
  long first_query;          // queries of the unit before these
} ck_attention_piece;

/// Some rows of a batch that read one trunk, or none.
///
/// The keys of the layer's head 0 start `offset` elements into each page, its values behind them, and each further
/// head's `head_stride` elements on. A row has `group` queries per key-value head, and the unit's queries are those
/// of its rows in order.
typedef struct {
  int bf16;
  long dimension;
  long group;
  long offset;
  long head_stride;
  float scale;

  const float *qkv;  // [rows of the batch][row_length], queries first
  long row_length;
  float *out;  // [rows of the batch][out_length]
  long out_length;

  const void *const *trunk_pages;
  long trunk_length;  // positions, 0 without a trunk
  const ck_attention_piece *pieces;
  long piece_count;
  long queries;
  long score_stride;  // room for the trunk and whole pages of own positions, and a multiple of 16

  float *normalizer;  // [queries]
  float *scratch;     // ck_attention_floats(unit) of them, aligned to 64 bytes
} ck_attention_unit;

/// The floats that a unit needs as scratch; `dimension`, `queries` and `score_stride` are set.
long ck_attention_floats(const ck_attention_unit *unit);

/// The first half of attention, for one key-value head: exponentials e_j = exp(score_j - max score) of positions up
/// to the query's own, left in the scratch, and their sums, in eight lanes by position, into `normalizer`.
void ck_attention_weigh(const ck_attention_unit *unit, long head);

/// The second half: out = normalizer * sum over j of e_j * value_j, where `normalizer` now holds what the sums are to
/// be multiplied with.
void ck_attention_collect(const ck_attention_unit *unit, long head);

/// The backward of one sequence.
typedef struct {
  ck_attention_unit unit;  // one piece, all rows of the sequence from own position 0 on; no memory to work in
  long block_rows;         // rows that are worked on at once
  const float *d_out;      // [rows of the batch][unit.out_length]
  float *d_qkv;            // [rows of the batch][unit.row_length]
  long key_column;         // where the keys start in such a row
  long value_column;
  float *trunk_keys;       // [trunk_length][dimension, rounded up to 32]: its part of the trunk's gradient
  float *trunk_values;     // the same
  float *scratch;          // ck_attention_backward_floats(work) of them, aligned to 64 bytes
} ck_attention_backward;

/// The floats that a backward needs as scratch; all but the addresses of rows and scratch is set.
long ck_attention_backward_floats(const ck_attention_backward *work);

/// Overwrites the columns of one key-value head's queries, keys and values in the rows' d_qkv, and the trunk's parts.
///
/// Keys and values gather their rows in ascending order, one chain per element.
void ck_attention_run_backward(const ck_attention_backward *work, long head);

#endif
