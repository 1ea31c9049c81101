// SPDX-License-Identifier: MIT
//
// POSIX signals with their codes, as Linux numbers them on the processors that dumps come from
// (asm-generic/signal.h, asm-generic/siginfo.h; MIPS has other numbers and is not named here).
// Breakpad and Crashpad put the signal into the exception's code and si_code into its flags.
#include <inttypes.h>

#include "base/names.h"
#include "verdict/exception.h"

enum {
    SIGNAL_ILL = 4,
    SIGNAL_TRAP = 5,
    SIGNAL_ABRT = 6,
    SIGNAL_BUS = 7,
    SIGNAL_FPE = 8,
    SIGNAL_SEGV = 11,
    SIGNAL_SYS = 31,
};

enum { CODE_USER = 0, CODE_KERNEL = 0x80 };
static const uint32_t CODE_TKILL = (uint32_t)-6;
static const uint32_t DUMP_REQUESTED = 0xffffffff;

static const struct bt_name linux_signals[] = {
    {1, "SIGHUP"},     {2, "SIGINT"},   {3, "SIGQUIT"},   {4, "SIGILL"},   {5, "SIGTRAP"},
    {6, "SIGABRT"},    {7, "SIGBUS"},   {8, "SIGFPE"},    {9, "SIGKILL"},  {10, "SIGUSR1"},
    {11, "SIGSEGV"},   {12, "SIGUSR2"}, {13, "SIGPIPE"},  {14, "SIGALRM"}, {15, "SIGTERM"},
    {16, "SIGSTKFLT"}, {17, "SIGCHLD"}, {18, "SIGCONT"},  {19, "SIGSTOP"}, {20, "SIGTSTP"},
    {21, "SIGTTIN"},   {22, "SIGTTOU"}, {23, "SIGURG"},   {24, "SIGXCPU"}, {25, "SIGXFSZ"},
    {26, "SIGVTALRM"}, {27, "SIGPROF"}, {28, "SIGWINCH"}, {29, "SIGIO"},   {30, "SIGPWR"},
    {31, "SIGSYS"},
};

// <sys/signal.h> of macOS: those that can end a process.
static const struct bt_name mac_signals[] = {
    {1, "SIGHUP"},   {2, "SIGINT"},   {3, "SIGQUIT"},  {4, "SIGILL"},   {5, "SIGTRAP"},
    {6, "SIGABRT"},  {7, "SIGEMT"},   {8, "SIGFPE"},   {9, "SIGKILL"},  {10, "SIGBUS"},
    {11, "SIGSEGV"}, {12, "SIGSYS"},  {13, "SIGPIPE"}, {14, "SIGALRM"}, {15, "SIGTERM"},
    {24, "SIGXCPU"}, {25, "SIGXFSZ"}, {30, "SIGUSR1"}, {31, "SIGUSR2"},
};

struct signal_code {
    uint32_t number;
    uint32_t code;
    const char *name;
    const char *meaning;
};

static const struct signal_code codes[] = {
    {SIGNAL_ILL, 1, "ILL_ILLOPC", "illegal instruction"},
    {SIGNAL_ILL, 2, "ILL_ILLOPN", "illegal operand of an instruction"},
    {SIGNAL_ILL, 3, "ILL_ILLADR", "illegal addressing of an instruction"},
    {SIGNAL_ILL, 4, "ILL_ILLTRP", "illegal trap instruction"},
    {SIGNAL_ILL, 5, "ILL_PRVOPC", "privileged instruction"},
    {SIGNAL_ILL, 6, "ILL_PRVREG", "privileged register"},
    {SIGNAL_ILL, 7, "ILL_COPROC", "coprocessor error"},
    {SIGNAL_ILL, 8, "ILL_BADSTK", "internal stack error"},
    {SIGNAL_TRAP, 1, "TRAP_BRKPT", "breakpoint, or a trap that the compiler put in"},
    {SIGNAL_TRAP, 2, "TRAP_TRACE", "single step"},
    {SIGNAL_TRAP, 3, "TRAP_BRANCH", "branch taken"},
    {SIGNAL_TRAP, 4, "TRAP_HWBKPT", "hardware breakpoint"},
    {SIGNAL_BUS, 1, "BUS_ADRALN", "misaligned address"},
    {SIGNAL_BUS, 2, "BUS_ADRERR",
     "no memory behind the address: a mapped file that shrank, or "
     "no space left for it"},
    {SIGNAL_BUS, 3, "BUS_OBJERR", "hardware error behind the address"},
    {SIGNAL_BUS, 4, "BUS_MCEERR_AR", "memory error that was consumed: failing hardware"},
    {SIGNAL_BUS, 5, "BUS_MCEERR_AO", "memory error found before use: failing hardware"},
    {SIGNAL_FPE, 1, "FPE_INTDIV", "integer division by zero"},
    {SIGNAL_FPE, 2, "FPE_INTOVF", "integer overflow"},
    {SIGNAL_FPE, 3, "FPE_FLTDIV", "floating-point division by zero"},
    {SIGNAL_FPE, 4, "FPE_FLTOVF", "floating-point overflow"},
    {SIGNAL_FPE, 5, "FPE_FLTUND", "floating-point underflow"},
    {SIGNAL_FPE, 6, "FPE_FLTRES", "inexact floating-point result"},
    {SIGNAL_FPE, 7, "FPE_FLTINV", "invalid floating-point operation"},
    {SIGNAL_FPE, 8, "FPE_FLTSUB", "subscript out of range"},
    {SIGNAL_SEGV, 1, "SEGV_MAPERR", "where nothing is mapped"},
    {SIGNAL_SEGV, 2, "SEGV_ACCERR", "which its protection forbids"},
    {SIGNAL_SEGV, 3, "SEGV_BNDERR", "outside the bounds of an object"},
    {SIGNAL_SEGV, 4, "SEGV_PKUERR", "which a protection key forbids"},
    {SIGNAL_SEGV, 8, "SEGV_MTEAERR", "with a wrong memory tag (told late)"},
    {SIGNAL_SEGV, 9, "SEGV_MTESERR", "with a wrong memory tag"},
    {SIGNAL_SYS, 1, "SYS_SECCOMP", "system call that the sandbox forbids"},
};

// What a signal says by itself.
static const struct bt_name meanings[] = {
    {SIGNAL_ILL, "illegal instruction"},
    {SIGNAL_TRAP, "breakpoint, or a trap that the compiler put in"},
    {SIGNAL_ABRT, "the program ended itself (abort)"},
    {SIGNAL_BUS, "bad access to memory that is mapped"},
    {SIGNAL_FPE, "arithmetic error"},
    {SIGNAL_SYS, "bad system call"},
    {24, "limit of processor time exceeded"},
    {25, "limit of file size exceeded"},
    {13, "write to a pipe that nobody reads"},
};

const char *bt_signal_name(enum bt_platform platform, uint32_t number)
{
    if (platform == BT_PLATFORM_MACOS || platform == BT_PLATFORM_IOS)
        return bt_name_of(mac_signals, BT_COUNT(mac_signals), number);
    return bt_name_of(linux_signals, BT_COUNT(linux_signals), number);
}

static const struct signal_code *find_code(uint32_t number, uint32_t code)
{
    for (size_t i = 0; i < BT_COUNT(codes); i++) {
        if (codes[i].number == number && codes[i].code == code)
            return &codes[i];
    }
    return NULL;
}

// Whether the address of the exception is the one that was accessed; for the other signals it
// is the instruction.
static bool tells_address(uint32_t number, uint32_t code)
{
    // Sent by a process, or by the kernel for want of an address.
    bool sent = code == CODE_KERNEL || (int32_t)code < 0;
    return (number == SIGNAL_SEGV || number == SIGNAL_BUS) && !sent;
}

// Where the instruction itself is what could not be reached, the program went astray: it
// called a bad pointer, or returned to one.
enum bt_status bt_exception_data_access(const struct bt_crash *crash, const char *how,
                                        struct bt_arena *arena,
                                        struct bt_exception_meaning *ret, struct bt_error *err)
{
    const bt_va target = crash->exception.address;
    // A signal that was typed in without an address.
    if (crash->format == BT_FORMAT_NONE && target == 0) {
        ret->target = (struct bt_opt64){0};
        ret->meaning = "bad access to memory";
        return BT_OK;
    }
    const struct bt_thread *thread = bt_crashing_thread(crash);
    bool executes = thread != NULL && thread->sp != 0 && thread->ip == target;
    if (executes)
        ret->access = "execute";
    return bt_arena_printf(arena, &ret->meaning, err, "%s 0x%" PRIx64 "%s%s",
                           executes ? "execution of" : "access to", target,
                           how != NULL ? ", " : "", how != NULL ? how : "");
}

static enum bt_status describe_segment(const struct bt_crash *crash, struct bt_arena *arena,
                                       const struct signal_code *row,
                                       struct bt_exception_meaning *ret, struct bt_error *err)
{
    uint32_t code = crash->exception.flags;
    if (code == CODE_KERNEL) {
        ret->meaning = "access through a pointer that is no address: the processor does not "
                       "tell its value";
        return BT_OK;
    }
    if ((int32_t)code < 0) {
        ret->meaning = "a process sent the signal";
        return BT_OK;
    }
    return bt_exception_data_access(crash, row != NULL ? row->meaning : NULL, arena, ret, err);
}

enum bt_status bt_exception_posix(const struct bt_crash *crash, struct bt_arena *arena,
                                  struct bt_exception_meaning *ret, struct bt_error *err)
{
    const struct bt_exception *exception = &crash->exception;
    uint32_t number = exception->code;
    if (number == DUMP_REQUESTED) {
        ret->name = "DUMP_REQUESTED";
        ret->meaning = "the program asked for a dump; there was no crash";
        return BT_OK;
    }
    const char *name = bt_signal_name(crash->system.platform, number);
    const struct signal_code *row = find_code(number, exception->flags);
    if (name == NULL)
        return BT_OK;
    ret->name = name;
    if (row != NULL)
        BT_TRY(bt_arena_printf(arena, &ret->name, err, "%s / %s", name, row->name));
    bool typed_in = crash->format == BT_FORMAT_NONE && exception->address == 0;
    if (tells_address(number, exception->flags) && !typed_in)
        ret->target = bt_some64(exception->address);
    if (number == SIGNAL_SEGV)
        return describe_segment(crash, arena, row, ret, err);
    if (number == SIGNAL_SYS && exception->parameter_count != 0)
        return bt_arena_printf(arena, &ret->meaning, err, "%s: number %" PRIu64,
                               row != NULL ? row->meaning : "bad system call",
                               exception->parameters[0]);
    bool sent = exception->flags == CODE_USER || exception->flags == CODE_TKILL;
    if (number == SIGNAL_ABRT && !sent)
        ret->meaning = "aborted";
    else
        ret->meaning =
            row != NULL ? row->meaning : bt_name_of(meanings, BT_COUNT(meanings), number);
    return BT_OK;
}
