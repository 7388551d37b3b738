# ATTACK: a storm of timers and signals to itself. MUST: time limit.
# MODE: tests EXPECT: timeout
import signal, os
signal.signal(signal.SIGALRM, lambda *a: os.kill(os.getpid(), signal.SIGUSR1))
signal.signal(signal.SIGUSR1, lambda *a: None)
signal.setitimer(signal.ITIMER_REAL, 1e-4, 1e-4)
def add(a, b):
    while True: pass
