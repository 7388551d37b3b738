# ATTACK: install another filter, or one that asks somebody. MUST: refused.
# MODE: tests EXPECT: fail
import ctypes, os
l = ctypes.CDLL(None, use_errno=True)

for n, args in ((317, (1, 8, 0)), (157, (22, 2, 0)), (157, (38, 0, 0, 0, 0)), (157, (4, 1, 0, 0, 0)), (157, (1, 0, 0, 0, 0)), (157, (36, 1, 0, 0, 0)), (157, (0x59616d61, -1, 0, 0, 0)), (444, (0, 0, 1))):
    r = l.syscall(n, *args); print('LEAK' if r >= 0 else 'BLOCKED', n, args, ctypes.get_errno())
