// The library's functions, found by name.
#ifndef PRORL_CONEDNN_LIBRARY_H
#define PRORL_CONEDNN_LIBRARY_H

#include <oneapi/dnnl/dnnl.h>

#define CON_EACH(use) \
  use(dnnl_version) \
  use(dnnl_get_effective_cpu_isa) \
  use(dnnl_engine_create) \
  use(dnnl_stream_create) \
  use(dnnl_stream_wait) \
  use(dnnl_stream_destroy) \
  use(dnnl_memory_desc_init_by_tag) \
  use(dnnl_memory_desc_get_size) \
  use(dnnl_memory_create) \
  use(dnnl_memory_set_data_handle) \
  use(dnnl_memory_destroy) \
  use(dnnl_post_ops_create) \
  use(dnnl_post_ops_append_sum) \
  use(dnnl_post_ops_destroy) \
  use(dnnl_primitive_attr_create) \
  use(dnnl_primitive_attr_set_post_ops) \
  use(dnnl_primitive_attr_set_scratchpad_mode) \
  use(dnnl_primitive_attr_destroy) \
  use(dnnl_matmul_desc_init) \
  use(dnnl_primitive_desc_create) \
  use(dnnl_primitive_desc_destroy) \
  use(dnnl_primitive_desc_query_md) \
  use(dnnl_primitive_create) \
  use(dnnl_primitive_destroy) \
  use(dnnl_primitive_execute)

#define CON_DECLARE(name) extern __typeof__(&name) con_##name;
CON_EACH(CON_DECLARE)
#undef CON_DECLARE

/// The processor, as oneDNN sees it; valid when con_load() is 0.
extern dnnl_engine_t con_engine;

/// What a product's extents and kinds are.
typedef struct con_shape {
  int is_bf16;
  int adds;
  long rows;
  long inner;
  long columns;
} con_shape;

/// The layout of packed weights [inner, columns], one for all numbers of rows; 0 on success.
int con_layout(int is_bf16, long inner, long columns, dnnl_memory_desc_t *layout);

/// Describes the primitive y (+)= x · w with contiguous rows of x and y; null if the library offers none.
dnnl_primitive_desc_t con_describe(const con_shape *shape, const dnnl_memory_desc_t *weights);

/// A contiguous row-major matrix.
dnnl_memory_desc_t con_row_major(long rows, long columns, dnnl_data_type_t type);

#endif
