# ATTACK: leave a file for the next program. MUST: nobody finds it.
# MODE: tests EXPECT: fail
import os
places = ('mark', '/scratch/mark', '/tmp/mark', '/dev/shm/mark', '/var/tmp/mark')
for p in places:
    if os.path.exists(p): print('LEAK found', p)
for p in places:
    try: open(p, 'w').write('x')
    except OSError as e: print('BLOCKED', p, e.strerror)
