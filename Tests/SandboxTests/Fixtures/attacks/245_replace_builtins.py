# ATTACK: replace what the driver uses: tuple, len, bytes, os.write, struct. MUST: fail.
# MODE: tests EXPECT: any-fail
import builtins, os, struct, sys
os.write = lambda fd, b: len(b)
struct.Struct = None
builtins.tuple = builtins.list
sys.exit = os._exit = lambda *a: None
builtins.BaseException = builtins.Exception
main = sys.modules['__main__']
for name in list(vars(main)):
    if not name.startswith('__'): setattr(main, name, lambda *a, **k: True)
def add(a, b): return None
