// Packing: elements of any strides become words in the order in which tiles read them. AVX2, which every processor of
// this package has, keeps up with memory.

#include "internal.h"

#include <immintrin.h>
#include <string.h>

/// How elements become words.
enum form {
  /// Row k of words is element k.
  FLOATS,
  /// The same, rounded; the odd element of a pair stands before the even one.
  ROUNDED,
  /// Row s of words is elements 2s and 2s + 1, rounded.
  PAIRS
};

/// k of a block: rows of words that are transposed at once, and elements in them.
enum { BLOCK_ROWS = 8 };

static inline long block_depth(enum form form) { return form == PAIRS ? 2 * BLOCK_ROWS : BLOCK_ROWS; }

/// The bfloat16 nearest to a float of these bits, ties to even, in the upper half of a word; a NaN stays one.
static inline uint32_t rounded(uint32_t bits)
{
  const uint32_t quiet = bits | 0x400000u;
  const uint32_t nearest = bits + 0x7fffu + (bits >> 16 & 1);
  return ((bits & 0x7fffffffu) > 0x7f800000u ? quiet : nearest) & 0xffff0000u;
}

/// The same of eight, with the lower halves left as they come.
static inline __m256i rounded8(__m256i bits)
{
  const __m256i magnitude = _mm256_and_si256(bits, _mm256_set1_epi32(0x7fffffff));
  const __m256i is_nan = _mm256_cmpgt_epi32(magnitude, _mm256_set1_epi32(0x7f800000));
  const __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
  const __m256i nearest = _mm256_add_epi32(_mm256_add_epi32(bits, _mm256_set1_epi32(0x7fff)), odd);
  return _mm256_blendv_epi8(nearest, _mm256_or_si256(bits, _mm256_set1_epi32(0x400000)), is_nan);
}

static inline __m256i upper_halves(__m256i words) { return _mm256_and_si256(words, _mm256_set1_epi32(-65536)); }

static inline __m256i first_lanes(long count)
{
  return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

static inline __m256i load(const float *from) { return _mm256_loadu_si256((const __m256i *)from); }

/// Stores the first `count` < 8 lanes; a masked store takes some processors many times as long.
static inline void store_some(uint32_t *to, __m256i lanes, long count)
{
  __m128i left = _mm256_castsi256_si128(lanes);
  if (count & 4) {
    _mm_storeu_si128((__m128i *)to, left);
    left = _mm256_extracti128_si256(lanes, 1);
    to += 4;
  }
  if (count & 2) {
    _mm_storel_epi64((__m128i *)to, left);
    left = _mm_srli_si128(left, 8);
    to += 2;
  }
  if (count & 1) *to = (uint32_t)_mm_cvtsi128_si32(left);
}

/// Puts element (k, n) where it belongs among rows of `width` words; the other half of a pair stays.
static inline void put(enum form form, const float *from, long k, long n, uint32_t *to, long width)
{
  uint32_t bits;
  memcpy(&bits, from, sizeof(bits));
  if (form == FLOATS)
    to[k * width + n] = bits;
  else if (form == ROUNDED)
    to[(k ^ 1) * width + n] = rounded(bits);
  else {
    uint32_t *const pair = to + k / 2 * width + n;
    *pair = k % 2 == 0 ? (*pair & 0xffff0000u) | rounded(bits) >> 16 : (*pair & 0xffffu) | rounded(bits);
  }
}

/// Two rows of `columns` ≤ 8 columns that lie side by side.
static inline __attribute__((always_inline)) void lay_rows(
  enum form form, const float *even, const float *odd, long columns, uint32_t *to, long width)
{
  const int is_whole = columns >= 8;
  const __m256i mask = first_lanes(columns);
  __m256i a = is_whole ? load(even) : _mm256_maskload_epi32((const int *)even, mask);
  __m256i b = is_whole ? load(odd) : _mm256_maskload_epi32((const int *)odd, mask);
  if (form != FLOATS) {
    a = rounded8(a);
    b = upper_halves(rounded8(b));
  }
  const __m256i first = form == PAIRS ? _mm256_or_si256(_mm256_srli_epi32(a, 16), b) : form == ROUNDED ? b : a;
  const __m256i second = form == ROUNDED ? upper_halves(a) : b;
  if (is_whole) {
    _mm256_storeu_si256((__m256i *)to, first);
    if (form != PAIRS) _mm256_storeu_si256((__m256i *)(to + width), second);
  } else {
    store_some(to, first, columns);
    if (form != PAIRS) store_some(to + width, second, columns);
  }
}

/// An even number of rows whose columns lie side by side.
static inline __attribute__((always_inline)) void lay(
  enum form form, const float *from, long k_stride, long depth, long columns, uint32_t *to, long width)
{
  const long whole = columns & ~7;
  for (long k = 0; k < depth; k += 2) {
    const float *even = from + k * k_stride;
    const float *odd = even + k_stride;
    uint32_t *row = to + (form == PAIRS ? k / 2 : k) * width;
    for (long n = 0; n < whole; n += 8) lay_rows(form, even + n, odd + n, 8, row + n, width);
    if (whole < columns) lay_rows(form, even + whole, odd + whole, columns - whole, row + whole, width);
  }
}

static inline __attribute__((always_inline)) void transpose(__m256i v[8])
{
  __m256i a[8], b[8];
  for (int i = 0; i < 4; i++) {
    a[2 * i] = _mm256_unpacklo_epi32(v[2 * i], v[2 * i + 1]);
    a[2 * i + 1] = _mm256_unpackhi_epi32(v[2 * i], v[2 * i + 1]);
  }
  for (int i = 0; i < 2; i++)
    for (int j = 0; j < 2; j++) {
      b[4 * i + 2 * j] = _mm256_unpacklo_epi64(a[4 * i + j], a[4 * i + 2 + j]);
      b[4 * i + 2 * j + 1] = _mm256_unpackhi_epi64(a[4 * i + j], a[4 * i + 2 + j]);
    }
  for (int i = 0; i < 4; i++) {
    v[i] = _mm256_permute2x128_si256(b[i], b[4 + i], 0x20);
    v[4 + i] = _mm256_permute2x128_si256(b[i], b[4 + i], 0x31);
  }
}

/// One block of elements that lie side by side along k, `columns` ≤ 8 of them.
static inline __attribute__((always_inline)) void turn_block(
  enum form form, const float *from, long n_stride, long columns, uint32_t *to, long width)
{
  // Packing two vectors into one leaves pairs in this order.
  static const int pair[8] = {0, 1, 4, 5, 2, 3, 6, 7};
  __m256i v[8];
  for (int i = 0; i < 8; i++) {
    const float *column = from + (i < columns ? i : 0) * n_stride;
    v[i] = load(column);
    if (form != FLOATS) v[i] = rounded8(v[i]);
    if (form == PAIRS)
      v[i] = _mm256_packus_epi32(
        _mm256_srli_epi32(v[i], 16), _mm256_srli_epi32(rounded8(load(column + 8)), 16));
    if (form == ROUNDED) v[i] = upper_halves(v[i]);
  }
  transpose(v);
  for (int j = 0; j < 8; j++) {
    uint32_t *const row = to + (form == PAIRS ? pair[j] : form == ROUNDED ? j ^ 1 : j) * width;
    if (columns >= 8)
      _mm256_storeu_si256((__m256i *)row, v[j]);
    else
      store_some(row, v[j], columns);
  }
}

/// Lays elements (k, n) = from[k * k_stride + n * n_stride] into rows of `width` words; for pairs and rounded
/// elements the first row belongs to an even k.
static inline __attribute__((always_inline)) void lay_all(
  enum form form, const float *from, long k_stride, long n_stride, long depth, long columns, uint32_t *to, long width)
{
  long done = 0;
  if (n_stride == 1) {
    done = depth & ~1;
    lay(form, from, k_stride, done, columns, to, width);
  } else if (k_stride == 1) {
    const long block = block_depth(form);
    for (; done + block <= depth; done += block)
      for (long n = 0; n < columns; n += 8)
        turn_block(
          form, from + done + n * n_stride, n_stride, columns - n, to + (form == PAIRS ? done / 2 : done) * width + n,
          width);
  }
  for (long k = done; k < depth; k++)
    for (long n = 0; n < columns; n++) put(form, from + k * k_stride + n * n_stride, k, n, to, width);
}

/// Elements of k that are packed of all tiles or panels before the next: where rows lie side by side, tiles share their
/// cache lines.
static inline long depth_at_once(long k_stride, long inner) { return k_stride == 1 ? inner : 16; }

/// The same for columns of a part in one panel, from the part's row `row` on.
static void lay_part(
  int precision, const struct ck_part *part, const float *from, long row, long depth, long columns, uint32_t *panel)
{
  const long k = part->row + row;
  const long k_stride = part->k_stride;
  const long n_stride = part->n_stride;
  if (precision == CK_FP32)
    lay_all(FLOATS, from, k_stride, n_stride, depth, columns, panel + k * CK_PANEL, CK_PANEL);
  else if (k % 2 == 0)
    lay_all(PAIRS, from, k_stride, n_stride, depth, columns, panel + k / 2 * CK_PANEL, CK_PANEL);
  else
    for (long i = 0; i < depth; i++)
      for (long n = 0; n < columns; n++)
        put(PAIRS, from + i * k_stride + n * n_stride, k + i, n, panel, CK_PANEL);
}

void ck_pack_right(
  int precision, const struct ck_part *part, long inner, long first_panel, long last_panel, uint32_t *packed)
{
  const long steps = ck_steps(precision, inner);
  const long most = depth_at_once(part->k_stride, part->rows);
  for (long row = 0; row < part->rows; row += most) {
    const long depth = part->rows - row < most ? part->rows - row : most;
    for (long panel = first_panel; panel < last_panel; panel++) {
      // The part's columns in this panel, counted from the part's first.
      const long from = panel * CK_PANEL > part->column ? panel * CK_PANEL - part->column : 0;
      const long end = (panel + 1) * CK_PANEL - part->column;
      const long columns = (end < part->columns ? end : part->columns) - from;
      if (columns <= 0) continue;
      lay_part(
        precision, part, part->elements + row * part->k_stride + from * part->n_stride, row, depth, columns,
        packed + panel * steps * CK_PANEL + (part->column + from) % CK_PANEL);
    }
  }
}

void ck_pack_left(
  int precision, const float *x, long m_stride, long k_stride, long rows, long inner, long first, long last,
  uint32_t *packed)
{
  const long steps = ck_steps(precision, inner);
  const long words = ck_left_words(precision);
  const long most = depth_at_once(k_stride, inner);
  for (long k = 0; k < inner; k += most) {
    const long depth = inner - k < most ? inner - k : most;
    for (long t = first; t < last; t++) {
      const struct ck_rows part = ck_tile_rows(rows, t);
      const float *const from = x + part.start * m_stride + k * k_stride;
      const long row = (precision == CK_FP32 ? k : k / 2 * words);
      uint32_t *const to = packed + part.start * steps * words + row * part.count;
      // The last element of an odd number has no partner.
      if (precision == CK_BF16 && depth % 2 != 0)
        memset(to + (depth / 2) * words * part.count, 0, (size_t)(words * part.count) * sizeof(*to));
      if (precision == CK_FP32)
        lay_all(FLOATS, from, k_stride, m_stride, depth, part.count, to, part.count);
      else if (words == 2)
        lay_all(ROUNDED, from, k_stride, m_stride, depth, part.count, to, part.count);
      else
        lay_all(PAIRS, from, k_stride, m_stride, depth, part.count, to, part.count);
    }
  }
}
