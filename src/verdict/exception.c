// SPDX-License-Identifier: MIT
#include "verdict/exception.h"

#include <inttypes.h>

#include "base/text.h"
#include "verdict/address_hints.h"
#include "verdict/parameter_kinds.h"

static const uint32_t ACCESS_VIOLATION = 0xc0000005;
static const uint32_t IN_PAGE_ERROR = 0xc0000006;
static const uint32_t GUARD_PAGE = 0x80000001;
static const uint32_t FAST_FAIL = 0xc0000409;
static const uint32_t CUSTOMER_BIT = 0x20000000; // never set in codes of Windows itself
static const uint32_t BREAKPOINT = 0x80000003;
static const uint32_t FLOAT_INEXACT = 0xc000008f;
static const uint32_t DELAYED_MODULE = 0xc06d007e;
static const uint32_t DELAYED_FUNCTION = 0xc06d007f;
static const uint32_t HRESULT_OF_WIN32 = 0x80070000;
static const uint32_t CPP_EXCEPTION = 0xe06d7363;
static const uint32_t CLR_EXCEPTION = 0xe0434352;
static const uint32_t CLR_EXCEPTION_V2 = 0xe0434f4d;

static enum bt_status name_of_status(const struct bt_kb *kb, enum bt_kb_status_kind kind,
                                     uint32_t value, struct bt_arena *arena, const char **ret,
                                     struct bt_error *err)
{
    struct bt_kb_status status;
    if (bt_kb_status_find(kb, kind, value, &status)) {
        *ret = status.name;
        return BT_OK;
    }
    return bt_arena_printf(arena, ret, err, "0x%08" PRIx32, value);
}

// The first two parameters tell what was done and where; the third, of an in-page error, why
// the page could not be read.
static enum bt_status describe_access(const struct bt_scene *scene,
                                      struct bt_exception_meaning *ret, struct bt_error *err)
{
    const struct bt_exception *exception = &scene->crash->exception;
    if (exception->parameter_count < 2)
        return BT_OK;
    uint64_t target = exception->parameters[1];
    ret->access = bt_access_name(exception->parameters[0]);
    // The processor gives no address for one that is not canonical; Windows then writes all
    // ones and mostly "read", whatever was done.
    if (scene->crash->system.arch == BT_ARCH_X64 && target == UINT64_MAX) {
        bool read = exception->parameters[0] == 0;
        ret->access = read ? NULL : ret->access;
        ret->meaning =
            read ? "access through a pointer that is no address, or to misaligned data: the "
                   "processor does not tell its value"
                 : "access to an address that the processor does not tell";
        return BT_OK;
    }
    ret->target = bt_some64(target);
    const char *verb = ret->access == NULL             ? "access to"
                       : exception->parameters[0] == 0 ? "read from"
                       : exception->parameters[0] == 1 ? "write to"
                                                       : "execution of";
    BT_TRY(bt_arena_printf(scene->arena, &ret->meaning, err, "%s 0x%" PRIx64, verb, target));
    if (exception->code != IN_PAGE_ERROR || exception->parameter_count < 3)
        return BT_OK;
    const char *status;
    BT_TRY(name_of_status(scene->kb, BT_KB_NTSTATUS, (uint32_t)exception->parameters[2],
                          scene->arena, &status, err));
    return bt_arena_printf(scene->arena, &ret->meaning, err,
                           "%s, and the page could not be read: %s", ret->meaning, status);
}

static enum bt_status describe_fast_fail(const struct bt_scene *scene,
                                         struct bt_exception_meaning *ret, struct bt_error *err)
{
    const struct bt_exception *exception = &scene->crash->exception;
    struct bt_kb_status status;
    if (exception->parameter_count == 0)
        return BT_OK;
    uint32_t code = (uint32_t)exception->parameters[0];
    if (!bt_kb_status_find(scene->kb, BT_KB_FAILFAST, code, &status))
        return bt_arena_printf(scene->arena, &ret->meaning, err, "fast fail %" PRIu32, code);
    return bt_arena_printf(scene->arena, &ret->meaning, err, "fast fail %" PRIu32 ", %s%s%s",
                           code, status.name, status.text != NULL ? ": " : "",
                           status.text != NULL ? status.text : "");
}

static enum bt_status describe_cpp(const struct bt_scene *scene,
                                   struct bt_exception_meaning *ret, struct bt_error *err)
{
    const char *type;
    enum bt_status status =
        bt_exception_cpp_type(scene->crash, scene->memory, scene->arena, &type, err);
    if (status == BT_ABSENT)
        return BT_OK;
    BT_TRY(status);
    return bt_arena_printf(scene->arena, &ret->meaning, err, "C++ exception of type %s", type);
}

// The first parameter of a .NET exception is the HRESULT of its class.
static enum bt_status describe_clr(const struct bt_scene *scene,
                                   struct bt_exception_meaning *ret, struct bt_error *err)
{
    const struct bt_exception *exception = &scene->crash->exception;
    const char *name;
    if (exception->parameter_count == 0)
        return BT_OK;
    BT_TRY(name_of_status(scene->kb, BT_KB_WIN32, (uint32_t)exception->parameters[0],
                          scene->arena, &name, err));
    return bt_arena_printf(scene->arena, &ret->meaning, err, ".NET exception, %s", name);
}

// A delayed import names the library, or the function of it, that is missing, where the dump
// holds the names. DelayLoadInfo: 00 u32 size, then pointers at the width of the program:
// descriptor, slot, name of the library, u32 "by name", name or number of the function.
static enum bt_status describe_delayed_import(const struct bt_scene *scene,
                                              struct bt_exception_meaning *ret,
                                              struct bt_error *err)
{
    enum { NAME_MAX = 260 };
    const struct bt_exception *exception = &scene->crash->exception;
    const uint64_t width = bt_arch_is64(scene->crash->system.arch) ? 8 : 4;
    bt_va info, at;
    char name[NAME_MAX];
    if (scene->memory == NULL || exception->parameter_count == 0)
        return BT_OK;
    info = exception->parameters[0];
    if (info > UINT64_MAX - 4 * width ||
        bt_memory_pointer(scene->memory, info + 3 * width, &at, NULL) != BT_OK || at == 0)
        return BT_OK;
    size_t size = scene->memory->read_some(scene->memory, at, name, sizeof name - 1);
    name[size] = '\0';
    struct bt_span raw = {.data = (const uint8_t *)name, .size = size};
    const char *text;
    BT_TRY(bt_text_bytes(raw, scene->arena, &text, err));
    if (*text == '\0')
        return BT_OK;
    return bt_arena_printf(scene->arena, &ret->meaning, err, "%s: %s", ret->meaning, text);
}

// Visual Basic 6 raises its run-time errors under a code of floating-point arithmetic.
static bool is_visual_basic(const struct bt_crash *crash)
{
    static const char *const runtimes[] = {"msvbvm50.dll", "msvbvm60.dll", "vbe6.dll",
                                           "vbe7.dll"};
    const struct bt_module *module = bt_module_at(crash, crash->exception.address);
    bool raised = module != NULL && (bt_ieq(module->name, "kernelbase.dll") ||
                                     bt_ieq(module->name, "kernel32.dll"));
    for (size_t i = 0; raised && i < BT_COUNT(runtimes); i++) {
        if (bt_module_named(crash, runtimes[i]) != NULL)
            return true;
    }
    return false;
}

// The byte at an address is one that the program holds; -1: the dump does not have it.
static int byte_at(const struct bt_memory *memory, bt_va va)
{
    uint8_t byte;
    return memory != NULL && memory->read_some(memory, va, &byte, 1) == 1 ? byte : -1;
}

// A thread that a debugger starts in a program runs nothing but the system's innermost modules.
// A program that asks for a breakpoint itself is on the stack below it.
static bool is_of_system_alone(const struct bt_crash *crash)
{
    for (size_t i = 0; i < crash->frame_count; i++) {
        const struct bt_module *module = crash->frames[i].module;
        if (module == NULL ||
            (!bt_ieq(module->name, "ntdll.dll") && !bt_ieq(module->name, "kernel32.dll")))
            return false;
    }
    return crash->frame_count != 0;
}

// "int3; ret" is all of the function by which debuggers and hang detectors stop a process.
static bool is_debugger_break(const struct bt_scene *scene)
{
    const bt_va at = scene->crash->exception.address;
    const struct bt_module *module = bt_module_at(scene->crash, at);
    if (module == NULL || !bt_ieq(module->name, "ntdll.dll") || at < 2 ||
        !is_of_system_alone(scene->crash))
        return false;
    bool before = byte_at(scene->memory, at) == 0xcc && byte_at(scene->memory, at + 1) == 0xc3;
    bool behind = byte_at(scene->memory, at) == 0xc3 && byte_at(scene->memory, at - 1) == 0xcc;
    return before || behind;
}

// What the C library told its handler says more than the exception that the handler raised.
static enum bt_status describe_assertion(const struct bt_scene *scene,
                                         struct bt_exception_meaning *ret, struct bt_error *err)
{
    const struct bt_assertion *a = &scene->crash->assertion;
    if (a->kind == NULL)
        return BT_OK;
    BT_TRY(bt_arena_printf(
        scene->arena, &ret->meaning, err, "%s%s%s%s%s", a->kind,
        a->expression != NULL ? ": " : "", a->expression != NULL ? a->expression : "",
        a->function != NULL ? " in " : "", a->function != NULL ? a->function : ""));
    if (a->file == NULL)
        return BT_OK;
    return bt_arena_printf(scene->arena, &ret->meaning, err, "%s (%s:%" PRIu32 ")",
                           ret->meaning, a->file, a->line);
}

enum bt_status bt_exception_windows(const struct bt_scene *scene,
                                    struct bt_exception_meaning *ret, struct bt_error *err)
{
    uint32_t code = scene->crash->exception.code;
    struct bt_kb_status status;
    if (bt_kb_status_find(scene->kb, BT_KB_NTSTATUS, code, &status) ||
        bt_kb_status_find(scene->kb, BT_KB_EXCEPTION, code, &status)) {
        ret->name = status.name;
        ret->meaning = status.text;
    } else if (bt_kb_status_find(scene->kb, BT_KB_WIN32, code, &status)) {
        // RpcRaiseException and others raise plain Win32 errors and HRESULTs.
        ret->name = status.name;
        ret->meaning = status.text;
    } else if ((code & CUSTOMER_BIT) != 0) {
        ret->meaning = "an exception that the program, or a library of it, defines itself";
    }
    if (ret->name == NULL && (code & 0xffff0000) == HRESULT_OF_WIN32 &&
        bt_kb_status_find(scene->kb, BT_KB_WIN32, code & 0xffff, &status)) {
        ret->name = status.name;
        ret->meaning = status.text;
    }
    if (code == ACCESS_VIOLATION || code == IN_PAGE_ERROR || code == GUARD_PAGE)
        BT_TRY(describe_access(scene, ret, err));
    else if (code == FAST_FAIL)
        BT_TRY(describe_fast_fail(scene, ret, err));
    else if (code == CPP_EXCEPTION)
        BT_TRY(describe_cpp(scene, ret, err));
    else if (code == CLR_EXCEPTION || code == CLR_EXCEPTION_V2)
        BT_TRY(describe_clr(scene, ret, err));
    else if ((code == DELAYED_MODULE || code == DELAYED_FUNCTION) && ret->meaning != NULL)
        BT_TRY(describe_delayed_import(scene, ret, err));
    else if (code == FLOAT_INEXACT && is_visual_basic(scene->crash))
        ret->meaning = "run-time error of a Visual Basic program, which uses this code";
    else if (code == BREAKPOINT && is_debugger_break(scene)) {
        ret->meaning = "a debugger, or a tool like one, stopped the program here";
        ret->stopped = true;
    }
    return describe_assertion(scene, ret, err);
}

enum bt_status bt_exception_describe(const struct bt_scene *scene,
                                     struct bt_exception_meaning *ret, struct bt_error *err)
{
    const struct bt_crash *crash = scene->crash;
    *ret = (struct bt_exception_meaning){0};
    if (!crash->exception.present || crash->exception.code_unknown)
        return BT_OK;
    switch (crash->system.platform) {
    case BT_PLATFORM_LINUX:
    case BT_PLATFORM_ANDROID:
        BT_TRY(bt_exception_posix(crash, scene->arena, ret, err));
        break;
    case BT_PLATFORM_MACOS:
    case BT_PLATFORM_IOS:
        BT_TRY(bt_exception_mach(crash, scene->arena, ret, err));
        break;
    case BT_PLATFORM_UNKNOWN:
        if (crash->format == BT_FORMAT_USER_MINIDUMP)
            return BT_OK; // Solaris, Fuchsia and others: numbers of their own
        BT_TRY(bt_exception_windows(scene, ret, err)); // kernel dumps
        break;
    case BT_PLATFORM_WINDOWS:
        BT_TRY(bt_exception_windows(scene, ret, err));
        break;
    }
    if (!ret->target.known)
        return BT_OK;
    return bt_address_hint(scene->kb, crash, ret->target.value, scene->arena, &ret->hint, err);
}
