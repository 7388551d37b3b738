#include "ckernels.h"

#include <math.h>
#include <string.h>

/// The largest magnitude, or NaN where anything is not finite.
static float largest_magnitude(const float *x, long count)
{
  uint32_t largest = 0;  // as bits magnitudes are in the order of integers, NaN and infinity last
  for (long i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, x + i, sizeof(bits));
    bits &= 0x7fffffffu;
    largest = bits > largest ? bits : largest;
  }
  if (largest >= 0x7f800000u) return NAN;
  float magnitude;
  memcpy(&magnitude, &largest, sizeof(magnitude));
  return magnitude;
}

static int64_t clamped(double x)
{
  if (x >= -0x1p63 && x < 0x1p63) return (int64_t)x;
  return x < 0 ? INT64_MIN / 2 : INT64_MAX / 2;
}

float ck_fold(const float *gradient, long count, double scale, int64_t *totals)
{
  const float largest = largest_magnitude(gradient, count);
  if (!(largest * scale < 0x1p51)) {
    if (largest != largest) return largest;
    for (long i = 0; i < count; i++)
      totals[i] = (int64_t)((uint64_t)totals[i] + (uint64_t)clamped(rint(gradient[i] * scale)));
    return largest;
  }
  // Below 2^51 the sum with 1.5 · 2^52 has the rounded integer in its low bits.
  const double magic = 0x1.8p52;
  uint64_t magic_bits;
  memcpy(&magic_bits, &magic, sizeof(magic_bits));
  for (long i = 0; i < count; i++) {
    const double shifted = gradient[i] * scale + magic;
    uint64_t bits;
    memcpy(&bits, &shifted, sizeof(bits));
    totals[i] = (int64_t)((uint64_t)totals[i] + (bits - magic_bits));
  }
  return largest;
}
