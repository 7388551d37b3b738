// Whether this processor can run the program, asked before any of it runs.
//
// The package is compiled for x86-64-v3. On an older processor its first vector instruction would end the process with
// SIGILL and no word. This target is compiled for every x86-64, and its constructor runs before all others of the
// program: it prints one sentence and ends the process with exit code 1.
#ifndef PRORL_CPROCESSORCHECK_H
#define PRORL_CPROCESSORCHECK_H

#include <stdint.h>

/// What x86-64-v3 has beyond x86-64, one bit each, in the order in which sentences name them; and further bits that
/// kernels choose by.
///
/// Source: System V psABI for x86-64, section 3.1.1, "Micro-architecture levels".
enum {
  CPC_AVX2 = 1 << 0,
  CPC_FMA = 1 << 1,
  CPC_BMI2 = 1 << 2,
  CPC_F16C = 1 << 3,
  CPC_AVX = 1 << 4,
  CPC_BMI1 = 1 << 5,
  CPC_LZCNT = 1 << 6,
  CPC_MOVBE = 1 << 7,
  CPC_POPCNT = 1 << 8,
  CPC_SSE4_2 = 1 << 9,
  CPC_SSE4_1 = 1 << 10,
  CPC_SSSE3 = 1 << 11,
  CPC_CMPXCHG16B = 1 << 12,
  /// The system saves AVX registers; without it the processor's AVX is of no use.
  CPC_OS_AVX = 1 << 13,
  /// All of the above.
  CPC_NEEDED = (1 << 14) - 1,
  CPC_AVX512 = 1 << 14,       // F, BW, DQ and VL, saved by the system
  CPC_AVX512_BF16 = 1 << 15,
  CPC_AMX_BF16 = 1 << 16,     // with its tiles saved by the system
};

/// The features of this processor, as bits of the enumeration.
uint32_t cpc_features(void);

/// Writes the processor's name, such as "AMD EPYC 9654", and a zero into `name`, which has room for 49 bytes.
void cpc_name(char *name);

/// Writes the sentence for a processor called `name` with `features` into `text`, which has room for `room` bytes.
///
/// Returns how many bytes it has; 0, and an empty text, where nothing that is needed is missing.
int cpc_complaint(uint32_t features, const char *name, char *text, int room);

#endif
