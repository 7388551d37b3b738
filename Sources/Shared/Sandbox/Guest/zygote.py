# The one process of a sandbox that outlives an answer. It runs no answer itself: for each it makes a copy of itself,
# which takes the answer's descriptors, limits and filter upon it and nothing else along.
import gc, marshal, resource, select

CONTROL = 3
KILL = 9
HIGH = 40             # where descriptors wait on their way to their places
SCRATCH = '/scratch'
MODULES = ('math', 're', 'collections', 'itertools', 'functools', 'heapq', 'bisect', 'string', 'random', 'typing',
           'copy', 'operator', 'datetime', 'json', 'fractions', 'decimal', 'statistics', 'dataclasses', 'enum',
           'queue', 'threading', 'cmath', 'array', 'io', 'traceback', 'types', 'ast', 'shutil', 'subprocess')

import ctypes
_libc = ctypes.CDLL(None)


class _Filter(ctypes.Structure):
    _fields_ = [('length', ctypes.c_ushort), ('program', ctypes.c_void_p)]


class Zygote:
    def __init__(self, control):
        self.control = control
        self.process = os.getpid()
        setup = control.recv(1 << 16)
        self.prepares = setup[0] == 1
        count, = _u32.unpack_from(setup, 1)
        self.places = struct.unpack_from('<%dI' % count, setup, 5)
        self.program = ctypes.create_string_buffer(setup[5 + 4 * count:])
        self.checker = control.recv(1 << 18)
        self.check = None
        self.poll = select.poll()
        self.poll.register(CONTROL, select.POLLIN)
        self.fresh = self.mark()

    def mark(self):
        """What tells whether anything was written."""
        try:
            status = os.stat(SCRATCH)
        except OSError:
            return None
        return status.st_mtime_ns, len(os.listdir(SCRATCH))

    def run(self):
        self.control.send(b'h')
        if self.prepares:
            self.prepare()
        gc.collect()
        gc.freeze()
        while True:
            message, extra, _, _ = self.control.recvmsg(256, 256)
            if not message:
                os._exit(0)
            if message[:1] == b'm':
                self.send_compiled()
            if message[:1] == b'j':
                self.job(message, struct.unpack('<%di' % (len(extra[0][2]) // 4), extra[0][2]))

    def prepare(self):
        """Spends the time while nobody waits on what many answers import."""
        for name in MODULES:
            if self.poll.poll(0):
                return
            __import__(name)
        self.load_checker()
        import random
        random.seed(0)

    def send_compiled(self):
        """What saves the next sandboxes the work of reading their programs."""
        core, checker = [marshal.dumps(code_of(text)) for text in (_core, self.checker)]
        self.control.send(b'm' + _u32.pack(len(core)) + core + checker)

    def load_checker(self):
        if self.check is None:
            space = globals()
            exec(code_of(self.checker), space)
            self.check = space['check']

    def job(self, message, descriptors):
        kind, limits = message[1:2], struct.unpack_from('<4Q', message, 2)
        if kind == b'c':
            self.load_checker()
        try:
            child = os.fork()
        except OSError as error:
            self.control.send(b'e' + str(error).encode())
            child = None
        if child == 0:
            try:
                self.become(kind, limits, descriptors)
            finally:
                os._exit(121)
        for number in descriptors:
            os.close(number)
        if child is not None:
            self.attend(child)

    def attend(self, child):
        """Waits for the end of `child`, or the order to end it."""
        ended = os.pidfd_open(child)
        self.poll.register(ended, select.POLLIN)
        while True:
            ready = [number for number, _ in self.poll.poll()]
            if ended in ready:
                break
            if not self.control.recv(16):
                os._exit(0)
            os.kill(child, KILL)
            self.poll.unregister(CONTROL)
        self.poll.unregister(ended)
        self.poll.register(CONTROL, select.POLLIN)
        os.close(ended)
        _, status = os.waitpid(child, 0)
        dirty = self.mark() != self.fresh
        self.control.send(b'd' + struct.pack('<i', status) + (b'\1' if dirty else b'\0'))

    def become(self, kind, limits, descriptors):
        self.control.detach()
        high = [fcntl_copy(number) for number in descriptors]
        for place, number in enumerate(high):
            os.dup2(number, place, inheritable=place < 3)
        os.closerange(len(high), 64)
        self.lock(limits)
        if kind == b's':
            serve()
        elif kind == b'c':
            self.check()
        else:
            os._exit(run_program())
        os._exit(0)

    def lock(self, limits):
        threads, seconds, memory, file_size = limits
        for name, value in (('NPROC', threads), ('CPU', seconds), ('AS', memory), ('FSIZE', file_size)):
            resource.setrlimit(getattr(resource, 'RLIMIT_' + name), (value, value))
        # No dump of memory, wherever the machine would send it.
        _libc.prctl(4, 0, 0, 0, 0)
        # Dies with the zygote.
        _libc.prctl(1, KILL, 0, 0, 0)
        if os.getppid() != self.process:
            os._exit(122)
        for place in self.places:
            _u32.pack_into(self.program, 8 * place + 4, os.getpid())
        # The buffer ends in a NUL byte of its own.
        whole = _Filter((len(self.program) - 1) // 8, ctypes.addressof(self.program))
        if _libc.prctl(38, 1, 0, 0, 0) or _libc.prctl(22, 2, ctypes.byref(whole), 0, 0):
            os._exit(123)


def code_of(text):
    """A program that is sent as text, or compiled; its first byte says which."""
    return marshal.loads(text[1:]) if text[0] else compile(text[1:], '<sandbox>', 'exec')


def fcntl_copy(number):
    import fcntl
    return fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, HIGH)


Zygote(_control).run()
