#include "conednn.h"

#include <dlfcn.h>
#include <oneapi/dnnl/dnnl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

// Every function of the library that is used here, found by name.
#define EACH(use) \
  use(dnnl_version) \
  use(dnnl_get_effective_cpu_isa) \
  use(dnnl_engine_create) \
  use(dnnl_stream_create) \
  use(dnnl_stream_wait) \
  use(dnnl_stream_destroy) \
  use(dnnl_memory_desc_init_by_tag) \
  use(dnnl_memory_desc_equal) \
  use(dnnl_memory_create) \
  use(dnnl_memory_destroy) \
  use(dnnl_matmul_desc_init) \
  use(dnnl_primitive_desc_create) \
  use(dnnl_primitive_desc_destroy) \
  use(dnnl_primitive_desc_query_md) \
  use(dnnl_primitive_create) \
  use(dnnl_primitive_destroy) \
  use(dnnl_primitive_execute) \
  use(dnnl_reorder_primitive_desc_create)

#define DECLARE(name) static __typeof__(&name) p_##name;
EACH(DECLARE)

static dnnl_engine_t engine;
static char version[32] = "";
static int isa = 0;
static int status = -1;

static void load(void)
{
  // The OpenMP runtime that comes along reads this when it is loaded; ours are the only threads that shall compute.
  setenv("OMP_NUM_THREADS", "1", 1);
  void *library = dlopen("libdnnl.so.2", RTLD_NOW | RTLD_LOCAL);
  if (!library) return;
#define FIND(name) \
  p_##name = (__typeof__(&name))dlsym(library, #name); \
  if (!p_##name) return;
  EACH(FIND)
  const dnnl_version_t *v = p_dnnl_version();
  snprintf(version, sizeof version, "%d.%d.%d", v->major, v->minor, v->patch);
  isa = (int)p_dnnl_get_effective_cpu_isa();
  if (p_dnnl_engine_create(&engine, dnnl_cpu, 0) != dnnl_success) return;
  status = 0;
}

int con_load(void)
{
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return status;
}

const char *con_version(void) { return version; }

int con_isa(void) { return isa; }

// A product's primitive for one number of rows.
typedef struct product {
  long rows;
  dnnl_primitive_t primitive;
  struct product *next;
} product;

struct con_matrix {
  long inner;
  long columns;
  dnnl_memory_desc_t layout;
  dnnl_memory_t weights;
  pthread_mutex_t mutex;
  product *products;
};

static dnnl_memory_desc_t describe(long rows, long columns, dnnl_format_tag_t tag)
{
  dnnl_memory_desc_t memory;
  const dnnl_dims_t dims = {rows, columns};
  p_dnnl_memory_desc_init_by_tag(&memory, 2, dims, dnnl_f32, tag);
  return memory;
}

static dnnl_primitive_desc_t describe_product(const con_matrix *m, long rows, const dnnl_memory_desc_t *weights)
{
  const dnnl_memory_desc_t x = describe(rows, m->inner, dnnl_ab);
  const dnnl_memory_desc_t y = describe(rows, m->columns, dnnl_ab);
  dnnl_matmul_desc_t description;
  dnnl_primitive_desc_t found = NULL;
  if (p_dnnl_matmul_desc_init(&description, &x, weights, NULL, &y) != dnnl_success) return NULL;
  if (p_dnnl_primitive_desc_create(&found, &description, NULL, engine, NULL) != dnnl_success) return NULL;
  return found;
}

con_matrix *con_create(long inner, long columns)
{
  con_matrix *m = calloc(1, sizeof *m);
  if (!m) return NULL;
  m->inner = inner;
  m->columns = columns;
  pthread_mutex_init(&m->mutex, NULL);
  // One layout for all numbers of rows: the one that 256 rows would like best.
  const dnnl_memory_desc_t any = describe(inner, columns, dnnl_format_tag_any);
  dnnl_primitive_desc_t preferred = describe_product(m, 256, &any);
  if (preferred) {
    m->layout = *p_dnnl_primitive_desc_query_md(preferred, dnnl_query_weights_md, 0);
    p_dnnl_primitive_desc_destroy(preferred);
    if (p_dnnl_memory_create(&m->weights, &m->layout, engine, DNNL_MEMORY_ALLOCATE) == dnnl_success) return m;
  }
  con_destroy(m);
  return NULL;
}

void con_destroy(con_matrix *m)
{
  if (!m) return;
  while (m->products) {
    product *next = m->products->next;
    p_dnnl_primitive_destroy(m->products->primitive);
    free(m->products);
    m->products = next;
  }
  if (m->weights) p_dnnl_memory_destroy(m->weights);
  pthread_mutex_destroy(&m->mutex);
  free(m);
}

static int execute(dnnl_primitive_t primitive, int count, const dnnl_exec_arg_t *arguments)
{
  dnnl_stream_t stream;
  if (p_dnnl_stream_create(&stream, engine, dnnl_stream_default_flags) != dnnl_success) return -1;
  dnnl_status_t result = p_dnnl_primitive_execute(primitive, stream, count, arguments);
  if (result == dnnl_success) result = p_dnnl_stream_wait(stream);
  p_dnnl_stream_destroy(stream);
  return result == dnnl_success ? 0 : -1;
}

int con_pack(con_matrix *m, const float *w)
{
  const dnnl_memory_desc_t plain = describe(m->inner, m->columns, dnnl_ab);
  dnnl_memory_t source;
  dnnl_primitive_desc_t description;
  dnnl_primitive_t reorder;
  if (p_dnnl_memory_create(&source, &plain, engine, (void *)w) != dnnl_success) return -1;
  int result = -1;
  if (p_dnnl_reorder_primitive_desc_create(&description, &plain, engine, &m->layout, engine, NULL) == dnnl_success) {
    if (p_dnnl_primitive_create(&reorder, description) == dnnl_success) {
      const dnnl_exec_arg_t arguments[] = {{DNNL_ARG_FROM, source}, {DNNL_ARG_TO, m->weights}};
      result = execute(reorder, 2, arguments);
      p_dnnl_primitive_destroy(reorder);
    }
    p_dnnl_primitive_desc_destroy(description);
  }
  p_dnnl_memory_destroy(source);
  return result;
}

static dnnl_primitive_t primitive_for(con_matrix *m, long rows)
{
  pthread_mutex_lock(&m->mutex);
  product *p = m->products;
  while (p && p->rows != rows) p = p->next;
  if (!p) {
    dnnl_primitive_desc_t description = describe_product(m, rows, &m->layout);
    dnnl_primitive_t primitive = NULL;
    if (description) {
      p_dnnl_primitive_create(&primitive, description);
      p_dnnl_primitive_desc_destroy(description);
    }
    if (primitive && (p = malloc(sizeof *p))) {
      *p = (product){rows, primitive, m->products};
      m->products = p;
    }
  }
  pthread_mutex_unlock(&m->mutex);
  return p ? p->primitive : NULL;
}

int con_product(con_matrix *m, long rows, const float *x, float *y)
{
  dnnl_primitive_t primitive = primitive_for(m, rows);
  if (!primitive) return -1;
  const dnnl_memory_desc_t x_layout = describe(rows, m->inner, dnnl_ab);
  const dnnl_memory_desc_t y_layout = describe(rows, m->columns, dnnl_ab);
  dnnl_memory_t source = NULL;
  dnnl_memory_t target = NULL;
  int result = -1;
  if (p_dnnl_memory_create(&source, &x_layout, engine, (void *)x) == dnnl_success
      && p_dnnl_memory_create(&target, &y_layout, engine, y) == dnnl_success) {
    const dnnl_exec_arg_t arguments[] = {{DNNL_ARG_SRC, source}, {DNNL_ARG_WEIGHTS, m->weights}, {DNNL_ARG_DST, target}};
    result = execute(primitive, 3, arguments);
  }
  if (source) p_dnnl_memory_destroy(source);
  if (target) p_dnnl_memory_destroy(target);
  return result;
}
