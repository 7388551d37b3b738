# Tries what a confined program cannot do, and prints the name of all that worked.
import ctypes, os, resource, socket, threading, time


def attempt(name, action):
    try:
        if action() is not False:
            print(name)
    except BaseException:
        pass


def many_threads():
    threading.stack_size(65536)
    for _ in range(200):
        threading.Thread(target=time.sleep, args=(5,), daemon=True).start()


def many_files():
    return len([os.pipe() for _ in range(100)]) > 0


def write(path):
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    os.unlink(path)


for path in ('/etc/passwd', '/proc/self/environ', '/proc/1/cmdline', '/sys/kernel/uevent_seqnum', '/root/.profile'):
    attempt('reading ' + path, lambda: open(path, 'rb').read(1))
for path in ('/tmp/prorl-self-test', '/prorl-self-test', '/dev/shm/prorl-self-test', '/var/tmp/prorl-self-test'):
    attempt('writing ' + path, lambda: write(path))
attempt('forking', lambda: os.fork() or os._exit(0))
attempt('starting a program', lambda: os.posix_spawn(os.sys.executable or '/usr/bin/python3', ['python3', '-c', '0'], {}))
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, socket.AF_NETLINK, 40):
    attempt('a socket of family %d' % family, lambda: socket.socket(family, socket.SOCK_STREAM))
attempt('a pair of sockets', socket.socketpair)
attempt('a signal to the parent', lambda: os.kill(os.getppid(), 0))
attempt('a signal to everybody', lambda: os.kill(-1, 0))
attempt('being root', lambda: os.getuid() == 0)
attempt('becoming root', lambda: os.setuid(0))
attempt('more memory than the limit', lambda: bytearray(64 << 30))
attempt('raising a limit', lambda: resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2))
attempt('200 threads', many_threads)
attempt('200 open files', many_files)
attempt('shared memory', lambda: ctypes.CDLL(None).shmget(0, 4096, 0o1600) >= 0)
attempt('memory without a name', lambda: os.memfd_create('x'))
attempt('unknown variables', lambda: bool(set(os.environ) - {
    'PATH', 'LANG', 'PYTHONHASHSEED', 'PYTHONDONTWRITEBYTECODE', 'HOME', 'OPENBLAS_NUM_THREADS', 'PWD', 'LC_CTYPE'}))
print('done', flush=True)
# What no honest program calls ends it: nothing may be printed after this.
ctypes.CDLL(None).unshare(0x10000000)
print('a namespace')
