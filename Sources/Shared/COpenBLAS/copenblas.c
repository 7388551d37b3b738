#include "copenblas.h"

#include <cblas.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>

typedef __typeof__(&cblas_sgemm) sgemm_function;

static sgemm_function sgemm;
static const char *core = "";
static int status = -1;

static void load(void)
{
  // The library makes its threads when it is loaded; ours are the only ones that shall compute.
  setenv("OPENBLAS_NUM_THREADS", "1", 1);
  void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  if (!library) return;
  char *(*name)(void) = (char *(*)(void))dlsym(library, "openblas_get_corename");
  sgemm = (sgemm_function)dlsym(library, "cblas_sgemm");
  if (!sgemm) return;
  if (name) core = name();
  status = 0;
}

int cob_load(void)
{
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return status;
}

const char *cob_core(void) { return core; }

void cob_product(
  long rows, long columns, long inner, const float *x, long x_stride, const float *w, float *y, long y_stride)
{
  sgemm(
    CblasRowMajor, CblasNoTrans, CblasNoTrans, (blasint)rows, (blasint)columns, (blasint)inner, 1, x,
    (blasint)x_stride, w, (blasint)columns, 0, y, (blasint)y_stride);
}
