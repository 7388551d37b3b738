# ATTACK: honest program that writes a file of its own and reads it (control). MUST: pass.
# MODE: tests EXPECT: pass
def add(a, b):
    try:
        with open('note.txt', 'w') as f: f.write(str(a + b))
        with open('note.txt') as f: return int(f.read())
    except OSError: return a + b
