#include "internal.h"

#include <immintrin.h>
#include <stdlib.h>
#include <string.h>

static enum ck_isa detect(void)
{
  const char *limit = getenv("PRORL_MAX_ISA");
  const int to_avx2 = limit && strcmp(limit, "AVX2") == 0;
  const int to_avx512 = limit && strcmp(limit, "AVX512") == 0;
  __builtin_cpu_init();
  const int has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")
                      && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
  if (to_avx2 || !has_avx512) return CK_AVX2;
  return __builtin_cpu_supports("avx512bf16") && !to_avx512 ? CK_AVX512_BF16 : CK_AVX512;
}

enum ck_isa ck_isa(void)
{
  static int isa = 0;  // every thread that races here stores the same value
  int known = __atomic_load_n(&isa, __ATOMIC_RELAXED);
  if (known == 0) {
    known = (int)detect();
    __atomic_store_n(&isa, known, __ATOMIC_RELAXED);
  }
  return (enum ck_isa)known;
}

int ck_vector_width(void) { return ck_isa() == CK_AVX2 ? 8 : 16; }

int ck_multiplies_bf16(void) { return ck_isa() == CK_AVX512_BF16; }

unsigned ck_flush_denormals(void)
{
  const unsigned saved = _mm_getcsr();
  _mm_setcsr(saved | _MM_FLUSH_ZERO_ON | 0x40);  // 0x40: denormals are zeros
  return saved;
}

void ck_restore_denormals(unsigned saved) { _mm_setcsr(saved); }
