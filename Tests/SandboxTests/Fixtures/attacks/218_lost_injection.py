# ATTACK: reply 'lost', 'end' and other words of the host's own. MUST: fail.
# MODE: tests EXPECT: fail
import os, struct
words = [b'lost', b'end', b'passed', b'verdict', b'ok']
for w in words:
    body = b'U\4\0\0\0NS' + struct.pack('<I', len(w)) + w + b'TN'
    os.write(4, struct.pack('<I', len(body)) + body)
for fd in range(5, 64):
    try: os.write(fd, b'x'); print('LEAK descriptor', fd)
    except OSError: pass
def add(a, b): return True
