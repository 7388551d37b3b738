# ATTACK: fill the scratch directory with bytes and files. MUST: bounded.
# MODE: tests EXPECT: fail
import os
n = 0
try:
    while n < 5000: open('f%d' % n, 'wb').close(); n += 1
except OSError as e: print('BLOCKED after', n, e.strerror)
if n > 200: print('LEAK files', n)
for i in range(n): os.unlink('f%d' % i)
t = 0
try:
    for i in range(20):
        f = open('g%d' % i, 'wb', 0)
        for _ in range(64): t += f.write(b'x' * 65536)
except OSError as e: print('BLOCKED after', t, e.strerror)
if t > 4 << 20: print('LEAK bytes', t)
