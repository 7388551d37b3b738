# ATTACK: watch files of others. MUST: refused.
# MODE: tests EXPECT: fail
import ctypes, os
l = ctypes.CDLL(None, use_errno=True)
r = l.syscall(294, 0)
print('LEAK' if r >= 0 else 'BLOCKED', ctypes.get_errno())
