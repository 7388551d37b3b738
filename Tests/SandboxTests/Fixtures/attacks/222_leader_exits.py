# ATTACK: end the first thread only, and spin in another. MUST: ended on time, nothing left.
# MODE: tests EXPECT: timeout
import ctypes, os
l = ctypes.CDLL(None, use_errno=True)

import threading
def spin():
    while True: pass
def add(a, b):
    threading.Thread(target=spin).start()
    l.syscall(60, 0)
