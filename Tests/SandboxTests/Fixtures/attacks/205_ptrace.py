# ATTACK: attach to the parent. MUST: killed.
# MODE: tests EXPECT: fail
import ctypes, os
l = ctypes.CDLL(None, use_errno=True)
r = l.syscall(101, 16, os.getppid(), 0, 0)
print('LEAK' if r >= 0 else 'BLOCKED', ctypes.get_errno())
