# Runs a whole program, as `python3 FILE` would, with its own standard streams.


def run_program():
    import io, types
    import __main__
    # The program's text comes on the channel, up to its end.
    pieces = []
    while True:
        piece = os.read(REQUESTS, 1 << 20)
        if not piece:
            break
        pieces.append(piece)
    os.close(REQUESTS)
    sys.argv = ['solution.py']
    sys.stdout = io.TextIOWrapper(open(1, 'wb', closefd=False), encoding='utf-8')
    sys.stdin = io.TextIOWrapper(open(0, 'rb', closefd=False), encoding='utf-8')
    module = types.ModuleType('__main__')
    sys.modules['__main__'] = module
    status = 0
    try:
        exec(compile(b''.join(pieces), 'solution.py', 'exec'), module.__dict__)
    except SystemExit as end:
        status = end.code
        if status is None:
            status = 0
        elif type(status) is not int:
            print(status, file=sys.stderr)
            status = 1
    except BaseException:
        import traceback
        traceback.print_exc()
        status = 1
    return finish(status)


def finish(status):
    import atexit
    try:
        if 'threading' in sys.modules:
            sys.modules['threading']._shutdown()
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        status = status or 120
    return status & 0xff
