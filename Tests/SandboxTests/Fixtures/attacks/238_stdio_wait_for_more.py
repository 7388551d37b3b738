# ATTACK: wait for input that never comes, without ending. MUST: the input ends; fail.
# MODE: stdio EXPECT: fail
import sys
a = sys.stdin.read(); b = sys.stdin.read()
print(repr(a + b))
