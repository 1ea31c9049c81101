// SPDX-License-Identifier: MIT
//
// The process and the machine: times, memory, handles, comments.
//
// MINIDUMP_MISC_INFO, 24 bytes and four longer forms: 00 u32 size, 04 u32 flags, 08 u32 process
//   id, 0C u32 created (time_t), 10 u32 user seconds, 14 u32 kernel seconds, 18 u32 MHz at
//   most, 2C u32 integrity level, 38 u32 id of the time zone, 3C TIME_ZONE_INFORMATION {00 i32
//   bias, 04 u16 name[32], 54 i32 standard bias, 58 u16 daylight name[32], A8 i32 daylight
//   bias}, E8 u16 build string[260].
// MINIDUMP_SYSTEM_MEMORY_INFO_1: 00 u16 revision, 02 u16 flags, 08 u32 page size, 0C u32 pages,
//   74 u64 available, 7C u64 committed, 84 u64 commit limit (pages).
// MINIDUMP_PROCESS_VM_COUNTERS: 00 u16 revision, 02 u16 flags, 38 u64 committed bytes,
//   40 u64 most of them ever.
// MINIDUMP_HANDLE_DATA_STREAM: u32 header size, u32 record size, u32 count; records {00 u64
//   handle, 08 u32 RVA of the type's name, 0C u32 RVA of the object's name}.
#include "base/text.h"
#include "dump/user/minidump.h"

enum {
    MISC_INFO_LEAST = 24,
    MISC_PROCESS_ID = 1,
    MISC_PROCESS_TIMES = 2,
    MISC_PROCESSOR_POWER = 4,
    MISC_INTEGRITY = 0x10,
    MISC_TIME_ZONE = 0x40,
    MISC_BUILD_STRING = 0x100,
    TIME_ZONE_AT = 0x3c,
    TIME_ZONE_SIZE = 0xac,
    TIME_ZONE_NAME_SIZE = 2 * 32,
    TIME_ZONE_DAYLIGHT = 2,
    BUILD_STRING_AT = 0xe8,
    BUILD_STRING_SIZE = 2 * 260,
    SYSTEM_MEMORY_LEAST = 0x8c,
    PROCESS_MEMORY_LEAST = 0x48,
    HANDLE_LEAST = 0x10,
};

static void read_process_times(struct bt_crash *crash, struct bt_span info)
{
    struct bt_process *process = &crash->process;
    bt_filetime created = bt_filetime_from_unix(bt_span_u32(info, 0x0c));
    process->user_time = bt_some64(bt_span_u32(info, 0x10) * BT_TICKS_PER_SECOND);
    process->kernel_time = bt_some64(bt_span_u32(info, 0x14) * BT_TICKS_PER_SECOND);
    if (!bt_filetime_is_plausible(created))
        return;
    process->created = bt_some64(created);
    if (crash->time.known && crash->time.value >= created)
        process->uptime = bt_some64(crash->time.value - created);
}

// The name of the time that was in force, and how far it was ahead of UTC.
static enum bt_status read_time_zone(struct bt_minidump *md, struct bt_span info,
                                     struct bt_error *err)
{
    struct bt_system *system = &md->crash->system;
    struct bt_span zone, raw;
    const char *name;
    bool daylight = bt_span_u32(info, 0x38) == TIME_ZONE_DAYLIGHT;
    BT_TRY(bt_span_sub(info, TIME_ZONE_AT, TIME_ZONE_SIZE, &zone, err));
    int32_t bias = (int32_t)bt_span_u32(zone, 0x00);
    int32_t more = (int32_t)bt_span_u32(zone, daylight ? 0xa8 : 0x54);
    const int32_t day = 24 * 60;
    if (bias > -day && bias < day && more > -day && more < day) {
        system->has_utc_offset = true;
        system->utc_offset = -(bias + more);
    }
    BT_TRY(bt_span_sub(zone, daylight ? 0x58 : 0x04, TIME_ZONE_NAME_SIZE, &raw, err));
    BT_TRY(bt_text_utf16(raw, md->arena, &name, err));
    if (*name != '\0')
        system->time_zone = name;
    return BT_OK;
}

static enum bt_status read_build_string(struct bt_minidump *md, struct bt_span info,
                                        struct bt_error *err)
{
    struct bt_span raw;
    const char *text;
    BT_TRY(bt_span_sub(info, BUILD_STRING_AT, BUILD_STRING_SIZE, &raw, err));
    BT_TRY(bt_text_utf16(raw, md->arena, &text, err));
    if (*text != '\0')
        md->crash->system.build_lab = text;
    return BT_OK;
}

enum bt_status bt_md_misc_info(struct bt_minidump *md, struct bt_span stream,
                               struct bt_error *err)
{
    struct bt_crash *crash = md->crash;
    if (stream.size < MISC_INFO_LEAST)
        return BT_FAIL(err, BT_E_TRUNCATED, stream.file_offset, "%zu bytes, expected %d",
                       stream.size, MISC_INFO_LEAST);
    uint32_t flags = bt_span_u32(stream, 4);
    if ((flags & MISC_PROCESS_ID) != 0)
        crash->process.pid = bt_some64(bt_span_u32(stream, 8));
    if ((flags & MISC_PROCESS_TIMES) != 0)
        read_process_times(crash, stream);
    if ((flags & MISC_PROCESSOR_POWER) != 0 && stream.size >= 0x1c)
        crash->system.processor_mhz = bt_some32(bt_span_u32(stream, 0x18));
    if ((flags & MISC_INTEGRITY) != 0 && bt_span_has(stream, 0x2c, 4))
        crash->process.integrity = bt_some32(bt_span_u32(stream, 0x2c));
    if ((flags & MISC_TIME_ZONE) != 0 && bt_span_has(stream, TIME_ZONE_AT, TIME_ZONE_SIZE))
        BT_TRY(read_time_zone(md, stream, err));
    if ((flags & MISC_BUILD_STRING) != 0 &&
        bt_span_has(stream, BUILD_STRING_AT, BUILD_STRING_SIZE))
        BT_TRY(read_build_string(md, stream, err));
    return BT_OK;
}

static struct bt_opt64 pages_to_bytes(uint64_t pages, uint32_t page_size)
{
    if (page_size == 0 || pages > UINT64_MAX / page_size)
        return (struct bt_opt64){0};
    return bt_some64(pages * page_size);
}

enum bt_status bt_md_system_memory(struct bt_minidump *md, struct bt_span stream,
                                   struct bt_error *err)
{
    struct bt_memory_use *use = &md->crash->memory_use;
    (void)err;
    if (stream.size < SYSTEM_MEMORY_LEAST || bt_span_u16(stream, 0) != 1)
        return BT_ABSENT; // a later revision may mean other things
    uint32_t page_size = bt_span_u32(stream, 0x08);
    use->physical = pages_to_bytes(bt_span_u32(stream, 0x0c), page_size);
    use->available = pages_to_bytes(bt_span_u64(stream, 0x74), page_size);
    use->committed = pages_to_bytes(bt_span_u64(stream, 0x7c), page_size);
    use->commit_limit = pages_to_bytes(bt_span_u64(stream, 0x84), page_size);
    return BT_OK;
}

enum bt_status bt_md_process_memory(struct bt_minidump *md, struct bt_span stream,
                                    struct bt_error *err)
{
    struct bt_process *process = &md->crash->process;
    (void)err;
    if (stream.size < PROCESS_MEMORY_LEAST || bt_span_u16(stream, 0) > 2)
        return BT_ABSENT;
    process->committed = bt_some64(bt_span_u64(stream, 0x38));
    process->committed_peak = bt_some64(bt_span_u64(stream, 0x40));
    return BT_OK;
}

static enum bt_status read_handle(struct bt_minidump *md, struct bt_span record,
                                  struct bt_error *err)
{
    struct bt_crash *crash = md->crash;
    struct bt_handle handle = {.value = bt_span_u64(record, 0)};
    if (bt_span_u32(record, 0x0c) == 0)
        return BT_OK;
    BT_TRY(bt_md_string(md, bt_span_u32(record, 0x0c), &handle.name, err));
    enum bt_status status = bt_md_string(md, bt_span_u32(record, 0x08), &handle.type, err);
    if (status != BT_OK && status != BT_ABSENT)
        return status;
    crash->handles[crash->named_handle_count++] = handle;
    return BT_OK;
}

enum bt_status bt_md_handles(struct bt_minidump *md, struct bt_span stream,
                             struct bt_error *err)
{
    struct bt_crash *crash = md->crash;
    struct bt_md_list list;
    if (stream.size < 16)
        return BT_FAIL(err, BT_E_TRUNCATED, stream.file_offset, "too short for its header");
    // The list is long and only counted, so the number of records needs no limit of its own.
    BT_TRY(bt_md_sized_list(md, stream, bt_span_u32(stream, 0), bt_span_u32(stream, 4),
                            HANDLE_LEAST, bt_span_u32(stream, 8), BT_LIMIT_STREAM, "handles",
                            &list, err));
    if (list.promised == 0)
        return BT_ABSENT;
    crash->process.handle_count = bt_some32((uint32_t)list.promised);
    BT_TRY(bt_arena_alloc(md->arena,
                          list.count < BT_LIMIT_HANDLES ? list.count : BT_LIMIT_HANDLES,
                          sizeof *crash->handles, &crash->handles, err));
    for (size_t i = 0; i < list.count && crash->named_handle_count < BT_LIMIT_HANDLES; i++) {
        enum bt_status status = read_handle(md, bt_md_item(&list, i), err);
        if (status != BT_OK && status != BT_ABSENT)
            return status;
    }
    return BT_OK;
}

// The first comment is the comment; more of them are annotations.
static enum bt_status add_comment(struct bt_minidump *md, const char *text,
                                  struct bt_error *err)
{
    if (*text == '\0')
        return BT_ABSENT;
    if (md->crash->comment != NULL)
        return bt_md_annotate(md, (struct bt_annotation){.source = "comment", .value = text},
                              err);
    md->crash->comment = text;
    return BT_OK;
}

static enum bt_status cut_text(struct bt_span stream, struct bt_span *ret, struct bt_error *err)
{
    uint64_t size = stream.size < BT_LIMIT_TEXT ? stream.size : BT_LIMIT_TEXT;
    return bt_span_sub(stream, 0, size, ret, err);
}

enum bt_status bt_md_comment_bytes(struct bt_minidump *md, struct bt_span stream,
                                   struct bt_error *err)
{
    const char *text;
    BT_TRY(cut_text(stream, &stream, err));
    BT_TRY(bt_text_bytes(stream, md->arena, &text, err));
    return add_comment(md, text, err);
}

enum bt_status bt_md_comment_wide(struct bt_minidump *md, struct bt_span stream,
                                  struct bt_error *err)
{
    const char *text;
    BT_TRY(cut_text(stream, &stream, err));
    BT_TRY(bt_text_utf16(stream, md->arena, &text, err));
    return add_comment(md, text, err);
}
