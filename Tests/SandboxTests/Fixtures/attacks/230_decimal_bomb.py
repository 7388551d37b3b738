# ATTACK: answer with numbers that are short to write and long to compute. MUST: fail on time.
# MODE: tests EXPECT: any-fail
from decimal import Decimal
from fractions import Fraction
k = [0]
def add(a, b):
    k[0] += 1
    return [Decimal('1E+999999999'), Fraction(1, 3), range(10**18)][k[0] % 3]
