# ATTACK: have the kernel send SIGKILL to the parent when the socket has data. MUST: refused.
# MODE: tests EXPECT: any-fail
import fcntl, os
for command, value in ((8, os.getppid()), (10, 9), (15, os.getppid()), (1031, 1 << 20), (1024, 1), (1033, 1)):
    try: fcntl.fcntl(3, command, value); print('LEAK fcntl', command)
    except OSError as e: print('BLOCKED', command, e.strerror)
try: fcntl.fcntl(3, fcntl.F_SETFL, fcntl.fcntl(3, fcntl.F_GETFL) | os.O_ASYNC)
except OSError as e: print('BLOCKED', e.strerror)
for request in (0x8901, 0x8902, 0x5452):
    try: fcntl.ioctl(3, request, b'\1\0\0\0'); print('LEAK ioctl', request)
    except OSError as e: print('BLOCKED', request, e.strerror)
