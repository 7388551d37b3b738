# ATTACK: walk everything readable and look for secrets. MUST: nothing of the machine is there.
# MODE: tests EXPECT: fail
import os
for top in ('/etc', '/root', '/home', '/var', '/srv', '/opt', '/run', '/sys', '/boot', '/mnt', '/media', '/work', '/var/run', '/usr/local', '/usr/share'):
    try:
        for name in os.listdir(top): print('LEAK', top, name)
    except OSError as e: print('BLOCKED', top, e.strerror)
