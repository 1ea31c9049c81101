// SPDX-License-Identifier: MIT
//
// The user minidump: header, directory of streams, and one reader for each kind of stream.
//
// MINIDUMP_HEADER, 32 bytes: 00 "MDMP", 04 u16 A793, 06 u16 implementation, 08 u32 streams,
//   0C u32 RVA of the directory, 10 u32 checksum (0), 14 u32 time_t, 18 u64 flags.
// Directory: records {00 u32 type, 04 u32 size, 08 u32 RVA}. Types may repeat, be unknown or 0
// (an unused entry), and streams may overlap: all of that is normal.
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "dump/format.h"
#include "dump/user/minidump.h"

enum {
    HEADER_SIZE = 32,
    ENTRY_SIZE = 12,
    VERSION = 0xa793,
    FRONT_SIZE = 1 << 20,
    // Streams of one kind that are tried. A file with more of them is made to keep us busy.
    TRIES = 8,
};

struct stream_kind {
    uint32_t type;
    const char *name;
    bt_md_reader *read;
    bool additive; // every stream of the kind counts, not just the first good one
};

// In the order of reading: the architecture before any address, the modules before what refers
// to them by index, threads before their names.
static const struct stream_kind system_info_kind = {7, "system information", bt_md_system_info,
                                                    false};
static const struct stream_kind kinds[] = {
    {5, "memory list", bt_md_memory_list, true},
    {9, "64-bit memory list", bt_md_memory64_list, true},
    {0x10, "memory descriptions", bt_md_memory_info, false},
    {4, "module list", bt_md_modules, false},
    {0x0e, "unloaded module list", bt_md_unloaded_modules, false},
    {3, "thread list", bt_md_threads, false},
    {8, "extended thread list", bt_md_threads_ex, false},
    {0x18, "thread names", bt_md_thread_names, true},
    {0x11, "thread descriptions", bt_md_thread_info, false},
    {6, "exception", bt_md_exception, false},
    {0x0f, "process information", bt_md_misc_info, false},
    {0x0c, "handles", bt_md_handles, false},
    {0x15, "memory of the system", bt_md_system_memory, false},
    {0x16, "memory of the process", bt_md_process_memory, false},
    {0x0a, "comment", bt_md_comment_bytes, true},
    {0x0b, "comment", bt_md_comment_wide, true},
    {0x47670001, "Breakpad information", bt_md_breakpad_info, false},
    {0x47670002, "assertion", bt_md_assertion, false},
    {0x47670003, "Linux processors", bt_md_linux_cpuinfo, false},
    {0x47670004, "Linux process status", bt_md_linux_status, false},
    {0x47670005, "Linux distribution", bt_md_linux_release, false},
    {0x47670006, "Linux command line", bt_md_linux_command_line, false},
    {0x47670009, "Linux memory map", bt_md_linux_maps, false},
    {0x43500001, "Crashpad information", bt_md_crashpad, false},
    {0x4d7a0001, "macOS crash information", bt_md_mac_crash_info, false},
    {0x4d7a0002, "macOS boot arguments", bt_md_mac_boot_args, false},
    {0x4d7a0004, "errors of the dump's writer", bt_md_soft_errors, false},
};

// The directory as it stands in the file, and what came of it.
struct directory {
    struct bt_md_list entries;
    bool complete;
    size_t used; // streams that told something
};

static bool probe(struct bt_span head)
{
    return head.size >= 4 && memcmp(head.data, "MDMP", 4) == 0;
}

// ---- bytes of the target's memory: from the part that was read at once, where they are there

struct target_bytes {
    struct bt_source *source;
    struct bt_span front;
};

static enum bt_status read_target(void *self, uint64_t offset, void *buf, size_t size,
                                  struct bt_error *err)
{
    const struct target_bytes *bytes = self;
    struct bt_span part;
    if (!bt_span_has(bytes->front, offset, size))
        return bt_source_read(bytes->source, offset, buf, size, err);
    BT_TRY(bt_span_sub(bytes->front, offset, size, &part, err));
    memcpy(buf, part.data, size);
    return BT_OK;
}

static enum bt_status start_memory(struct bt_minidump *md, struct bt_error *err)
{
    enum bt_arch arch = md->crash->system.arch;
    struct target_bytes *bytes;
    BT_TRY(bt_arena_alloc(md->arena, 1, sizeof *bytes, &bytes, err));
    *bytes = (struct target_bytes){.source = md->source, .front = md->front};
    struct bt_reader reader = {.read = read_target, .self = bytes};
    bool is64 = arch != BT_ARCH_X86 && arch != BT_ARCH_ARM;
    return bt_regions_new(md->arena, reader, is64, &md->regions, err);
}

// ---- header and directory

static void read_header(struct bt_minidump *md)
{
    struct bt_crash *crash = md->crash;
    uint16_t version = bt_span_u16(md->front, 4);
    bt_filetime time = bt_filetime_from_unix(bt_span_u32(md->front, 0x14));
    if (version != VERSION)
        bt_note(crash, md->arena, "odd-version", 4,
                "the version of the format is 0x%04x, expected 0x%04x", version,
                (unsigned)VERSION);
    if (bt_filetime_is_plausible(time))
        crash->time = bt_some64(time);
    crash->minidump_flags = bt_some64(bt_span_u64(md->front, 0x18));
}

static enum bt_status read_directory(struct bt_minidump *md, struct directory *ret,
                                     struct bt_error *err)
{
    uint32_t promised = bt_span_u32(md->front, 0x08);
    uint64_t offset = bt_span_u32(md->front, 0x0c);
    uint64_t count = promised < BT_LIMIT_STREAMS ? promised : BT_LIMIT_STREAMS;
    struct bt_span raw;
    *ret = (struct directory){.complete = promised == 0};
    if (promised == 0)
        return BT_OK;
    enum bt_status status = bt_md_view(md, offset, count * ENTRY_SIZE, &raw, err);
    if (status == BT_E_TRUNCATED || (status == BT_OK && raw.size < ENTRY_SIZE)) {
        bt_md_missing(md, BT_PROBLEM_TRUNCATED, "directory-outside-file", offset,
                      "the directory of streams lies past the end of the file");
        return BT_OK;
    }
    BT_TRY(status);
    ret->entries.count = raw.size / ENTRY_SIZE;
    BT_TRY(bt_span_sub(raw, 0, ret->entries.count * ENTRY_SIZE, &ret->entries.items, err));
    ret->complete = ret->entries.count == promised;
    if (ret->entries.count < count)
        bt_md_missing(md, BT_PROBLEM_TRUNCATED, "directory-cut", offset,
                      "the directory names %" PRIu32 " streams and holds %zu", promised,
                      ret->entries.count);
    else if (!ret->complete)
        bt_md_missing(md, BT_PROBLEM_LIMIT, "directory-limit", offset,
                      "only the first %u of %" PRIu32 " streams were read", BT_LIMIT_STREAMS,
                      promised);
    return BT_OK;
}

// ---- streams

// Whether the same stream was named before: some writers do.
static bool is_repeated(const struct directory *directory, size_t index)
{
    struct bt_span entry = bt_md_item(&directory->entries, index);
    for (size_t i = 0; i < index; i++) {
        struct bt_span earlier = bt_md_item(&directory->entries, i);
        if (memcmp(earlier.data, entry.data, ENTRY_SIZE) == 0)
            return true;
    }
    return false;
}

// Views a stream, or what there is of it.
static enum bt_status view_stream(struct bt_minidump *md, const struct stream_kind *kind,
                                  struct bt_md_location at, struct bt_span *ret,
                                  struct bt_error *err)
{
    enum bt_status status = bt_md_view(md, at.offset, at.size, ret, err);
    if (status != BT_OK)
        return status;
    if (ret->size == at.size)
        return BT_OK;
    bool limited = ret->size == BT_LIMIT_STREAM;
    bt_md_missing(md, limited ? BT_PROBLEM_LIMIT : BT_PROBLEM_TRUNCATED, "stream-cut",
                  at.offset, "%s: %zu of %" PRIu64 " bytes were read", kind->name, ret->size,
                  at.size);
    return BT_OK;
}

// BT_OK where the stream told something, BT_ABSENT where not. Damage becomes a note; the only
// failure is that of this process.
static enum bt_status read_stream(struct bt_minidump *md, const struct stream_kind *kind,
                                  struct bt_md_location at, struct bt_error *err)
{
    struct bt_span stream;
    struct bt_error damage = {.offset = at.offset};
    if (at.size == 0)
        return BT_ABSENT;
    enum bt_status status = view_stream(md, kind, at, &stream, &damage);
    if (status == BT_OK)
        status = kind->read(md, stream, &damage);
    if (status == BT_OK || status == BT_ABSENT)
        return status;
    if (status == BT_E_NOMEM) {
        if (err != NULL)
            *err = damage;
        return status;
    }
    bt_md_missing(md, bt_problem_of(status), "stream-damaged", damage.offset, "%s: %s", kind->name,
                  damage.message);
    return BT_ABSENT;
}

static enum bt_status read_kind(struct bt_minidump *md, const struct stream_kind *kind,
                                struct directory *directory, struct bt_error *err)
{
    unsigned tried = 0;
    unsigned unused = 0;
    bool done = false;
    for (size_t i = 0; i < directory->entries.count; i++) {
        struct bt_span entry = bt_md_item(&directory->entries, i);
        if (bt_span_u32(entry, 0) != kind->type || bt_span_u32(entry, 4) == 0)
            continue;
        if (tried != 0 && is_repeated(directory, i))
            continue;
        if (done || tried == TRIES) {
            unused++;
            continue;
        }
        enum bt_status status = read_stream(md, kind, bt_md_location(entry, 4), err);
        if (status != BT_OK && status != BT_ABSENT)
            return status;
        tried++;
        if (status == BT_OK) {
            directory->used++;
            done = !kind->additive;
        }
    }
    if (unused != 0)
        bt_note(md->crash, md->arena, "duplicate-stream", BT_NO_OFFSET,
                "%u more stream%s of the kind \"%s\" %s not used", unused,
                unused == 1 ? "" : "s", kind->name, unused == 1 ? "was" : "were");
    return BT_OK;
}

// ---- afterwards

// The program's own image is the first module, except that a simulator's loader may stand
// before it. A Linux kernel's name of the process is cut to 15 characters: second choice.
static void name_process(struct bt_crash *crash)
{
    for (size_t i = 0; i < crash->module_count; i++) {
        const char *name = crash->modules[i].name;
        if (strcmp(name, BT_MD_UNNAMED) != 0 && !bt_starts_with(name, "dyld")) {
            crash->process.name = name;
            return;
        }
    }
}

// Codes of dumps that were asked for: the process went on. Breakpad on Linux; Crashpad on
// Windows, of the process itself and of another one; Crashpad on macOS; writers for Windows
// that have no exception and fill in the stream.
static bool is_requested(const struct bt_crash *crash)
{
    const uint32_t code = crash->exception.code;
    bool windows = crash->system.platform == BT_PLATFORM_WINDOWS;
    return code == 0xffffffff || code == 0x0517a7ed || code == 0x0cca11ed ||
           code == 0x43507378 || (windows && code == 0);
}

static void settle(struct bt_minidump *md, const struct directory *directory)
{
    struct bt_crash *crash = md->crash;
    if (md->cut_ranges != 0)
        bt_md_missing(md, BT_PROBLEM_TRUNCATED, "memory-cut", BT_NO_OFFSET,
                      "memory ranges that are not, or not wholly, in the file: %" PRIu64,
                      md->cut_ranges);
    bt_regions_seal(md->regions);
    md->dump->memory = bt_regions_memory(md->regions);
    bt_md_settle_threads(md);
    bt_md_settle_emulation(md);
    if (bt_regions_count(md->regions) == 0)
        md->dump->memory = NULL;
    name_process(crash);
    if (crash->exception.present)
        crash->live = is_requested(crash);
    else
        crash->live = directory->complete && crash->thread_count != 0;
    if (directory->used != 0)
        return;
    bt_crash_problem(crash, md->arena, BT_READ_UNREADABLE, BT_PROBLEM_CORRUPT, BT_NO_OFFSET,
                     "the minidump has no stream that can be read");
    crash->status = BT_READ_UNREADABLE;
}

// Whether a stream is one that the program itself put into its dump.
static bool is_of_program(uint32_t type)
{
    static const uint32_t last_reserved = 0xffff, breakpad = 0x4767, crashpad = 0x4350,
                          chromium = 0x4b6b, mozilla = 0x4d7a;
    uint32_t family = type >> 16;
    return type > last_reserved && family != breakpad && family != crashpad &&
           family != chromium && family != mozilla;
}

// Programs put texts into streams of their own: the message of a failed assertion, a log.
static enum bt_status read_program_streams(struct bt_minidump *md, struct directory *directory,
                                           struct bt_error *err)
{
    unsigned tried = 0;
    for (size_t i = 0; i < directory->entries.count && tried < TRIES; i++) {
        struct bt_span entry = bt_md_item(&directory->entries, i);
        uint32_t type = bt_span_u32(entry, 0);
        if (!is_of_program(type) || bt_span_u32(entry, 4) == 0)
            continue;
        tried++;
        md->stream_type = type;
        const struct stream_kind kind = {type, "stream of the program", bt_md_user_text, true};
        enum bt_status status = read_stream(md, &kind, bt_md_location(entry, 4), err);
        if (status != BT_OK && status != BT_ABSENT)
            return status;
    }
    return BT_OK;
}

static enum bt_status read_all(struct bt_minidump *md, struct bt_error *err)
{
    struct directory directory;
    read_header(md);
    BT_TRY(read_directory(md, &directory, err));
    BT_TRY(read_kind(md, &system_info_kind, &directory, err));
    BT_TRY(start_memory(md, err));
    for (size_t i = 0; i < BT_COUNT(kinds); i++)
        BT_TRY(read_kind(md, &kinds[i], &directory, err));
    BT_TRY(read_program_streams(md, &directory, err));
    settle(md, &directory);
    return BT_OK;
}

static enum bt_status read_minidump(struct bt_source *source, struct bt_span head,
                                    struct bt_arena *arena, struct bt_dump *dump,
                                    struct bt_error *err)
{
    struct bt_crash *crash = dump->crash;
    struct bt_minidump *md;
    (void)head;
    crash->format = BT_FORMAT_USER_MINIDUMP;
    BT_TRY(bt_arena_alloc(arena, 1, sizeof *md, &md, err));
    *md = (struct bt_minidump){.source = source, .arena = arena, .crash = crash, .dump = dump};
    BT_TRY(bt_source_view(source, 0, FRONT_SIZE, arena, &md->front, err));
    if (md->front.size < HEADER_SIZE) {
        bt_crash_problem(crash, arena, BT_READ_UNREADABLE, BT_PROBLEM_TRUNCATED, md->front.size,
                         "the file ends in the header of a minidump, after %zu of %d bytes",
                         md->front.size, HEADER_SIZE);
        return BT_OK;
    }
    return read_all(md, err);
}

const struct bt_dump_format bt_dump_format_minidump = {
    .name = "user minidump", .probe = probe, .read = read_minidump};
