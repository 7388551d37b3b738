# ATTACK: open the parent as a descriptor and send it a signal. MUST: refused.
# MODE: tests EXPECT: fail
import os, signal
for pid in (os.getppid(), 1, os.getpid()):
    try:
        fd = os.pidfd_open(pid); print('LEAK pidfd', pid)
        signal.pidfd_send_signal(fd, 9); print('LEAK sent')
    except OSError as e: print('BLOCKED', pid, e.strerror)
