# ATTACK: run a program from memory without a file. MUST: refused.
# MODE: tests EXPECT: fail
import ctypes, os
l = ctypes.CDLL(None, use_errno=True)

r = l.syscall(319, b'x', 0); print('LEAK' if r >= 0 else 'BLOCKED', ctypes.get_errno())
r = l.syscall(322, -1, b'/usr/bin/python3.11', 0, 0, 0x1000); print('LEAK' if r >= 0 else 'BLOCKED', ctypes.get_errno())
