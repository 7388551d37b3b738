#include <string.h>

#include "attention_tiles.h"

// Rows of one sequence are taken in tiles of about this many queries: what the processor's registers hold.
#define TILE_QUERIES 12

ck_attention_parts ck_parts(const ck_attention_unit *u)
{
  float *const sums = u->scratch + ck_round(u->queries * u->dimension);
  return (ck_attention_parts){u->scratch, sums, sums + u->queries * ck_pages(u->dimension) * CK_PAGE};
}

long ck_attention_floats(const ck_attention_unit *u)
{
  return ck_round(u->queries * u->dimension) + u->queries * (ck_pages(u->dimension) * CK_PAGE + u->score_stride)
    + CK_PAGE;
}

static long tile_rows(const ck_attention_unit *u) { return u->group >= TILE_QUERIES ? 1 : TILE_QUERIES / u->group; }

static ck_page_run trunk_run(const ck_attention_unit *u, long offset)
{
  return (ck_page_run){u->trunk_pages, ck_pages(u->trunk_length), offset};
}

static ck_page_run own_run(const ck_attention_piece *piece, long offset)
{
  return (ck_page_run){piece->pages, ck_pages(piece->own_start + piece->rows), offset};
}

// What is read first of keys, or of values.
static ck_page_run first_run(const ck_attention_unit *u, long offset)
{
  return u->trunk_length > 0 ? trunk_run(u, offset) : own_run(u->pieces, offset);
}

static float *score(const ck_attention_unit *u, long query, long position)
{
  return ck_parts(u).scores + query * u->score_stride + position;
}

// Scores of `rows` rows of a piece, from its row `row` on, against a part of its own keys.
static void score_own(
  const ck_attention_unit *u, const ck_attention_piece *piece, long row, long rows, ck_page_run keys, long first_page,
  long end_page, ck_page_run next)
{
  const long query = piece->first_query + row * u->group;
  const ck_page_run part = {keys.pages + first_page, end_page - first_page, keys.offset};
  if (part.count > 0)
    ck_attention_scores(
      u->bf16, rows * u->group, u->dimension, ck_parts(u).gathered + query * u->dimension, u->dimension, part, next,
      u->scale, score(u, query, u->trunk_length + first_page * CK_PAGE), u->score_stride);
}

static void score_piece(const ck_attention_unit *u, const ck_attention_piece *piece, long offset, ck_page_run next)
{
  const ck_page_run keys = own_run(piece, offset);
  const long step = tile_rows(u);
  if (piece->rows <= step) return score_own(u, piece, 0, piece->rows, keys, 0, keys.count, next);
  // Pages that the first row sees whole all rows see whole; beyond them each tile needs its own number of pages.
  const long whole = piece->own_start / CK_PAGE;
  score_own(u, piece, 0, piece->rows, keys, 0, whole, keys);
  for (long row = 0; row < piece->rows; row += step) {
    const long rows = piece->rows - row < step ? piece->rows - row : step;
    score_own(u, piece, row, rows, keys, whole, ck_pages(piece->own_start + row + rows), next);
  }
}

void ck_attention_gather(const ck_attention_unit *u, long head)
{
  float *const gathered = ck_parts(u).gathered;
  const long width = u->group * u->dimension;
  for (long p = 0; p < u->piece_count; p++) {
    const ck_attention_piece *const piece = &u->pieces[p];
    for (long i = 0; i < piece->rows; i++)
      memcpy(
        gathered + (piece->first_query + i * u->group) * u->dimension,
        u->qkv + (piece->row + i) * u->row_length + head * width, (size_t)width * sizeof(float));
  }
}

void ck_attention_score(const ck_attention_unit *u, long head)
{
  const long keys = u->offset + head * u->head_stride, values = keys + u->dimension * CK_PAGE;
  const ck_attention_parts parts = ck_parts(u);
  if (u->trunk_length > 0)
    ck_attention_scores(
      u->bf16, u->queries, u->dimension, parts.gathered, u->dimension, trunk_run(u, keys), own_run(u->pieces, keys),
      u->scale, parts.scores, u->score_stride);
  for (long p = 0; p < u->piece_count; p++) {
    const int last = p + 1 == u->piece_count;
    score_piece(u, &u->pieces[p], keys, last ? first_run(u, values) : own_run(&u->pieces[p + 1], keys));
  }
}

void ck_attention_weigh(const ck_attention_unit *u, long head)
{
  ck_attention_gather(u, head);
  ck_attention_score(u, head);
  for (long p = 0; p < u->piece_count; p++) {
    const ck_attention_piece *const piece = &u->pieces[p];
    for (long i = 0; i < piece->rows * u->group; i++) {
      const long query = piece->first_query + i;
      const long count = u->trunk_length + piece->own_start + i / u->group + 1;
      u->normalizer[query] = ck_attention_exponentiate(score(u, query, 0), count);
    }
  }
}

// Adds the values of own positions [first, last) to the sums of `rows` rows of a piece.
static void sum_own(
  const ck_attention_unit *u, const ck_attention_piece *piece, long row, long rows, ck_page_run values,
  ck_page_run next, long first, long last, int accumulate)
{
  const long query = piece->first_query + row * u->group, width = ck_pages(u->dimension) * CK_PAGE;
  const ck_weights weights = {score(u, query, u->trunk_length + first), u->score_stride, 1};
  ck_attention_values(
    u->bf16, rows * u->group, ck_pages(u->dimension), weights, values, next, first, last,
    ck_parts(u).sums + query * width, width, accumulate);
}

static void sum_piece(const ck_attention_unit *u, const ck_attention_piece *piece, long offset, ck_page_run next)
{
  const ck_page_run values = own_run(piece, offset);
  const long step = tile_rows(u);
  for (long row = 0; row < piece->rows; row += step) {
    const long rows = piece->rows - row < step ? piece->rows - row : step;
    const long common = piece->own_start + row + 1;
    sum_own(u, piece, row, rows, values, next, 0, common, u->trunk_length > 0);
    for (long i = row + 1; i < row + rows; i++)
      sum_own(u, piece, i, 1, values, next, common, piece->own_start + i + 1, 1);
  }
}

static void scatter(const ck_attention_unit *u, long head)
{
  const long width = ck_pages(u->dimension) * CK_PAGE;
  for (long p = 0; p < u->piece_count; p++) {
    const ck_attention_piece *const piece = &u->pieces[p];
    for (long i = 0; i < piece->rows * u->group; i++) {
      const long query = piece->first_query + i;
      const float factor = u->normalizer[query], *const sums = ck_parts(u).sums + query * width;
      float *const out = u->out + (piece->row + i / u->group) * u->out_length
        + (head * u->group + i % u->group) * u->dimension;
      for (long d = 0; d < u->dimension; d++) out[d] = sums[d] * factor;
    }
  }
}

void ck_attention_collect(const ck_attention_unit *u, long head)
{
  const long keys = u->offset + head * u->head_stride, values = keys + u->dimension * CK_PAGE;
  const ck_attention_parts parts = ck_parts(u);
  const ck_weights weights = {parts.scores, u->score_stride, 1};
  if (u->trunk_length > 0)
    ck_attention_values(
      u->bf16, u->queries, ck_pages(u->dimension), weights, trunk_run(u, values), own_run(u->pieces, values), 0, u->trunk_length, parts.sums, ck_pages(u->dimension) * CK_PAGE, 0);
  for (long p = 0; p < u->piece_count; p++) {
    const int last = p + 1 == u->piece_count;
    // After a page's last head there is nothing to read; what is fetched then is not used.
    sum_piece(
      u, &u->pieces[p], values, last ? first_run(u, keys + u->head_stride) : own_run(&u->pieces[p + 1], values));
  }
  scatter(u, head);
}
