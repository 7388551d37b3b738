#include "library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "conednn.h"

#define DEFINE(name) __typeof__(&name) con_##name;
CON_EACH(DEFINE)

dnnl_engine_t con_engine;

static char version[32] = "";
static int isa = 0;
static int status = -1;
static int supports[2] = {0, 0};

// Whether the kinds of products that are used here exist.
static int probe(int is_bf16)
{
  // Rounding to bf16 is written for AVX-512, below which oneDNN has no bf16 anyway.
  if (is_bf16 && !(__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
                   && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")))
    return 0;
  dnnl_memory_desc_t layout;
  if (con_layout(is_bf16, 64, 64, &layout) != 0) return 0;
  for (int adds = 0; adds < 2; adds++) {
    const con_shape shape = {is_bf16, adds, 16, 64, 64};
    dnnl_primitive_desc_t found = con_describe(&shape, &layout);
    if (!found) return 0;
    con_dnnl_primitive_desc_destroy(found);
  }
  return 1;
}

static void load(void)
{
  // The OpenMP runtime that comes along reads this when it is loaded; ours are the only threads that shall compute.
  setenv("OMP_NUM_THREADS", "1", 1);
  void *library = dlopen("libdnnl.so.2", RTLD_NOW | RTLD_LOCAL);
  if (!library) return;
#define FIND(name) \
  con_##name = (__typeof__(&name))dlsym(library, #name); \
  if (!con_##name) return;
  CON_EACH(FIND)
  const dnnl_version_t *v = con_dnnl_version();
  snprintf(version, sizeof version, "%d.%d.%d", v->major, v->minor, v->patch);
  isa = (int)con_dnnl_get_effective_cpu_isa();
  if (con_dnnl_engine_create(&con_engine, dnnl_cpu, 0) != dnnl_success) return;
  status = 0;
  for (int is_bf16 = 0; is_bf16 < 2; is_bf16++) supports[is_bf16] = probe(is_bf16);
}

int con_load(void)
{
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return status;
}

const char *con_version(void) { return version; }

int con_isa(void) { return isa; }

int con_supports(int is_bf16) { return con_load() == 0 && supports[is_bf16 != 0]; }

int con_uses_amx(void)
{
  const int amx = dnnl_cpu_isa_avx512_core_amx;
  return __builtin_cpu_supports("amx-bf16") && con_supports(1) && (isa & amx) == amx;
}

dnnl_memory_desc_t con_row_major(long rows, long columns, dnnl_data_type_t type)
{
  dnnl_memory_desc_t memory;
  const dnnl_dims_t dims = {rows, columns};
  con_dnnl_memory_desc_init_by_tag(&memory, 2, dims, type, dnnl_ab);
  return memory;
}

static dnnl_primitive_attr_t attributes(int adds)
{
  dnnl_primitive_attr_t made = NULL;
  dnnl_post_ops_t sum = NULL;
  if (con_dnnl_primitive_attr_create(&made) != dnnl_success) return NULL;
  int failed = con_dnnl_primitive_attr_set_scratchpad_mode(made, dnnl_scratchpad_mode_user) != dnnl_success;
  if (!failed && adds) {
    failed = con_dnnl_post_ops_create(&sum) != dnnl_success || con_dnnl_post_ops_append_sum(sum, 1) != dnnl_success
             || con_dnnl_primitive_attr_set_post_ops(made, sum) != dnnl_success;
    if (sum) con_dnnl_post_ops_destroy(sum);
  }
  if (!failed) return made;
  con_dnnl_primitive_attr_destroy(made);
  return NULL;
}

dnnl_primitive_desc_t con_describe(const con_shape *shape, const dnnl_memory_desc_t *weights)
{
  const dnnl_memory_desc_t x = con_row_major(shape->rows, shape->inner, shape->is_bf16 ? dnnl_bf16 : dnnl_f32);
  const dnnl_memory_desc_t y = con_row_major(shape->rows, shape->columns, dnnl_f32);
  dnnl_matmul_desc_t description;
  dnnl_primitive_desc_t found = NULL;
  dnnl_primitive_attr_t how = attributes(shape->adds);
  if (!how) return NULL;
  if (con_dnnl_matmul_desc_init(&description, &x, weights, NULL, &y) != dnnl_success
      || con_dnnl_primitive_desc_create(&found, &description, how, con_engine, NULL) != dnnl_success)
    found = NULL;
  con_dnnl_primitive_attr_destroy(how);
  return found;
}

// Layouts asked for so far.
typedef struct known {
  int is_bf16;
  long inner;
  long columns;
  dnnl_memory_desc_t layout;
  struct known *next;
} known;

// The layout that 256 rows would like best, unless it has room for more elements than there are.
static dnnl_memory_desc_t choose(int is_bf16, long inner, long columns)
{
  const dnnl_data_type_t type = is_bf16 ? dnnl_bf16 : dnnl_f32;
  const dnnl_memory_desc_t plain = con_row_major(inner, columns, type);
  const dnnl_dims_t dims = {inner, columns};
  const con_shape shape = {is_bf16, 0, 256, inner, columns};
  dnnl_memory_desc_t any;
  con_dnnl_memory_desc_init_by_tag(&any, 2, dims, type, dnnl_format_tag_any);
  dnnl_primitive_desc_t preferred = con_describe(&shape, &any);
  if (!preferred) return plain;
  const dnnl_memory_desc_t found = *con_dnnl_primitive_desc_query_md(preferred, dnnl_query_weights_md, 0);
  con_dnnl_primitive_desc_destroy(preferred);
  const int fits = found.format_kind == dnnl_blocked && found.extra.flags == 0
                   && con_dnnl_memory_desc_get_size(&found) == con_dnnl_memory_desc_get_size(&plain);
  return fits ? found : plain;
}

int con_layout(int is_bf16, long inner, long columns, dnnl_memory_desc_t *layout)
{
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  static known *all = NULL;
  pthread_mutex_lock(&mutex);
  known *k = all;
  while (k && !(k->is_bf16 == is_bf16 && k->inner == inner && k->columns == columns)) k = k->next;
  if (!k && (k = malloc(sizeof *k))) {
    *k = (known){is_bf16, inner, columns, choose(is_bf16, inner, columns), all};
    all = k;
  }
  pthread_mutex_unlock(&mutex);
  if (k) *layout = k->layout;
  return k ? 0 : -1;
}
