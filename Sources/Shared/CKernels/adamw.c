#include "adamw.h"

#define CK_SOURCE "adamw.inc.h"
#include "variants.h"

void ck_adamw_step(
  const ck_adamw *s, const float *gradient, long n, float *parameters, float *first, float *second)
{
  CHOOSE(adamw, s, gradient, n, parameters, first, second);
}

void ck_adamw_step_from_totals(
  const ck_adamw *s, int64_t *totals, double factor, long n, float *parameters, float *first, float *second)
{
  CHOOSE(adamw_totals, s, totals, factor, n, parameters, first, second);
}

double ck_sum_of_squares(const int64_t *totals, double factor, long n)
{
  return CHOOSE(sum_of_squares, totals, factor, n);
}
