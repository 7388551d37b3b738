// Starting a child process that ends with its parent.
//
// posix_spawn cannot ask for a signal at the parent's death, and what runs between fork and exec must not be Swift.
#ifndef PRORL_CSUBPROCESS_H
#define PRORL_CSUBPROCESS_H

#include <sys/types.h>

/// Starts `path` with `arguments` and `environment`, both ended by a null pointer.
///
/// The child reads `input` as descriptor 0 and writes `output` and `errors` as 1 and 2; it gets no other descriptor of
/// this process. It is the first of a process group of its own, has default signal handlers and no blocked signals, and
/// is killed when the *thread* that called this ends, which has to outlive it.
///
/// Returns 0 and the child's id in `child`, or the error number of what failed; then there is no child.
int cs_start(
    const char *path, char *const arguments[], char *const environment[], int input, int output, int errors,
    pid_t *child);

/// What became of a child, which stays a zombie: 0 it runs, 1 it exited, 2 a signal killed it, -1 it is no child.
///
/// `code` is the exit code or the signal's number.
int cs_ending(pid_t child, int *code);

/// Makes a pipe that no child inherits; `ends` are where it is read and where it is written. 0, or -1 with errno.
int cs_pipe(int ends[2]);

/// Makes a counter to wake a waiting thread, which never blocks and which no child inherits; -1 with errno.
int cs_counter(void);

#endif
