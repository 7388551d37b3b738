# ATTACK: leave a key in a keyring that outlives the process. MUST: killed.
# MODE: tests EXPECT: fail
import ctypes, os
l = ctypes.CDLL(None, use_errno=True)
r = l.syscall(248, b'user', b'prorl', b'x', 1, -3)
print('LEAK' if r >= 0 else 'BLOCKED', ctypes.get_errno())
