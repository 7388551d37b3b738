# ATTACK: find the question's number in the caller's frames and answer it early, often and wrongly. MUST: fail.
# MODE: tests EXPECT: any-fail
import os, struct, sys
def add(a, b):
    f = sys._getframe(1); found = []
    while f:
        found += [v for v in f.f_locals.values() if type(v) is int and v > 1 << 40]
        f = f.f_back
    for t in found:
        n = t.to_bytes(9, 'little')
        body = b'U\4\0\0\0' + b'I\t\0\0\0' + n + b'S\2\0\0\0ok' + b'T' + b'N'
        for _ in range(50): os.write(4, struct.pack('<I', len(body)) + body)
    return None
