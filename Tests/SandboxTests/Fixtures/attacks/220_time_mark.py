# ATTACK: leave a mark in a directory's times. MUST: nobody finds it.
# MODE: tests EXPECT: fail
import os
for p in ('.', '/tmp', '/dev', '/'):
    s = os.stat(p)
    if 777 in (s.st_mtime_ns, s.st_atime_ns): print('LEAK found', p)
    try: os.utime(p, ns=(777, 777))
    except OSError as e: print('BLOCKED', p, e.strerror)
