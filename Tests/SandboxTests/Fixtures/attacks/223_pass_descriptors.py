# ATTACK: send descriptors to the host over its own socket. MUST: refused.
# MODE: tests EXPECT: fail
import ctypes, os
l = ctypes.CDLL(None, use_errno=True)

import _socket
for fd in (0, 1, 2, 3, 4):
    try: s = _socket.socket(fileno=fd); print('LEAK socket', fd)
    except OSError as e: print('BLOCKED', fd, e.strerror)
for n in (46, 44, 307, 47, 45, 48, 54, 55):
    r = l.syscall(n, 4, b'x' * 64, 8, 0, 0, 0); print('LEAK' if r >= 0 else 'BLOCKED', n, ctypes.get_errno())
