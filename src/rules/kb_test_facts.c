// SPDX-License-Identifier: MIT
//
// From the facts of a test case to a crash, as a reader of dumps would have filled it in.
#include <string.h>

#include "base/attributes.h"
#include "base/names.h"
#include "base/text.h"
#include "kb/expr.h"
#include "kb/system.h"
#include "rules/crash_facts.h"
#include "rules/kb_test.h"
#include "rules/named_system.h"

enum {
    MODULE_SIZE = 0x100000,
    PROGRAM_SIZE = 0x1000000, // programs are larger than drivers
};

struct maker {
    const struct bt_kb *kb;
    struct bt_arena *arena;
    struct bt_crash *crash;
    struct bt_kb_list facts;
    struct bt_error *err;
};

static uint64_t size_of_module(const struct maker *m)
{
    return m->crash->format == BT_FORMAT_USER_MINIDUMP ? PROGRAM_SIZE : MODULE_SIZE;
}

// Where invented modules lie: apart from each other, and from the parameters of real stops.
static bt_va base_of(const struct maker *m, size_t index)
{
    bool is64 = bt_arch_is64(m->crash->system.arch);
    bt_va start = is64 ? UINT64_C(0xfffff88001000000) : 0xb1000000;
    if (m->crash->format == BT_FORMAT_USER_MINIDUMP)
        start = is64 ? UINT64_C(0x7ff610000000) : 0x10000000;
    return start + index * 2 * size_of_module(m);
}

static enum bt_status refuse_word(const struct maker *m, const struct bt_kb_fact *fact,
                                  const char *word, const char *expected)
{
    return BT_FAIL(m->err, BT_E_SYNTAX, BT_NO_OFFSET,
                   "%u:%u: error: %s: %s is expected, not \"%s\"", fact->line, fact->column,
                   fact->key, expected, word);
}

static enum bt_status refuse(const struct maker *m, const struct bt_kb_fact *fact,
                             const char *expected)
{
    bool named = fact->value[0] == '\0' && fact->name != NULL;
    return refuse_word(m, fact, named ? fact->name : fact->value, expected);
}

// The next blank-separated word of *at, of at most `size` - 1 characters.
static bool take_word(const char **at, char *ret, size_t size)
{
    const char *p = *at;
    while (*p == ' ')
        p++;
    size_t length = strcspn(p, " ");
    *at = &p[length];
    if (length == 0 || length >= size)
        return false;
    memcpy(ret, p, length);
    ret[length] = '\0';
    return true;
}

static bool read_number(const char *text, uint64_t limit, uint64_t *ret)
{
    return bt_parse_u64(text, strlen(text), ret) && *ret <= limit;
}

// --- Modules

static bool set_module_field(const struct maker *m, struct bt_module *module, const char *key,
                             const char *value)
{
    bt_filetime time = 0;
    uint64_t number = 0;
    bool date_only = false;
    if (strcmp(key, "version") == 0) {
        module->file_version.known = bt_parse_file_version(value, &module->file_version.value);
        return module->file_version.known;
    }
    if (strcmp(key, "built") == 0) {
        if (!bt_parse_time(value, &time, &date_only))
            return false;
        uint64_t seconds = (time - bt_filetime_from_unix(0)) / BT_TICKS_PER_SECOND;
        module->timestamp = bt_some32((uint32_t)seconds);
        return true;
    }
    if (!read_number(value, UINT64_MAX, &number))
        return false;
    if (strcmp(key, "base") == 0)
        module->base = number;
    else if (strcmp(key, "size") == 0)
        module->size = number;
    else if (strcmp(key, "stamp") == 0)
        module->timestamp = bt_some32((uint32_t)number);
    else if (strcmp(key, "checksum") == 0)
        module->checksum = bt_some32((uint32_t)number);
    else if (strcmp(key, "file-size") == 0)
        module->file_size = bt_some32((uint32_t)number);
    (void)m;
    return true;
}

static const char *wanted_of(const char *key)
{
    if (strcmp(key, "version") == 0)
        return "a version (5.2.3790.1830) or \"unknown\"";
    return strcmp(key, "built") == 0 ? "a date (2005-10-22)" : "a number (0x10)";
}

// "version=5.2.3790.1830 built=2005-03-25"
static enum bt_status add_module(struct maker *m, const struct bt_kb_fact *fact)
{
    struct bt_crash *crash = m->crash;
    struct bt_module *module = &crash->modules[crash->module_count];
    const char *at = fact->value;
    char word[128];
    if (fact->name == NULL)
        return BT_OK; // an empty list
    *module = (struct bt_module){
        .name = fact->name, .base = base_of(m, crash->module_count), .size = size_of_module(m)};
    while (take_word(&at, word, sizeof word)) {
        char *equals = strchr(word, '=');
        if (equals == NULL)
            return refuse(m, fact, "a version or a mapping");
        *equals = '\0';
        if (!set_module_field(m, module, word, &equals[1]))
            return refuse_word(m, fact, &equals[1], wanted_of(word));
    }
    crash->module_count++;
    return BT_OK;
}

static enum bt_status add_unloaded(struct maker *m, const struct bt_kb_fact *fact)
{
    struct bt_crash *crash = m->crash;
    bt_va base = base_of(m, m->facts.count + 1 + crash->unloaded_count);
    if (fact->name != NULL)
        crash->unloaded[crash->unloaded_count++] = (struct bt_unloaded_module){
            .name = fact->name, .base = base, .end = base + size_of_module(m)};
    return BT_OK;
}

// An address: a number, or "module+0x10" of a loaded or unloaded module.
static bool read_address(const struct maker *m, const char *text, bt_va *ret)
{
    uint64_t offset = 0;
    const char *plus = strrchr(text, '+');
    if (read_number(text, UINT64_MAX, ret))
        return true;
    char name[64];
    size_t size = plus != NULL ? (size_t)(plus - text) : strlen(text);
    if (size >= sizeof name || (plus != NULL && !read_number(&plus[1], UINT32_MAX, &offset)))
        return false;
    memcpy(name, text, size);
    name[size] = '\0';
    const struct bt_module *module = bt_module_named(m->crash, name);
    if (module != NULL) {
        *ret = module->base + offset;
        return true;
    }
    for (size_t i = 0; i < m->crash->unloaded_count; i++) {
        if (bt_ieq(m->crash->unloaded[i].name, name)) {
            *ret = m->crash->unloaded[i].base + offset;
            return true;
        }
    }
    return false;
}

// "tcpip.sys", "tcpip.sys+0x1234" or "win32k.sys!GreRealizePalette"
static enum bt_status add_frame(struct maker *m, const struct bt_kb_fact *fact)
{
    struct bt_crash *crash = m->crash;
    struct bt_frame *frame = &crash->frames[crash->frame_count];
    const char *mark = fact->name != NULL ? strchr(fact->name, '!') : NULL;
    const char *place = fact->name;
    if (fact->name == NULL)
        return BT_OK;
    if (mark != NULL)
        BT_TRY(
            bt_arena_text(m->arena, fact->name, (size_t)(mark - fact->name), &place, m->err));
    if (!read_address(m, place, &frame->address))
        return refuse(m, fact,
                      "a module of the test, with an offset or function (a.sys+0x10, a.sys!F)");
    frame->module = bt_module_at(crash, frame->address);
    frame->function = mark != NULL ? &mark[1] : NULL;
    frame->trust = BT_TRUST_CFI;
    crash->frame_count++;
    return BT_OK;
}

// --- The stop

// "0x7F 0x8 0 0 tcpip.sys+0x10": fewer parameters than four are known.
static enum bt_status set_stop(struct maker *m, const struct bt_kb_fact *fact)
{
    struct bt_stop *stop = &m->crash->stop;
    const char *at = fact->value;
    char word[128] = "";
    uint64_t code = 0;
    if (!take_word(&at, word, sizeof word) || !read_number(word, UINT32_MAX, &code))
        return refuse_word(m, fact, word, "a stop code (0x7F)");
    stop->present = true;
    stop->raw = (uint32_t)code;
    stop->code = bt_stop_base_code(stop->raw);
    stop->parameter_bits = bt_arch_is64(m->crash->system.arch) ? 64 : 32;
    while (stop->parameter_count < 4 && take_word(&at, word, sizeof word)) {
        if (!read_address(m, word, &stop->parameters[stop->parameter_count]))
            return refuse_word(m, fact, word,
                               "a number (0x10) or an address in a module of the test");
        stop->parameter_count++;
    }
    return BT_OK;
}

static enum bt_status set_fault(struct maker *m, const struct bt_kb_fact *fact)
{
    m->crash->exception.present = true;
    if (!read_address(m, fact->value, &m->crash->exception.address))
        return refuse(m, fact, "a module of the test, with an offset (a.sys+0x10)");
    return BT_OK;
}

// "0xC0000005 1 0x10": the code, by number or name, and parameters.
static enum bt_status set_exception(struct maker *m, const struct bt_kb_fact *fact)
{
    struct bt_exception *exception = &m->crash->exception;
    const char *at = fact->value;
    struct bt_kb_status status;
    char word[128];
    uint64_t code = 0;
    if (!take_word(&at, word, sizeof word))
        return refuse(m, fact, "a code");
    if (bt_kb_status_by_name(m->kb, BT_KB_NTSTATUS, word, &status) ||
        bt_kb_status_by_name(m->kb, BT_KB_EXCEPTION, word, &status))
        code = status.value;
    else if (!read_number(word, UINT32_MAX, &code))
        return refuse(m, fact, "the code or the name of an exception");
    exception->present = true;
    exception->code = (uint32_t)code;
    while (exception->parameter_count < BT_EXCEPTION_PARAMETERS &&
           take_word(&at, word, sizeof word)) {
        if (!read_address(m, word, &exception->parameters[exception->parameter_count]))
            return refuse_word(m, fact, word,
                               "a number (0x10) or an address in a module of the test");
        exception->parameter_count++;
    }
    return BT_OK;
}

static enum bt_status set_platform(struct maker *m, const struct bt_kb_fact *fact)
{
    for (int p = BT_PLATFORM_WINDOWS; p <= BT_PLATFORM_IOS; p++) {
        if (strcmp(bt_platform_name((enum bt_platform)p), fact->value) == 0) {
            m->crash->system.platform = (enum bt_platform)p;
            return BT_OK;
        }
    }
    return refuse(m, fact, "windows, linux, android, macos or ios");
}

// --- The system

// A notation of systems, of which the lowest build and service pack are taken.
static enum bt_status set_os(struct maker *m, const struct bt_kb_fact *fact)
{
    struct bt_kb_system parsed;
    char bad[BT_KB_BAD_WORD_SIZE];
    if (!bt_kb_parse_system(fact->value, &parsed, bad))
        return refuse(m, fact, "a system (2008 SP2, 10 22H2 x64)");
    bt_named_system_apply(m->kb, &parsed, true, &m->crash->system);
    return BT_OK;
}

static enum bt_status set_product(struct maker *m, const struct bt_kb_fact *fact)
{
    static const struct bt_name types[] = {
        {BT_PRODUCT_WORKSTATION, "workstation"},
        {BT_PRODUCT_SERVER, "server"},
        {BT_PRODUCT_DOMAIN_CONTROLLER, "domain controller"},
        {BT_PRODUCT_UNKNOWN, "unknown"},
    };
    uint32_t type = 0;
    if (!bt_name_find(types, BT_COUNT(types), fact->value, &type))
        return refuse(m, fact, "a product type");
    m->crash->system.product_type = (enum bt_product_type)type;
    return BT_OK;
}

static enum bt_status set_suite(struct maker *m, const struct bt_kb_fact *fact)
{
    const char *at = fact->value;
    char word[64];
    uint32_t mask = 0;
    while (take_word(&at, word, sizeof word)) {
        size_t index = 0;
        if (strcmp(word, "none") == 0)
            continue;
        if (!bt_kb_word_find(&bt_kb_suites, word, &index))
            return refuse(m, fact, "a suite");
        mask |= bt_kb_suite_bits[index];
    }
    m->crash->system.suite_mask = bt_some32(mask);
    return BT_OK;
}

static enum bt_status set_arch(struct maker *m, const struct bt_kb_fact *fact)
{
    if (!bt_arch_find(fact->value, &m->crash->system.arch))
        return refuse(m, fact, "an architecture");
    return BT_OK;
}

static enum bt_status set_number32(struct maker *m, const struct bt_kb_fact *fact,
                                   struct bt_opt32 *ret)
{
    uint64_t number = 0;
    if (strcmp(fact->value, "unknown") == 0) {
        *ret = (struct bt_opt32){0};
        return BT_OK;
    }
    if (!read_number(fact->value, UINT32_MAX, &number))
        return refuse(m, fact, "a number");
    *ret = bt_some32((uint32_t)number);
    return BT_OK;
}

static enum bt_status set_cpus(struct maker *m, const struct bt_kb_fact *fact)
{
    return set_number32(m, fact, &m->crash->system.processors);
}

static enum bt_status set_build(struct maker *m, const struct bt_kb_fact *fact)
{
    return set_number32(m, fact, &m->crash->system.build);
}

static enum bt_status set_revision(struct maker *m, const struct bt_kb_fact *fact)
{
    return set_number32(m, fact, &m->crash->system.revision);
}

static enum bt_status set_time(struct maker *m, const struct bt_kb_fact *fact)
{
    bool date_only = false;
    m->crash->time.known = true;
    if (!bt_parse_time(fact->value, &m->crash->time.value, &date_only))
        return refuse(m, fact, "a date (2005-10-22)");
    return BT_OK;
}

static enum bt_status set_uptime(struct maker *m, const struct bt_kb_fact *fact)
{
    uint64_t seconds = 0;
    if (!read_number(fact->value, UINT32_MAX, &seconds))
        return refuse(m, fact, "a number of seconds");
    m->crash->uptime = bt_some64(seconds * BT_TICKS_PER_SECOND);
    return BT_OK;
}

static enum bt_status set_process(struct maker *m, const struct bt_kb_fact *fact)
{
    m->crash->process.name = fact->value;
    return BT_OK;
}

static enum bt_status set_vendor(struct maker *m, const struct bt_kb_fact *fact)
{
    m->crash->system.processor_vendor = fact->value;
    return BT_OK;
}

static enum bt_status set_live(struct maker *m, const struct bt_kb_fact *fact)
{
    m->crash->live = strcmp(fact->value, "yes") == 0;
    return BT_OK;
}

static enum bt_status set_format(struct maker *m, const struct bt_kb_fact *fact)
{
    for (int format = BT_FORMAT_KERNEL_TRIAGE; format <= BT_FORMAT_USER_MINIDUMP; format++) {
        if (strcmp(bt_format_name((enum bt_format)format), fact->value) == 0) {
            m->crash->format = (enum bt_format)format;
            return BT_OK;
        }
    }
    return refuse(m, fact, "a kind of dump");
}

// --- All facts

struct setter {
    const char *key;
    enum bt_status (*set)(struct maker *m, const struct bt_kb_fact *fact);
};

// In the order in which they need each other: the architecture places the modules, the modules
// place addresses.
static const struct setter setters[] = {
    {"os", set_os},
    {"arch", set_arch},
    {"product", set_product},
    {"suite", set_suite},
    {"cpus", set_cpus},
    {"build", set_build},
    {"revision", set_revision},
    {"time", set_time},
    {"uptime", set_uptime},
    {"process", set_process},
    {"cpu.vendor", set_vendor},
    {"live", set_live},
    {"format", set_format},
    {"platform", set_platform},
    {"modules", add_module},
    {"unloaded", add_unloaded},
    {"stack", add_frame},
    {"stop", set_stop},
    {"exception", set_exception},
    {"fault", set_fault},
};

static enum bt_status set_all(struct maker *m, const struct setter *setter)
{
    struct bt_kb_fact fact;
    for (size_t i = 0; bt_kb_fact_at(m->facts, i, &fact); i++) {
        if (strcmp(fact.key, setter->key) == 0)
            BT_TRY(setter->set(m, &fact));
    }
    return BT_OK;
}

static bool has_fact(struct bt_kb_list facts, const char *key)
{
    struct bt_kb_fact fact;
    for (size_t i = 0; bt_kb_fact_at(facts, i, &fact); i++) {
        if (strcmp(fact.key, key) == 0)
            return true;
    }
    return false;
}

enum bt_status bt_kb_test_crash(const struct bt_kb *kb, struct bt_kb_list facts,
                                struct bt_arena *arena, struct bt_crash *ret,
                                struct bt_error *err)
{
    struct maker m = {.kb = kb, .arena = arena, .crash = ret, .facts = facts, .err = err};
    // An exception without a stop is that of a program.
    bool user = has_fact(facts, "exception") && !has_fact(facts, "stop");
    *ret =
        (struct bt_crash){.format = user ? BT_FORMAT_USER_MINIDUMP : BT_FORMAT_KERNEL_TRIAGE};
    size_t room = (size_t)facts.count + 1;
    BT_TRY(bt_arena_alloc(arena, room, sizeof *ret->modules, &ret->modules, err));
    BT_TRY(bt_arena_alloc(arena, room, sizeof *ret->unloaded, &ret->unloaded, err));
    BT_TRY(bt_arena_alloc(arena, room, sizeof *ret->frames, &ret->frames, err));
    for (size_t i = 0; i < BT_COUNT(setters); i++)
        BT_TRY(set_all(&m, &setters[i]));
    return BT_OK;
}
