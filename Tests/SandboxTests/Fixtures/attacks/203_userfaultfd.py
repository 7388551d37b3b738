# ATTACK: handle page faults in user space. MUST: killed.
# MODE: tests EXPECT: fail
import ctypes, os
l = ctypes.CDLL(None, use_errno=True)
r = l.syscall(323, 1)
print('LEAK' if r >= 0 else 'BLOCKED', ctypes.get_errno())
