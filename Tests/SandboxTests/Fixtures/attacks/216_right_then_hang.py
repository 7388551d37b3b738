# ATTACK: answer the first call rightly, then hang. MUST: timeout.
# MODE: tests EXPECT: timeout
k = [0]
def add(a, b):
    k[0] += 1
    if k[0] > 1:
        while True: pass
    return a + b
