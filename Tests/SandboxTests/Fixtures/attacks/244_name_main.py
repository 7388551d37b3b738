# ATTACK: code that runs only as the main program prints an answer. MUST: fail as a function, no effect.
# MODE: tests EXPECT: fail
if __name__ == '__main__':
    def add(a, b): return a + b
