// SPDX-License-Identifier: MIT
#include "symbols/confine.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <sys/resource.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

void bt_close_from(int first)
{
#if defined(__linux__) && defined(SYS_close_range)
    if (syscall(SYS_close_range, (unsigned)first, UINT_MAX, 0u) == 0)
        return;
#endif
    struct rlimit files;
    int end = 1024;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < 1 << 20)
        end = (int)files.rlim_cur;
    for (int fd = first; fd < end; fd++)
        close(fd);
}

// The type of RLIMIT_CPU and its like as getrlimit takes it.
#if defined(__GLIBC__)
typedef __rlimit_resource_t resource_kind;
#else
typedef int resource_kind;
#endif

static bool limit(resource_kind resource, uint64_t value)
{
    struct rlimit now;
    if (getrlimit(resource, &now) != 0)
        return false;
    rlim_t wanted = (rlim_t)value;
    if (now.rlim_max != RLIM_INFINITY && wanted > now.rlim_max)
        wanted = now.rlim_max;
    struct rlimit both = {.rlim_cur = wanted, .rlim_max = wanted};
    return setrlimit(resource, &both) == 0;
}

// Sanitizers reserve terabytes of address space and call whatever they like.
#if defined(__linux__) && !defined(BUGTRIAGE_SANITIZED) &&                                     \
    (defined(__x86_64__) || defined(__aarch64__))
#define CAN_FILTER 1
#else
#define CAN_FILTER 0
#endif

#if CAN_FILTER
#ifdef __x86_64__
#define OWN_ARCHITECTURE AUDIT_ARCH_X86_64
#else
#define OWN_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

// What reading, allocating, sorting (which asks for the size of memory), answering and ending
// call. Anything else fails: a C library that tries something new falls back.
static const unsigned allowed_calls[] = {
    SYS_read,       SYS_pread64,       SYS_lseek,  SYS_write,      SYS_fstat,
    SYS_mmap,       SYS_munmap,        SYS_mremap, SYS_brk,        SYS_madvise,
    SYS_futex,      SYS_rt_sigreturn,  SYS_exit,   SYS_exit_group, SYS_getrandom,
    SYS_close,      SYS_clock_gettime,
#ifdef SYS_newfstatat
    SYS_newfstatat, // how newer C libraries spell fstat
#endif
};

enum { ALLOWED = sizeof allowed_calls / sizeof allowed_calls[0], PROGRAM = 4 + ALLOWED + 2 };

static bool filter_calls(void)
{
    struct sock_filter program[PROGRAM];
    size_t at = 0;
    program[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                                                 offsetof(struct seccomp_data, arch));
    program[at++] =
        (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OWN_ARCHITECTURE, 1, 0);
    program[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    program[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                                                 offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < ALLOWED; i++) {
        // To the last instruction, which allows.
        unsigned char distance = (unsigned char)(ALLOWED - i);
        program[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
                                                     allowed_calls[i], distance, 0);
    }
    program[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
    program[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog filter = {.len = (unsigned short)at, .filter = program};
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0)
        return true;
    return errno == EINVAL || errno == ENOSYS; // a kernel without it: the rest must do
}
#else
static bool filter_calls(void)
{
    return true;
}
#endif

bool bt_confine_self(unsigned cpu_seconds, uint64_t memory)
{
#ifdef __linux__
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return false;
#endif
    bool bounded = limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, 0) &&
                   limit(RLIMIT_CPU, cpu_seconds) && limit(RLIMIT_NOFILE, 0);
#ifndef BUGTRIAGE_SANITIZED
    bounded = bounded && limit(RLIMIT_AS, memory);
#else
    (void)memory;
#endif
    return bounded && filter_calls();
}
