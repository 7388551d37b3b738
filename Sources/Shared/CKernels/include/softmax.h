// Passes over one row of logits.
//
//   l[i] = logits[i] · scale         w[i] = e^(l[i] - maximum), exactly 0 where l[i] is not finite or below -87.3
//
// Sums run in sixteen lanes by position within blocks of positions; they are the same on every instruction set.
// `ck_vector_width` in ckernels.h chooses among them.
#ifndef PRORL_SOFTMAX_H
#define PRORL_SOFTMAX_H

/// The largest finite l, or -∞; `finite` becomes the number of finite ones.
float ck_row_maximum(const float *logits, long n, float scale, long *finite);

/// Sums w over every `block` positions (a multiple of 16) into `sums`, lanes in Float, their sum in Double; stores w
/// unless `weights` is null. Returns the sum of w[i] · (l[i] - maximum), summed likewise.
double ck_row_exponentials(
  const float *logits, long n, float scale, float maximum, long block, float *weights, double *sums);

/// What the gradient of a row needs beside its logits.
typedef struct {
  float scale, maximum, reciprocal, log_sum, entropy, per_log_probability, per_entropy;
} ck_softmax_gradient;

/// Overwrites logits[i] by -p · (per_log_probability + per_entropy · (log p + entropy)) · scale with
/// p = w[i] · reciprocal and log p = l[i] - maximum - log_sum; by zero where w[i] is.
void ck_softmax_backward(float *logits, long n, const ck_softmax_gradient *g);

/// Writes the positions with 0 < low ≤ weights[i] < high to `ids`, ascending, and returns how many there are; they are
/// complete if that is at most capacity - 16. Sums the weights of at least `high` over every `block` positions into
/// `sums`, and all weights into `total`, in Double.
long ck_collect(
  const float *weights, long n, float low, float high, long block, double *sums, double *total, int *ids,
  long capacity);

#endif
