// SPDX-License-Identifier: MIT
//
// The driver list, the pool of their names, and the drivers that were unloaded.
#include "mk_parts.h"

#include <inttypes.h>
#include <string.h>

#include "mk_value.h"

enum {
    COPIES_MAX = 100000,
    NAME_MAX_BYTES = 1 << 20,
};

// DUMP_DRIVER_ENTRY: the file offset of a DUMP_STRING, then the loader's entry.
static const struct mk_field entry32_fields[] = {
    MK_F("DriverNameOffset", 0x00, MK_U32),
    MK_F("DllBase", 0x1c, MK_U32),
    MK_F("EntryPoint", 0x20, MK_U32),
    MK_F("SizeOfImage", 0x24, MK_U32),
    MK_F("Flags", 0x38, MK_U32),
    MK_F("CheckSum", 0x44, MK_U32),
    MK_F("TimeDateStamp", 0x48, MK_U32),
};

static const struct mk_field entry64_fields[] = {
    MK_F("DriverNameOffset", 0x00, MK_U32),
    MK_F("ExceptionTable", 0x18, MK_U64),
    MK_F("ExceptionTableSize", 0x20, MK_U32),
    MK_F("DllBase", 0x38, MK_U64),
    MK_F("EntryPoint", 0x40, MK_U64),
    MK_F("SizeOfImage", 0x48, MK_U32),
    MK_F("Flags", 0x70, MK_U32),
    MK_F("CheckSum", 0x80, MK_U32),
    MK_F("TimeDateStamp", 0x88, MK_U32),
};

// DUMP_STRING: characters, not bytes; then UTF-16 and a NUL.
static const struct mk_field string_fields[] = {MK_F("NameLength", 0x00, MK_U32)};

static const struct mk_field unloaded32_fields[] = {
    MK_F("Length", 0x00, MK_U16),     MK_F("MaximumLength", 0x02, MK_U16),
    MK_F("Buffer", 0x04, MK_U32),     MK_F("StartAddress", 0x20, MK_U32),
    MK_F("EndAddress", 0x24, MK_U32),
};

static const struct mk_field unloaded64_fields[] = {
    MK_F("Length", 0x00, MK_U16),     MK_F("MaximumLength", 0x02, MK_U16),
    MK_F("Buffer", 0x08, MK_U64),     MK_F("StartAddress", 0x28, MK_U64),
    MK_F("EndAddress", 0x30, MK_U64),
};

static const struct mk_field unloads_fields[] = {MK_F("Count", 0x00, MK_U32)};

static struct mk_fields entry_fields(const struct mk_dump *dump)
{
    return dump->machine->is64 ? MK_FIELDS(entry64_fields) : MK_FIELDS(entry32_fields);
}

static struct mk_fields unloaded_fields(const struct mk_dump *dump)
{
    return dump->machine->is64 ? MK_FIELDS(unloaded64_fields) : MK_FIELDS(unloaded32_fields);
}

static struct mk_fields unloads_fields_of(const struct mk_dump *dump)
{
    (void)dump;
    return MK_FIELDS(unloads_fields);
}

const struct mk_kind mk_driver_kinds[] = {
    {"drivers", MK_UNNAMED, "stride", NULL},
    {"driver", MK_NAMED,
     "as name path base size timestamp checksum copies version "
     "company description fill",
     entry_fields},
    {"strings", MK_UNNAMED, "", NULL},
    {"unloads", MK_UNNAMED, "", unloads_fields_of},
    {"unloaded", MK_NAMED, "as name base end fill", unloaded_fields},
    {NULL, MK_UNNAMED, NULL, NULL},
};

static enum bt_status count_drivers(struct mk_dump *dump, uint64_t *ret, struct bt_error *err)
{
    uint64_t total = 0, copies;
    for (const struct mk_section *s = mk_next(dump, "driver", NULL); s != NULL;
         s = mk_next(dump, "driver", s)) {
        BT_TRY(mk_number(dump, s, "copies", 1, &copies, err));
        if (copies > COPIES_MAX - total)
            return MK_FAIL(s->place, err, "more than %d drivers", COPIES_MAX);
        total += copies;
    }
    *ret = total;
    return BT_OK;
}

// One entry. The copies of a driver follow each other in memory.
static enum bt_status add_entry(struct mk_dump *dump, const struct mk_piece *list,
                                uint64_t offset, uint64_t stride, uint64_t copy,
                                const struct mk_section *section, struct bt_error *err)
{
    struct mk_piece *entry;
    uint64_t base, size, timestamp, checksum;
    BT_TRY(mk_number(dump, section, "base", 0, &base, err));
    BT_TRY(mk_number(dump, section, "size", 0x10000, &size, err));
    BT_TRY(mk_number(dump, section, "checksum", 0, &checksum, err));
    const struct mk_statement *time = mk_section_get(section, "timestamp");
    timestamp = 0;
    if (time != NULL)
        BT_TRY(mk_eval(dump, time->place, time->value, 4, &timestamp, err));
    BT_TRY(mk_add_inside(dump, list, offset, section, entry_fields(dump), stride, MK_FILL_ZERO,
                         &entry, err));
    mk_put(dump, entry, "DllBase", base + copy * size);
    mk_put(dump, entry, "SizeOfImage", size);
    mk_put(dump, entry, "CheckSum", checksum);
    mk_put(dump, entry, "TimeDateStamp", timestamp);
    return BT_OK;
}

enum bt_status mk_add_drivers(struct mk_dump *dump, struct mk_piece **ret, uint64_t *ret_count,
                              struct bt_error *err)
{
    const struct mk_section *list = mk_the(dump, "drivers");
    uint64_t stride, count, at = 0;
    BT_TRY(mk_number(dump, list, "stride", dump->machine->is64 ? 0x90 : 0x4c, &stride, err));
    BT_TRY(count_drivers(dump, &count, err));
    *ret_count = count;
    *ret = NULL;
    if (count == 0)
        return BT_OK;
    BT_TRY(mk_add(dump, list, MK_NO_FIELDS, count * stride, MK_FILL_ZERO, ret, err));
    for (const struct mk_section *s = mk_next(dump, "driver", NULL); s != NULL;
         s = mk_next(dump, "driver", s)) {
        uint64_t copies;
        BT_TRY(mk_number(dump, s, "copies", 1, &copies, err));
        for (uint64_t i = 0; i < copies; i++, at += stride)
            BT_TRY(add_entry(dump, *ret, at, stride, i, s, err));
    }
    return BT_OK;
}

// The name as the writer stores it: writer A a full path, writer B a file name. `path` wins.
static enum bt_status find_name(struct mk_dump *dump, const struct mk_section *section,
                                const char **ret, struct bt_error *err)
{
    const char *name, *full;
    BT_TRY(mk_text(dump, section, "name", section->name, &name, err));
    bool is_kernel = section == mk_next(dump, "driver", NULL) || strstr(name, ".dll") != NULL;
    BT_TRY(bt_arena_printf(dump->arena, &full, err, "\\SystemRoot\\system32\\%s%s",
                           is_kernel ? "" : "drivers\\", name));
    return mk_text(dump, section, "path", dump->writer_b ? name : full, ret, err);
}

enum bt_status mk_driver_name(struct mk_dump *dump, const struct mk_section *section,
                              const char **ret_name, const char **ret_path,
                              struct bt_error *err)
{
    BT_TRY(mk_text(dump, section, "name", section->name, ret_name, err));
    return find_name(dump, section, ret_path, err);
}

static enum bt_status add_string(struct mk_dump *dump, struct mk_piece *entry,
                                 struct bt_error *err)
{
    struct mk_piece *string;
    struct bt_buf text;
    const char *name;
    BT_TRY(find_name(dump, entry->section, &name, err));
    bt_buf_init(&text, NAME_MAX_BYTES);
    mk_utf16(&text, name, strlen(name));
    enum bt_status status = bt_buf_status(&text, err);
    if (status == BT_OK)
        status = mk_add(dump, entry->section, MK_FIELDS(string_fields), 4 + text.size + 2,
                        MK_FILL_ZERO, &string, err);
    if (status == BT_OK) {
        memcpy(string->data + 4, bt_buf_cstr(&text), text.size);
        mk_put(dump, string, "NameLength", text.size / 2);
        mk_put(dump, entry, "DriverNameOffset", string->offset);
    }
    bt_buf_fini(&text);
    mk_align(dump, 8);
    return status;
}

enum bt_status mk_add_strings(struct mk_dump *dump, const struct mk_piece *drivers,
                              struct mk_piece **ret, struct bt_error *err)
{
    const struct mk_piece *last_entry = dump->last_piece;
    BT_TRY(mk_add_marker(dump, mk_the(dump, "strings"), ret, err));
    for (struct mk_piece *p = drivers->next; p != last_entry->next; p = p->next)
        BT_TRY(add_string(dump, p, err));
    (*ret)->size = dump->end - (*ret)->offset;
    return BT_OK;
}

static enum bt_status add_unloaded(struct mk_dump *dump, const struct mk_piece *list,
                                   uint64_t offset, const struct mk_section *section,
                                   struct bt_error *err)
{
    bool is64 = dump->machine->is64;
    struct mk_piece *entry;
    uint64_t base, end;
    const char *name;
    BT_TRY(mk_number(dump, section, "base", 0, &base, err));
    BT_TRY(mk_number(dump, section, "end", base, &end, err));
    BT_TRY(mk_text(dump, section, "name", section->name, &name, err));
    BT_TRY(mk_add_inside(dump, list, offset, section, unloaded_fields(dump), is64 ? 0x38 : 0x28,
                         MK_FILL_ZERO, &entry, err));
    // Windows keeps twelve characters, without a NUL behind the twelfth.
    size_t length = strlen(name) < 12 ? strlen(name) : 12;
    for (size_t i = 0; i < length; i++)
        entry->data[(is64 ? 0x10 : 0x08) + 2 * i] = (uint8_t)name[i];
    mk_put(dump, entry, "Length", 2 * length);
    mk_put(dump, entry, "MaximumLength", 24);
    mk_put(dump, entry, "StartAddress", base);
    mk_put(dump, entry, "EndAddress", end);
    return BT_OK;
}

enum bt_status mk_add_unloaded(struct mk_dump *dump, struct mk_piece **ret,
                               struct bt_error *err)
{
    bool is64 = dump->machine->is64;
    uint64_t stride = is64 ? 0x38 : 0x28, at = is64 ? 8 : 4, count = 0;
    for (const struct mk_section *s = mk_next(dump, "unloaded", NULL); s != NULL;
         s = mk_next(dump, "unloaded", s))
        count++;
    BT_TRY(mk_add(dump, mk_the(dump, "unloads"), MK_FIELDS(unloads_fields), at + count * stride,
                  MK_FILL_ZERO, ret, err));
    mk_put(dump, *ret, "Count", count);
    for (const struct mk_section *s = mk_next(dump, "unloaded", NULL); s != NULL;
         s = mk_next(dump, "unloaded", s), at += stride)
        BT_TRY(add_unloaded(dump, *ret, at, s, err));
    mk_align(dump, 8);
    return BT_OK;
}
