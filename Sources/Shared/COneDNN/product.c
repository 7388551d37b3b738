#include <string.h>

#include "cut.h"
#include "library.h"
#include "rounding.h"
#include "threads.h"

long con_left_bytes(con_cut cut, long rows) { return rows * cut.padded_inner * con_element_bytes(cut); }

// Rounds or copies one row of a piece, with zeros behind it.
static void take_row(con_cut cut, const float *from, long count, long length, char *to)
{
  if (cut.is_bf16)
    con_round(from, count, (uint16_t *)to);
  else
    memcpy(to, from, count * sizeof *from);
  memset(to + count * con_element_bytes(cut), 0, (length - count) * con_element_bytes(cut));
}

// Brings `rows` rows of a piece over; rows of any strides are copied side by side first.
static int take_slab(
  con_cut cut, const float *x, long row_stride, long column_stride, long rows, long count, long length, char *to)
{
  if (column_stride != 1) {
    float *slab = con_memory(CON_STAGING_MEMORY, CON_SLAB * length * (long)sizeof *slab);
    if (!slab) return -1;
    con_gather(x, row_stride, column_stride, rows, count, slab, length);
    x = slab;
    row_stride = length;
  }
  for (long i = 0; i < rows; i++)
    take_row(cut, x + i * row_stride, count, length, to + i * length * con_element_bytes(cut));
  return 0;
}

int con_take_left(
  con_cut cut, const float *x, long row_stride, long column_stride, long rows, long padded, long first,
  long last, void *to)
{
  const long end = con_least(last, rows);
  for (long start = 0; start < cut.padded_inner; start += cut.piece) {
    const long length = con_length(cut, start);
    const long count = con_least(length, cut.inner - start);
    const long row_bytes = length * con_element_bytes(cut);
    char *piece = (char *)to + padded * start * con_element_bytes(cut);
    for (long row = first; row < end; row += CON_SLAB) {
      const float *from = x + row * row_stride + start * column_stride;
      const long slab_rows = con_least(CON_SLAB, end - row);
      if (take_slab(cut, from, row_stride, column_stride, slab_rows, count, length, piece + row * row_bytes) != 0)
        return -1;
    }
    if (end < last) memset(piece + end * row_bytes, 0, (last - end) * row_bytes);
  }
  return 0;
}

const float *con_multiply(
  con_cut cut, long block, long padded, const void *left, const void *packed, long *row_length)
{
  const long width = con_width(cut, block);
  float *y = con_memory(CON_PRODUCT_MEMORY, padded * width * (long)sizeof *y);
  if (!y) return NULL;
  for (long start = 0; start < cut.padded_inner; start += cut.piece) {
    const long length = con_length(cut, start);
    const con_shape shape = {cut.is_bf16, start > 0, padded, length, width};
    const char *x = (const char *)left + padded * start * con_element_bytes(cut);
    const char *w = (const char *)packed + con_place(cut, block, start);
    if (con_execute(&shape, x, w, y) != 0) return NULL;
  }
  *row_length = width;
  return y;
}

void con_store(
  const float *from, long from_stride, long rows, long columns, float *y, long y_stride, int adds)
{
  for (long i = 0; i < rows; i++) {
    const float *source = from + i * from_stride;
    float *target = y + i * y_stride;
    if (!adds)
      memcpy(target, source, columns * sizeof *target);
    else
      for (long j = 0; j < columns; j++) target[j] += source[j];
  }
}
