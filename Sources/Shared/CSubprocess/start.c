#define _GNU_SOURCE
#include "csubprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void close_from(int first) {
#ifdef SYS_close_range
  if (syscall(SYS_close_range, first, ~0U, 0) == 0) return;
#endif
  struct rlimit limit;
  int end = getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < 65536 ? (int)limit.rlim_cur : 65536;
  for (int descriptor = first; descriptor < end; descriptor++) close(descriptor);
}

static void reset_signals(void) {
  struct sigaction usual = {.sa_handler = SIG_DFL};
  for (int number = 1; number < NSIG; number++) sigaction(number, &usual, NULL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

/// Puts `descriptors` at 0, 1 and 2; none of them may be one of these.
static int place(const int descriptors[3]) {
  for (int number = 0; number < 3; number++)
    if (dup2(descriptors[number], number) < 0) return errno;
  return 0;
}

/// What the child does; it returns only where it failed.
static int become(
    const char *path, char *const arguments[], char *const environment[], const int descriptors[3], pid_t parent) {
  if (setpgid(0, 0) != 0) return errno;
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return errno;
  // The parent may have died before the call; then nobody would send the signal.
  if (getppid() != parent) return ESRCH;
  int error = place(descriptors);
  if (error) return error;
  close_from(3);
  reset_signals();
  execve(path, arguments, environment);
  return errno;
}

int cs_start(
    const char *path, char *const arguments[], char *const environment[], int input, int output, int errors,
    pid_t *child) {
  const int given[3] = {input, output, errors};
  int descriptors[3];
  // Away from 0, 1 and 2, which a parent may have closed.
  for (int i = 0; i < 3; i++) {
    descriptors[i] = fcntl(given[i], F_DUPFD_CLOEXEC, 3);
    if (descriptors[i] >= 0) continue;
    int error = errno;
    while (i-- > 0) close(descriptors[i]);
    return error;
  }
  pid_t parent = getpid();
  volatile int error = 0;
  // The child shares this memory until it has become the program: no handler of the parent's may run in it. vfork, since
  // fork would copy the page tables of a process that may hold a hundred gigabytes.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_t started = vfork();
  if (started == 0) {
    error = become(path, arguments, environment, descriptors, parent);
    _exit(127);
  }
  if (started < 0) error = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  for (int i = 0; i < 3; i++) close(descriptors[i]);
  if (error && started > 0) {
    // It has ended, or is about to.
    int status;
    while (waitpid(started, &status, 0) < 0 && errno == EINTR) {}
  }
  if (!error) *child = started;
  return error;
}

int cs_ending(pid_t child, int *code) {
  siginfo_t info = {0};
  while (waitid(P_PID, child, &info, WEXITED | WNOHANG | WNOWAIT) != 0)
    if (errno != EINTR) return -1;
  if (info.si_pid == 0) return 0;
  *code = info.si_status;
  return info.si_code == CLD_EXITED ? 1 : 2;
}

int cs_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int cs_counter(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
