#include "rounding.h"

#include <immintrin.h>
#include <string.h>

#define AVX2 __attribute__((target("avx2,fma")))
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq")))

// The transpose of 8 × 8 elements.
AVX2 static void transpose_8(const float *from, long from_stride, float *to, long to_stride)
{
  __m256 row[8], pair[8], four[8];
  for (int i = 0; i < 8; i++) row[i] = _mm256_loadu_ps(from + i * from_stride);
  for (int i = 0; i < 8; i += 2) {
    pair[i] = _mm256_unpacklo_ps(row[i], row[i + 1]);
    pair[i + 1] = _mm256_unpackhi_ps(row[i], row[i + 1]);
  }
  for (int i = 0; i < 8; i += 4) {
    four[i] = _mm256_shuffle_ps(pair[i], pair[i + 2], 0x44);
    four[i + 1] = _mm256_shuffle_ps(pair[i], pair[i + 2], 0xee);
    four[i + 2] = _mm256_shuffle_ps(pair[i + 1], pair[i + 3], 0x44);
    four[i + 3] = _mm256_shuffle_ps(pair[i + 1], pair[i + 3], 0xee);
  }
  for (int i = 0; i < 4; i++) {
    _mm256_storeu_ps(to + i * to_stride, _mm256_permute2f128_ps(four[i], four[i + 4], 0x20));
    _mm256_storeu_ps(to + (i + 4) * to_stride, _mm256_permute2f128_ps(four[i], four[i + 4], 0x31));
  }
}

static void gather_each(
  const float *from, long row_stride, long column_stride, long rows, long columns, float *to, long to_stride)
{
  for (long i = 0; i < rows; i++)
    for (long j = 0; j < columns; j++) to[i * to_stride + j] = from[i * row_stride + j * column_stride];
}

void con_gather(
  const float *from, long row_stride, long column_stride, long rows, long columns, float *to, long to_stride)
{
  if (column_stride == 1) {
    for (long i = 0; i < rows; i++) memcpy(to + i * to_stride, from + i * row_stride, columns * sizeof *to);
    return;
  }
  if (row_stride != 1) {
    gather_each(from, row_stride, column_stride, rows, columns, to, to_stride);
    return;
  }
  const long whole_rows = rows & ~7L, whole_columns = columns & ~7L;
  for (long j = 0; j < whole_columns; j += 8) {
    // Each column is another line of memory; callers go on with the rows below.
    for (long n = j; n < j + 8; n++) __builtin_prefetch(from + rows + n * column_stride);
    for (long i = 0; i < whole_rows; i += 8)
      transpose_8(from + i + j * column_stride, column_stride, to + i * to_stride + j, to_stride);
  }
  gather_each(
    from + whole_columns * column_stride, 1, column_stride, whole_rows, columns - whole_columns, to + whole_columns,
    to_stride);
  gather_each(from + whole_rows, 1, column_stride, rows - whole_rows, columns, to + whole_rows * to_stride, to_stride);
}

// The bf16 of 16 elements in the low halves of 32 bits.
AVX512 static inline __m512i round_16(__m512 x)
{
  const __m512i bits = _mm512_castps_si512(x);
  const __m512i upper = _mm512_srli_epi32(bits, 16);
  const __m512i odd = _mm512_and_si512(upper, _mm512_set1_epi32(1));
  const __m512i half = _mm512_add_epi32(odd, _mm512_set1_epi32(0x7fff));
  __m512i rounded = _mm512_srli_epi32(_mm512_add_epi32(bits, half), 16);
  const __mmask16 denormal = _mm512_testn_epi32_mask(rounded, _mm512_set1_epi32(0x7f80));
  rounded = _mm512_mask_and_epi32(rounded, denormal, rounded, _mm512_set1_epi32(0x8000));
  // Rounding could carry a NaN's payload into an infinity, so a NaN is cut and made quiet instead.
  const __mmask16 not_a_number = _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q);
  return _mm512_mask_or_epi32(rounded, not_a_number, upper, _mm512_set1_epi32(0x40));
}

AVX512 void con_round(const float *from, long count, uint16_t *to)
{
  long i = 0;
  for (; i + 16 <= count; i += 16)
    _mm256_storeu_si256((void *)(to + i), _mm512_cvtepi32_epi16(round_16(_mm512_loadu_ps(from + i))));
  if (i == count) return;
  const __mmask16 rest = (__mmask16)((1u << (count - i)) - 1);
  _mm256_mask_storeu_epi16(to + i, rest, _mm512_cvtepi32_epi16(round_16(_mm512_maskz_loadu_ps(rest, from + i))));
}

AVX512 void con_round_pairs(const float *first, const float *second, uint16_t *to)
{
  const __m512i low = round_16(_mm512_loadu_ps(first));
  const __m512i high = _mm512_slli_epi32(round_16(_mm512_loadu_ps(second)), 16);
  _mm512_storeu_si512(to, _mm512_or_si512(low, high));
}
