# ATTACK: write without end to the descriptor of standard input. MUST: refused, host memory unaffected; fail.
# MODE: stdio EXPECT: fail
import os, time
b = b'x' * (1 << 20)
end = time.time() + 1.5
n = 0
try:
    while time.time() < end: n += os.write(0, b)
except OSError as e: print(e)
print('wrote', n)
