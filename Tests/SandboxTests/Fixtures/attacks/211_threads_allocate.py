# ATTACK: allocate in many threads at once. MUST: inside the memory limit.
# MODE: tests EXPECT: any-fail
import threading
def eat():
    kept = []
    while True:
        try: kept.append(bytearray(1 << 24))
        except MemoryError: pass
for _ in range(20): threading.Thread(target=eat, daemon=True).start()
def add(a, b):
    while True: pass
