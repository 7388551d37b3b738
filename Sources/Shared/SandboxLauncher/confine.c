#define _GNU_SOURCE
#include "launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// The kernel's structure of today; the headers may be older. An older kernel is told a smaller size.
struct rules {
  uint64_t files;
  uint64_t network;
  uint64_t scopes;
};

// What each version of Landlock added.
enum { with_refer = 2, with_truncate = 3, with_network = 4, with_device_requests = 5, with_scopes = 6 };

static const uint64_t reading =
  LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
static const uint64_t of_files = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE |
                                 LANDLOCK_ACCESS_FS_WRITE_FILE;

static struct rules everything(long version)
{
  struct rules rules = {.files = (1ull << 13) - 1};
  if (version >= with_refer) rules.files |= 1ull << 13;
  if (version >= with_truncate) rules.files |= 1ull << 14;
  if (version >= with_device_requests) rules.files |= 1ull << 15;
  if (version >= with_network) rules.network = 3;
  if (version >= with_scopes) rules.scopes = 3;
  return rules;
}

static void permit(int ruleset, const char *path, uint64_t access)
{
  const int place = open(path, O_PATH | O_CLOEXEC);
  if (place < 0) give_up(path);
  struct stat status;
  if (fstat(place, &status)) give_up(path);
  if (!S_ISDIR(status.st_mode)) access &= of_files;
  const struct landlock_path_beneath_attr rule = {.allowed_access = access, .parent_fd = place};
  if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0)) give_up(path);
  close(place);
}

void confine(const struct order *order)
{
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) give_up("PR_SET_NO_NEW_PRIVS");
  const long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 1) give_up("Landlock");
  const struct rules rules = everything(version);
  const size_t size = version >= with_scopes ? 24 : version >= with_network ? 16 : 8;
  const int ruleset = (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0);
  if (ruleset < 0) give_up("Landlock rules");
  for (int i = 0; i < order->readable_count; i++) permit(ruleset, order->readable[i], reading);
  for (int i = 0; i < order->writable_count; i++)
    permit(ruleset, order->writable[i], reading | LANDLOCK_ACCESS_FS_WRITE_FILE);
  if (syscall(SYS_landlock_restrict_self, ruleset, 0)) give_up("Landlock");
  close(ruleset);
}
