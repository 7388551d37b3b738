# ATTACK: print the right answer and exit with 3. MUST: fail.
# MODE: stdio EXPECT: fail
import sys
print(sum(map(int, input().split())))
sys.exit(3)
