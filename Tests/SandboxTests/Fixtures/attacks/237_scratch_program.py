# ATTACK: write a program and run it. MUST: refused.
# MODE: tests EXPECT: fail
import os
for p in ('run', '/tmp/run'):
    try:
        open(p, 'w').write('#!/usr/bin/python3.11\nprint("LEAK ran")\n'); os.chmod(p, 0o755); print('LEAK chmod')
    except OSError as e: print('BLOCKED', e.strerror)
    try: os.execv(p, [p])
    except OSError as e: print('BLOCKED', e.strerror)
