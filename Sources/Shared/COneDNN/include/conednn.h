// The door to oneDNN, opened at run time so that programs which do not use it neither need nor load it.
#ifndef PRORL_CONEDNN_H
#define PRORL_CONEDNN_H

/// Loads the library, limited to one thread; 0 on success. Safe to call from any thread, any number of times.
int con_load(void);

/// The library's version, such as "2.6.3"; "" before con_load.
const char *con_version(void);

/// The largest instruction set it may use, as oneDNN numbers them.
int con_isa(void);

/// Whether the library is there and multiplies fp32 (0) or bf16 (1) factors here; may be asked at any time.
int con_supports(int is_bf16);

/// Whether it multiplies bf16 by AMX here, with which it is several times as fast as with vectors. Loads the library
/// where the processor has AMX.
int con_uses_amx(void);

/// How a right factor, [inner, columns], is cut.
///
/// Its columns form blocks of fixed width, one task each, and its rows pieces of fixed length, one primitive each,
/// whose results are added in order. So neither how long a sum runs in one primitive nor how wide a primitive is
/// depends on the number of rows of the left factor or on threads. Rows and columns are padded with zeros.
typedef struct con_cut {
  int is_bf16;
  long inner;
  long columns;
  long padded_inner;
  /// Rows of a piece; the last may be shorter.
  long piece;
  /// Columns of a block; the last may be narrower.
  long width;
  long blocks;
} con_cut;

/// The cut for these extents.
con_cut con_cut_of(int is_bf16, long inner, long columns);

/// The bytes of the whole packed factor.
long con_packed_bytes(con_cut cut);

/// A part of a right factor: `rows` × `columns` elements from (row, column) on.
typedef struct con_part {
  const float *elements;
  long row_stride;
  long column_stride;
  long row;
  long column;
  long rows;
  long columns;
} con_part;

/// Packs column block `block` of the matrix that `parts` together cover to its place in `packed`; 0 on success.
///
/// In bf16, elements are rounded to the nearest, ties to even; what would be denormal becomes zero of the same sign.
int con_pack(con_cut cut, long block, const con_part *parts, long count, void *packed);

/// Writes what column block `block` of `packed` has of `part` to `elements`, which has the part's strides; 0 on
/// success.
int con_unpack(con_cut cut, long block, con_part part, const void *packed, float *elements);

/// The bytes of `rows` rows of a left factor; `rows` is a multiple of 16.
long con_left_bytes(con_cut cut, long rows);

/// Brings rows first ..< last of a left factor of `rows` rows and any strides into the form that con_multiply takes:
/// rounded and cut in pieces. Rows from `rows` on are zeros. `to` has room for `padded` rows, a multiple of 16.
/// 0 on success.
int con_take_left(
  con_cut cut, const float *x, long row_stride, long column_stride, long rows, long padded, long first,
  long last, void *to);

/// The product of `padded` rows of a left factor and column block `block`, as contiguous rows; null on failure.
///
/// The memory is the thread's own, and stands until its next call. `*row_length` becomes the distance between rows.
const float *con_multiply(
  con_cut cut, long block, long padded, const void *left, const void *packed, long *row_length);

/// Writes `rows` × `columns` elements to y, or adds them.
void con_store(
  const float *from, long from_stride, long rows, long columns, float *y, long y_stride, int adds);

#endif
