#define _GNU_SOURCE
#include "launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <unistd.h>

static void write_file(const char *path, const char *text)
{
  const int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) give_up(path);
  if (write(file, text, strlen(text)) != (ssize_t)strlen(text)) give_up(path);
  close(file);
}

static void map_self(const char *path, unsigned id)
{
  char line[64];
  snprintf(line, sizeof line, "%u %u 1", id, id);
  write_file(path, line);
}

// bubblewrap limits the bytes of a tmpfs and not its files, of which each costs the kernel a kilobyte; 200,000 a
// second can be made. So the mount is made here, with a limit of both, and bubblewrap binds it.
void mount_scratch(const struct order *order)
{
  const unsigned user = geteuid(), group = getegid();
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS)) give_up("unshare");
  write_file("/proc/self/setgroups", "deny");
  map_self("/proc/self/uid_map", user);
  map_self("/proc/self/gid_map", group);
  if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL)) give_up("making mounts private");
  char options[128];
  snprintf(
    options, sizeof options, "size=%ldk,nr_inodes=%ld,mode=0700,uid=%u,gid=%u", order->scratch_kibibytes,
    order->scratch_files, user, group);
  if (mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, options)) give_up("mounting scratch");
  // What is bound into the sandbox must be this one and not the machine's.
  struct statfs status;
  errno = EXDEV;
  if (statfs("/tmp", &status) || status.f_type != TMPFS_MAGIC || (long)status.f_files > order->scratch_files)
    give_up("scratch is not what was mounted");
}
