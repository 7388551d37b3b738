// Places in a factor that is cut.
#ifndef PRORL_CONEDNN_CUT_H
#define PRORL_CONEDNN_CUT_H

#include "conednn.h"

/// Rows are converted in slabs of this many, which stay in the first-level cache.
#define CON_SLAB 16

/// Most columns of a block. Their number is even, so that few rows are shared out well over a small machine's cores.
#define CON_WIDTH_MAX 512

/// The smaller one.
long con_least(long a, long b);

/// The bytes of an element, rounded or not.
long con_element_bytes(con_cut cut);

/// The columns of a block, with padding: a multiple of 64.
long con_width(con_cut cut, long block);

/// The rows of the piece that begins at row `start`.
long con_length(con_cut cut, long start);

/// Where a piece begins in the packed factor, in bytes.
long con_place(con_cut cut, long block, long start);

#endif
