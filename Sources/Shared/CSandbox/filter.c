#include "csandbox.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/syscall.h>

// Newer than the headers this may be built with.
#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

// What an interpreter and honest programs need. Files may be named and opened, as far as the file system
// of the sandbox has them.
static const int allowed[] = {
  SYS_futex, SYS_read, SYS_write, SYS_mmap, SYS_munmap, SYS_brk, SYS_mremap, SYS_madvise, SYS_mprotect,
  SYS_clock_gettime, SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_openat, SYS_close, SYS_lseek,
  SYS_newfstatat, SYS_fstat, SYS_stat, SYS_lstat, SYS_statx, SYS_getdents64, SYS_clock_nanosleep, SYS_nanosleep,
  SYS_poll, SYS_ppoll, SYS_select, SYS_pselect6, SYS_sched_yield, SYS_exit, SYS_exit_group, SYS_set_robust_list,
  SYS_rseq, SYS_set_tid_address, SYS_arch_prctl, SYS_gettid, SYS_getpid, SYS_getppid, SYS_readv, SYS_writev,
  SYS_pread64, SYS_pwrite64, SYS_open, SYS_access, SYS_faccessat, SYS_faccessat2, SYS_readlink, SYS_readlinkat,
  SYS_getcwd, SYS_chdir, SYS_fchdir, SYS_mkdir, SYS_mkdirat, SYS_rmdir, SYS_unlink, SYS_unlinkat, SYS_rename,
  SYS_renameat, SYS_renameat2, SYS_truncate, SYS_ftruncate, SYS_fsync, SYS_fdatasync, SYS_umask,
  SYS_statfs, SYS_fstatfs, SYS_flock, SYS_dup, SYS_dup2, SYS_dup3, SYS_pipe, SYS_pipe2, SYS_close_range,
  SYS_getrandom, SYS_gettimeofday, SYS_time, SYS_times, SYS_clock_getres, SYS_getrusage, SYS_getrlimit,
  SYS_setrlimit, SYS_sysinfo, SYS_uname, SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid, SYS_getresuid,
  SYS_getresgid, SYS_getgroups, SYS_getpgrp, SYS_getsid, SYS_sched_getaffinity, SYS_sigaltstack,
  SYS_rt_sigpending, SYS_rt_sigsuspend, SYS_rt_sigtimedwait, SYS_pause, SYS_alarm, SYS_setitimer, SYS_getitimer,
  SYS_restart_syscall, SYS_wait4, SYS_waitid, SYS_execve, SYS_sendfile, SYS_get_robust_list,
};

// Refused with "not permitted", which programs handle.
static const int refused[] = {
  SYS_socket, SYS_socketpair, SYS_connect, SYS_bind, SYS_listen, SYS_accept, SYS_accept4, SYS_sendto, SYS_sendmsg,
  SYS_sendmmsg, SYS_recvfrom, SYS_recvmsg, SYS_recvmmsg, SYS_setsockopt, SYS_getsockopt, SYS_shutdown,
  SYS_getsockname, SYS_getpeername,
  SYS_setuid, SYS_setgid, SYS_setreuid, SYS_setregid, SYS_setresuid, SYS_setresgid, SYS_setgroups, SYS_setfsuid,
  SYS_setfsgid, SYS_capset, SYS_setsid, SYS_setpgid,
  SYS_setpriority, SYS_sched_setscheduler, SYS_sched_setparam, SYS_sched_setattr, SYS_sched_setaffinity,
  SYS_ioprio_set, SYS_mlock, SYS_mlock2, SYS_mlockall,
  SYS_shmget, SYS_shmat, SYS_shmctl, SYS_semget, SYS_semop, SYS_semctl, SYS_msgget, SYS_msgsnd, SYS_msgrcv,
  SYS_msgctl, SYS_mq_open, SYS_mq_unlink, SYS_memfd_create, SYS_memfd_secret,
  SYS_inotify_init, SYS_inotify_init1, SYS_signalfd, SYS_signalfd4, SYS_timerfd_create, SYS_timer_create,
  SYS_eventfd, SYS_eventfd2, SYS_splice, SYS_tee, SYS_vmsplice, SYS_tkill, SYS_rt_sigqueueinfo,
  SYS_rt_tgsigqueueinfo, SYS_pidfd_open, SYS_pidfd_send_signal,
  SYS_link, SYS_linkat, SYS_symlink, SYS_symlinkat, SYS_chmod, SYS_fchmod, SYS_fchmodat, SYS_chown, SYS_fchown,
  SYS_lchown, SYS_fchownat, SYS_setxattr, SYS_lsetxattr, SYS_fsetxattr, SYS_fallocate, SYS_seccomp,
  // A directory's times would outlive an answer.
  SYS_utime, SYS_utimes, SYS_futimesat, SYS_utimensat,
};

// No answer to a programming task calls these.
static const int deadly[] = {
  SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_process_madvise, SYS_kcmp, SYS_pidfd_getfd,
  SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_move_mount, SYS_open_tree, SYS_fsopen, SYS_fsconfig,
  SYS_fsmount, SYS_fspick, SYS_mount_setattr, SYS_unshare, SYS_setns, SYS_mknod, SYS_mknodat, SYS_swapon,
  SYS_swapoff, SYS_quotactl, SYS_acct, SYS_open_by_handle_at, SYS_name_to_handle_at, SYS_fanotify_init,
  SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register,
  SYS_keyctl, SYS_add_key, SYS_request_key, SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_kexec_load,
  SYS_kexec_file_load, SYS_reboot, SYS_iopl, SYS_ioperm, SYS_modify_ldt, SYS_personality, SYS_syslog,
  SYS_settimeofday, SYS_clock_settime, SYS_clock_adjtime, SYS_adjtimex, SYS_sethostname, SYS_setdomainname,
  SYS_vhangup, SYS_lookup_dcookie, SYS_mbind, SYS_set_mempolicy, SYS_move_pages, SYS_migrate_pages,
};

// The thread's name, and whether it may be dumped.
static const uint32_t prctl_options[] = {15, 16, 3};
// Questions about terminals, close-on-exec, bytes waiting, non-blocking.
static const uint32_t ioctl_requests[] = {0x5401, 0x5413, 0x5451, 0x5450, 0x541b, 0x5421};
// Copies, flags and locks: neither owners, who could be sent signals, nor sizes of pipes.
static const uint32_t fcntl_commands[] = {0, 1, 2, 3, 4, 5, 6, 7, 1030, 1032};

enum { call_count = 512 };

// What a call is answered with: an action of the kernel's, or one of these, which look at arguments.
enum { look_at_clone = 1, look_at_fcntl, look_at_ioctl, look_at_prctl, look_at_process, look_at_process_or_zero };

struct program {
  struct csb_instruction *instructions;
  int room;
  int count;
  int32_t *places;
  int place_count;
  uint32_t answers[call_count];
};

static int add(struct program *program, uint16_t code, uint32_t value, uint8_t if_true, uint8_t if_false)
{
  if (program->count < program->room)
    program->instructions[program->count] = (struct csb_instruction){code, if_true, if_false, value};
  return program->count++;
}

static void load(struct program *program, uint32_t offset) { add(program, BPF_LD | BPF_W | BPF_ABS, offset, 0, 0); }

static void leave(struct program *program, uint32_t action) { add(program, BPF_RET | BPF_K, action, 0, 0); }

static uint32_t argument(int index)
{
  // The low half; the kernel ignores the high one of every argument that is looked at here.
  return (uint32_t)offsetof(struct seccomp_data, args) + 8 * (uint32_t)index;
}

static uint32_t failing(int error) { return SECCOMP_RET_ERRNO | (uint32_t)error; }

// Answers with `action` where the loaded word is `value`.
static void rule(struct program *program, uint32_t value, uint32_t action)
{
  add(program, BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
  leave(program, action);
}

// Allowed where the argument is one of `values`.
static void choice(struct program *program, int index, const uint32_t *values, int count)
{
  load(program, argument(index));
  for (int i = 0; i < count; i++) rule(program, values[i], SECCOMP_RET_ALLOW);
  leave(program, failing(EPERM));
}

// Allowed where the first argument is the process's own id.
static void own(struct program *program, int or_zero)
{
  load(program, argument(0));
  if (or_zero) rule(program, 0, SECCOMP_RET_ALLOW);
  program->places[program->place_count++] = program->count;
  rule(program, 0, SECCOMP_RET_ALLOW);
  leave(program, failing(EPERM));
}

// Threads may be made; a process, or anything in another namespace, may not.
static void threads(struct program *program)
{
  const uint32_t namespaces = 0x7e020080, thread = 0x10000;
  load(program, argument(0));
  add(program, BPF_JMP | BPF_JSET | BPF_K, namespaces, 0, 1);
  leave(program, failing(EPERM));
  add(program, BPF_JMP | BPF_JSET | BPF_K, thread, 0, 1);
  leave(program, SECCOMP_RET_ALLOW);
  leave(program, failing(EAGAIN));
}

static void answer(struct program *program, uint32_t answer)
{
  switch (answer) {
  case look_at_clone: threads(program); break;
  case look_at_fcntl: choice(program, 1, fcntl_commands, COUNT(fcntl_commands)); break;
  case look_at_ioctl: choice(program, 1, ioctl_requests, COUNT(ioctl_requests)); break;
  case look_at_prctl: choice(program, 0, prctl_options, COUNT(prctl_options)); break;
  case look_at_process: own(program, 0); break;
  case look_at_process_or_zero: own(program, 1); break;
  default: leave(program, answer);
  }
}

// Decides calls from `first` to before `end` by halves. The kernel tries every call when a filter is set, for each
// process anew, so that a list of five hundred rules would cost it most of a millisecond.
static void decide(struct program *program, int first, int end)
{
  int starts[call_count];
  int count = 0;
  for (int call = first; call < end; call++)
    if (call == first || program->answers[call] != program->answers[call - 1]) starts[count++] = call;
  if (count == 1) {
    answer(program, program->answers[first]);
    return;
  }
  const int middle = starts[count / 2];
  add(program, BPF_JMP | BPF_JGE | BPF_K, (uint32_t)middle, 0, 1);
  const int jump = add(program, BPF_JMP | BPF_JA, 0, 0, 0);
  decide(program, first, middle);
  if (jump < program->room) program->instructions[jump].value = (uint32_t)(program->count - jump - 1);
  decide(program, middle, end);
}

static void set_all(struct program *program, const int *calls, int count, uint32_t answer)
{
  for (int i = 0; i < count; i++) program->answers[calls[i]] = answer;
}

int csb_filter(struct csb_instruction *instructions, int room, int32_t places[8], int *place_count)
{
  struct program program = {.instructions = instructions, .room = room, .places = places};
  // What is in no list looks like an old kernel: clone3, for instance, for which the C library then uses clone.
  for (int call = 0; call < call_count; call++) program.answers[call] = failing(ENOSYS);
  set_all(&program, allowed, COUNT(allowed), SECCOMP_RET_ALLOW);
  set_all(&program, refused, COUNT(refused), failing(EPERM));
  set_all(&program, deadly, COUNT(deadly), SECCOMP_RET_KILL_PROCESS);
  program.answers[SYS_clone] = look_at_clone;
  program.answers[SYS_fork] = program.answers[SYS_vfork] = failing(EAGAIN);
  program.answers[SYS_fcntl] = look_at_fcntl;
  program.answers[SYS_ioctl] = look_at_ioctl;
  program.answers[SYS_prctl] = look_at_prctl;
  program.answers[SYS_kill] = program.answers[SYS_tgkill] = look_at_process;
  program.answers[SYS_prlimit64] = look_at_process_or_zero;

  load(&program, offsetof(struct seccomp_data, arch));
  add(&program, BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0);
  leave(&program, SECCOMP_RET_KILL_PROCESS);
  load(&program, offsetof(struct seccomp_data, nr));
  // Above this bit lie the calls of the x32 ABI.
  add(&program, BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1);
  leave(&program, SECCOMP_RET_KILL_PROCESS);
  add(&program, BPF_JMP | BPF_JGE | BPF_K, call_count, 0, 1);
  leave(&program, failing(ENOSYS));
  decide(&program, 0, call_count);
  *place_count = program.place_count;
  return program.count <= room ? program.count : -1;
}
