# ATTACK: answer with the largest message there may be, again and again. MUST: fail, host unaffected.
# MODE: tests EXPECT: any-fail
import os, struct
def add(a, b):
    os.write(4, struct.pack('<I', 8 << 20))
    for _ in range(64): os.write(4, b'L\1\0\0\0' * 26214)
