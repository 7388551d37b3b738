// Prepares a process for untrusted code, then becomes the program that it is given: usually bubblewrap.
//
// prorl-sandbox --parent PID [--user N] [--scratch KIBIBYTES FILES] [--confine] [--readable PATH]... [--writable
// PATH]... -- PROGRAM ARGUMENT...
//
// A program of its own, because a new user and new namespaces must not touch the memory of the process that asks
// for them: after setresuid its peers might not read it any more, and MPI does.
#define _GNU_SOURCE
#include "launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

_Noreturn void give_up(const char *what)
{
  fprintf(stderr, "prorl-sandbox: %s: %s\n", what, strerror(errno));
  _exit(125);
}

static long number(const char *text)
{
  char *end;
  errno = 0;
  const long value = text ? strtol(text, &end, 10) : -1;
  if (!text || errno || *end || end == text || value < 0) {
    errno = EINVAL;
    give_up(text ? text : "a number is missing");
  }
  return value;
}

static void add_path(const char **paths, int *count, const char *path)
{
  errno = EINVAL;
  if (!path || *count == most_paths) give_up("paths");
  paths[(*count)++] = path;
}

static struct order read_order(char **arguments)
{
  struct order order = {.user = -1};
  for (char **next = arguments + 1; *next; next++) {
    if (!strcmp(*next, "--")) {
      order.program = next + 1;
      break;
    }
    if (!strcmp(*next, "--confine")) order.confine = 1;
    else if (!strcmp(*next, "--parent")) order.parent = (pid_t)number(*++next);
    else if (!strcmp(*next, "--user")) order.user = number(*++next);
    else if (!strcmp(*next, "--scratch")) {
      order.scratch_kibibytes = number(*++next);
      order.scratch_files = number(*++next);
    } else if (!strcmp(*next, "--readable")) add_path(order.readable, &order.readable_count, *++next);
    else if (!strcmp(*next, "--writable")) add_path(order.writable, &order.writable_count, *++next);
    else {
      errno = EINVAL;
      give_up(*next);
    }
  }
  errno = EINVAL;
  if (!order.program || !*order.program || order.parent == 0) give_up("usage");
  return order;
}

static void limit(int what, rlim_t value)
{
  struct rlimit now;
  // Never above what the caller has.
  if (getrlimit(what, &now)) give_up("getrlimit");
  if (now.rlim_max != RLIM_INFINITY && now.rlim_max < value) value = now.rlim_max;
  const struct rlimit limits = {value, value};
  if (setrlimit(what, &limits)) give_up("setrlimit");
}

// What every process of the sandbox shares; memory, time and threads are limited for each answer.
static void set_limits(void)
{
  // Not 0, which stops only dumps into files: a machine's dump handler would still be started, outside of everything.
  limit(RLIMIT_CORE, 1);
  limit(RLIMIT_NOFILE, 64);
  // Twice the usual, for recursion through C; threads get as much each.
  limit(RLIMIT_STACK, 16 << 20);
  limit(RLIMIT_MEMLOCK, 0);
  limit(RLIMIT_MSGQUEUE, 0);
  limit(RLIMIT_NICE, 0);
  limit(RLIMIT_RTPRIO, 0);
}

// Short of memory or time, sandboxes give way first.
static void step_back(void)
{
  const int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (file >= 0) {
    if (write(file, "1000", 4) != 4) errno = 0;
    close(file);
  }
  if (getpriority(PRIO_PROCESS, 0) < 5) setpriority(PRIO_PROCESS, 0, 5);
}

// Where the root of a container may not, or has no such user, it stays what it is: the self-test tells whether what is
// left confines it.
static void become(long user)
{
  const uid_t id = (uid_t)user;
  if (setgroups(0, NULL) || setresgid(id, id, id) || setresuid(id, id, id)) {
    if (errno != EPERM && errno != EINVAL) give_up("another user");
  }
  // Otherwise /proc/self stays with the user left behind, and no namespace can be made.
  if (prctl(PR_SET_DUMPABLE, 1)) give_up("PR_SET_DUMPABLE");
}

int main(int count, char **arguments)
{
  (void)count;
  const struct order order = read_order(arguments);
  step_back();
  set_limits();
  if (order.user >= 0) become(order.user);
  // After the change of user, which would clear it.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL)) give_up("PR_SET_PDEATHSIG");
  if (getppid() != order.parent) _exit(125);
  setsid();
  // Where the caller works is nobody's business.
  if (chdir("/")) give_up("/");
  if (order.scratch_kibibytes > 0) mount_scratch(&order);
  if (order.confine) confine(&order);
  execv(order.program[0], order.program);
  give_up(order.program[0]);
}
