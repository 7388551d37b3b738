# ATTACK: links from the scratch directory to the machine. MUST: refused.
# MODE: tests EXPECT: fail
import os
for f in (os.symlink, os.link):
    try: f('/etc/passwd', 'l'); print('LEAK', f)
    except OSError as e: print('BLOCKED', e.strerror)
for p in ('../../etc/passwd', '/scratch/../etc/passwd', '/usr/../etc/passwd', '/usr/lib/../../root/canary.txt'):
    try: print('LEAK', open(p).read(100))
    except OSError as e: print('BLOCKED', p, e.strerror)
