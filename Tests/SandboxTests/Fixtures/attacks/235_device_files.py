# ATTACK: open or make devices. MUST: only /dev/null is there.
# MODE: tests EXPECT: fail
import os
for p in ('/dev/zero', '/dev/full', '/dev/mem', '/dev/kmsg', '/dev/tty', '/dev/ptmx', '/dev/fuse', '/dev/kvm', '/dev/random', '/dev/urandom', '/dev/vda', '/dev/fd/3', '/dev/net/tun'):
    try: open(p, 'rb', 0); print('LEAK', p)
    except OSError as e: print('BLOCKED', p, e.strerror)
os.mknod('/tmp/null', 0o666, 0)
