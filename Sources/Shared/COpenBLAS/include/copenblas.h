// The door to OpenBLAS, opened at run time so that programs which do not use it neither need nor load it.
#ifndef PRORL_COPENBLAS_H
#define PRORL_COPENBLAS_H

/// Loads the library, limited to one thread; 0 on success. Safe to call from any thread, any number of times.
int cob_load(void);

/// The kernel family in use, such as "Cooperlake"; "" before cob_load.
const char *cob_core(void);

/// y[rows, columns] = x[rows, inner] · w[inner, columns], all row-major with the given row strides.
void cob_product(
  long rows, long columns, long inner, const float *x, long x_stride, const float *w, float *y, long y_stride);

#endif
