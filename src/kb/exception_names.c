// SPDX-License-Identifier: MIT
//
// Exceptions by the names that people know them by.
#include <stdio.h>
#include <string.h>

#include "base/attributes.h"
#include "base/text.h"
#include "kb/exception_scan.h"

static const uint32_t FAST_FAIL = 0xc0000409;

// winbase.h's names, and those of crash reporters, where putting STATUS_ in front of the rest
// does not give the name of the status.
static const struct {
    const char *name;
    const char *status;
} others[] = {
    {"DATATYPE_MISALIGNMENT", "STATUS_DATATYPE_MISALIGNMENT"},
    {"ARRAY_BOUNDS_EXCEEDED", "STATUS_ARRAY_BOUNDS_EXCEEDED"},
    {"FLT_DENORMAL_OPERAND", "STATUS_FLOAT_DENORMAL_OPERAND"},
    {"FLT_DIVIDE_BY_ZERO", "STATUS_FLOAT_DIVIDE_BY_ZERO"},
    {"FLT_INEXACT_RESULT", "STATUS_FLOAT_INEXACT_RESULT"},
    {"FLT_INVALID_OPERATION", "STATUS_FLOAT_INVALID_OPERATION"},
    {"FLT_OVERFLOW", "STATUS_FLOAT_OVERFLOW"},
    {"FLT_STACK_CHECK", "STATUS_FLOAT_STACK_CHECK"},
    {"FLT_UNDERFLOW", "STATUS_FLOAT_UNDERFLOW"},
    {"INT_DIVIDE_BY_ZERO", "STATUS_INTEGER_DIVIDE_BY_ZERO"},
    {"INT_OVERFLOW", "STATUS_INTEGER_OVERFLOW"},
    {"PRIV_INSTRUCTION", "STATUS_PRIVILEGED_INSTRUCTION"},
    {"INVALID_DISPOSITION", "STATUS_INVALID_DISPOSITION"},
    {"GUARD_PAGE", "STATUS_GUARD_PAGE_VIOLATION"},
    {"POSSIBLE_DEADLOCK", "STATUS_POSSIBLE_DEADLOCK"},
    {"IN_PAGE_ERROR", "STATUS_IN_PAGE_ERROR"},
};

// Signals of Linux and exceptions of Mach.
static const struct {
    const char *name;
    const char *platform;
    uint32_t code;
} foreign[] = {
    {"SIGHUP", "linux", 1},         {"SIGINT", "linux", 2},
    {"SIGQUIT", "linux", 3},        {"SIGILL", "linux", 4},
    {"SIGTRAP", "linux", 5},        {"SIGABRT", "linux", 6},
    {"SIGBUS", "linux", 7},         {"SIGFPE", "linux", 8},
    {"SIGKILL", "linux", 9},        {"SIGSEGV", "linux", 11},
    {"SIGPIPE", "linux", 13},       {"SIGALRM", "linux", 14},
    {"SIGTERM", "linux", 15},       {"SIGXCPU", "linux", 24},
    {"SIGXFSZ", "linux", 25},       {"SIGSYS", "linux", 31},
    {"EXC_BAD_ACCESS", "macos", 1}, {"EXC_BAD_INSTRUCTION", "macos", 2},
    {"EXC_ARITHMETIC", "macos", 3}, {"EXC_EMULATION", "macos", 4},
    {"EXC_SOFTWARE", "macos", 5},   {"EXC_BREAKPOINT", "macos", 6},
    {"EXC_CRASH", "macos", 10},     {"EXC_RESOURCE", "macos", 11},
    {"EXC_GUARD", "macos", 12},
};

static bool find_status(const struct bt_kb *kb, const char *name, uint32_t *ret)
{
    struct bt_kb_status status;
    if (!bt_kb_status_by_name(kb, BT_KB_NTSTATUS, name, &status) &&
        !bt_kb_status_by_name(kb, BT_KB_EXCEPTION, name, &status))
        return false;
    *ret = status.value;
    return true;
}

// "EXCEPTION_ACCESS_VIOLATION", and the endings that readers of minidumps give it.
static bool find_exception(const struct bt_kb *kb, const char *name, uint32_t *ret)
{
    static const char prefix[] = "EXCEPTION_";
    char status[BT_EXCEPTION_TEXT_WORD];
    if (strlen(name) < sizeof prefix || !bt_ieq_n(name, prefix, sizeof prefix - 1))
        return false;
    const char *rest = &name[sizeof prefix - 1];
    if (strlen(rest) >= 16 && bt_ieq_n(rest, "ACCESS_VIOLATION", 16)) {
        *ret = 0xc0000005;
        return true;
    }
    for (size_t i = 0; i < BT_COUNT(others); i++) {
        if (bt_ieq(rest, others[i].name))
            return find_status(kb, others[i].status, ret);
    }
    snprintf(status, sizeof status, "STATUS_%s", rest);
    return find_status(kb, status, ret);
}

bool bt_exception_by_name(const struct bt_kb *kb, const char *name,
                          struct bt_exception_text *ret)
{
    struct bt_kb_status status;
    *ret = (struct bt_exception_text){.platform = "windows", .code_known = true};
    if (find_status(kb, name, &ret->code) || find_exception(kb, name, &ret->code))
        return true;
    if (bt_kb_status_by_name(kb, BT_KB_FAILFAST, name, &status)) {
        ret->code = FAST_FAIL;
        ret->parameters[0] = status.value;
        ret->parameter_count = 1;
        return true;
    }
    for (size_t i = 0; i < BT_COUNT(foreign); i++) {
        if (bt_ieq(name, foreign[i].name)) {
            ret->platform = foreign[i].platform;
            ret->code = foreign[i].code;
            return true;
        }
    }
    return false;
}

bool bt_exception_flags_by_name(const char *name, uint32_t *ret)
{
    // <asm-generic/siginfo.h>, <mach/kern_return.h>
    static const struct {
        const char *name;
        uint32_t code;
    } flags[] = {
        {"SEGV_MAPERR", 1},         {"SEGV_ACCERR", 2},
        {"SEGV_BNDERR", 3},         {"BUS_ADRALN", 1},
        {"BUS_ADRERR", 2},          {"BUS_OBJERR", 3},
        {"FPE_INTDIV", 1},          {"FPE_INTOVF", 2},
        {"FPE_FLTDIV", 3},          {"ILL_ILLOPC", 1},
        {"ILL_ILLOPN", 2},          {"ILL_PRVOPC", 5},
        {"TRAP_BRKPT", 1},          {"TRAP_TRACE", 2},
        {"SI_KERNEL", 0x80},        {"SI_USER", 0},
        {"SI_TKILL", (uint32_t)-6}, {"KERN_INVALID_ADDRESS", 1},
        {"KERN_NO_ACCESS", 8},      {"KERN_PROTECTION_FAILURE", 2},
        {"EXC_I386_GPFLT", 13},
    };
    for (size_t i = 0; i < BT_COUNT(flags); i++) {
        if (bt_ieq(flags[i].name, name)) {
            *ret = flags[i].code;
            return true;
        }
    }
    return false;
}
