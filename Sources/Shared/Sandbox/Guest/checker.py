# The trusted side of a conversation: runs a data set's tests, whose calls of the solution's functions go through the
# host to another sandbox. The solution's program never enters this process.
import ast, builtins

VERDICT = 5


class SolutionLost(BaseException):
    """The solution's process ended, or took too long; no test goes on after that."""


class Conversation:
    lost = None      # why no answer came
    changed = False  # whether a call changed its arguments
    share = False    # whether such changes are copied back


def ask(operation, reference, first, second=None, mine=()):
    send((operation, reference, first, second))
    kind, *rest = receive(Object)
    if kind == 'ok':
        value, changed = rest
        if changed is not None:
            Conversation.changed = True
            if Conversation.share:
                copy_back(mine, changed)
        return value
    if kind == 'raise':
        raise similar(*rest)
    Conversation.lost = rest[0]
    raise SolutionLost(rest[0])


def similar(names, text):
    """An exception of the nearest built-in class; those that would end a loop quietly count as mere errors."""
    for name in names:
        kind = builtins.__dict__.get(name)
        if isinstance(kind, type) and issubclass(kind, Exception):
            if issubclass(kind, (StopIteration, StopAsyncIteration)):
                break
            try:
                return kind(text)
            except Exception:
                continue
    return RuntimeError('the solution raised %s: %s' % (names[0] if names else 'something', text))


def copy_back(mine, theirs):
    for old, new in zip(mine, theirs):
        if type(old) is not type(new):
            continue
        if type(old) in (list, bytearray):
            old[:] = new
        elif type(old) in (dict, set):
            old.clear()
            old.update(new)


def sendable(value):
    kind = type(value)
    if kind is Object: return Handle(value._reference)
    if kind is list: return [sendable(element) for element in value]
    if kind is tuple: return tuple(sendable(element) for element in value)
    if kind is dict: return {key: sendable(element) for key, element in value.items()}
    return value


class Remote:
    """Something of the solution. It is equal to no data, whatever the solution says."""
    __slots__ = ('_reference',)

    def __init__(self, reference, kind=''):
        object.__setattr__(self, '_reference', reference)

    def __call__(self, *arguments, **names):
        return ask('call', self._reference, sendable(list(arguments)), sendable(names), arguments)

    def __getattr__(self, name):
        return ask('get', self._reference, name)

    def __setattr__(self, name, value):
        ask('set', self._reference, name, sendable(value))


class Function(Remote):
    __slots__ = ()


class Object(Remote):
    __slots__ = ()

    def __len__(self): return ask('use', self._reference, 'len')
    def __bool__(self): return ask('use', self._reference, 'bool') is True
    def __str__(self): return ask('use', self._reference, 'str')
    def __repr__(self): return ask('use', self._reference, 'repr')
    def __iter__(self): return iter(ask('use', self._reference, 'list'))


def names_of_solution(setup, tests):
    """What setup and tests use and nobody defines; where that is nothing, the function that the first test calls,
    which then has a built-in's name."""
    used, known, called = set(), set(), []
    for source in [setup, *tests]:
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Name):
                (used if isinstance(node.ctx, ast.Load) else known).add(node.id)
            elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                known.add(node.name)
            elif isinstance(node, ast.arg):
                known.add(node.arg)
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                known.update((alias.asname or alias.name).split('.')[0] for alias in node.names)
            elif isinstance(node, ast.ExceptHandler) and node.name:
                known.add(node.name)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                called.append(node.func.id)
    free = [name for name in used - known if not hasattr(builtins, name)]
    return free or called[:1]


def prepare(prompt, setup, entry, tests):
    space = {'__name__': 'tests'}
    if prompt:
        # A prompt brings imports, and helpers that tests may use; it ends within the function asked for.
        try:
            exec(compile(prompt + '\n    pass\n', '<prompt>', 'exec'), space)
        except Exception:
            pass
    for name in [entry] if entry else names_of_solution(setup, tests):
        space[name] = Function(name)
    if setup:
        exec(compile(setup, '<setup>', 'exec'), space)
    return space


def shown(error):
    try:
        text = str(error)[:200]
    except BaseException:
        text = ''
    return type(error).__name__ + (': ' + text if text else '')


def check():
    nonce, prompt, setup, entry, tests, Conversation.share = receive()

    def report(index, passed, reason):
        data = encode((nonce, index, passed, reason.encode('utf-8', 'replace').decode()))
        os.write(VERDICT, _u32.pack(len(data)) + data)

    try:
        space = prepare(prompt, setup, entry, tests)
        trouble = None
    except BaseException as error:
        trouble = 'setup: ' + shown(error)
    for index, source in enumerate(tests):
        passed, reason = trouble is None, trouble or ''
        if passed:
            try:
                exec(compile(source, '<test>', 'exec'), space)
            except BaseException as error:
                passed, reason = False, shown(error)
        if Conversation.lost is not None:
            passed, reason = False, Conversation.lost
            trouble = 'not run: ' + Conversation.lost
        report(index, passed, reason)
    report(-1, Conversation.changed, 'end')
