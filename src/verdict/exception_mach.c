// SPDX-License-Identifier: MIT
//
// Mach exceptions of macOS and iOS: <mach/exception_types.h>, <mach/kern_return.h>,
// <mach/{i386,arm}/exception.h>, <kern/exc_resource.h>, <sys/guarded.h>, <mach/port.h>.
// Breakpad and Crashpad put the exception into the code and its first code into the flags (for
// EXC_RESOURCE and EXC_GUARD the upper half of it); Crashpad adds the exception and all its
// codes, untouched, as parameters.
#include <inttypes.h>
#include <string.h>

#include "base/names.h"
#include "verdict/exception.h"

enum {
    BAD_ACCESS = 1,
    BAD_INSTRUCTION = 2,
    ARITHMETIC = 3,
    SOFTWARE = 5,
    BREAKPOINT = 6,
    CRASH = 10,
    RESOURCE = 11,
    GUARD = 12,
};

static const uint32_t SIMULATED = 0x43507378;    // 'CPsx', Crashpad
static const uint32_t NS_EXCEPTION = 0x43506e78; // 'CPnx', Crashpad

static const struct bt_name exceptions[] = {
    {BAD_ACCESS, "EXC_BAD_ACCESS"},
    {BAD_INSTRUCTION, "EXC_BAD_INSTRUCTION"},
    {ARITHMETIC, "EXC_ARITHMETIC"},
    {4, "EXC_EMULATION"},
    {SOFTWARE, "EXC_SOFTWARE"},
    {BREAKPOINT, "EXC_BREAKPOINT"},
    {7, "EXC_SYSCALL"},
    {8, "EXC_MACH_SYSCALL"},
    {9, "EXC_RPC_ALERT"},
    {CRASH, "EXC_CRASH"},
    {RESOURCE, "EXC_RESOURCE"},
    {GUARD, "EXC_GUARD"},
    {13, "EXC_CORPSE_NOTIFY"},
};

enum family { ANY, X86, ARM };

struct mach_code {
    uint32_t exception;
    enum family family;
    uint32_t code;
    const char *name;
    const char *meaning;
};

static const struct mach_code codes[] = {
    {BAD_ACCESS, ANY, 1, "KERN_INVALID_ADDRESS", "where nothing is mapped"},
    {BAD_ACCESS, ANY, 2, "KERN_PROTECTION_FAILURE", "which its protection forbids"},
    {BAD_ACCESS, ANY, 8, "KERN_NO_ACCESS", "which is forbidden"},
    {BAD_ACCESS, ANY, 9, "KERN_MEMORY_FAILURE", "whose contents could not be read in"},
    {BAD_ACCESS, ANY, 10, "KERN_MEMORY_ERROR", "whose contents could not be read in"},
    {BAD_ACCESS, ANY, 50, "KERN_CODESIGN_ERROR", "whose code signature is wrong"},
    {BAD_ACCESS, X86, 13, "EXC_I386_GPFLT", NULL}, // tells no address, see below
    {BAD_ACCESS, ARM, 0x101, "EXC_ARM_DA_ALIGN", "which is misaligned"},
    {BAD_ACCESS, ARM, 0x102, "EXC_ARM_DA_DEBUG", "which is watched"},
    {BAD_ACCESS, ARM, 0x103, "EXC_ARM_SP_ALIGN", "with a misaligned stack pointer"},
    {BAD_ACCESS, ARM, 0x105, "EXC_ARM_PAC_FAIL", "through a pointer whose signature is wrong"},
    {BAD_INSTRUCTION, ARM, 1, "EXC_ARM_UNDEFINED", "illegal instruction"},
    {BAD_INSTRUCTION, X86, 1, "EXC_I386_INVOP",
     "illegal instruction, often a trap that the compiler put in"},
    {BAD_INSTRUCTION, X86, 10, "EXC_I386_INVTSSFLT", "invalid task state segment"},
    {BAD_INSTRUCTION, X86, 11, "EXC_I386_SEGNPFLT", "segment not present"},
    {BAD_INSTRUCTION, X86, 12, "EXC_I386_STKFLT", "stack segment fault"},
    {BAD_INSTRUCTION, X86, 13, "EXC_I386_GPFLT", "general protection fault"},
    {BAD_INSTRUCTION, X86, 17, "EXC_I386_ALIGNFLT", "misaligned operand"},
    {ARITHMETIC, X86, 1, "EXC_I386_DIV", "integer division by zero"},
    {ARITHMETIC, X86, 2, "EXC_I386_INTO", "integer overflow"},
    {ARITHMETIC, X86, 5, "EXC_I386_EXTERR", "floating-point error (x87)"},
    {ARITHMETIC, X86, 8, "EXC_I386_SSEEXTERR", "floating-point error (SSE)"},
    {ARITHMETIC, ARM, 1, "EXC_ARM_FP_IO", "invalid floating-point operation"},
    {ARITHMETIC, ARM, 2, "EXC_ARM_FP_DZ", "floating-point division by zero"},
    {ARITHMETIC, ARM, 3, "EXC_ARM_FP_OF", "floating-point overflow"},
    {ARITHMETIC, ARM, 4, "EXC_ARM_FP_UF", "floating-point underflow"},
    {ARITHMETIC, ARM, 5, "EXC_ARM_FP_IX", "inexact floating-point result"},
    {SOFTWARE, ANY, 0x10000, "EXC_UNIX_BAD_SYSCALL", "bad system call (SIGSYS)"},
    {SOFTWARE, ANY, 0x10001, "EXC_UNIX_BAD_PIPE",
     "write to a pipe that nobody reads (SIGPIPE)"},
    {SOFTWARE, ANY, 0x10002, "EXC_UNIX_ABORT", "the program ended itself (abort)"},
    {SOFTWARE, ANY, 0xdeadc0de, "NS_EXCEPTION", "an Objective-C exception that nobody caught"},
    {BREAKPOINT, X86, 1, "EXC_I386_SGL", "single step"},
    {BREAKPOINT, X86, 2, "EXC_I386_BPT", "breakpoint"},
    {BREAKPOINT, ARM, 1, "EXC_ARM_BREAKPOINT",
     "breakpoint, or a trap that the compiler put in"},
};

// By type and flavor: bits 61 to 63 and 58 to 60 of the first code, 29 to 31 and 24 to 28 of
// its upper half.
static const struct bt_name resources[] = {
    {1, "processor time"}, {2, "wake-ups of the processor"}, {3, "memory"},
    {4, "bytes written"},  {5, "number of threads"},         {6, "number of ports"},
};

static const struct bt_name guards[] = {
    {1, "a Mach port"},
    {2, "a file descriptor"},
    {3, "an object of the program"},
    {4, "a file of the system"},
    {5, "virtual memory"},
    {6, "a system call that is forbidden"},
};

static enum family family_of(enum bt_arch arch)
{
    switch (arch) {
    case BT_ARCH_X86:
    case BT_ARCH_X64:
        return X86;
    case BT_ARCH_ARM:
    case BT_ARCH_ARM64:
        return ARM;
    default:
        return ANY;
    }
}

static const struct mach_code *find_code(const struct bt_crash *crash)
{
    enum family family = family_of(crash->system.arch);
    for (size_t i = 0; i < BT_COUNT(codes); i++) {
        const struct mach_code *row = &codes[i];
        if (row->exception == crash->exception.code && row->code == crash->exception.flags &&
            (row->family == ANY || row->family == family))
            return row;
    }
    return NULL;
}

static enum bt_status describe_access(const struct bt_crash *crash, struct bt_arena *arena,
                                      const struct mach_code *row,
                                      struct bt_exception_meaning *ret, struct bt_error *err)
{
    if (row != NULL && row->meaning == NULL) {
        ret->meaning =
            "access through a pointer that is no address, or to misaligned data: the "
            "processor does not tell its value";
        return BT_OK;
    }
    ret->target = bt_some64(crash->exception.address);
    return bt_exception_data_access(crash, row != NULL ? row->meaning : NULL, arena, ret, err);
}

static enum bt_status describe_limits(const struct bt_crash *crash, struct bt_arena *arena,
                                      struct bt_exception_meaning *ret, struct bt_error *err)
{
    uint32_t type = crash->exception.flags >> 29;
    bool guard = crash->exception.code == GUARD;
    const char *what = guard ? bt_name_of(guards, BT_COUNT(guards), type)
                             : bt_name_of(resources, BT_COUNT(resources), type);
    if (what == NULL)
        what = guard ? "something" : "some resource";
    return bt_arena_printf(arena, &ret->meaning, err,
                           guard ? "misuse of %s that is guarded"
                                 : "the process used more than its limit: %s",
                           what);
}

// The value of the first annotation with a key, or NULL.
static const char *annotation(const struct bt_crash *crash, const char *key)
{
    for (size_t i = 0; i < crash->annotation_count; i++) {
        const struct bt_annotation *a = &crash->annotations[i];
        if (a->key != NULL && strcmp(a->key, key) == 0)
            return a->value;
    }
    return NULL;
}

static enum bt_status describe_ns_exception(const struct bt_crash *crash,
                                            struct bt_arena *arena,
                                            struct bt_exception_meaning *ret,
                                            struct bt_error *err)
{
    const char *name = annotation(crash, "exceptionName");
    const char *reason = annotation(crash, "exceptionReason");
    ret->name = "NSException";
    if (name == NULL) {
        ret->meaning = "an Objective-C exception that nobody caught";
        return BT_OK;
    }
    return bt_arena_printf(arena, &ret->meaning, err, "nobody caught %s%s%s", name,
                           reason != NULL ? ": " : "", reason != NULL ? reason : "");
}

// EXC_CRASH stands for the end of the process. Its first code holds the signal, the exception
// that the signal was made from (given in its place, if there was one) and that one's code.
static enum bt_status describe_signal(const struct bt_crash *crash, struct bt_arena *arena,
                                      struct bt_exception_meaning *ret, struct bt_error *err)
{
    const struct bt_exception *exception = &crash->exception;
    uint64_t code = exception->parameter_count > 1 ? exception->parameters[1] : 0;
    uint32_t number = (uint32_t)(code >> 24 & 0xff);
    const char *name = bt_signal_name(crash->system.platform, number);
    ret->name = "EXC_CRASH";
    if (name == NULL)
        return BT_OK;
    ret->meaning = strcmp(name, "SIGABRT") == 0 ? "the program ended itself (abort)" : NULL;
    return bt_arena_printf(arena, &ret->name, err, "EXC_CRASH / %s", name);
}

enum bt_status bt_exception_mach(const struct bt_crash *crash, struct bt_arena *arena,
                                 struct bt_exception_meaning *ret, struct bt_error *err)
{
    const struct bt_exception *exception = &crash->exception;
    if (exception->code == SIMULATED) {
        ret->name = "CRASHPAD_SIMULATED";
        ret->meaning = "the program asked for a dump; there was no crash";
        return BT_OK;
    }
    if (exception->code == NS_EXCEPTION)
        return describe_ns_exception(crash, arena, ret, err);
    if (exception->code == CRASH || exception->code == 0)
        return describe_signal(crash, arena, ret, err);
    const char *name = bt_name_of(exceptions, BT_COUNT(exceptions), exception->code);
    const struct mach_code *row = find_code(crash);
    if (name == NULL)
        return BT_OK;
    ret->name = name;
    if (row != NULL)
        BT_TRY(bt_arena_printf(arena, &ret->name, err, "%s / %s", name, row->name));
    if (exception->code == BAD_ACCESS)
        return describe_access(crash, arena, row, ret, err);
    if (exception->code == RESOURCE || exception->code == GUARD)
        return describe_limits(crash, arena, ret, err);
    ret->meaning = row != NULL ? row->meaning : NULL;
    return BT_OK;
}
