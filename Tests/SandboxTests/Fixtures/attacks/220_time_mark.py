# ATTACK: leave a mark in a directory's times. MUST: nobody finds it.
# MODE: tests EXPECT: fail
import os
for p in ('.', '/tmp', '/dev', '/'):
    s = os.stat(p)
    if 777 in (s.st_mtime_ns, s.st_atime_ns): print('LEAK found', p)
    for times in ((777, 777), (777, s.st_mtime_ns)):
        try: os.utime(p, ns=times)
        except OSError as e: print('BLOCKED', p, e.strerror)
