# ATTACK: write own and other memory through /proc. MUST: there is no /proc.
# MODE: tests EXPECT: fail
import os
for p in ('/proc/self/mem', '/proc/1/mem', '/proc/self/oom_score_adj', '/proc/sys/kernel/core_pattern', '/proc/self/root/etc/passwd', '/proc/self/cwd', '/proc/self/fd/3', '/proc/thread-self/mem'):
    for mode in ('rb', 'wb'):
        try: open(p, mode); print('LEAK', p)
        except OSError as e: print('BLOCKED', p, e.strerror)
try: print('LEAK', os.listdir('/proc'))
except OSError as e: print('BLOCKED', e.strerror)
