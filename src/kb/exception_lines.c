// SPDX-License-Identifier: MIT
//
// Single lines that tell the crash of a program: message boxes, Visual Studio, the debugger,
// Dr. Watson, other readers of minidumps, the log of the Linux kernel.
#include <string.h>

#include "base/attributes.h"
#include "base/text.h"
#include "kb/exception_scan.h"

static const uint32_t ACCESS_VIOLATION = 0xc0000005;
enum { LINE_REACH = 1000, SIGNAL_SEGMENT = 11 };

static void set_code(struct bt_exception_text *ret, uint64_t code)
{
    ret->code_known = code <= UINT32_MAX;
    ret->code = (uint32_t)code;
}

static size_t reach(const struct bt_scan_text *s, size_t at)
{
    return s->size - at > LINE_REACH ? at + LINE_REACH : s->size;
}

// Read, write or execute, and where.
static void set_access(struct bt_exception_text *ret, uint64_t access, uint64_t address)
{
    ret->parameters[0] = access;
    ret->parameters[1] = address;
    ret->parameter_count = 2;
}

// "app.exe" in front of " - Application Error", and of "[1234]: segfault".
static void take_name_before(const struct bt_scan_text *s, size_t end,
                             struct bt_exception_text_file *ret)
{
    char value[BT_EXCEPTION_TEXT_WORD];
    size_t start = end;
    while (start > 0 && strchr("\r\n\t \":", s->text[start - 1]) == NULL)
        start--;
    if (end > start && end - start < sizeof value) {
        memcpy(value, &s->text[start], end - start);
        value[end - start] = '\0';
        bt_scan_file(value, ret);
    }
}

// --- Message boxes

// The instruction at "0x77f83aed" referenced memory at "0x00000010". The memory could not be
// "read".
static bool read_memory_box(const struct bt_scan_text *s, struct bt_exception_text *ret)
{
    uint64_t address, target;
    size_t at = bt_scan_find(s, 0, s->size, "the instruction at");
    if (at == BT_SCAN_NONE || !bt_scan_hex(s, at, &address) ||
        !bt_scan_hex_of(s, at, reach(s, at), "memory at", &target))
        return false;
    size_t what = bt_scan_find(s, at, reach(s, at), "could not be");
    what = what == BT_SCAN_NONE ? s->size : bt_scan_skip(s, what);
    set_code(ret, ACCESS_VIOLATION);
    ret->address = bt_some64(address);
    if (bt_scan_find(s, what, what + 4, "read") != BT_SCAN_NONE)
        set_access(ret, 0, target);
    else if (bt_scan_find(s, what, what + 7, "written") != BT_SCAN_NONE)
        set_access(ret, 1, target);
    ret->form = "message box";
    return true;
}

// The exception unknown software exception (0xc0000409) occurred in the application at location
// 0x00401234.
static bool read_exception_box(const struct bt_scan_text *s, struct bt_exception_text *ret)
{
    uint64_t number;
    size_t at = bt_scan_find(s, 0, s->size, "the exception ");
    if (at == BT_SCAN_NONE ||
        bt_scan_find(s, at, reach(s, at), "occurred in the application") == BT_SCAN_NONE ||
        !bt_scan_hex_of(s, at, reach(s, at), "(", &number))
        return false;
    set_code(ret, number);
    if (bt_scan_hex_of(s, at, reach(s, at), "at location", &number))
        ret->address = bt_some64(number);
    ret->form = "message box";
    return true;
}

static bool read_box(const struct bt_scan_text *s, struct bt_exception_text *ret)
{
    static const char title[] = " - application error";
    if (!read_memory_box(s, ret) && !read_exception_box(s, ret))
        return false;
    size_t at = bt_scan_find(s, 0, s->size, title);
    if (at != BT_SCAN_NONE)
        take_name_before(s, at - (sizeof title - 1), &ret->process);
    return true;
}

// --- Debuggers

// Unhandled exception at 0x6F2B1234 (plugin.dll) in app.exe: 0xC0000005: Access violation
// reading location 0x00000010.
static bool read_studio(const struct bt_scan_text *s, struct bt_exception_text *ret)
{
    static const char *const keys[] = {"unhandled exception at", "exception thrown at",
                                       "first-chance exception at", NULL};
    char value[BT_EXCEPTION_TEXT_WORD];
    uint64_t address, number;
    size_t at = bt_scan_find_any(s, 0, s->size, keys);
    if (at == BT_SCAN_NONE || !bt_scan_hex(s, at, &address))
        return false;
    size_t end = reach(s, at), in = bt_scan_find(s, at, end, " in ");
    if (in == BT_SCAN_NONE || !bt_scan_hex_of(s, in, end, ": ", &number))
        return false;
    set_code(ret, number);
    ret->address = bt_some64(address);
    if (bt_scan_value(s, in, ":", value))
        bt_scan_file(value, &ret->process);
    size_t module = bt_scan_find(s, at, in, "(");
    if (module != BT_SCAN_NONE && bt_scan_value(s, module, ")", value))
        bt_scan_file(value, &ret->module);
    if (bt_scan_hex_of(s, in, end, "reading location", &number))
        set_access(ret, 0, number);
    else if (bt_scan_hex_of(s, in, end, "writing location", &number))
        set_access(ret, 1, number);
    ret->form = "debugger";
    return true;
}

// ExceptionAddress: 6f2b1234 (plugin+0x00001234)
// ExceptionCode: c0000005 (Access violation)
// Parameter[0]: 00000000
static bool read_record(const struct bt_scan_text *s, struct bt_exception_text *ret)
{
    static const char *const parameters[] = {
        "parameter[0]:", "parameter[1]:", "parameter[2]:", "parameter[3]:"};
    uint64_t number;
    size_t at = bt_scan_find(s, 0, s->size, "exceptioncode:");
    if (at == BT_SCAN_NONE || !bt_scan_hex(s, at, &number))
        return false;
    set_code(ret, number);
    if (bt_scan_hex_of(s, 0, s->size, "exceptionaddress:", &number))
        ret->address = bt_some64(number);
    for (unsigned i = 0; i < BT_COUNT(parameters); i++) {
        if (!bt_scan_hex_of(s, at, reach(s, at), parameters[i], &number))
            break;
        ret->parameters[i] = number;
        ret->parameter_count = i + 1;
    }
    ret->form = "debugger";
    ret->clear = false; // also inside of the analysis of a stop
    return true;
}

// (1a2c.1b3c): Access violation - code c0000005 (first chance)
static bool read_event_line(const struct bt_scan_text *s, struct bt_exception_text *ret)
{
    uint64_t number;
    if (!bt_scan_hex_of(s, 0, s->size, " - code", &number) || number < 0x100)
        return false;
    set_code(ret, number);
    ret->form = "debugger";
    ret->clear = false;
    return true;
}

// --- Dr. Watson

// "App: C:\app\app.exe (pid=1234)", "Exception number: c0000005 (access violation)"; event
// 4097: "The application, app.exe, generated an application error ... The exception generated
// was c0000005 at address 77F83AED (plugin!Function)".
static bool read_watson(const struct bt_scan_text *s, struct bt_exception_text *ret)
{
    static const char *const codes[] = {"exception number:", "the exception generated was",
                                        NULL};
    static const char *const names[] = {"app:", "the application,", NULL};
    char value[BT_EXCEPTION_TEXT_WORD];
    uint64_t number;
    size_t at = bt_scan_find_any(s, 0, s->size, codes);
    if (at == BT_SCAN_NONE || !bt_scan_hex(s, at, &number))
        return false;
    set_code(ret, number);
    size_t name = bt_scan_find_any(s, 0, s->size, names);
    if (name != BT_SCAN_NONE && bt_scan_value(s, name, ",(", value))
        bt_scan_file(value, &ret->process);
    if (bt_scan_hex_of(s, at, at + 40, "at address", &number))
        ret->address = bt_some64(number);
    ret->form = "Dr. Watson";
    return true;
}

// --- Readers of minidumps

// The access that the ending of a reason tells: "EXCEPTION_ACCESS_VIOLATION_WRITE".
static void take_reason_access(const char *reason, uint64_t address,
                               struct bt_exception_text *ret)
{
    static const char *const endings[] = {"_READ", "_WRITE", "_EXEC"};
    static const uint64_t accesses[] = {0, 1, 8};
    for (size_t i = 0; i < BT_COUNT(endings); i++) {
        if (bt_iends_with(reason, endings[i]))
            set_access(ret, accesses[i], address);
    }
}

// The part behind a slash: the code of a signal, or the cause of a fast fail.
static void take_reason_detail(const struct bt_scan_text *s, const char *detail,
                               struct bt_exception_text *ret)
{
    struct bt_exception_text named;
    uint64_t number;
    bool windows = strcmp(ret->platform, "windows") == 0;
    if (!windows && bt_exception_flags_by_name(detail, &ret->flags))
        return;
    if (!windows && bt_parse_hex(detail, strlen(detail), &number) && number <= UINT32_MAX)
        ret->flags = (uint32_t)number;
    else if (windows && bt_exception_by_name(s->kb, detail, &named) &&
             named.parameter_count == 1) {
        ret->parameters[0] = named.parameters[0];
        ret->parameter_count = 1;
    }
}

static bool take_reason(const struct bt_scan_text *s, char *reason,
                        struct bt_exception_text *ret)
{
    uint64_t number;
    struct bt_exception_text named;
    char *slash = strchr(reason, '/'), *detail = slash;
    if (slash != NULL) {
        *slash = '\0';
        detail = &slash[1];
        while (*detail == ' ')
            detail++;
    }
    for (size_t size = strlen(reason); size > 0 && reason[size - 1] == ' ';)
        reason[--size] = '\0';
    if (bt_exception_by_name(s->kb, reason, &named)) {
        ret->platform = named.platform;
        set_code(ret, named.code);
    } else if (bt_starts_with(reason, "0x") && bt_parse_hex(reason, strlen(reason), &number)) {
        set_code(ret, number);
    } else {
        return false;
    }
    if (detail != NULL)
        take_reason_detail(s, detail, ret);
    return ret->code_known;
}

// " 0  plugin.dll + 0x1234", " 0  plugin.dll!Function", below "(crashed)".
static void take_first_frame(const struct bt_scan_text *s, struct bt_exception_text *ret)
{
    char value[BT_EXCEPTION_TEXT_WORD];
    uint64_t number;
    size_t crashed = bt_scan_find(s, 0, s->size, "(crashed)");
    size_t at =
        crashed != BT_SCAN_NONE ? bt_scan_find(s, crashed, crashed + 80, "0  ") : BT_SCAN_NONE;
    if (at == BT_SCAN_NONE || !bt_scan_value(s, at, " !+", value) ||
        !bt_scan_file(value, &ret->module))
        return;
    at = bt_scan_skip(s, at) + strlen(value);
    if (bt_scan_hex_of(s, at, at + 4, "+", &number))
        ret->offset = bt_some64(number);
}

// "Crash reason:  SIGSEGV /SEGV_MAPERR" and "Crash address: 0x10".
static bool read_stackwalk(const struct bt_scan_text *s, struct bt_exception_text *ret)
{
    char reason[BT_EXCEPTION_TEXT_WORD];
    uint64_t address;
    size_t at = bt_scan_find(s, 0, s->size, "crash reason:");
    if (at == BT_SCAN_NONE || !bt_scan_value(s, at, "", reason))
        return false;
    if (!take_reason(s, reason, ret))
        return false;
    if (bt_scan_hex_of(s, at, reach(s, at), "crash address:", &address)) {
        bool windows = strcmp(ret->platform, "windows") == 0;
        // For an access violation of Windows the address is the one that was accessed.
        if (windows)
            take_reason_access(reason, address, ret);
        if (!windows || ret->parameter_count != 2)
            ret->address = bt_some64(address);
    }
    take_first_frame(s, ret);
    ret->form = "reader of minidumps";
    return true;
}

// --- Linux

// app[1234]: segfault at 10 ip 00007f12a0001234 sp 00007ffd0 error 4 in
// libfoo.so[7f12a0000000+1000]
static bool read_kernel_log(const struct bt_scan_text *s, struct bt_exception_text *ret)
{
    static const char key[] = "segfault at";
    char value[BT_EXCEPTION_TEXT_WORD];
    uint64_t number;
    size_t at = bt_scan_find(s, 0, s->size, key), end;
    if (at == BT_SCAN_NONE || !bt_scan_hex(s, at, &number))
        return false;
    end = reach(s, at);
    ret->platform = "linux";
    set_code(ret, SIGNAL_SEGMENT);
    ret->address = bt_some64(number);
    // Bit 0 of the processor's error: the page is there, and forbids the access.
    if (bt_scan_hex_of(s, at, end, "error", &number))
        ret->flags = (number & 1) != 0 ? 2 : 1;
    size_t in = bt_scan_find(s, at, end, " in ");
    if (in != BT_SCAN_NONE && bt_scan_value(s, in, "[", value))
        bt_scan_file(value, &ret->module);
    // In front of the key: "app[1234]: ".
    size_t name = at - (sizeof key - 1);
    while (name > 0 && s->text[name - 1] != '[' && s->text[name - 1] != '\n')
        name--;
    if (name > 0 && s->text[name - 1] == '[')
        take_name_before(s, name - 1, &ret->process);
    ret->form = "kernel log";
    return true;
}

bool bt_exception_lines_read(const struct bt_scan_text *s, struct bt_exception_text *ret)
{
    static bool (*const readers[])(const struct bt_scan_text *, struct bt_exception_text *) = {
        read_watson, read_stackwalk, read_kernel_log, read_box,
        read_studio, read_record,    read_event_line,
    };
    const struct bt_exception_text nothing = *ret;
    for (size_t i = 0; i < BT_COUNT(readers); i++) {
        *ret = nothing;
        if (readers[i](s, ret))
            return true;
    }
    return false;
}
