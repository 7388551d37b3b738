# ATTACK: make a process by clone3, by clone with shared memory, by vfork. MUST: refused.
# MODE: tests EXPECT: fail
import ctypes, os
l = ctypes.CDLL(None, use_errno=True)

buf = (ctypes.c_ulonglong * 11)(); buf[4] = 17
for n, args in ((435, (buf, 88)), (56, (0x4100, 0, 0, 0, 0)), (56, (17, 0, 0, 0, 0)), (56, (0x00000100 | 0x00010000 | 0x20000000, 0, 0, 0, 0)), (58, ()), (57, ())):
    r = l.syscall(n, *args)
    if r == 0: os.write(1, b'LEAK child'); os._exit(0)
    print('LEAK' if r > 0 else 'BLOCKED', n, ctypes.get_errno())
