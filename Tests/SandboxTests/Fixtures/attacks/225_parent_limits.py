# ATTACK: change the limits of the parent. MUST: refused.
# MODE: tests EXPECT: fail
import ctypes, os
l = ctypes.CDLL(None, use_errno=True)

import resource
for pid in (os.getppid(), 1):
    try: print('LEAK', resource.prlimit(pid, resource.RLIMIT_NOFILE)); resource.prlimit(pid, resource.RLIMIT_NOFILE, (1, 1))
    except OSError as e: print('BLOCKED', e)
r = l.syscall(141, 0, os.getppid(), 19); print('LEAK' if r >= 0 else 'BLOCKED', ctypes.get_errno())
for s in (9, 19, 15):
    r = l.syscall(234, os.getppid(), os.getppid(), s); print('LEAK' if r >= 0 else 'BLOCKED', ctypes.get_errno())
    r = l.syscall(129, os.getppid(), s, b'\0' * 128); print('LEAK' if r >= 0 else 'BLOCKED', ctypes.get_errno())
