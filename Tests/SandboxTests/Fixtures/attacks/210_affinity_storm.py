# ATTACK: pin and yield in a storm. MUST: refused, neighbours unaffected, ended on time.
# MODE: tests EXPECT: timeout
import os, threading
def storm():
    while True:
        try: os.sched_setaffinity(0, {0}); print('LEAK affinity')
        except OSError: pass
        os.sched_yield()
for _ in range(8): threading.Thread(target=storm, daemon=True).start()
def add(a, b): storm()
