// SPDX-License-Identifier: MIT
//
// From the header of a kernel dump to the neutral crash.
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "dump/kernel/kernel_header.h"

// NT version and service pack of a build. Since Vista a service pack has a build number of its
// own; before it, the build says nothing about it. Builds between two rows are test builds of
// the later one. Source: the version numbers that each release reports about itself.
struct release {
    uint32_t last_build;
    uint8_t major, minor;
    bool tells_service_pack;
    uint8_t service_pack;
};

static const struct release releases[] = {
    {528, 3, 1, false, 0},  {807, 3, 5, false, 0},  {1057, 3, 51, false, 0},
    {1381, 4, 0, false, 0}, {2195, 5, 0, false, 0}, {2600, 5, 1, false, 0},
    {3790, 5, 2, false, 0}, {6000, 6, 0, true, 0},  {6001, 6, 0, true, 1},
    {6003, 6, 0, true, 2},  {7600, 6, 1, true, 0},  {7601, 6, 1, true, 1},
    {9200, 6, 2, true, 0},  {9600, 6, 3, true, 0},  {UINT32_MAX, 10, 0, true, 0},
};

static const struct release *find_release(uint32_t build)
{
    const struct release *r = releases;
    while (r->last_build < build)
        r++;
    return r;
}

static enum bt_status describe_system(const struct bt_kernel_header *header,
                                      struct bt_arena *arena, struct bt_system *system,
                                      struct bt_error *err)
{
    enum { FREE_BUILD_LIMIT = 0xffff, CHECKED_BUILD = 0xc, MOST_PROCESSORS = 0x1000 };
    system->platform = BT_PLATFORM_WINDOWS;
    system->arch = header->arch;
    system->checked_build = header->major.known && header->major.value == CHECKED_BUILD;
    system->pae = header->pae.value == 1;
    if (header->processors.value != 0 && header->processors.value <= MOST_PROCESSORS)
        system->processors = header->processors;
    if (header->product_type.value >= BT_PRODUCT_WORKSTATION &&
        header->product_type.value <= BT_PRODUCT_SERVER)
        system->product_type = (enum bt_product_type)header->product_type.value;
    system->suite_mask = header->suite_mask;
    if (header->minor.value == 0 || header->minor.value > FREE_BUILD_LIMIT)
        return BT_OK;
    const struct release *r = find_release(header->minor.value);
    system->build = header->minor;
    system->major = bt_some32(r->major);
    system->minor = bt_some32(r->minor);
    if (r->tells_service_pack)
        system->service_pack = bt_some32(r->service_pack);
    return bt_arena_printf(arena, &system->version, err, "%u.%u.%" PRIu32, (unsigned)r->major,
                           (unsigned)r->minor, header->minor.value);
}

static void describe_stop(const struct bt_kernel_header *header, struct bt_arena *arena,
                          struct bt_crash *crash)
{
    if (!header->code.known)
        return;
    struct bt_stop *stop = &crash->stop;
    stop->present = true;
    stop->raw = header->code.value;
    stop->code = bt_stop_base_code(stop->raw);
    stop->parameter_bits = header->is64 ? 64 : 32;
    while (stop->parameter_count < 4 && header->parameters[stop->parameter_count].known) {
        stop->parameters[stop->parameter_count] =
            header->parameters[stop->parameter_count].value;
        stop->parameter_count++;
    }
    if (stop->parameter_count < 4)
        bt_note(crash, arena, "parameters-missing", BT_NO_OFFSET,
                "only %u of the four parameters of the stop code were written",
                stop->parameter_count);
}

// Dumps of a system that did not crash.
static void describe_origin(const struct bt_kernel_header *header, struct bt_arena *arena,
                            struct bt_crash *crash)
{
    // DumpIt writes MATT as the stop code, and MOON SOLS as the first two parameters.
    enum { DUMPIT_CODE = 0x5454414d, DUMPIT_P1 = 0x4e4f4f4d, DUMPIT_P2 = 0x534c4f53 };
    enum { LIVE_SYSTEM_DUMP = 0x161 };
    const struct bt_stop *stop = &crash->stop;
    const uint32_t attributes = header->attributes.value;
    crash->live = (attributes & BT_DUMP_ATTRIBUTE_LIVE) != 0 || stop->code == LIVE_SYSTEM_DUMP;
    if (stop->raw == DUMPIT_CODE && stop->parameters[0] == DUMPIT_P1 &&
        stop->parameters[1] == DUMPIT_P2)
        crash->generated_by_tool = true;
    // Nobody stops with code 0: a debugger or a virtual machine wrote memory out; it knows at
    // least the processor, which a header of zeros does not.
    if (stop->present && stop->raw == 0 &&
        bt_arch_from_machine(header->machine.value) != BT_ARCH_UNKNOWN)
        crash->generated_by_tool = true;
    if ((attributes & BT_DUMP_ATTRIBUTE_TOO_SMALL) != 0)
        bt_note(crash, arena, "dump-file-too-small", BT_NO_OFFSET,
                "Windows notes that the space for the dump was too small: enlarge the page "
                "file to get more next time");
}

static void describe_times(const struct bt_kernel_header *header, struct bt_crash *crash)
{
    const uint64_t century = UINT64_C(36525) * 24 * 3600 * BT_TICKS_PER_SECOND;
    if (header->time.known && bt_filetime_is_plausible(header->time.value))
        crash->time = header->time;
    if (header->uptime.value != 0 && header->uptime.value < century)
        crash->uptime = header->uptime;
}

static bool is_printable(struct bt_span text)
{
    size_t length = 0;
    while (length < text.size && text.data[length] != 0) {
        if (text.data[length] < 0x20 || text.data[length] > 0x7e)
            return false;
        length++;
    }
    return length != 0;
}

static enum bt_status describe_comment(const struct bt_kernel_header *header,
                                       struct bt_arena *arena, struct bt_crash *crash,
                                       struct bt_error *err)
{
    // What is left of filler is no comment, nor is one the rest of something else.
    static const char *const fillers[] = {"PAGEPAGE", "XXXXXXXX"};
    const struct bt_span raw = header->comment;
    if (!is_printable(raw))
        return BT_OK;
    for (size_t i = 0; i < BT_COUNT(fillers); i++) {
        if (bt_ieq_n((const char *)raw.data, fillers[i], strlen(fillers[i])))
            return BT_OK;
    }
    return bt_text_bytes(raw, arena, &crash->comment, err);
}

// The exception record of the header is made up (a breakpoint in KeBugCheckEx) in what Windows
// writes. Debuggers that turn a running system into a dump put a real one there.
static void describe_exception(const struct bt_kernel_header *header, struct bt_crash *crash)
{
    enum { SEVERITY_ERROR = 3, RECORD32 = 0x50, RECORD64 = 0x98 };
    const struct bt_span raw = header->exception;
    const bool is64 = header->is64;
    if (raw.size < (is64 ? (size_t)RECORD64 : (size_t)RECORD32))
        return;
    uint32_t code = bt_span_u32(raw, 0);
    if (code >> 30 != SEVERITY_ERROR)
        return;
    struct bt_exception *e = &crash->exception;
    *e = (struct bt_exception){
        .present = true,
        .code = code,
        .flags = bt_span_u32(raw, 4),
        .address = bt_span_word(raw, is64 ? 0x10 : 0x0c, is64),
        .parameter_count = bt_span_u32(raw, is64 ? 0x18 : 0x10),
    };
    if (e->parameter_count > BT_EXCEPTION_PARAMETERS)
        e->parameter_count = 0;
    for (unsigned i = 0; i < e->parameter_count; i++)
        e->parameters[i] = bt_span_word(raw, is64 ? 0x20 + 8 * i : 0x14 + 4 * i, is64);
}

enum bt_status bt_kernel_header_describe(const struct bt_kernel_header *header,
                                         struct bt_arena *arena, struct bt_crash *crash,
                                         struct bt_error *err)
{
    describe_stop(header, arena, crash);
    describe_origin(header, arena, crash);
    describe_times(header, crash);
    describe_exception(header, crash);
    BT_TRY(describe_system(header, arena, &crash->system, err));
    return describe_comment(header, arena, crash, err);
}
