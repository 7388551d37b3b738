// The door to MPI.
//
// Open MPI defines its handles as casts of the addresses of globals, which Swift's importer drops:
// MPI_COMM_WORLD, MPI_BYTE, MPI_SUM, MPI_IN_PLACE and their like are "not in scope" in Swift. Each gets
// a function here, named after the macro. The two calls that undo a launcher's core binding stand here
// as well, because Swift's Glibc does not show them.
#ifndef PRORL_CMPI_SHIM_H
#define PRORL_CMPI_SHIM_H

#include <mpi.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline MPI_Comm cmpi_comm_world(void) { return MPI_COMM_WORLD; }
static inline MPI_Comm cmpi_comm_null(void) { return MPI_COMM_NULL; }
static inline MPI_Info cmpi_info_null(void) { return MPI_INFO_NULL; }
static inline MPI_Datatype cmpi_byte(void) { return MPI_BYTE; }
static inline MPI_Datatype cmpi_int64(void) { return MPI_INT64_T; }
static inline MPI_Datatype cmpi_uint64(void) { return MPI_UINT64_T; }
static inline MPI_Op cmpi_sum(void) { return MPI_SUM; }
static inline MPI_Errhandler cmpi_errors_return(void) { return MPI_ERRORS_RETURN; }
static inline const void *cmpi_in_place(void) { return MPI_IN_PLACE; }
static inline MPI_Status *cmpi_status_ignore(void) { return MPI_STATUS_IGNORE; }
static inline int cmpi_thread_multiple(void) { return MPI_THREAD_MULTIPLE; }
static inline int cmpi_comm_type_shared(void) { return MPI_COMM_TYPE_SHARED; }

// The cores thread `thread` of any process may run on, as a bit mask: the number of bytes written, or -1.
static inline long cmpi_cores_of(int thread, size_t bytes, void *mask) {
  return syscall(SYS_sched_getaffinity, thread, bytes, mask);
}

// Lets `thread` run on the cores of `mask` that its cpuset allows: 0, or -1.
static inline long cmpi_set_cores_of(int thread, size_t bytes, const void *mask) {
  return syscall(SYS_sched_setaffinity, thread, bytes, mask);
}

#endif
