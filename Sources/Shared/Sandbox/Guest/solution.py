# The untrusted side of a conversation: runs a program and answers calls of its functions. Whatever the program does
# to this code, it decides nothing; it only answers questions whose expected answers are elsewhere.
import os, sys

REQUESTS = 3
REPLIES = 4


def read_exactly(count, _read=os.read, _exit=os._exit):
    data = b''
    while len(data) < count:
        piece = _read(REQUESTS, min(count - len(data), 1 << 20))
        if not piece:
            _exit(0)
        data += piece
    return data


def receive(handle=Handle, _read=read_exactly, _decode=decode, _count=_u32.unpack):
    return _decode(_read(_count(_read(4))[0]), handle)


def send_bytes(data, _write=os.write, _pack=_u32.pack):
    rest = memoryview(_pack(len(data)) + data)
    while rest:
        rest = rest[_write(REPLIES, rest):]


def send(value, keep=None, _encode=encode, _send=send_bytes):
    _send(_encode(value, keep))


def describe(error):
    """The names of an exception's built-in classes, nearest first, and its text."""
    names = [kind.__name__ for kind in type(error).__mro__ if kind.__module__ == 'builtins']
    try:
        text = str(error)[:500]
    except BaseException:
        text = ''
    return names, text


def refuse_system_calls():
    """What the reference executor of HumanEval takes away; answers that use it count as failures there."""
    import builtins, os, shutil, subprocess
    for name in ('exit', 'quit', 'help'):
        setattr(builtins, name, None)
    for name in (
            'system', 'putenv', 'remove', 'removedirs', 'rmdir', 'fchdir', 'setuid', 'forkpty', 'killpg', 'rename',
            'renames', 'truncate', 'replace', 'unlink', 'fchmod', 'fchown', 'chmod', 'chown', 'chroot', 'lchown',
            'getcwd', 'chdir'):
        setattr(os, name, None)
    for name in ('rmtree', 'move', 'chown'):
        setattr(shutil, name, None)
    subprocess.Popen = None
    for name in ('ipdb', 'joblib', 'resource', 'psutil', 'tkinter'):
        sys.modules[name] = None


class Solution:
    """A loaded program, its functions by name and the objects it has handed out by number."""

    def __init__(self, imports, source, name):
        import types
        self.module = types.ModuleType(name)
        self.objects = []
        sys.modules[name] = self.module
        try:
            exec(imports, self.module.__dict__)
        except Exception:
            pass
        exec(compile(source, '<solution>', 'exec'), self.module.__dict__)

    def named(self, name):
        found = self.module.__dict__
        if name in found:
            return found[name]
        # Contest style: a method of a class with this name.
        owner = found.get('Solution')
        if owner is not None and hasattr(owner, name):
            return getattr(owner(), name)
        raise NameError("name '%s' is not defined" % name)

    def found(self, reference):
        return self.named(reference) if type(reference) is str else self.objects[reference]

    def own(self, value):
        kind = type(value)
        if kind is Handle: return self.objects[value.number]
        if kind is list: return [self.own(element) for element in value]
        if kind is tuple: return tuple(self.own(element) for element in value)
        if kind is dict: return {key: self.own(element) for key, element in value.items()}
        return value

    def answer(self, operation, reference, first, second):
        target = self.found(reference)
        if operation == 'call':
            return self.call(target, self.own(first), self.own(second))
        if operation == 'get':
            return getattr(target, first), None
        if operation == 'set':
            return setattr(target, first, self.own(second)), None
        return {'str': str, 'repr': repr, 'len': len, 'bool': bool, 'list': list, 'hash': hash}[first](target), None

    def call(self, target, arguments, names):
        before = encode(arguments, [])
        value = target(*arguments, **names)
        # What a call does to its arguments is part of its answer.
        try:
            changed = encode(arguments, []) != before
        except Unsendable:
            changed = False
        return value, arguments if changed else None


def serve():
    first = receive()
    ticket, imports, source, name, as_reference = first
    try:
        if as_reference:
            refuse_system_calls()
        solution = Solution(imports, source, name)
    except BaseException as error:
        send((ticket, 'raise', *describe(error)))
        return
    send((ticket, 'ok', None, None))
    # Kept by this frame, not by names that the program could replace.
    listen, reply, explain, pack, own = receive, send_bytes, describe, encode, solution.answer
    objects = solution.objects
    while True:
        ticket, operation, reference, first, second = listen()
        try:
            value, changed = own(operation, reference, first, second)
            data = pack((ticket, 'ok', value, changed), objects)
        except BaseException as error:
            data = pack((ticket, 'raise', *explain(error)))
        reply(data)
