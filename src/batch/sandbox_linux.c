// SPDX-License-Identifier: MIT
#include "batch/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef BT_HAVE_SECCOMP
#include <seccomp.h>
#endif

// The interface of Landlock (kernel documentation, userspace-api/landlock): its numbers are the
// same on all architectures, and headers of a distribution know fewer of them than its kernel.
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule       445
#define SYS_landlock_restrict_self  446
#endif

enum { CREATE_RULESET_VERSION = 1, RULE_PATH_BENEATH = 1 };

#define FS_EXECUTE     (UINT64_C(1) << 0)
#define FS_WRITE_FILE  (UINT64_C(1) << 1)
#define FS_READ_FILE   (UINT64_C(1) << 2)
#define FS_READ_DIR    (UINT64_C(1) << 3)
#define FS_REMOVE_FILE (UINT64_C(1) << 5)
#define FS_MAKE_REG    (UINT64_C(1) << 8)
#define FS_TRUNCATE    (UINT64_C(1) << 14)

// Rights that each version of the interface can take away: [0] is version 1.
static const uint64_t fs_rights[] = {
    (UINT64_C(1) << 13) - 1, // all up to MAKE_SYM
    (UINT64_C(1) << 14) - 1, // and REFER
    (UINT64_C(1) << 15) - 1, // and TRUNCATE
    (UINT64_C(1) << 15) - 1, // (network, see below)
    (UINT64_C(1) << 16) - 1, // and IOCTL_DEV
};
static const uint64_t NET_BIND_AND_CONNECT = 3;    // since version 4
static const uint64_t SCOPE_SOCKET_AND_SIGNAL = 3; // since version 6

struct ruleset_attr {
    uint64_t fs, net, scoped;
};

struct __attribute__((packed)) path_beneath_attr {
    uint64_t allowed;
    int32_t parent_fd;
};

static int landlock_version(void)
{
    return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_RULESET_VERSION);
}

static uint64_t rights_of_version(int version)
{
    size_t last = BT_COUNT(fs_rights);
    return fs_rights[(size_t)version < last ? (size_t)version - 1 : last - 1];
}

static int create_ruleset(int version)
{
    struct ruleset_attr attr = {
        .fs = rights_of_version(version),
        .net = NET_BIND_AND_CONNECT,
        .scoped = SCOPE_SOCKET_AND_SIGNAL,
    };
    size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
    return (int)syscall(SYS_landlock_create_ruleset, &attr, size, 0);
}

// Rights for a file and, where it is a directory, everything below. A path that cannot be
// opened gets none, and reading it will say why.
static enum bt_status allow(int ruleset, const char *path, uint64_t rights,
                            struct bt_error *err)
{
    static const uint64_t for_files = FS_EXECUTE | FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE;
    struct stat info;
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return BT_OK;
    if (fstat(fd, &info) == 0 && !S_ISDIR(info.st_mode))
        rights &= for_files;
    struct path_beneath_attr attr = {.allowed = rights, .parent_fd = fd};
    long result = syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &attr, 0);
    int reason = errno;
    close(fd);
    return result == 0 ? BT_OK : BT_FAIL_OS(err, reason, "the sandbox refuses a rule");
}

static enum bt_status add_rules(int ruleset, int version, const struct bt_sandbox *sandbox,
                                struct bt_error *err)
{
    const char *temporary = getenv("TMPDIR");
    uint64_t write = FS_READ_FILE | FS_WRITE_FILE | FS_MAKE_REG | FS_REMOVE_FILE;
    for (size_t i = 0; i < sandbox->readable_count; i++)
        BT_TRY(allow(ruleset, sandbox->readable[i], FS_READ_FILE | FS_READ_DIR, err));
    if (temporary == NULL || *temporary == '\0')
        temporary = "/tmp";
    return allow(ruleset, temporary, version >= 3 ? write | FS_TRUNCATE : write, err);
}

static enum bt_status enter_landlock(const struct bt_sandbox *sandbox, struct bt_error *err)
{
    int version = landlock_version();
    if (version < 1)
        return BT_OK; // not in this kernel, or switched off
    int ruleset = create_ruleset(version);
    if (ruleset < 0)
        return BT_FAIL_OS(err, errno, "no sandbox can be made");
    enum bt_status status = add_rules(ruleset, version, sandbox, err);
    if (status == BT_OK && syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
        status = BT_FAIL_OS(err, errno, "the sandbox cannot be entered");
    close(ruleset);
    return status;
}

#if defined(BT_HAVE_SECCOMP) && !defined(BUGTRIAGE_SANITIZED)
// What a worker and the C library under it use; everything else is answered with EPERM, which
// callers know how to take. Processes and pipes are for the reader of debug information, which
// works in a child of its own.
// clang-format off
static const int allowed_calls[] = {
    SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(write), SCMP_SYS(writev),
    SCMP_SYS(pwrite64), SCMP_SYS(lseek), SCMP_SYS(_llseek), SCMP_SYS(close), SCMP_SYS(open),
    SCMP_SYS(openat), SCMP_SYS(fstat), SCMP_SYS(fstat64), SCMP_SYS(stat), SCMP_SYS(stat64),
    SCMP_SYS(lstat), SCMP_SYS(lstat64), SCMP_SYS(newfstatat), SCMP_SYS(fstatat64),
    SCMP_SYS(statx), SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2),
    SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getcwd), SCMP_SYS(getdents64),
    SCMP_SYS(fcntl), SCMP_SYS(fcntl64), SCMP_SYS(ftruncate), SCMP_SYS(ftruncate64),
    SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(dup), SCMP_SYS(dup2), SCMP_SYS(dup3),
    SCMP_SYS(pipe), SCMP_SYS(pipe2), SCMP_SYS(socketpair),
    SCMP_SYS(sendto), SCMP_SYS(recvfrom), SCMP_SYS(shutdown), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(brk),
    SCMP_SYS(mmap), SCMP_SYS(mmap2), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(mprotect),
    SCMP_SYS(madvise), SCMP_SYS(futex), SCMP_SYS(futex_time64), SCMP_SYS(set_robust_list),
    SCMP_SYS(set_tid_address), SCMP_SYS(rseq), SCMP_SYS(getrandom), SCMP_SYS(getpid),
    SCMP_SYS(getppid), SCMP_SYS(gettid), SCMP_SYS(tgkill), SCMP_SYS(kill), SCMP_SYS(clone),
    SCMP_SYS(clone3), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(wait4), SCMP_SYS(waitid),
    SCMP_SYS(waitpid), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_gettime64), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep), SCMP_SYS(clock_nanosleep_time64), SCMP_SYS(sched_yield),
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigreturn), SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall), SCMP_SYS(prlimit64),
    SCMP_SYS(setrlimit), SCMP_SYS(getrlimit), SCMP_SYS(prctl), SCMP_SYS(seccomp),
    SCMP_SYS(uname), SCMP_SYS(sysinfo), SCMP_SYS(fstatfs), SCMP_SYS(fstatfs64),
};
// clang-format on

static enum bt_status enter_seccomp(struct bt_error *err)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    int result = filter != NULL ? 0 : -ENOMEM;
#if SCMP_VER_MAJOR > 2 || (SCMP_VER_MAJOR == 2 && SCMP_VER_MINOR >= 5)
    // A tree instead of a list: the system tries the filter on each of its calls when it is
    // loaded, and that is a good part of what a worker takes to start.
    enum { BINARY_TREE = 2 };
    if (result == 0)
        result = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, BINARY_TREE);
#endif
    // A call that this architecture does not have is skipped by the library.
    for (size_t i = 0; result == 0 && i < BT_COUNT(allowed_calls); i++)
        result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed_calls[i], 0);
    if (result == 0)
        result = seccomp_load(filter);
    if (filter != NULL)
        seccomp_release(filter);
    return result == 0 ? BT_OK : BT_FAIL_OS(err, -result, "system calls cannot be filtered");
}
#else
static enum bt_status enter_seccomp(struct bt_error *err)
{
    (void)err;
    return BT_OK;
}
#endif

enum bt_status bt_sandbox_enter(const struct bt_sandbox *sandbox, struct bt_error *err)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return BT_FAIL_OS(err, errno, "privileges cannot be given up");
    BT_TRY(enter_landlock(sandbox, err));
    return enter_seccomp(err);
}

const char *bt_sandbox_describe(char *buf, size_t size)
{
    int version = landlock_version();
    int used = version > 0 ? snprintf(buf, size, "Landlock %d", version) : 0;
#ifdef BT_HAVE_SECCOMP
    if ((size_t)used < size)
        snprintf(buf + used, size - (size_t)used, used > 0 ? " and seccomp" : "seccomp");
#else
    if (used == 0)
        snprintf(buf, size, "none");
#endif
    return buf;
}
