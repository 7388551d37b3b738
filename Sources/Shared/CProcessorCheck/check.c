#include "cprocessorcheck.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct {
  uint32_t bit;
  const char *name;
} needed[] = {
  {CPC_AVX2, "AVX2"},
  {CPC_FMA, "FMA"},
  {CPC_BMI2, "BMI2"},
  {CPC_F16C, "F16C"},
  {CPC_AVX, "AVX"},
  {CPC_BMI1, "BMI1"},
  {CPC_LZCNT, "LZCNT"},
  {CPC_MOVBE, "MOVBE"},
  {CPC_POPCNT, "POPCNT"},
  {CPC_SSE4_2, "SSE4.2"},
  {CPC_SSE4_1, "SSE4.1"},
  {CPC_SSSE3, "SSSE3"},
  {CPC_CMPXCHG16B, "CMPXCHG16B"},
  {CPC_OS_AVX, "a system that saves AVX registers"},
};

#if defined(__x86_64__)

#include <cpuid.h>

// The registers that the system saves, XCR0; read by its bytes, since the intrinsic asks for a newer target.
static uint64_t saved_registers(void)
{
  uint32_t low, high;
  __asm__ volatile(".byte 0x0f, 0x01, 0xd0" : "=a"(low), "=d"(high) : "c"(0));
  return (uint64_t)high << 32 | low;
}

#define TAKE(word, place, feature) \
  if ((word) >> (place) & 1) features |= (feature)

uint32_t cpc_features(void)
{
  uint32_t features = 0;
  uint32_t a = 0, b = 0, c = 0, d = 0;
  uint64_t saved = 0;
  if (__get_cpuid(1, &a, &b, &c, &d)) {
    TAKE(c, 9, CPC_SSSE3);
    TAKE(c, 12, CPC_FMA);
    TAKE(c, 13, CPC_CMPXCHG16B);
    TAKE(c, 19, CPC_SSE4_1);
    TAKE(c, 20, CPC_SSE4_2);
    TAKE(c, 22, CPC_MOVBE);
    TAKE(c, 23, CPC_POPCNT);
    TAKE(c, 28, CPC_AVX);
    TAKE(c, 29, CPC_F16C);
    if (c >> 27 & 1) saved = saved_registers();
  }
  if ((saved & 0x6) == 0x6) features |= CPC_OS_AVX;
  if (__get_cpuid(0x80000001, &a, &b, &c, &d)) TAKE(c, 5, CPC_LZCNT);
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d)) {
    TAKE(b, 3, CPC_BMI1);
    TAKE(b, 5, CPC_AVX2);
    TAKE(b, 8, CPC_BMI2);
    const uint32_t wide = 1u << 16 | 1u << 17 | 1u << 30 | 1u << 31;
    if ((b & wide) == wide && (saved & 0xe6) == 0xe6) features |= CPC_AVX512;
    if ((d >> 22 & 1) && (d >> 24 & 1) && (saved & 0x60000) == 0x60000) features |= CPC_AMX_BF16;
  }
  if ((features & CPC_AVX512) && __get_cpuid_count(7, 1, &a, &b, &c, &d)) TAKE(a, 5, CPC_AVX512_BF16);
  return features;
}

void cpc_name(char *name)
{
  uint32_t words[12];
  uint32_t a, b, c, d;
  memset(name, 0, 49);
  if (!__get_cpuid(0x80000004, &a, &b, &c, &d)) return;
  for (int part = 0; part < 3; part++)
    __get_cpuid(0x80000002 + part, words + 4 * part, words + 4 * part + 1, words + 4 * part + 2, words + 4 * part + 3);
  memcpy(name, words, 48);
  // Some processors fill the name up with blanks, in front or behind.
  int first = 0, end = (int)strlen(name);
  while (name[first] == ' ') first++;
  while (end > first && name[end - 1] == ' ') end--;
  memmove(name, name + first, (size_t)(end - first));
  name[end - first] = 0;
}

#else

uint32_t cpc_features(void) { return 0; }

void cpc_name(char *name) { memcpy(name, "not x86-64", 11); }

#endif

int cpc_complaint(uint32_t features, const char *name, char *text, int room)
{
  const uint32_t missing = CPC_NEEDED & ~features;
  text[0] = 0;
  if (!missing) return 0;
  int length = snprintf(
    text, (size_t)room,
    "prorl-coordinator needs a processor with AVX2, FMA, BMI2, F16C (x86-64-v3); this one (%s) lacks ",
    name[0] ? name : "without a name");
  const char *comma = "";
  for (unsigned i = 0; i < sizeof needed / sizeof *needed && length < room; i++) {
    if (!(missing & needed[i].bit)) continue;
    length += snprintf(text + length, (size_t)(room - length), "%s%s", comma, needed[i].name);
    comma = ", ";
  }
  return length < room ? length : room - 1;
}

// The lowest number a program may give: before every other constructor of the executable.
__attribute__((constructor(101))) static void check(void)
{
  char name[49];
  char text[512];
  cpc_name(name);
  int length = cpc_complaint(cpc_features(), name, text, sizeof text - 1);
  if (!length) return;
  text[length++] = '\n';
  if (write(STDERR_FILENO, text, (size_t)length) < 0) _exit(1);
  _exit(1);
}
