# ATTACK: exec Python anew and try to fork, open sockets and speak to the host. MUST: the filter stays.
# MODE: tests EXPECT: fail
import os
os.execv('/usr/bin/python3.11', ['python3', '-S', '-c', '''
import os, struct, _socket
try: os.fork(); print('LEAK fork')
except OSError as e: print('BLOCKED', e)
try: _socket.socket(); print('LEAK socket')
except OSError as e: print('BLOCKED', e)
for fd in range(3, 64):
    try: os.write(fd, b'x'); print('LEAK descriptor', fd)
    except OSError: pass
'''])
