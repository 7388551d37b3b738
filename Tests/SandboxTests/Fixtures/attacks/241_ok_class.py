# ATTACK: honest program with classes, generators, closures, local imports (control). MUST: pass.
# MODE: tests EXPECT: pass
import functools, dataclasses, typing, enum
@dataclasses.dataclass
class Pair:
    a: int
    b: int
@functools.lru_cache(None)
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
assert fib(400) % 7 >= 0
def add(a, b):
    import operator
    pair = Pair(a, b)
    return functools.reduce(operator.add, (x for x in dataclasses.astuple(pair)))
