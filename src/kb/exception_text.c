// SPDX-License-Identifier: MIT
//
// What Windows itself writes when a program crashes: events 1000, 1001 and 1026, the report
// that the user sees, Report.wer.
#include "kb/exception_text.h"

#include <stdio.h>
#include <string.h>

#include "base/attributes.h"
#include "base/text.h"
#include "kb/exception_scan.h"

static const uint32_t CLR_EXCEPTION = 0xe0434352;

// How far the fields of one event stand apart.
enum { EVENT_REACH = 4000 };

static void set_code(struct bt_exception_text *ret, uint64_t code)
{
    ret->code_known = code <= UINT32_MAX;
    ret->code = (uint32_t)code;
}

static size_t reach(const struct bt_scan_text *s, size_t at)
{
    return s->size - at > EVENT_REACH ? at + EVENT_REACH : s->size;
}

// --- Event 1000, and the report that the user is shown

struct words {
    const char *form;
    const char *application[3], *module[3], *code[2], *offset[4], *version[6], *stamp[3];
    const char *ends; // of a file's name
};

// Event 1000 of Windows 7 and later, then that of Vista and XP (without colons), in the same
// words; the report of Vista to 8; German.
static const struct words languages[] = {
    {"event 1000",
     {"faulting application name", "faulting application"},
     {"faulting module name", "faulting module"},
     {"exception code"},
     {"fault offset", "fault address", "exception offset"},
     {"version"},
     {"time stamp", "timestamp"},
     ","},
    {"problem report",
     {"application name"},
     {"fault module name"},
     {"exception code"},
     {"exception offset", "fault offset"},
     {"version"},
     {"timestamp", "time stamp"},
     ","},
    // The error signature of XP.
    {"error signature",
     {"appname", "app name"},
     {"modname", "mod name"},
     {NULL},
     {"offset"},
     {"appver", "app ver", "modversion", "modver", "mod ver"},
     {NULL},
     " ,"},
    {"event 1000",
     {"name der fehlerhaften anwendung", "fehlerhafte anwendung"},
     {"name des fehlerhaften moduls", "fehlerhaftes modul"},
     {"ausnahmecode"},
     {"fehleroffset"},
     {"version"},
     {"zeitstempel"},
     ","},
};

// Name, version and stamp of a file between two positions.
static void read_file(const struct bt_scan_text *s, const struct words *words, size_t at,
                      size_t end, struct bt_exception_text_file *ret)
{
    char value[BT_EXCEPTION_TEXT_WORD];
    if (!bt_scan_value(s, at, words->ends, value) || !bt_scan_file(value, ret))
        return;
    size_t version = bt_scan_find_any(s, at, end, words->version);
    size_t stamp = bt_scan_find_any(s, at, end, words->stamp);
    if (version != BT_SCAN_NONE && bt_scan_value(s, version, ", ", value))
        bt_scan_version(value, ret);
    if (stamp != BT_SCAN_NONE && bt_scan_value(s, stamp, ", ", value))
        bt_scan_stamp(value, ret);
}

static bool read_event(const struct bt_scan_text *s, const struct words *words,
                       struct bt_exception_text *ret)
{
    uint64_t number;
    size_t application = bt_scan_find_any(s, 0, s->size, words->application);
    if (application == BT_SCAN_NONE)
        return false;
    size_t end = reach(s, application);
    size_t module = bt_scan_find_any(s, application, end, words->module);
    size_t code = bt_scan_find_any(s, application, end, words->code);
    size_t offset = bt_scan_find_any(s, application, end, words->offset);
    if (module == BT_SCAN_NONE || (code == BT_SCAN_NONE && offset == BT_SCAN_NONE))
        return false;
    size_t first = code < offset ? code : offset;
    read_file(s, words, application, module, &ret->process);
    read_file(s, words, module, first > module ? first : end, &ret->module);
    if (code != BT_SCAN_NONE && bt_scan_hex(s, code, &number))
        set_code(ret, number);
    if (offset != BT_SCAN_NONE && bt_scan_hex(s, offset, &number))
        ret->offset = bt_some64(number);
    if (bt_scan_hex_of(s, module, end, "process id", &number) && number <= UINT32_MAX)
        ret->process_id = bt_some32((uint32_t)number);
    if (bt_scan_hex_of(s, module, end, "exception data", &number)) {
        ret->parameters[0] = number;
        ret->parameter_count = 1;
    }
    ret->form = words->form;
    return true;
}

// --- Event 1001 and Report.wer: P1 to P10

enum { FIELDS = 10 };

// Where each field of a kind of report stands, counted from 1; 0: nowhere.
struct report_kind {
    const char *name;
    unsigned application, application_version, application_stamp;
    unsigned module, module_version, module_stamp;
    unsigned code, offset, data, type;
    uint32_t fixed_code; // of reports that have no code; 0
};

static const struct report_kind report_kinds[] = {
    {"APPCRASH", 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0},
    {"BEX64", 1, 2, 3, 4, 5, 6, 8, 7, 9, 0, 0},
    {"BEX", 1, 2, 3, 4, 5, 6, 8, 7, 9, 0, 0},
    {"MoAppCrash", 1, 3, 4, 5, 6, 7, 8, 9, 0, 0, 0},
    {"MoBEX", 1, 3, 4, 5, 6, 7, 9, 8, 10, 0, 0},
    {"CLR20r3", 1, 2, 3, 0, 0, 0, 0, 0, 0, 9, 0xe0434352},
    {"AppHangB1", 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0xcfffffff},
    {"AppHangXProcB1", 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0xcfffffff},
};

struct fields {
    char values[FIELDS + 1][BT_EXCEPTION_TEXT_WORD]; // from 1; empty: none
    size_t start;                                    // of the first
};

// "P4: plugin.dll", one in a line or all in one, and "Sig[3].Value=plugin.dll".
static bool read_fields(const struct bt_scan_text *s, struct fields *ret)
{
    size_t at = 0, found = 0;
    *ret = (struct fields){.start = s->size};
    for (unsigned n = 1; n <= FIELDS; n++) {
        char key[2][20];
        snprintf(key[0], sizeof key[0], "p%u:", n);
        snprintf(key[1], sizeof key[1], "sig[%u].value=", n - 1);
        const char *const keys[] = {key[0], key[1], NULL};
        size_t value = bt_scan_find_any(s, at, s->size, keys);
        if (value == BT_SCAN_NONE)
            break;
        // Only blanks up to the end of the line, or up to the next key: an empty field.
        snprintf(key[0], sizeof key[0], "p%u:", n + 1);
        size_t next = bt_scan_find(s, value, s->size, key[0]);
        struct bt_scan_text part = *s;
        if (next != BT_SCAN_NONE)
            part.size = next - strlen(key[0]);
        size_t blank = value;
        while (blank < part.size && (part.text[blank] == ' ' || part.text[blank] == '\t'))
            blank++;
        if (blank < part.size && part.text[blank] != '\n' && part.text[blank] != '\r' &&
            bt_scan_value(&part, value, "", ret->values[n]))
            found++;
        if (n == 1)
            ret->start = value;
        at = value;
    }
    return found >= 2;
}

static const struct report_kind *find_kind(const struct bt_scan_text *s)
{
    static const char *const keys[] = {"event name", "eventtype", "problem event name",
                                       "ereignisname", NULL};
    char value[BT_EXCEPTION_TEXT_WORD];
    size_t at = bt_scan_find_any(s, 0, s->size, keys);
    if (at == BT_SCAN_NONE || !bt_scan_value(s, at, " ,", value))
        return NULL;
    for (size_t i = 0; i < BT_COUNT(report_kinds); i++) {
        if (bt_ieq(value, report_kinds[i].name))
            return &report_kinds[i];
    }
    return NULL;
}

static bool looks_like_code(const char *value)
{
    return strlen(value) == 8 && value[0] != '\0' && strchr("48cCeE", value[0]) != NULL &&
           strspn(value, "0123456789abcdefABCDEF") == 8;
}

// Where the name of the event was not pasted the fields tell: code and offset change places.
static const struct report_kind *guess_kind(const struct fields *fields)
{
    if (fields->values[3][0] == '\0' || strchr(fields->values[1], '.') == NULL)
        return NULL;
    if (looks_like_code(fields->values[7]))
        return &report_kinds[0];
    return looks_like_code(fields->values[8]) ? &report_kinds[2] : NULL;
}

static void take_file(const struct fields *fields, unsigned name, unsigned version,
                      unsigned stamp, struct bt_exception_text_file *ret)
{
    if (!bt_scan_file(fields->values[name], ret))
        return;
    bt_scan_version(fields->values[version], ret);
    bt_scan_stamp(fields->values[stamp], ret);
}

static bool take_number(const char *value, uint64_t *ret)
{
    return value[0] != '\0' && bt_parse_hex(value, strlen(value), ret);
}

static bool read_report(const struct bt_scan_text *s, struct bt_exception_text *ret)
{
    struct fields fields;
    uint64_t number;
    if (!read_fields(s, &fields))
        return false;
    const struct report_kind *kind = find_kind(s);
    if (kind == NULL)
        kind = guess_kind(&fields);
    if (kind == NULL)
        return false;
    // Fields that a kind does not have read value 0, which is empty.
    take_file(&fields, kind->application, kind->application_version, kind->application_stamp,
              &ret->process);
    take_file(&fields, kind->module, kind->module_version, kind->module_stamp, &ret->module);
    if (kind->fixed_code != 0)
        set_code(ret, kind->fixed_code);
    else if (take_number(fields.values[kind->code], &number))
        set_code(ret, number);
    if (take_number(fields.values[kind->offset], &number))
        ret->offset = bt_some64(number);
    if (take_number(fields.values[kind->data], &number)) {
        ret->parameters[0] = number;
        ret->parameter_count = 1;
    }
    memcpy(ret->type, fields.values[kind->type], sizeof ret->type);
    ret->form = kind->name;
    return true;
}

// --- Event 1026: .NET

static bool read_dotnet(const struct bt_scan_text *s, struct bt_exception_text *ret)
{
    uint64_t number;
    char value[BT_EXCEPTION_TEXT_WORD];
    size_t info = bt_scan_find(s, 0, s->size, "exception info:");
    size_t application = bt_scan_find(s, 0, s->size, "application:");
    if (info == BT_SCAN_NONE || application == BT_SCAN_NONE)
        return false;
    ret->form = "event 1026";
    if (bt_scan_value(s, application, ",", value))
        bt_scan_file(value, &ret->process);
    if (bt_scan_hex_of(s, info, info + 40, "exception code", &number)) {
        set_code(ret, number);
        if (bt_scan_hex_of(s, info, reach(s, info), "exception address", &number))
            ret->address = bt_some64(number);
        return true;
    }
    set_code(ret, CLR_EXCEPTION);
    (void)bt_scan_value(s, info, ": ", ret->type);
    size_t method = bt_scan_find(s, info, reach(s, info), " at ");
    if (method != BT_SCAN_NONE)
        (void)bt_scan_value(s, method, "(", ret->method);
    return true;
}

// --- All of them

// What one parameter in a report means: of a buffer overrun its fail-fast code, of an access
// violation that the processor was to execute data, for which Windows made BEX.
static void settle(struct bt_exception_text *ret)
{
    static const uint32_t ACCESS_VIOLATION = 0xc0000005, FAST_FAIL = 0xc0000409;
    // In no module the offset counts from 0.
    if (ret->module.name[0] == '\0' && ret->offset.known) {
        ret->address = ret->offset;
        ret->offset.known = false;
    }
    if (ret->parameter_count != 1)
        return;
    if (ret->code == FAST_FAIL)
        return;
    if (ret->code != ACCESS_VIOLATION || ret->parameters[0] != 8)
        ret->parameter_count = 0;
}

bool bt_exception_text_read(const struct bt_kb *kb, const char *text, size_t size,
                            struct bt_exception_text *ret)
{
    const struct bt_scan_text s = {.kb = kb, .text = text, .size = size};
    const struct bt_exception_text nothing = {.platform = "windows", .clear = true};
    *ret = nothing;
    if (read_report(&s, ret)) {
        settle(ret);
        return true;
    }
    for (size_t i = 0; i < BT_COUNT(languages); i++) {
        *ret = nothing;
        if (read_event(&s, &languages[i], ret)) {
            settle(ret);
            return true;
        }
    }
    *ret = nothing;
    if (read_dotnet(&s, ret))
        return true;
    *ret = nothing;
    return bt_exception_lines_read(&s, ret);
}
