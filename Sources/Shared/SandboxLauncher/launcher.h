// The steps between a process's start and its program, in the order they are taken.
#ifndef LAUNCHER_H
#define LAUNCHER_H

#include <sys/types.h>

enum { most_paths = 32 };

struct order {
  pid_t parent;            // who must be alive
  long user;               // the user to become, or -1
  long scratch_kibibytes;  // size of the writable file system, 0 for none
  long scratch_files;      // how many files it may hold
  int confine;             // whether to close the file system by Landlock
  const char *readable[most_paths];
  int readable_count;
  const char *writable[most_paths];
  int writable_count;
  char **program;
};

// Ends the process with `what` and the system's reason on standard error.
_Noreturn void give_up(const char *what);

// Mounts a small file system over /tmp, in a mount namespace of its own.
void mount_scratch(const struct order *order);

// Leaves of the file system what the order names, and no TCP, abstract sockets or signals to others.
void confine(const struct order *order);

#endif
