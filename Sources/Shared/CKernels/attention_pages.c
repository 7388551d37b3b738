#include <stdint.h>
#include <string.h>

#include "attention_tiles.h"

// Storing rows in pages, and widening pages for the backward. Eight rows by eight columns at a time are turned in
// registers; what is no multiple of eight goes element by element.

typedef float vec8 __attribute__((ext_vector_type(8)));
typedef uint32_t words8 __attribute__((ext_vector_type(8)));

static inline words8 bits_of(vec8 x)
{
  words8 bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static inline vec8 load(const float *from)
{
  vec8 x;
  memcpy(&x, from, sizeof x);
  return x;
}

// The upper half of the nearest bf16 of each lane, ties to even, in the lower half of a word.
static inline words8 rounded8(vec8 x)
{
  const words8 bits = bits_of(x), nearest = (bits + 0x7fffu + (bits >> 16 & 1u)) >> 16;
  // Rounding could carry a NaN's payload into an infinity, so a NaN is cut and made quiet instead.
  return (bits & 0x7fffffffu) > 0x7f800000u ? (bits >> 16 | 0x40u) : nearest;
}

static inline uint16_t rounded(float x) { return (uint16_t)rounded8((vec8)(x))[0]; }

static inline vec8 low_half(words8 words)
{
  words <<= 16;
  vec8 x;
  memcpy(&x, &words, sizeof x);
  return x;
}

static inline vec8 high_half(words8 words)
{
  words &= 0xffff0000u;
  vec8 x;
  memcpy(&x, &words, sizeof x);
  return x;
}

static inline float widened(uint16_t x)
{
  const uint32_t bits = (uint32_t)x << 16;
  float result;
  memcpy(&result, &bits, sizeof result);
  return result;
}

// Exchanges rows and columns.
static inline void turn(vec8 r[8])
{
  vec8 t[8], u[8];
  for (int i = 0; i < 8; i += 2) {
    t[i] = __builtin_shufflevector(r[i], r[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
    t[i + 1] = __builtin_shufflevector(r[i], r[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
  }
  for (int i = 0; i < 8; i += 4)
    for (int k = 0; k < 2; k++) {
      u[i + 2 * k] = __builtin_shufflevector(t[i + k], t[i + k + 2], 0, 1, 8, 9, 4, 5, 12, 13);
      u[i + 2 * k + 1] = __builtin_shufflevector(t[i + k], t[i + k + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    }
  for (int i = 0; i < 4; i++) {
    r[i] = __builtin_shufflevector(u[i], u[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    r[i + 4] = __builtin_shufflevector(u[i], u[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
}

// The place of element i in a bf16 line.
static inline long slot(long i) { return i % 16 * 2 + i / 16; }

// The place of a position's value in column d, in an fp32 page.
static inline long value_place(long position, long d)
{
  return d / CK_PAGE * CK_PAGE * CK_PAGE + position * CK_PAGE + d % CK_PAGE;
}

// Keys of 32 rows, from column d on eight.
static void store_key_lines_bf16(const float *keys, long stride, uint16_t *lines)
{
  for (long j = 0; j < 16; j += 8) {
    vec8 low[8], high[8];
    for (long i = 0; i < 8; i++) low[i] = load(keys + (j + i) * stride), high[i] = load(keys + (16 + j + i) * stride);
    turn(low);
    turn(high);
    for (long i = 0; i < 8; i++) {
      const words8 words = rounded8(low[i]) | rounded8(high[i]) << 16;
      memcpy(lines + i * CK_PAGE + 2 * j, &words, sizeof words);
    }
  }
}

static void store_key_lines_fp32(const float *keys, long stride, float *lines)
{
  for (long j = 0; j < CK_PAGE; j += 8) {
    vec8 block[8];
    for (long i = 0; i < 8; i++) block[i] = load(keys + (j + i) * stride);
    turn(block);
    for (long i = 0; i < 8; i++) memcpy(lines + i * CK_PAGE + j, &block[i], sizeof(vec8));
  }
}

static void store_bf16(
  long count, long dimension, const float *keys, const float *values, long stride, uint16_t *k, uint16_t *v,
  long position)
{
  const long turned = count == CK_PAGE ? dimension / 8 * 8 : 0;
  for (long d = 0; d < turned; d += 8) store_key_lines_bf16(keys + d, stride, k + d * CK_PAGE);
  for (long i = 0; i < count; i++) {
    const float *const key = keys + i * stride, *const value = values + i * stride;
    uint16_t *const column = k + slot(position + i);
    long d = turned;
    for (; d + 8 <= dimension; d += 8) {
      const words8 words = rounded8(load(key + d));
      for (int l = 0; l < 8; l++) column[(d + l) * CK_PAGE] = (uint16_t)words[l];
    }
    for (; d < dimension; d++) column[d * CK_PAGE] = rounded(key[d]);
    for (d = 0; d + CK_PAGE <= dimension; d += CK_PAGE)
      for (long l = 0; l < 16; l += 8) {
        const words8 words = rounded8(load(value + d + l)) | rounded8(load(value + d + 16 + l)) << 16;
        memcpy(v + value_place(position + i, d) + 2 * l, &words, sizeof words);
      }
    for (; d < dimension; d++) v[value_place(position + i, d - d % CK_PAGE) + slot(d % CK_PAGE)] = rounded(value[d]);
  }
}

static void store_fp32(
  long count, long dimension, const float *keys, const float *values, long stride, float *k, float *v, long position)
{
  const long turned = count == CK_PAGE ? dimension / 8 * 8 : 0;
  for (long d = 0; d < turned; d += 8) store_key_lines_fp32(keys + d, stride, k + d * CK_PAGE);
  for (long i = 0; i < count; i++) {
    for (long d = turned; d < dimension; d++) k[d * CK_PAGE + position + i] = keys[i * stride + d];
    for (long d = 0; d < dimension; d += CK_PAGE) {
      const long left = dimension - d < CK_PAGE ? dimension - d : CK_PAGE;
      memcpy(v + value_place(position + i, d), values + i * stride + d, (size_t)left * sizeof(float));
    }
  }
}

// One position touches a line of keys for every dimension, most of them far from any cache; a page that is filled whole
// is written from end to end.
enum { HEADS_AHEAD = 2 };

static void ask_to_write(int bf16, long count, long dimension, const void *page, long key, long position)
{
  if (count > CK_PAGE / 2) return;
  const long size = bf16 ? 2 : 4;
  // Of bf16 a line holds all positions, of fp32 half of them.
  const char *const lines = (const char *)page + (key + (bf16 ? 0 : position / 16 * 16)) * size;
  for (long d = 0; d < dimension; d++) __builtin_prefetch(lines + d * CK_PAGE * size, 1, 2);
}

// Rows are far apart, so the processor does not foresee where the next head's elements are.
static void ask_for(const float *keys, const float *values, long count, long dimension, long stride)
{
  for (long i = 0; i < count; i++)
    for (long d = 0; d < dimension; d += 16) {
      __builtin_prefetch(keys + i * stride + d, 0, 2);
      __builtin_prefetch(values + i * stride + d, 0, 2);
    }
}

void ck_attention_store(
  int bf16, long count, long heads, long dimension, const float *keys, const float *values, long stride, void *page,
  long offset, long head_stride, long position)
{
  for (long head = 0; head < heads && head < HEADS_AHEAD; head++)
    ask_to_write(bf16, count, dimension, page, offset + head * head_stride, position);
  for (long head = 0; head < heads; head++) {
    const long key = offset + head * head_stride, value = key + dimension * CK_PAGE;
    const float *const k = keys + head * dimension, *const v = values + head * dimension;
    if (head + HEADS_AHEAD < heads)
      ask_to_write(bf16, count, dimension, page, key + HEADS_AHEAD * head_stride, position);
    if (head + 1 < heads) ask_for(k + dimension, v + dimension, count, dimension, stride);
    if (bf16)
      store_bf16(count, dimension, k, v, stride, (uint16_t *)page + key, (uint16_t *)page + value, position);
    else
      store_fp32(count, dimension, k, v, stride, (float *)page + key, (float *)page + value, position);
  }
}

// Eight lines, from element l on eight, widened; of bf16 the elements 16 further on, too.
static inline void widen_block(int bf16, const void *lines, long l, vec8 low[8], vec8 high[8])
{
  for (long i = 0; i < 8; i++)
    if (bf16) {
      words8 words;
      memcpy(&words, (const uint16_t *)lines + i * CK_PAGE + 2 * l, sizeof words);
      low[i] = low_half(words), high[i] = high_half(words);
    } else {
      const float *const elements = (const float *)lines + i * CK_PAGE + l;
      low[i] = load(elements), high[i] = load(elements + 16);
    }
}

// Turns 8 lines of 32 elements into 32 lines of which they are 8 elements.
static inline void turn_lines(int bf16, const void *lines, float *to)
{
  for (long l = 0; l < 16; l += 8) {
    vec8 low[8], high[8];
    widen_block(bf16, lines, l, low, high);
    turn(low);
    turn(high);
    for (long i = 0; i < 8; i++) {
      memcpy(to + (l + i) * CK_PAGE, &low[i], sizeof(vec8));
      memcpy(to + (16 + l + i) * CK_PAGE, &high[i], sizeof(vec8));
    }
  }
}

static inline void exchange(int bf16, long dimension, const char *k, const char *v, float *keys, float *values)
{
  const long size = bf16 ? 2 : 4;
  long d = 0;
  for (; d + 8 <= dimension; d += 8) turn_lines(bf16, k + d * CK_PAGE * size, keys + value_place(0, d));
  for (; d < dimension; d++)
    for (long j = 0; j < CK_PAGE; j++)
      keys[value_place(j, d)] =
        bf16 ? widened(((const uint16_t *)k)[d * CK_PAGE + slot(j)]) : ((const float *)k)[d * CK_PAGE + j];
  for (d = 0; d + CK_PAGE <= dimension; d += CK_PAGE)
    for (long j = 0; j < CK_PAGE; j += 8) turn_lines(bf16, v + value_place(j, d) * size, values + d * CK_PAGE + j);
  for (; d < dimension; d++)
    for (long j = 0; j < CK_PAGE; j++) {
      const long line = value_place(j, d - d % CK_PAGE);
      values[d * CK_PAGE + j] = bf16 ? widened(((const uint16_t *)v)[line + slot(d % CK_PAGE)])
                                     : ((const float *)v)[line + d % CK_PAGE];
    }
}

void ck_attention_exchange(int bf16, long dimension, const void *page, long offset, float *keys, float *values)
{
  const long value = offset + dimension * CK_PAGE;
  const char *const bytes = page;
  // Two calls, so that each is compiled for its kind of element.
  if (bf16)
    exchange(1, dimension, bytes + 2 * offset, bytes + 2 * value, keys, values);
  else
    exchange(0, dimension, bytes + 4 * offset, bytes + 4 * value, keys, values);
}
