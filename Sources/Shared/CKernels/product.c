#include "internal.h"

long ck_steps(int precision, long inner) { return precision == CK_FP32 ? inner : (inner + 1) / 2; }

long ck_left_words(int precision) { return precision == CK_BF16 && !ck_multiplies_bf16() ? 2 : 1; }

long ck_tiles(long rows) { return (rows + CK_TILE_ROWS - 1) / CK_TILE_ROWS; }

long ck_tile_start(long rows, long tile) { return tile < ck_tiles(rows) ? ck_tile_rows(rows, tile).start : rows; }

/// How far ahead of its use a panel is asked for, in bytes.
enum { AHEAD = 16384 };

/// Where results are folded to, and what was found.
struct sink {
  double scale;
  int64_t *totals;
  long stride;
  float largest;
};

static void ask_for(const int64_t *totals, long stride, struct ck_rows rows, long columns)
{
  for (int i = 0; i < rows.count; i++)
    for (long n = 0; n < columns; n += 8) __builtin_prefetch(totals + i * stride + n, 1);
}

static void fold_tile(struct sink *sink, int64_t *totals, const float *y, struct ck_rows rows, long columns)
{
  for (int i = 0; i < rows.count; i++) {
    const float largest = ck_fold(y + i * CK_PANEL, columns, sink->scale, totals + i * sink->stride);
    if (!(largest <= sink->largest) && sink->largest == sink->largest) sink->largest = largest;
  }
}

/// Steps [start, start + count) of all.
struct piece {
  long start;
  long count;
};

/// Computes the part's tiles of `panels` panels from `panel` on, over one piece of the sums, in y.
static void column(const struct ck_product *p, struct piece piece, long panel, int panels)
{
  const long steps = ck_steps(p->precision, p->inner);
  const long words = ck_left_words(p->precision);
  const uint32_t *right = p->right + (panel * steps + piece.start) * CK_PANEL;
  struct ck_tile tile = {
    .right = right,
    .panel_stride = steps * CK_PANEL,
    .steps = piece.count,
    .y_stride = p->y_stride,
    .valid = p->columns - panel * CK_PANEL,
    .load = p->accumulate || piece.start > 0,
    .ahead = (const char *)right + AHEAD,
    .ahead_stride = 2 * CK_PANEL * sizeof(uint32_t),
    .ahead_every = 2,
  };
  const long first_row = ck_tile_rows(p->rows, p->first_tile).start;
  for (long t = p->first_tile; t < p->last_tile; t++) {
    const struct ck_rows rows = ck_tile_rows(p->rows, t);
    tile.left = p->left + (rows.start * steps + piece.start * rows.count) * words;
    tile.y = p->y + (rows.start - first_row) * p->y_stride + (panel - p->first_panel) * CK_PANEL;
    ck_run_tile(p->precision, rows.count, panels, &tile);
    // The first tile brought the panel into the second-level cache.
    tile.ahead_every = -1;
  }
}

static void multiply(const struct ck_product *p)
{
  const long steps = ck_steps(p->precision, p->inner);
  const int is_thin = p->last_tile - p->first_tile == 1;
  const int beside = is_thin ? ck_panels_beside(ck_tile_rows(p->rows, p->first_tile).count) : 1;
  // One tile needs no panel twice.
  const long pieces = is_thin || steps == 0 ? 1 : (steps + CK_PIECE - 1) / CK_PIECE;
  for (long i = 0; i < pieces; i++) {
    const long start = i * steps / pieces;
    const struct piece piece = {start, (i + 1) * steps / pieces - start};
    long panel = p->first_panel;
    for (; panel + beside <= p->last_panel; panel += beside) column(p, piece, panel, beside);
    for (; panel < p->last_panel; panel++) column(p, piece, panel, 1);
  }
}

/// Computes and folds the part's tiles of one panel.
static void fold_column(const struct ck_product *p, struct sink *sink, long panel)
{
  const long steps = ck_steps(p->precision, p->inner);
  const uint32_t *right = p->right + panel * steps * CK_PANEL;
  const long left = p->columns - panel * CK_PANEL;
  const long columns = left < CK_PANEL ? left : CK_PANEL;
  float folded[CK_TILE_ROWS * CK_PANEL];
  struct ck_tile tile = {
    .right = right,
    .steps = steps,
    .y = folded,
    .y_stride = CK_PANEL,
    .valid = CK_PANEL,
    .ahead = (const char *)right + AHEAD,
    .ahead_stride = 2 * CK_PANEL * sizeof(uint32_t),
    .ahead_every = 2,
  };
  const long first_row = ck_tile_rows(p->rows, p->first_tile).start;
  for (long t = p->first_tile; t < p->last_tile; t++) {
    const struct ck_rows rows = ck_tile_rows(p->rows, t);
    int64_t *const totals =
      sink->totals + (rows.start - first_row) * sink->stride + (panel - p->first_panel) * CK_PANEL;
    tile.left = p->left + rows.start * steps * ck_left_words(p->precision);
    // The totals come from memory while the tile is computed, row by row: many at once would have to wait.
    if (t > p->first_tile) {
      tile.ahead = (const char *)totals;
      tile.ahead_stride = sink->stride * (long)sizeof(*totals);
      tile.ahead_every = steps / (2 * CK_TILE_ROWS) + 1;
    } else {
      ask_for(totals, sink->stride, rows, columns);
    }
    ck_run_tile(p->precision, rows.count, 1, &tile);
    fold_tile(sink, totals, folded, rows, columns);
  }
}

/// Flushes denormal numbers where floats stand for bfloat16; returns what to restore.
static unsigned enter(const struct ck_product *p)
{
  return ck_left_words(p->precision) == 2 ? ck_flush_denormals() : 0;
}

static void leave(const struct ck_product *p, unsigned saved)
{
  if (ck_left_words(p->precision) == 2) ck_restore_denormals(saved);
}

void ck_multiply(const struct ck_product *p)
{
  if (p->first_tile >= p->last_tile) return;
  const unsigned saved = enter(p);
  multiply(p);
  leave(p, saved);
}

float ck_multiply_fold(const struct ck_product *p, double scale, int64_t *totals, long totals_stride)
{
  struct sink sink = {scale, totals, totals_stride, 0};
  if (p->first_tile >= p->last_tile) return 0;
  const unsigned saved = enter(p);
  for (long panel = p->first_panel; panel < p->last_panel; panel++) fold_column(p, &sink, panel);
  leave(p, saved);
  return sink.largest;
}
