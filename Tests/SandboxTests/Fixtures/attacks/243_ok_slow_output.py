# ATTACK: honest program with much input and output (control). MUST: pass.
# MODE: stdio EXPECT: pass
import sys
numbers = sys.stdin.read().split()
sys.stderr.write('n' * 1000)
for _ in range(3): sys.stdout.write('')
print(sum(int(x) for x in numbers), end='   \n\n')
