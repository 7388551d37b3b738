// Compiles CK_SOURCE once for each instruction set, and CHOOSE(f, …) calls the one that this processor has.
#include "ckernels.h"
#include "vectors.h"

#define TARGET CK_WIDE
#define NAME(x) wide_##x
#include "vectors.inc.h"
#include CK_SOURCE
#undef INLINE
#undef TARGET
#undef NAME

#define TARGET CK_NARROW
#define NAME(x) narrow_##x
#include "vectors.inc.h"
#include CK_SOURCE

#define CHOOSE(f, ...) (ck_vector_width() == 16 ? wide_##f(__VA_ARGS__) : narrow_##f(__VA_ARGS__))
