#include <stdint.h>
#include <string.h>

#include "cut.h"
#include "library.h"
#include "rounding.h"
#include "threads.h"

// The place of element (k, n), in elements: outer blocks by their strides, then the inner blocks, outermost first.
// It is the sum of what k and n give.
static long position(const dnnl_memory_desc_t *layout, long k, long n)
{
  const dnnl_blocking_desc_t *blocks = &layout->format_desc.blocking;
  long rest[2] = {k, n};
  long inner = 0, step = 1;
  for (int i = blocks->inner_nblks - 1; i >= 0; i--) {
    const int axis = (int)blocks->inner_idxs[i];
    inner += rest[axis] % blocks->inner_blks[i] * step;
    rest[axis] /= blocks->inner_blks[i];
    step *= blocks->inner_blks[i];
  }
  return rest[0] * blocks->strides[0] + rest[1] * blocks->strides[1] + inner;
}

// How 16 neighbouring columns from a multiple of 16 on lie in a layout.
typedef enum { SCATTERED, CONTIGUOUS, PAIRED } arrangement;

static arrangement arrangement_of(const dnnl_memory_desc_t *layout)
{
  const dnnl_blocking_desc_t *b = &layout->format_desc.blocking;
  const int n = b->inner_nblks;
  if (n == 0) return b->strides[1] == 1 ? CONTIGUOUS : SCATTERED;
  if (b->inner_idxs[n - 1] == 1 && b->inner_blks[n - 1] % 16 == 0) return CONTIGUOUS;
  const int pairs = n > 1 && b->inner_idxs[n - 1] == 0 && b->inner_blks[n - 1] == 2 && b->inner_idxs[n - 2] == 1
                    && b->inner_blks[n - 2] % 16 == 0;
  return pairs ? PAIRED : SCATTERED;
}

// Packs 16 columns of a row, or of two rows that are paired.
static void pack_16(int is_bf16, arrangement how, const float *row, long stride, const long *at, char *packed)
{
  uint16_t *halves = (uint16_t *)packed;
  float *floats = (float *)packed;
  if (how == PAIRED) {
    con_round_pairs(row, row + stride, halves + at[0]);
  } else if (how == CONTIGUOUS && is_bf16) {
    con_round(row, 16, halves + at[0]);
  } else if (how == CONTIGUOUS) {
    memcpy(floats + at[0], row, 16 * sizeof *row);
  } else {
    for (int j = 0; j < 16; j++) {
      if (is_bf16)
        con_round(row + j, 1, halves + at[j]);
      else
        floats[at[j]] = row[j];
    }
  }
}

// Some rows of a block's columns: row i begins at `elements + i * stride`.
typedef struct slab {
  const float *elements;
  long stride;
} slab;

// Packs rows `first ..< first + rows` of a piece, which are `from`; column n goes to `column_at[n]` in each.
static void pack_slab(
  con_cut cut, const dnnl_memory_desc_t *layout, const long *column_at, slab from, long first, long rows, long width,
  char *packed)
{
  const arrangement how = arrangement_of(layout);
  long row_at[CON_SLAB];
  for (long i = 0; i < rows; i++) row_at[i] = position(layout, first + i, 0) * con_element_bytes(cut);
  // By panels of columns, so that what is written lies side by side.
  for (long panel = 0; panel < width; panel += 64)
    for (long i = 0; i < rows; i += how == PAIRED ? 2 : 1)
      for (long n = panel; n < panel + 64; n += 16)
        pack_16(
          cut.is_bf16, how, from.elements + i * from.stride + n, from.stride, column_at + n, packed + row_at[i]);
}

// Copies what a part has of `rows` rows and `columns` columns from (row, column) on.
static void gather_part(
  const con_part *part, long row, long column, long rows, long columns, float *slab, long slab_stride)
{
  const long top = row > part->row ? row : part->row;
  const long left = column > part->column ? column : part->column;
  const long bottom = con_least(row + rows, part->row + part->rows);
  const long right = con_least(column + columns, part->column + part->columns);
  if (top >= bottom || left >= right) return;
  con_gather(
    part->elements + (top - part->row) * part->row_stride + (left - part->column) * part->column_stride,
    part->row_stride, part->column_stride, bottom - top, right - left,
    slab + (top - row) * slab_stride + (left - column), slab_stride);
}

// Finds `rows` rows and `columns` columns from (row, column) on in one of the parts, or gathers them to `own`.
static slab find_slab(
  con_cut cut, const con_part *parts, long count, long row, long column, long rows, long columns, float *own)
{
  for (long i = 0; i < count; i++) {
    const con_part *p = parts + i;
    const int is_inside = row >= p->row && row + rows <= p->row + p->rows && column >= p->column
                          && column + columns <= p->column + p->columns;
    if (!is_inside || p->column_stride != 1) continue;
    return (slab){p->elements + (row - p->row) * p->row_stride + (column - p->column), p->row_stride};
  }
  if (row + rows > cut.inner || column + columns > cut.columns) memset(own, 0, rows * columns * sizeof *own);
  for (long i = 0; i < count; i++) gather_part(parts + i, row, column, rows, columns, own, columns);
  return (slab){own, columns};
}

int con_pack(con_cut cut, long block, const con_part *parts, long count, void *packed)
{
  const long width = con_width(cut, block);
  float *own = con_memory(CON_STAGING_MEMORY, CON_SLAB * width * (long)sizeof *own);
  if (!own) return -1;
  for (long start = 0; start < cut.padded_inner; start += cut.piece) {
    const long length = con_length(cut, start);
    dnnl_memory_desc_t layout;
    if (con_layout(cut.is_bf16, length, width, &layout) != 0) return -1;
    long column_at[CON_WIDTH_MAX];
    for (long n = 0; n < width; n++) column_at[n] = position(&layout, 0, n);
    char *target = (char *)packed + con_place(cut, block, start);
    for (long first = 0; first < length; first += CON_SLAB) {
      const long rows = con_least(CON_SLAB, length - first);
      const slab found = find_slab(cut, parts, count, start + first, block * cut.width, rows, width, own);
      pack_slab(cut, &layout, column_at, found, first, rows, width, target);
    }
  }
  return 0;
}

// The value of an element of the packed factor.
static float element(con_cut cut, const void *packed, long at)
{
  if (!cut.is_bf16) return ((const float *)packed)[at];
  const uint32_t bits = (uint32_t)((const uint16_t *)packed)[at] << 16;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

int con_unpack(con_cut cut, long block, con_part part, const void *packed, float *elements)
{
  const long width = con_width(cut, block);
  const long block_column = block * cut.width;
  const long left = part.column > block_column ? part.column : block_column;
  const long right = con_least(part.column + part.columns, block_column + width);
  for (long start = 0; start < cut.padded_inner; start += cut.piece) {
    const long top = part.row > start ? part.row : start;
    const long bottom = con_least(part.row + part.rows, start + con_length(cut, start));
    dnnl_memory_desc_t layout;
    if (con_layout(cut.is_bf16, con_length(cut, start), width, &layout) != 0) return -1;
    long column_at[CON_WIDTH_MAX];
    for (long n = 0; n < width; n++) column_at[n] = position(&layout, 0, n);
    const void *piece = (const char *)packed + con_place(cut, block, start);
    for (long k = top; k < bottom; k++) {
      const long row_at = position(&layout, k - start, 0);
      float *row = elements + (k - part.row) * part.row_stride;
      for (long n = left; n < right; n++)
        row[(n - part.column) * part.column_stride] = element(cut, piece, row_at + column_at[n - block_column]);
    }
  }
  return 0;
}
