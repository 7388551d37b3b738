#include "cut.h"

// Longest piece of a bf16 sum. oneDNN cuts sums of 1536 and more by itself, and differently for different numbers of
// rows; lengths of 512, 768 and 1024 were found to keep the row law. Below 1024, since rows that are a multiple of
// 2 KiB apart fall on the same lines of the cache.
#define PIECE_MAX 960

long con_least(long a, long b) { return a < b ? a : b; }

static long round_up(long x, long multiple) { return (x + multiple - 1) / multiple * multiple; }

long con_element_bytes(con_cut cut) { return cut.is_bf16 ? 2 : 4; }

con_cut con_cut_of(int is_bf16, long inner, long columns)
{
  con_cut cut = {.is_bf16 = is_bf16, .inner = inner, .columns = columns};
  const long step = is_bf16 ? 64 : 16;
  cut.padded_inner = round_up(inner > 0 ? inner : 1, step);
  const long pieces = is_bf16 ? (cut.padded_inner + PIECE_MAX - 1) / PIECE_MAX : 1;
  cut.piece = round_up((cut.padded_inner + pieces - 1) / pieces, step);
  const long parts = 2 * ((columns + 2 * CON_WIDTH_MAX - 1) / (2 * CON_WIDTH_MAX));
  cut.width = columns > 0 ? round_up((columns + parts - 1) / parts, 64) : 64;
  cut.blocks = (columns + cut.width - 1) / cut.width;
  return cut;
}

long con_width(con_cut cut, long block)
{
  return con_least(cut.width, round_up(cut.columns, 64) - block * cut.width);
}

long con_length(con_cut cut, long start) { return con_least(cut.piece, cut.padded_inner - start); }

long con_place(con_cut cut, long block, long start)
{
  return (block * cut.width * cut.padded_inner + start * con_width(cut, block)) * con_element_bytes(cut);
}

long con_packed_bytes(con_cut cut) { return round_up(cut.columns, 64) * cut.padded_inner * con_element_bytes(cut); }
