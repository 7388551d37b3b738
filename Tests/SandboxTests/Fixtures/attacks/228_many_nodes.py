# ATTACK: answer with as many values as fit. MUST: refused without much memory.
# MODE: tests EXPECT: fail
def add(a, b): return [None] * 7_000_000
