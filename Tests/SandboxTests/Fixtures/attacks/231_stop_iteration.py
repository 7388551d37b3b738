# ATTACK: end the tests' own loops by StopIteration and GeneratorExit. MUST: fail.
# MODE: tests EXPECT: fail
class Odd(StopIteration): pass
def add(a, b): raise Odd(a + b)
