#define _GNU_SOURCE
#include "csandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { most_descriptors = 16, most_sent = 8 };

int csb_spawn(
  const char *path, char *const *arguments, char *const *environment, const int *descriptors, int count,
  pid_t *pid)
{
  if (count > most_descriptors) return EINVAL;
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t none, all;
  int high[most_descriptors];
  int opened = 0;
  int error = 0;
  // Copies above all targets first, since a target may be another's source.
  while (opened < count) {
    high[opened] = fcntl(descriptors[opened], F_DUPFD_CLOEXEC, most_descriptors);
    if (high[opened] < 0) {
      error = errno;
      break;
    }
    opened++;
  }
  if (!error && !(error = posix_spawn_file_actions_init(&actions))) {
    if (!(error = posix_spawnattr_init(&attributes))) {
      for (int i = 0; i < count && !error; i++) error = posix_spawn_file_actions_adddup2(&actions, high[i], i);
      if (!error) error = posix_spawn_file_actions_addclosefrom_np(&actions, count);
      sigemptyset(&none);
      sigfillset(&all);
      posix_spawnattr_setsigmask(&attributes, &none);
      posix_spawnattr_setsigdefault(&attributes, &all);
      posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
      if (!error) error = posix_spawn(pid, path, &actions, &attributes, arguments, environment);
      posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
  }
  for (int i = 0; i < opened; i++) close(high[i]);
  return error;
}

int csb_pair(int packets, int sockets[2])
{
  const int type = packets ? SOCK_SEQPACKET : SOCK_STREAM;
  return socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, sockets) ? errno : 0;
}

int csb_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC) ? errno : 0; }

ssize_t csb_send(int socket, const void *bytes, size_t size, const int *descriptors, int count)
{
  if (count > most_sent) return -EINVAL;
  union {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(int) * most_sent)];
  } control;
  struct iovec part = {.iov_base = (void *)bytes, .iov_len = size};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  if (count > 0) {
    memset(&control, 0, sizeof control);
    message.msg_control = &control;
    message.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)count);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)count);
    memcpy(CMSG_DATA(header), descriptors, sizeof(int) * (size_t)count);
  }
  ssize_t sent;
  do sent = sendmsg(socket, &message, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent < 0 ? -errno : sent;
}

int csb_process_open(pid_t pid)
{
  const long process = syscall(SYS_pidfd_open, pid, 0);
  return process < 0 ? -errno : (int)process;
}

int csb_process_signal(int process, int signal)
{
  return syscall(SYS_pidfd_send_signal, process, signal, NULL, 0) ? errno : 0;
}

int csb_exited(int status, int *code)
{
  *code = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
  return WIFEXITED(status);
}
