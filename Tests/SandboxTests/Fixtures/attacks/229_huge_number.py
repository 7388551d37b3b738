# ATTACK: answer with an integer of megabytes. MUST: fail.
# MODE: tests EXPECT: fail
def add(a, b): return 1 << 56_000_000
