# ATTACK: do forbidden calls through an io_uring. MUST: killed.
# MODE: tests EXPECT: fail
import ctypes, os
l = ctypes.CDLL(None, use_errno=True)
r = l.syscall(425, 8, ctypes.create_string_buffer(256))
print('LEAK' if r >= 0 else 'BLOCKED', ctypes.get_errno())
