#include <string.h>

#include "attention_tiles.h"

// Positions of the diagonal that gather their rows together.
#define TILE_POSITIONS 12

// The scratch of one sequence.
typedef struct {
  ck_attention_unit p;  // a block's queries with keys: probabilities
  ck_attention_unit s;  // a block's dOut with values, and slopes with keys
  ck_attention_piece p_piece, s_piece;
  const void **pages;  // exchanged, the trunk's first
  float *exchanged;    // [page][keys' and values' elements]
  const void **q_pages, **d_pages;
  float *packed_q, *packed_d;  // [page of queries][slices][32 queries][32 columns]
  float *keys, *values;        // [own position][dimension, rounded up to 32]
} backward;

static long width(const ck_attention_backward *w) { return ck_pages(w->unit.dimension) * CK_PAGE; }

static long page_floats(const ck_attention_backward *w)
{
  return (w->unit.dimension + width(w)) * CK_PAGE;
}

static long pages(const ck_attention_backward *w)
{
  return ck_pages(w->unit.trunk_length) + ck_pages(w->unit.pieces->rows);
}

static long block_queries(const ck_attention_backward *w) { return w->block_rows * w->unit.group; }

// Hands out parts of the scratch one after the other, aligned to 64 bytes; counts only where there is none.
typedef struct {
  float *start;
  long used;
} allotter;

static float *allot(allotter *a, long count)
{
  float *const part = a->start ? a->start + a->used : 0;
  a->used += ck_round(count);
  return part;
}

static const void **allot_addresses(allotter *a, long count)
{
  return (const void **)allot(a, count * (long)(sizeof(void *) / sizeof(float)));
}

// Lays the scratch out and returns how many floats it takes.
static long lay_out(const ck_attention_backward *w, float *scratch, backward *b)
{
  ck_attention_unit unit = w->unit;
  unit.queries = block_queries(w);
  const long query_pages = ck_pages(unit.queries);
  allotter a = {scratch, 0};
  b->p = b->s = unit;
  b->p.normalizer = allot(&a, unit.queries);
  b->s.normalizer = allot(&a, unit.queries);
  b->p.scratch = allot(&a, ck_attention_floats(&unit));
  b->s.scratch = allot(&a, ck_attention_floats(&unit));
  b->pages = allot_addresses(&a, pages(w));
  b->q_pages = allot_addresses(&a, query_pages);
  b->d_pages = allot_addresses(&a, query_pages);
  b->exchanged = allot(&a, pages(w) * page_floats(w));
  b->packed_q = allot(&a, query_pages * width(w) * CK_PAGE);
  b->packed_d = allot(&a, query_pages * width(w) * CK_PAGE);
  b->keys = allot(&a, w->unit.pieces->rows * width(w));
  b->values = allot(&a, w->unit.pieces->rows * width(w));
  return a.used;
}

long ck_attention_backward_floats(const ck_attention_backward *w)
{
  backward b;
  return lay_out(w, 0, &b);
}

// Widens all pages of one head, keys and values exchanged, so that dOut meets values as queries meet keys, and slopes
// meet keys as probabilities meet values.
static void exchange(const ck_attention_backward *w, long head, backward *b)
{
  const ck_attention_unit *const u = &w->unit;
  const long trunk = ck_pages(u->trunk_length);
  for (long p = 0; p < pages(w); p++) {
    const void *const page = p < trunk ? u->trunk_pages[p] : u->pieces->pages[p - trunk];
    float *const to = b->exchanged + p * page_floats(w);
    b->pages[p] = to;
    ck_attention_exchange(
      u->bf16, u->dimension, page, u->offset + head * u->head_stride, to + u->dimension * CK_PAGE, to);
  }
  b->p.pieces = &b->p_piece;
  b->s.pieces = &b->s_piece;
  b->s.bf16 = 0;
  b->s.offset = b->s.head_stride = 0;
  b->s.scale = 1;
  b->s.qkv = w->d_out;
  b->s.row_length = w->unit.out_length;
  b->s.out = w->d_qkv;
  b->s.out_length = w->unit.row_length;
  b->s.trunk_pages = b->pages;
}

// Restricts the units to `rows` rows from `row` on.
static void enter_block(const ck_attention_backward *w, long row, long rows, backward *b)
{
  b->p_piece = (ck_attention_piece){w->unit.pieces->pages, row, w->unit.pieces->row + row, rows, 0};
  b->s_piece = b->p_piece;
  b->s_piece.pages = b->pages + ck_pages(w->unit.trunk_length);
  b->p.queries = b->s.queries = rows * w->unit.group;
}

// Probabilities and slopes of a block.
static void derive(const ck_attention_backward *w, long head, const backward *b)
{
  ck_attention_weigh(&b->p, head);
  ck_attention_gather(&b->s, head);
  ck_attention_score(&b->s, head);
  const long end = w->unit.trunk_length + b->p_piece.own_start + b->p_piece.rows;
  for (long query = 0; query < b->p.queries; query++) {
    const long count = w->unit.trunk_length + b->p_piece.own_start + query / w->unit.group + 1;
    const long row = query * w->unit.score_stride;
    ck_attention_slopes(
      ck_parts(&b->p).scores + row, ck_parts(&b->s).scores + row, count, end, 1 / b->p.normalizer[query],
      w->unit.scale);
    b->s.normalizer[query] = 1;
  }
}

// Lays `queries` rows out as the values of positions are.
static void pack(const float *rows, long queries, long dimension, float *to, const void **pages)
{
  const long slices = ck_pages(dimension), page = slices * CK_PAGE * CK_PAGE;
  for (long p = 0; p < ck_pages(queries); p++) pages[p] = to + p * page;
  for (long query = 0; query < queries; query++)
    for (long s = 0; s < slices; s++) {
      const long left = dimension - s * CK_PAGE;
      memcpy(
        to + query / CK_PAGE * page + s * CK_PAGE * CK_PAGE + query % CK_PAGE * CK_PAGE,
        rows + query * dimension + s * CK_PAGE, (size_t)(left < CK_PAGE ? left : CK_PAGE) * sizeof(float));
    }
}

// Adds to the gradients of `count` consecutive positions, whose weights are `weights[query * score_stride + i]`, what
// queries from `first` on give them.
static void add_rows(
  const ck_attention_backward *w, const backward *b, const float *weights, const void *const *packed, long first,
  long count, float *to)
{
  const ck_page_run run = {packed, ck_pages(b->p.queries), 0};
  const ck_weights turned = {weights + first * w->unit.score_stride, 1, w->unit.score_stride};
  ck_attention_values(
    0, count, ck_pages(w->unit.dimension), turned, run, run, first, b->p.queries, to, width(w), 1);
}

// The same for all positions that the block sees.
static void add_block(
  const ck_attention_backward *w, const backward *b, const float *weights, const void *const *packed, float *trunk,
  float *own)
{
  const long trunk_length = w->unit.trunk_length, start = b->p_piece.own_start;
  if (trunk_length > 0) add_rows(w, b, weights, packed, 0, trunk_length, trunk);
  if (start > 0) add_rows(w, b, weights + trunk_length, packed, 0, start, own);
  for (long i = 0; i < b->p_piece.rows; i += TILE_POSITIONS) {
    const long left = b->p_piece.rows - i, count = left < TILE_POSITIONS ? left : TILE_POSITIONS;
    add_rows(
      w, b, weights + trunk_length + start + i, packed, i * w->unit.group, count, own + (start + i) * width(w));
  }
}

static void scatter(const ck_attention_backward *w, long head, const backward *b)
{
  const ck_attention_unit *const u = &w->unit;
  for (long i = 0; i < u->pieces->rows; i++) {
    float *const row = w->d_qkv + (u->pieces->row + i) * u->row_length + head * u->dimension;
    memcpy(row + w->key_column, b->keys + i * width(w), (size_t)u->dimension * sizeof(float));
    memcpy(row + w->value_column, b->values + i * width(w), (size_t)u->dimension * sizeof(float));
  }
}

void ck_attention_run_backward(const ck_attention_backward *w, long head)
{
  backward b;
  lay_out(w, w->scratch, &b);
  exchange(w, head, &b);
  const size_t own = (size_t)(w->unit.pieces->rows * width(w)) * sizeof(float);
  const size_t trunk = (size_t)(w->unit.trunk_length * width(w)) * sizeof(float);
  memset(b.keys, 0, own);
  memset(b.values, 0, own);
  if (trunk > 0) {
    memset(w->trunk_keys, 0, trunk);
    memset(w->trunk_values, 0, trunk);
  }
  for (long row = 0; row < w->unit.pieces->rows; row += w->block_rows) {
    const long left = w->unit.pieces->rows - row;
    enter_block(w, row, left < w->block_rows ? left : w->block_rows, &b);
    derive(w, head, &b);
    ck_attention_collect(&b.s, head);
    pack(ck_parts(&b.p).gathered, b.p.queries, w->unit.dimension, b.packed_q, b.q_pages);
    pack(ck_parts(&b.s).gathered, b.p.queries, w->unit.dimension, b.packed_d, b.d_pages);
    add_block(w, &b, ck_parts(&b.s).scores, b.q_pages, w->trunk_keys, b.keys);
    add_block(w, &b, ck_parts(&b.p).scores, b.d_pages, w->trunk_values, b.values);
  }
  scatter(w, head, &b);
}
