# ATTACK: flood standard error, then answer rightly. MUST: ended by the output limit.
# MODE: stdio EXPECT: fail
import sys
for _ in range(1000): sys.stderr.write('E' * 65536)
print(5)
