// SPDX-License-Identifier: MIT
//
// User minidumps ("kind = minidump"): header, directory, and the streams that describe a
// process. Offsets are those of dbghelp's structures, packed to 4 bytes.
#include "mk_parts.h"

#include <string.h>

#include "mk_value.h"

enum {
    HEADER_SIZE = 0x20,
    ENTRY_SIZE = 0x0c,
    ENTRIES = 16, // room in the directory beside what [stream] asks for; as real ones, not full
    TEXT_MAX = 1 << 16,
};

enum {
    TASKS = 3,
    IMAGES = 4,
    RANGES = 5,
    FAULT = 6,
    SYSINFO = 7,
    RANGES64 = 9,
    GONE = 14,
    MISC = 15,
    TASK_NAMES = 24,
};

static const struct mk_field header_fields[] = {
    MK_T("Signature", 0x00, 4),
    MK_F("Version", 0x04, MK_U32),
    MK_F("NumberOfStreams", 0x08, MK_U32),
    MK_F("StreamDirectoryRva", 0x0c, MK_U32),
    MK_F("CheckSum", 0x10, MK_U32),
    MK_F("TimeDateStamp", 0x14, MK_U32),
    MK_F("Flags", 0x18, MK_U64),
};

static const struct mk_field entry_fields[] = {
    MK_F("StreamType", 0x00, MK_U32),
    MK_F("DataSize", 0x04, MK_U32),
    MK_F("Rva", 0x08, MK_U32),
};

static const struct mk_field sysinfo_fields[] = {
    MK_F("ProcessorArchitecture", 0x00, MK_U16),
    MK_F("ProcessorLevel", 0x02, MK_U16),
    MK_F("ProcessorRevision", 0x04, MK_U16),
    MK_F("NumberOfProcessors", 0x06, MK_U8),
    MK_F("ProductType", 0x07, MK_U8),
    MK_F("MajorVersion", 0x08, MK_U32),
    MK_F("MinorVersion", 0x0c, MK_U32),
    MK_F("BuildNumber", 0x10, MK_U32),
    MK_F("PlatformId", 0x14, MK_U32),
    MK_F("CSDVersionRva", 0x18, MK_U32),
    MK_F("SuiteMask", 0x1c, MK_U16),
    MK_T("VendorId", 0x20, 12),
};

// MINIDUMP_MODULE; the version is part of a VS_FIXEDFILEINFO.
static const struct mk_field image_fields[] = {
    MK_F("BaseOfImage", 0x00, MK_U64),      MK_F("SizeOfImage", 0x08, MK_U32),
    MK_F("CheckSum", 0x0c, MK_U32),         MK_F("TimeDateStamp", 0x10, MK_U32),
    MK_F("ModuleNameRva", 0x14, MK_U32),    MK_F("VersionSignature", 0x18, MK_U32),
    MK_F("FileVersionMS", 0x20, MK_U32),    MK_F("FileVersionLS", 0x24, MK_U32),
    MK_F("ProductVersionMS", 0x28, MK_U32), MK_F("ProductVersionLS", 0x2c, MK_U32),
    MK_F("CvSize", 0x4c, MK_U32),           MK_F("CvRva", 0x50, MK_U32),
};

static const struct mk_field gone_fields[] = {
    MK_F("BaseOfImage", 0x00, MK_U64),   MK_F("SizeOfImage", 0x08, MK_U32),
    MK_F("CheckSum", 0x0c, MK_U32),      MK_F("TimeDateStamp", 0x10, MK_U32),
    MK_F("ModuleNameRva", 0x14, MK_U32),
};

static const struct mk_field task_fields[] = {
    MK_F("ThreadId", 0x00, MK_U32),    MK_F("SuspendCount", 0x04, MK_U32),
    MK_F("Teb", 0x10, MK_U64),         MK_F("StackStart", 0x18, MK_U64),
    MK_F("StackSize", 0x20, MK_U32),   MK_F("StackRva", 0x24, MK_U32),
    MK_F("ContextSize", 0x28, MK_U32), MK_F("ContextRva", 0x2c, MK_U32),
};

static const struct mk_field task_name_fields[] = {
    MK_F("NameThreadId", 0x00, MK_U32),
    MK_F("NameRva", 0x04, MK_U64),
};

static const struct mk_field range_fields[] = {
    MK_F("RangeStart", 0x00, MK_U64),
    MK_F("RangeSize", 0x08, MK_U32),
    MK_F("RangeRva", 0x0c, MK_U32),
};

static const struct mk_field range64_fields[] = {
    MK_F("RangeStart", 0x00, MK_U64),
    MK_F("RangeSize", 0x08, MK_U64),
};

static const struct mk_field fault_fields[] = {
    MK_F("ThreadId", 0x00, MK_U32),
    MK_F("Code", 0x08, MK_U32),
    MK_F("Flags", 0x0c, MK_U32),
    MK_F("Record", 0x10, MK_U64),
    MK_F("Address", 0x18, MK_U64),
    MK_F("NumberParameters", 0x20, MK_U32),
    MK_A("Information", 0x28, MK_U64, 15, 8, 0),
    MK_F("ContextSize", 0xa0, MK_U32),
    MK_F("ContextRva", 0xa4, MK_U32),
};

static const struct mk_field misc_fields[] = {
    MK_F("SizeOfInfo", 0x00, MK_U32),      MK_F("Flags1", 0x04, MK_U32),
    MK_F("ProcessId", 0x08, MK_U32),       MK_F("ProcessCreateTime", 0x0c, MK_U32),
    MK_F("ProcessUserTime", 0x10, MK_U32), MK_F("ProcessKernelTime", 0x14, MK_U32),
    MK_F("ProcessorMaxMhz", 0x18, MK_U32),
};

// The front of a list: records follow at its end.
static const struct mk_field list_fields[] = {MK_F("Count", 0x00, MK_U32)};
static const struct mk_field list64_fields[] = {MK_F("Count", 0x00, MK_U64),
                                                MK_F("BaseRva", 0x08, MK_U64)};
static const struct mk_field sized_list_fields[] = {MK_F("SizeOfHeader", 0x00, MK_U32),
                                                    MK_F("SizeOfEntry", 0x04, MK_U32),
                                                    MK_F("Count", 0x08, MK_U32)};
static const struct mk_field string_fields[] = {MK_F("NameLength", 0x00, MK_U32)};
static const struct mk_field codeview_fields[] = {
    MK_T("CvSignature", 0x00, 4),
    MK_F("Guid", 0x04, MK_GUID),
    MK_F("Age", 0x14, MK_U32),
};

static struct mk_fields header_fields_of(const struct mk_dump *dump)
{
    (void)dump;
    return MK_FIELDS(header_fields);
}

static struct mk_fields image_fields_of(const struct mk_dump *dump)
{
    (void)dump;
    return MK_FIELDS(image_fields);
}

static struct mk_fields task_fields_of(const struct mk_dump *dump)
{
    (void)dump;
    return MK_FIELDS(task_fields);
}

static struct mk_fields fault_fields_of(const struct mk_dump *dump)
{
    (void)dump;
    return MK_FIELDS(fault_fields);
}

static struct mk_fields misc_fields_of(const struct mk_dump *dump)
{
    (void)dump;
    return MK_FIELDS(misc_fields);
}

static struct mk_fields sysinfo_fields_of(const struct mk_dump *dump)
{
    (void)dump;
    return MK_FIELDS(sysinfo_fields);
}

const struct mk_kind mk_minidump_kinds[] = {
    {"mdmp", MK_UNNAMED, "", header_fields_of},
    {"sysinfo", MK_UNNAMED, "text", sysinfo_fields_of},
    {"images", MK_UNNAMED, "padding", NULL},
    {"image", MK_NAMED, "as path base size pdb buildid fill", image_fields_of},
    {"gone", MK_NAMED, "as path base size fill", NULL},
    {"tasks", MK_UNNAMED, "padding", NULL},
    {"task", MK_NAMED, "as name id fill", task_fields_of},
    {"ranges", MK_UNNAMED, "padding wide", NULL},
    {"range", MK_NAMED, "as at size fill", NULL},
    {"fault", MK_UNNAMED, "fill", fault_fields_of},
    {"misc", MK_UNNAMED, "size fill", misc_fields_of},
    {"stream", MK_NAMED, "type size fill", NULL},
    {NULL, MK_UNNAMED, NULL, NULL},
};

// ---- what all streams need

struct directory {
    struct mk_piece *header, *entries;
    struct mk_piece *wide_list; // its memory comes last; NULL: a list of 32 bits
    uint64_t used;
};

// An entry for [offset, end of the file). Fields of the entry can be forced in `section`.
static enum bt_status add_stream(struct mk_dump *dump, struct directory *directory,
                                 const struct mk_section *section, uint32_t type,
                                 uint64_t offset, struct bt_error *err)
{
    struct mk_piece *entry;
    BT_TRY(mk_add_inside(dump, directory->entries, directory->used * ENTRY_SIZE, section,
                         MK_FIELDS(entry_fields), ENTRY_SIZE, MK_FILL_ZERO, &entry, err));
    mk_put(dump, entry, "StreamType", type);
    mk_put(dump, entry, "DataSize", dump->end - offset);
    mk_put(dump, entry, "Rva", offset);
    directory->used++;
    mk_put(dump, directory->header, "NumberOfStreams", directory->used);
    mk_align(dump, 4);
    return BT_OK;
}

// A MINIDUMP_STRING: bytes, UTF-16, NUL.
static enum bt_status add_string(struct mk_dump *dump, const struct mk_section *section,
                                 const char *text, uint64_t *ret, struct bt_error *err)
{
    struct mk_piece *piece;
    struct bt_buf wide;
    bt_buf_init(&wide, TEXT_MAX);
    mk_utf16(&wide, text, strlen(text));
    enum bt_status status = bt_buf_status(&wide, err);
    if (status == BT_OK)
        status = mk_add(dump, section, MK_FIELDS(string_fields), 4 + wide.size + 2,
                        MK_FILL_ZERO, &piece, err);
    if (status == BT_OK) {
        if (wide.size != 0)
            memcpy(piece->data + 4, bt_buf_cstr(&wide), wide.size);
        mk_put(dump, piece, "NameLength", wide.size);
        *ret = piece->offset;
    }
    bt_buf_fini(&wide);
    mk_align(dump, 4);
    return status;
}

static uint64_t count_sections(const struct mk_dump *dump, const char *kind)
{
    uint64_t count = 0;
    for (const struct mk_section *s = mk_next(dump, kind, NULL); s != NULL;
         s = mk_next(dump, kind, s))
        count++;
    return count;
}

// A u32 count, the padding that the list's section asks for, and room for the records.
static enum bt_status add_list(struct mk_dump *dump, const struct mk_section *section,
                               uint64_t count, uint64_t stride, struct mk_piece **ret,
                               uint64_t *ret_first, struct bt_error *err)
{
    uint64_t padding;
    BT_TRY(mk_number(dump, section, "padding", 0, &padding, err));
    BT_TRY(mk_add(dump, section, MK_FIELDS(list_fields), 4 + padding + count * stride,
                  MK_FILL_ZERO, ret, err));
    mk_put(dump, *ret, "Count", count);
    *ret_first = 4 + padding;
    return BT_OK;
}

static const struct mk_section *named(const struct mk_dump *dump, const char *kind,
                                      const char *name)
{
    const struct mk_section *s = mk_next(dump, kind, NULL);
    while (s != NULL && strcmp(s->name, name) != 0)
        s = mk_next(dump, kind, s);
    return s;
}

// ---- system

static enum bt_status add_sysinfo(struct mk_dump *dump, struct directory *directory,
                                  struct bt_error *err)
{
    static const uint16_t architectures[] = {
        [MK_X86] = 0, [MK_X64] = 9,   [MK_ARM64] = 12, [MK_IA64] = 6,
        [MK_ARM] = 5, [MK_ALPHA] = 2, [MK_MIPS] = 1,   [MK_PPC] = 3,
    };
    const struct mk_section *section = mk_the(dump, "sysinfo");
    struct mk_piece *info;
    const char *text;
    uint64_t rva;
    BT_TRY(mk_text(dump, section, "text", "", &text, err));
    BT_TRY(add_string(dump, section, text, &rva, err));
    BT_TRY(mk_add(dump, section, MK_FIELDS(sysinfo_fields), 0x38, MK_FILL_ZERO, &info, err));
    mk_put(dump, info, "ProcessorArchitecture", architectures[dump->machine->id]);
    mk_put(dump, info, "BuildNumber", dump->build);
    mk_put(dump, info, "CSDVersionRva", rva);
    return add_stream(dump, directory, section, SYSINFO, info->offset, err);
}

// ---- images

static enum bt_status add_codeview(struct mk_dump *dump, struct mk_piece *image,
                                   struct bt_error *err)
{
    const struct mk_section *section = image->section;
    const struct mk_statement *id = mk_section_get(section, "buildid");
    struct mk_piece *record;
    const char *pdb;
    BT_TRY(mk_text(dump, section, "pdb", NULL, &pdb, err));
    if (pdb == NULL && id == NULL)
        return BT_OK;
    if (pdb != NULL) {
        BT_TRY(mk_add(dump, section, MK_FIELDS(codeview_fields), 0x18 + strlen(pdb) + 1,
                      MK_FILL_ZERO, &record, err));
        mk_put_text(dump, record, "CvSignature", "RSDS");
        mk_put(dump, record, "Age", 1);
        memcpy(record->data + 0x18, pdb, strlen(pdb));
    } else {
        struct bt_buf bytes;
        bt_buf_init(&bytes, TEXT_MAX);
        enum bt_status status = mk_bytes(dump, id->place, id->value, false, &bytes, err);
        if (status == BT_OK)
            status = mk_add(dump, section, MK_FIELDS(string_fields), 4 + bytes.size,
                            MK_FILL_ZERO, &record, err);
        if (status == BT_OK) {
            memcpy(record->data, "LEpB", 4);
            memcpy(record->data + 4, bt_buf_cstr(&bytes), bytes.size);
        }
        bt_buf_fini(&bytes);
        BT_TRY(status);
    }
    mk_put(dump, image, "CvSize", record->size);
    mk_put(dump, image, "CvRva", record->offset);
    mk_align(dump, 4);
    return BT_OK;
}

static enum bt_status add_image(struct mk_dump *dump, const struct mk_piece *list, uint64_t at,
                                uint64_t stride, struct mk_fields fields,
                                const struct mk_section *section, struct mk_piece **ret,
                                struct bt_error *err)
{
    uint64_t base, size;
    BT_TRY(mk_number(dump, section, "base", 0, &base, err));
    BT_TRY(mk_number(dump, section, "size", 0x10000, &size, err));
    BT_TRY(mk_add_inside(dump, list, at, section, fields, stride, MK_FILL_ZERO, ret, err));
    mk_put(dump, *ret, "BaseOfImage", base);
    mk_put(dump, *ret, "SizeOfImage", size);
    return BT_OK;
}

// The names come behind the list: a reader must not expect them in one place.
static enum bt_status add_image_name(struct mk_dump *dump, struct mk_piece *image,
                                     struct bt_error *err)
{
    const char *path;
    uint64_t rva;
    BT_TRY(mk_text(dump, image->section, "path", image->section->name, &path, err));
    BT_TRY(add_string(dump, image->section, path, &rva, err));
    mk_put(dump, image, "ModuleNameRva", rva);
    return BT_OK;
}

static enum bt_status add_images(struct mk_dump *dump, struct directory *directory,
                                 struct bt_error *err)
{
    const struct mk_section *section = mk_the(dump, "images");
    uint64_t count = count_sections(dump, "image"), at;
    struct mk_piece *list, *image;
    if (count == 0)
        return BT_OK;
    BT_TRY(add_list(dump, section, count, 0x6c, &list, &at, err));
    BT_TRY(add_stream(dump, directory, section, IMAGES, list->offset, err));
    for (const struct mk_section *s = mk_next(dump, "image", NULL); s != NULL;
         s = mk_next(dump, "image", s), at += 0x6c) {
        BT_TRY(add_image(dump, list, at, 0x6c, MK_FIELDS(image_fields), s, &image, err));
        if (mk_section_get(s, "FileVersionMS") != NULL)
            mk_put(dump, image, "VersionSignature", 0xfeef04bd);
        BT_TRY(add_image_name(dump, image, err));
        BT_TRY(add_codeview(dump, image, err));
    }
    return BT_OK;
}

static enum bt_status add_gone(struct mk_dump *dump, struct directory *directory,
                               struct bt_error *err)
{
    uint64_t count = count_sections(dump, "gone"), at = 0x0c;
    struct mk_piece *list, *image;
    if (count == 0)
        return BT_OK;
    BT_TRY(mk_add(dump, NULL, MK_FIELDS(sized_list_fields), 0x0c + count * 0x18, MK_FILL_ZERO,
                  &list, err));
    mk_put(dump, list, "SizeOfHeader", 0x0c);
    mk_put(dump, list, "SizeOfEntry", 0x18);
    mk_put(dump, list, "Count", count);
    BT_TRY(add_stream(dump, directory, NULL, GONE, list->offset, err));
    for (const struct mk_section *s = mk_next(dump, "gone", NULL); s != NULL;
         s = mk_next(dump, "gone", s), at += 0x18) {
        BT_TRY(add_image(dump, list, at, 0x18, MK_FIELDS(gone_fields), s, &image, err));
        BT_TRY(add_image_name(dump, image, err));
    }
    return BT_OK;
}

// ---- memory

// Bodies of a 64-bit list float until everything else has its place.
static enum bt_status add_range_bodies(struct mk_dump *dump, bool wide, struct bt_error *err)
{
    for (const struct mk_section *s = mk_next(dump, "range", NULL); s != NULL;
         s = mk_next(dump, "range", s)) {
        struct mk_piece *body;
        uint64_t size;
        BT_TRY(mk_extent(dump, s, &size, err));
        BT_TRY(mk_number(dump, s, "size", size, &size, err));
        if (wide)
            BT_TRY(mk_add_floating(dump, s, MK_NO_FIELDS, size, MK_FILL_ZERO, &body, err));
        else
            BT_TRY(mk_add(dump, s, MK_NO_FIELDS, size, MK_FILL_ZERO, &body, err));
        BT_TRY(mk_locate(dump, body, err));
    }
    mk_align(dump, 4);
    return BT_OK;
}

static void place_range_bodies(struct mk_dump *dump, struct mk_piece *list)
{
    mk_put(dump, list, "BaseRva", dump->end);
    for (const struct mk_section *s = mk_next(dump, "range", NULL); s != NULL;
         s = mk_next(dump, "range", s)) {
        struct mk_piece *body = mk_piece_of(dump, s);
        body->offset = dump->end;
        dump->end += body->size;
    }
}

static enum bt_status add_wide_list(struct mk_dump *dump, const struct mk_section *section,
                                    uint64_t count, struct mk_piece **ret, uint64_t *ret_first,
                                    struct bt_error *err)
{
    BT_TRY(mk_add(dump, section, MK_FIELDS(list64_fields), 0x10 + count * 0x10, MK_FILL_ZERO,
                  ret, err));
    mk_put(dump, *ret, "Count", count);
    *ret_first = 0x10;
    return BT_OK;
}

static enum bt_status add_ranges(struct mk_dump *dump, struct directory *directory, bool wide,
                                 struct bt_error *err)
{
    const struct mk_section *section = mk_the(dump, "ranges");
    struct mk_fields fields = wide ? MK_FIELDS(range64_fields) : MK_FIELDS(range_fields);
    uint64_t count = count_sections(dump, "range"), at;
    struct mk_piece *list, *entry;
    if (count == 0)
        return BT_OK;
    if (wide)
        BT_TRY(add_wide_list(dump, section, count, &list, &at, err));
    else
        BT_TRY(add_list(dump, section, count, 0x10, &list, &at, err));
    for (const struct mk_section *s = mk_next(dump, "range", NULL); s != NULL;
         s = mk_next(dump, "range", s), at += 0x10) {
        const struct mk_piece *body = mk_piece_of(dump, s);
        BT_TRY(mk_add_inside(dump, list, at, s, fields, 0x10, MK_FILL_ZERO, &entry, err));
        mk_put(dump, entry, "RangeStart", body->address);
        mk_put(dump, entry, "RangeSize", body->size);
        if (!wide)
            mk_put(dump, entry, "RangeRva", body->offset);
    }
    directory->wide_list = wide ? list : NULL;
    return add_stream(dump, directory, section, wide ? RANGES64 : RANGES, list->offset, err);
}

// ---- threads and the exception

static enum bt_status add_contexts(struct mk_dump *dump, struct bt_error *err)
{
    const struct mk_kind *kind = mk_kind_find("context");
    for (const struct mk_section *s = mk_next(dump, "context", NULL); s != NULL;
         s = mk_next(dump, "context", s)) {
        struct mk_piece *piece;
        BT_TRY(mk_add(dump, s, kind->fields(dump), mk_context_size(dump), MK_FILL_ZERO, &piece,
                      err));
        mk_align(dump, 4);
    }
    return BT_OK;
}

static void point_to_context(const struct mk_dump *dump, struct mk_piece *record,
                             const char *name)
{
    const struct mk_section *section = named(dump, "context", name);
    const struct mk_piece *context = section != NULL ? mk_piece_of(dump, section) : NULL;
    if (context == NULL)
        return;
    mk_put(dump, record, "ContextSize", context->size);
    mk_put(dump, record, "ContextRva", context->offset);
}

// A task's stack and registers are the [range] and the [context] of its name.
static enum bt_status add_task(struct mk_dump *dump, const struct mk_piece *list, uint64_t at,
                               const struct mk_section *section, uint64_t id,
                               struct bt_error *err)
{
    const struct mk_section *range = named(dump, "range", section->name);
    struct mk_piece *task;
    BT_TRY(mk_number(dump, section, "id", id, &id, err));
    BT_TRY(mk_add_inside(dump, list, at, section, MK_FIELDS(task_fields), 0x30, MK_FILL_ZERO,
                         &task, err));
    mk_put(dump, task, "ThreadId", id);
    point_to_context(dump, task, section->name);
    if (range == NULL)
        return BT_OK;
    const struct mk_piece *stack = mk_piece_of(dump, range);
    mk_put(dump, task, "StackStart", stack->address);
    mk_put(dump, task, "StackSize", stack->size);
    mk_put(dump, task, "StackRva", stack->offset != MK_NOWHERE ? stack->offset : 0);
    return BT_OK;
}

static enum bt_status add_task_names(struct mk_dump *dump, struct directory *directory,
                                     struct bt_error *err)
{
    struct mk_piece *list, *entry;
    uint64_t at = 4, count = 0, id, rva = 0;
    for (const struct mk_section *s = mk_next(dump, "task", NULL); s != NULL;
         s = mk_next(dump, "task", s))
        count += mk_section_get(s, "name") != NULL;
    if (count == 0)
        return BT_OK;
    BT_TRY(
        mk_add(dump, NULL, MK_FIELDS(list_fields), 4 + count * 12, MK_FILL_ZERO, &list, err));
    mk_put(dump, list, "Count", count);
    BT_TRY(add_stream(dump, directory, NULL, TASK_NAMES, list->offset, err));
    for (const struct mk_section *s = mk_next(dump, "task", NULL); s != NULL;
         s = mk_next(dump, "task", s)) {
        const char *name;
        BT_TRY(mk_text(dump, s, "name", NULL, &name, err));
        if (name == NULL)
            continue;
        BT_TRY(mk_number(dump, s, "id", 0, &id, err));
        BT_TRY(add_string(dump, s, name, &rva, err));
        BT_TRY(mk_add_inside(dump, list, at, s, MK_FIELDS(task_name_fields), 12, MK_FILL_ZERO,
                             &entry, err));
        mk_put(dump, entry, "NameThreadId", id);
        mk_put(dump, entry, "NameRva", rva);
        at += 12;
    }
    return BT_OK;
}

static enum bt_status add_tasks(struct mk_dump *dump, struct directory *directory,
                                struct bt_error *err)
{
    const struct mk_section *section = mk_the(dump, "tasks");
    uint64_t count = count_sections(dump, "task"), at, id = 0x1000;
    struct mk_piece *list;
    if (count == 0)
        return BT_OK;
    BT_TRY(add_list(dump, section, count, 0x30, &list, &at, err));
    for (const struct mk_section *s = mk_next(dump, "task", NULL); s != NULL;
         s = mk_next(dump, "task", s), at += 0x30, id += 4)
        BT_TRY(add_task(dump, list, at, s, id, err));
    BT_TRY(add_stream(dump, directory, section, TASKS, list->offset, err));
    return add_task_names(dump, directory, err);
}

// The exception of the first task, with the registers of [context fault] or else of that task.
static enum bt_status add_fault(struct mk_dump *dump, struct directory *directory,
                                struct bt_error *err)
{
    const struct mk_section *section = mk_the(dump, "fault");
    const struct mk_section *task = mk_next(dump, "task", NULL);
    struct mk_piece *fault;
    uint64_t id = 0;
    if (section == NULL)
        return BT_OK;
    BT_TRY(mk_add(dump, section, MK_FIELDS(fault_fields), 0xa8, MK_FILL_ZERO, &fault, err));
    if (task != NULL) {
        BT_TRY(mk_number(dump, task, "id", 0x1000, &id, err));
        mk_put(dump, fault, "ThreadId", id);
        point_to_context(dump, fault, task->name);
    }
    point_to_context(dump, fault, "fault");
    return add_stream(dump, directory, section, FAULT, fault->offset, err);
}

// ---- the rest

static enum bt_status add_misc(struct mk_dump *dump, struct directory *directory,
                               struct bt_error *err)
{
    const struct mk_section *section = mk_the(dump, "misc");
    struct mk_piece *piece;
    uint64_t size;
    if (section == NULL)
        return BT_OK;
    BT_TRY(mk_number(dump, section, "size", 0x18, &size, err));
    BT_TRY(mk_add(dump, section, MK_FIELDS(misc_fields), size, MK_FILL_ZERO, &piece, err));
    mk_put(dump, piece, "SizeOfInfo", size);
    return add_stream(dump, directory, section, MISC, piece->offset, err);
}

// A stream of any other type: bytes alone.
static enum bt_status add_other_streams(struct mk_dump *dump, struct directory *directory,
                                        struct bt_error *err)
{
    for (const struct mk_section *s = mk_next(dump, "stream", NULL); s != NULL;
         s = mk_next(dump, "stream", s)) {
        struct mk_piece *piece;
        uint64_t size, type;
        BT_TRY(mk_extent(dump, s, &size, err));
        BT_TRY(mk_number(dump, s, "size", size, &size, err));
        BT_TRY(mk_number(dump, s, "type", 0, &type, err));
        BT_TRY(mk_add(dump, s, MK_NO_FIELDS, size, MK_FILL_ZERO, &piece, err));
        BT_TRY(add_stream(dump, directory, s, (uint32_t)type, piece->offset, err));
    }
    return BT_OK;
}

static enum bt_status add_front(struct mk_dump *dump, struct directory *ret,
                                struct bt_error *err)
{
    const struct mk_section *section = mk_the(dump, "mdmp");
    uint64_t entries = ENTRIES + count_sections(dump, "stream");
    BT_TRY(mk_add(dump, section, MK_FIELDS(header_fields), HEADER_SIZE, MK_FILL_ZERO,
                  &ret->header, err));
    BT_TRY(mk_add(dump, NULL, MK_NO_FIELDS, entries * ENTRY_SIZE, MK_FILL_ZERO, &ret->entries,
                  err));
    mk_put_text(dump, ret->header, "Signature", "MDMP");
    mk_put(dump, ret->header, "StreamDirectoryRva", ret->entries->offset);
    return BT_OK;
}

enum bt_status mk_add_minidump(struct mk_dump *dump, struct bt_error *err)
{
    struct directory directory = {0};
    uint64_t wide;
    BT_TRY(mk_number(dump, mk_the(dump, "ranges"), "wide", 0, &wide, err));
    BT_TRY(add_front(dump, &directory, err));
    BT_TRY(add_sysinfo(dump, &directory, err));
    BT_TRY(add_images(dump, &directory, err));
    BT_TRY(add_gone(dump, &directory, err));
    BT_TRY(add_contexts(dump, err));
    BT_TRY(add_range_bodies(dump, wide != 0, err));
    BT_TRY(add_tasks(dump, &directory, err));
    BT_TRY(add_fault(dump, &directory, err));
    BT_TRY(add_ranges(dump, &directory, wide != 0, err));
    BT_TRY(add_misc(dump, &directory, err));
    BT_TRY(add_other_streams(dump, &directory, err));
    if (directory.wide_list != NULL)
        place_range_bodies(dump, directory.wide_list);
    return BT_OK;
}
