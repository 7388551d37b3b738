// What the files of the matrix micro-kernel share.
#ifndef PRORL_CKERNELS_INTERNAL_H
#define PRORL_CKERNELS_INTERNAL_H

#include "ckernels.h"

/// The most rows of a tile; the left factor is packed for it.
#define CK_TILE_ROWS 12

/// The instructions in use, each including those before it.
enum ck_isa { CK_AVX2 = 1, CK_AVX512 = 2, CK_AVX512_BF16 = 3 };

/// The widest that the processor has and `PRORL_MAX_ISA` allows.
enum ck_isa ck_isa(void);

/// A tile of a product: what `ck_run_tile` computes. `left`, `right` and `y` stand at its first element.
struct ck_tile {
  /// [steps][words per step][rows of the tile]
  const uint32_t *left;
  /// [steps][CK_PANEL], one such piece every `panel_stride` words for tiles of several panels.
  const uint32_t *right;
  long panel_stride;
  long steps;
  float *y;
  long y_stride;
  /// Columns of y from `y` on; those beyond are neither read nor written.
  long valid;
  /// Whether chains start from y instead of zero.
  int load;
  /// What will be wanted soon: every `ahead_every` steps 256 bytes are brought into the second-level cache, and
  /// `ahead` moves on by `ahead_stride` bytes.
  const char *ahead;
  long ahead_stride;
  long ahead_every;
};

/// Rows [start, start + count) of a product's tile.
struct ck_rows {
  long start;
  int count;
};

/// The rows of tile `tile` of `rows` rows.
static inline struct ck_rows ck_tile_rows(long rows, long tile)
{
  // The last two tiles share what is left evenly, so that none is very thin.
  const long tiles = (rows + CK_TILE_ROWS - 1) / CK_TILE_ROWS;
  const long start = tile * CK_TILE_ROWS;
  if (tiles < 2 || tile < tiles - 2)
    return (struct ck_rows){start, (int)(rows - start < CK_TILE_ROWS ? rows - start : CK_TILE_ROWS)};
  const long first = (tiles - 2) * CK_TILE_ROWS;
  const long half = (rows - first + 1) / 2;
  return tile == tiles - 2 ? (struct ck_rows){first, (int)half}
                           : (struct ck_rows){first + half, (int)(rows - first - half)};
}

/// The most panels that a tile of `rows` rows takes side by side, so that there are chains enough to hide their
/// latency.
int ck_panels_beside(int rows);

/// Computes a tile of `rows` rows and `panels` panels, 1 or ck_panels_beside(rows).
void ck_run_tile(int precision, int rows, int panels, const struct ck_tile *tile);

/// Lets the processor take denormal numbers for zero, as its bfloat16 instructions do; returns what to restore.
unsigned ck_flush_denormals(void);
void ck_restore_denormals(unsigned saved);

#endif
