#include "threads.h"

#include <pthread.h>
#include <stdlib.h>

// A primitive with the memories it works on; only their addresses change from call to call.
typedef struct product {
  con_shape shape;
  dnnl_primitive_t primitive;
  dnnl_memory_t x;
  dnnl_memory_t weights;
  dnnl_memory_t y;
  dnnl_memory_t scratchpad;
  long scratchpad_bytes;
  struct product *next;
} product;

#define BUCKETS 64

// More products than a model's shapes make; then all are forgotten and begin anew.
#define PRODUCTS_MAX 1024

typedef struct thread {
  dnnl_stream_t stream;
  product *products[BUCKETS];
  int count;
  void *memory[CON_MEMORIES];
  long bytes[CON_MEMORIES];
} thread;

static void destroy_product(product *p)
{
  if (p->scratchpad) con_dnnl_memory_destroy(p->scratchpad);
  if (p->y) con_dnnl_memory_destroy(p->y);
  if (p->weights) con_dnnl_memory_destroy(p->weights);
  if (p->x) con_dnnl_memory_destroy(p->x);
  if (p->primitive) con_dnnl_primitive_destroy(p->primitive);
  free(p);
}

static void forget_products(thread *t)
{
  for (int i = 0; i < BUCKETS; i++) {
    while (t->products[i]) {
      product *p = t->products[i];
      t->products[i] = p->next;
      destroy_product(p);
    }
  }
  t->count = 0;
}

static void end_thread(void *state)
{
  thread *t = state;
  forget_products(t);
  if (t->stream) con_dnnl_stream_destroy(t->stream);
  for (int i = 0; i < CON_MEMORIES; i++) free(t->memory[i]);
  free(t);
}

static pthread_key_t key;

static void make_key(void) { pthread_key_create(&key, end_thread); }

static thread *current(void)
{
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  static __thread thread *mine = NULL;
  if (mine) return mine;
  pthread_once(&once, make_key);
  mine = calloc(1, sizeof *mine);
  if (mine) pthread_setspecific(key, mine);
  return mine;
}

void *con_memory(int purpose, long bytes)
{
  thread *t = current();
  if (!t) return NULL;
  if (t->bytes[purpose] < bytes) {
    free(t->memory[purpose]);
    const long rounded = (bytes + 4095) / 4096 * 4096;
    t->memory[purpose] = aligned_alloc(4096, rounded);
    t->bytes[purpose] = t->memory[purpose] ? rounded : 0;
  }
  return t->memory[purpose];
}

static product *make_product(const con_shape *shape)
{
  dnnl_memory_desc_t layout;
  if (con_layout(shape->is_bf16, shape->inner, shape->columns, &layout) != 0) return NULL;
  dnnl_primitive_desc_t description = con_describe(shape, &layout);
  if (!description) return NULL;
  product *p = calloc(1, sizeof *p);
  if (p) {
    p->shape = *shape;
    const dnnl_memory_desc_t x = con_row_major(shape->rows, shape->inner, shape->is_bf16 ? dnnl_bf16 : dnnl_f32);
    const dnnl_memory_desc_t y = con_row_major(shape->rows, shape->columns, dnnl_f32);
    const dnnl_memory_desc_t *scratchpad =
      con_dnnl_primitive_desc_query_md(description, dnnl_query_scratchpad_md, 0);
    p->scratchpad_bytes = (long)con_dnnl_memory_desc_get_size(scratchpad);
    if (con_dnnl_primitive_create(&p->primitive, description) != dnnl_success
        || con_dnnl_memory_create(&p->x, &x, con_engine, DNNL_MEMORY_NONE) != dnnl_success
        || con_dnnl_memory_create(&p->weights, &layout, con_engine, DNNL_MEMORY_NONE) != dnnl_success
        || con_dnnl_memory_create(&p->y, &y, con_engine, DNNL_MEMORY_NONE) != dnnl_success
        || con_dnnl_memory_create(&p->scratchpad, scratchpad, con_engine, DNNL_MEMORY_NONE) != dnnl_success) {
      destroy_product(p);
      p = NULL;
    }
  }
  con_dnnl_primitive_desc_destroy(description);
  return p;
}

static int is_same(const con_shape *a, const con_shape *b)
{
  return a->rows == b->rows && a->inner == b->inner && a->columns == b->columns && a->is_bf16 == b->is_bf16
         && a->adds == b->adds;
}

static product *find_product(thread *t, const con_shape *s)
{
  // Rows are multiples of 16, the other extents of 16 or 64.
  const unsigned long mixed =
    (unsigned long)(s->rows / 16 + s->inner / 16 * 31 + s->columns / 64 * 1009 + s->adds * 7 + s->is_bf16 * 13);
  product **bucket = &t->products[mixed * 0x9E3779B97F4A7C15ul >> 58];
  product *p = *bucket;
  while (p && !is_same(&p->shape, s)) p = p->next;
  if (p) return p;
  if (t->count == PRODUCTS_MAX) forget_products(t);
  p = make_product(s);
  if (!p) return NULL;
  p->next = *bucket;
  *bucket = p;
  t->count++;
  return p;
}

int con_execute(const con_shape *shape, const void *x, const void *weights, float *y)
{
  thread *t = current();
  if (!t) return -1;
  if (!t->stream && con_dnnl_stream_create(&t->stream, con_engine, dnnl_stream_default_flags) != dnnl_success) {
    t->stream = NULL;
    return -1;
  }
  product *p = find_product(t, shape);
  if (!p) return -1;
  void *scratchpad = con_memory(CON_SCRATCHPAD_MEMORY, p->scratchpad_bytes + 1);
  if (!scratchpad || con_dnnl_memory_set_data_handle(p->scratchpad, scratchpad) != dnnl_success
      || con_dnnl_memory_set_data_handle(p->x, (void *)x) != dnnl_success
      || con_dnnl_memory_set_data_handle(p->weights, (void *)weights) != dnnl_success
      || con_dnnl_memory_set_data_handle(p->y, y) != dnnl_success)
    return -1;
  const dnnl_exec_arg_t arguments[] = {
    {DNNL_ARG_SRC, p->x}, {DNNL_ARG_WEIGHTS, p->weights}, {DNNL_ARG_DST, p->y}, {DNNL_ARG_SCRATCHPAD, p->scratchpad}};
  if (con_dnnl_primitive_execute(p->primitive, t->stream, 4, arguments) != dnnl_success) return -1;
  return con_dnnl_stream_wait(t->stream) == dnnl_success ? 0 : -1;
}
