// What sandboxes need of the system that Swift cannot say: starting a process with exactly the given descriptors,
// sending descriptors through a socket, process descriptors, and the filter of system calls.
#ifndef CSANDBOX_H
#define CSANDBOX_H

#include <stdint.h>
#include <sys/types.h>

// Starts `path` with `count` descriptors: number i of the new process is descriptors[i]; every other one is closed,
// also those that a library opened without the close-on-exec mark. No signal is blocked or ignored in it.
// The calling thread must outlive the process, where that asks for a signal on its parent's death.
// Gives 0, or an errno.
int csb_spawn(
  const char *path, char *const *arguments, char *const *environment, const int *descriptors, int count,
  pid_t *pid);

// A pair of connected sockets, closed on exec; with `packets`, they keep the boundaries of messages. 0, or an errno.
int csb_pair(int packets, int sockets[2]);

// A pipe, closed on exec: ends[0] to read, ends[1] to write. 0, or an errno.
int csb_pipe(int ends[2]);

// Sends bytes and up to 8 descriptors; no SIGPIPE. The number of bytes sent, or -errno.
ssize_t csb_send(int socket, const void *bytes, size_t size, const int *descriptors, int count);

// A descriptor of process `pid`, closed on exec; -errno where there is none. It stays with this process when the
// number is given to another.
int csb_process_open(pid_t pid);

// Sends a signal to the process of a descriptor. 0, or an errno.
int csb_process_signal(int process, int signal);

// How a wait status reads: whether it is the end by exit (its code) or by a signal (its number).
int csb_exited(int status, int *code);

// One instruction of a filter, as the kernel has it.
struct csb_instruction {
  uint16_t code;
  uint8_t if_true;
  uint8_t if_false;
  uint32_t value;
};

// The filter that untrusted code runs under: threads, but no processes; files, but no sockets; signals to itself only.
//
// The number of instructions, at most `room`. `places` receives the numbers of those whose value is the process's
// own id, to be filled in by the process itself; `place_count` how many, at most 8.
int csb_filter(struct csb_instruction *instructions, int room, int32_t places[8], int *place_count);

#endif
