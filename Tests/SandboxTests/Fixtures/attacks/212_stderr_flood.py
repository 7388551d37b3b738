# ATTACK: write to standard error without end. MUST: ended by the output limit.
# MODE: tests EXPECT: fail
import sys
def add(a, b):
    while True: sys.stderr.write('E' * 65536)
