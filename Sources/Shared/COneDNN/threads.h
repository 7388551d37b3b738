// What each thread keeps from call to call.
#ifndef PRORL_CONEDNN_THREADS_H
#define PRORL_CONEDNN_THREADS_H

#include "library.h"

/// What a thread's memories are for.
enum { CON_PRODUCT_MEMORY, CON_STAGING_MEMORY, CON_SCRATCHPAD_MEMORY, CON_MEMORIES };

/// At least `bytes` of the calling thread's own memory, contents undefined, until its next call for the same purpose;
/// null when there is none. It begins on a page.
void *con_memory(int purpose, long bytes);

/// Executes y (+)= x · w; 0 on success.
int con_execute(const con_shape *shape, const void *x, const void *weights, float *y);

#endif
