# ATTACK: exec Python with a prepared environment. MUST: the filter stays, time limit.
# MODE: stdio EXPECT: timeout
import os
os.execve('/usr/bin/python3.11', ['p', '-c', 'while True: pass'], {'LD_PRELOAD': '/tmp/x.so', 'PYTHONSTARTUP': '/etc/passwd', 'PYTHONINSPECT': '1'})
