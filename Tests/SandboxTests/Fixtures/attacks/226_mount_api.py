# ATTACK: mount by the new calls. MUST: killed.
# MODE: tests EXPECT: fail
import ctypes, os
l = ctypes.CDLL(None, use_errno=True)
r = l.syscall(430, b'tmpfs', 0)
print('LEAK' if r >= 0 else 'BLOCKED')
