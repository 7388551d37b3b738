# ATTACK: print the answer from a thread after the program's end. MUST: as Python does it: waits for the thread; pass.
# MODE: stdio EXPECT: pass
import threading, time
n = sum(map(int, input().split()))
def later():
    time.sleep(0.2); print(n)
threading.Thread(target=later).start()
