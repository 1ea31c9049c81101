// SPDX-License-Identifier: MIT
//
// Layout (no published source; compared with 75 real dumps, all of which read to their end):
//   blob    "DumpBlob"  08 u32 size of this header, 0x10  0c u32 build
//   record  00 u32 size of this header, 0x20  04 tag (GUID)  14 u32 size of the data
//           18 u32 padding before the data  1c u32 padding behind it
// The list ends with the file, or with a record whose header size is not 0x20.
#include "dump/kernel/secondary_data.h"

#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"

enum {
    BLOB_HEADER_SIZE = 0x10,
    RECORD_HEADER_SIZE = 0x20,
    RECORD_TAG = 0x04,
    RECORD_DATA_SIZE = 0x14,
    RECORD_PADDING_BEFORE = 0x18,
    RECORD_PADDING_BEHIND = 0x1c,
    LARGEST_CPU_DATA = 1 << 20, // some KiB for each processor
};

// {6c7ac389-4313-47dc-9f34-a8800a0fb56c}: values of the registry keys that describe the
// processors, one key after the other.
static const uint8_t cpu_registry_tag[16] = {0x89, 0xc3, 0x7a, 0x6c, 0x13, 0x43, 0xdc, 0x47,
                                             0x9f, 0x34, 0xa8, 0x80, 0x0a, 0x0f, 0xb5, 0x6c};

struct registry_value {
    const char *name;
    uint32_t type; // REG_*
    struct bt_span data;
};

// {u32 bytes of the name, name (UTF-16), u32 type, u32 bytes of the data, data}, unaligned.
static enum bt_status next_value(struct bt_cursor *c, struct bt_arena *arena,
                                 struct registry_value *ret, struct bt_error *err)
{
    uint32_t name_size;
    uint32_t data_size;
    struct bt_span name;
    BT_TRY(bt_cursor_u32(c, &name_size, err));
    if (name_size > 2 * BT_LIMIT_NAME)
        return BT_FAIL(err, BT_E_LIMIT, c->span.file_offset + c->pos,
                       "a registry value with a name of %" PRIu32 " bytes", name_size);
    BT_TRY(bt_cursor_take(c, name_size, &name, err));
    BT_TRY(bt_text_utf16(name, arena, &ret->name, err));
    BT_TRY(bt_cursor_u32(c, &ret->type, err));
    BT_TRY(bt_cursor_u32(c, &data_size, err));
    return bt_cursor_take(c, data_size, &ret->data, err);
}

static enum bt_status take_text(const struct registry_value *value, struct bt_arena *arena,
                                const char **ret, struct bt_error *err)
{
    enum { REG_SZ = 1 };
    if (*ret != NULL || value->type != REG_SZ || value->data.size / 2 > BT_LIMIT_NAME)
        return BT_OK;
    const char *text;
    BT_TRY(bt_text_utf16(value->data, arena, &text, err));
    // Processors pad their names with blanks on both sides.
    while (bt_is_space(*text))
        text++;
    size_t size = strlen(text);
    while (size != 0 && bt_is_space(text[size - 1]))
        size--;
    return size != 0 ? bt_arena_text(arena, text, size, ret, err) : BT_OK;
}

// The first processor speaks for all.
static enum bt_status describe_processor(struct bt_span data, struct bt_arena *arena,
                                         struct bt_system *system, struct bt_error *err)
{
    enum { REG_DWORD = 4 };
    struct bt_cursor c = bt_cursor_at(data);
    for (unsigned i = 0; i < BT_LIMIT_SECONDARY && bt_cursor_left(&c) != 0; i++) {
        struct registry_value value;
        BT_TRY(next_value(&c, arena, &value, err));
        if (bt_ieq(value.name, "ProcessorNameString"))
            BT_TRY(take_text(&value, arena, &system->processor_name, err));
        else if (bt_ieq(value.name, "VendorIdentifier"))
            BT_TRY(take_text(&value, arena, &system->processor_vendor, err));
        else if (bt_ieq(value.name, "~MHz") && value.type == REG_DWORD &&
                 value.data.size == 4 && !system->processor_mhz.known)
            system->processor_mhz = bt_some32(bt_span_u32(value.data, 0));
        if (system->processor_name != NULL && system->processor_vendor != NULL &&
            system->processor_mhz.known)
            break;
    }
    return BT_OK;
}

static bool is_cpu_record(struct bt_span header)
{
    return memcmp(header.data + RECORD_TAG, cpu_registry_tag, sizeof cpu_registry_tag) == 0;
}

static enum bt_status read_cpu_record(const struct bt_kernel_reading *r, struct bt_span header,
                                      uint64_t data_offset, struct bt_error *err)
{
    const uint32_t size = bt_span_u32(header, RECORD_DATA_SIZE);
    struct bt_span data;
    BT_TRY(bt_source_view(r->source, data_offset,
                          size < LARGEST_CPU_DATA ? size : LARGEST_CPU_DATA, r->arena, &data,
                          err));
    return describe_processor(data, r->arena, &r->dump->crash->system, err);
}

// Many records are small and their headers close together: one read serves several.
struct window {
    uint64_t start;
    struct bt_span part;
    uint8_t bytes[8192];
};

// The header of the record at `offset`; BT_ABSENT at the end of the list.
static enum bt_status next_header(struct bt_source *source, struct window *w, uint64_t offset,
                                  struct bt_span *ret, struct bt_error *err)
{
    if (offset < w->start || !bt_span_has(w->part, offset - w->start, RECORD_HEADER_SIZE)) {
        size_t size = sizeof w->bytes;
        if (!bt_source_has(source, offset, size))
            size = RECORD_HEADER_SIZE;
        if (!bt_source_has(source, offset, size))
            return BT_ABSENT;
        BT_TRY(bt_source_read(source, offset, w->bytes, size, err));
        w->start = offset;
        w->part = (struct bt_span){.data = w->bytes, .size = size, .file_offset = offset};
    }
    BT_TRY(bt_span_sub(w->part, offset - w->start, RECORD_HEADER_SIZE, ret, err));
    return bt_span_u32(*ret, 0) == RECORD_HEADER_SIZE ? BT_OK : BT_ABSENT;
}

static enum bt_status read_records(const struct bt_kernel_reading *r, uint64_t offset,
                                   struct bt_error *err)
{
    struct window window = {.start = UINT64_MAX};
    for (unsigned i = 0; i < BT_LIMIT_SECONDARY; i++) {
        struct bt_span header;
        enum bt_status st = next_header(r->source, &window, offset, &header, err);
        if (st != BT_OK)
            return st == BT_ABSENT ? BT_OK : st;
        uint64_t data = offset + header.size + bt_span_u32(header, RECORD_PADDING_BEFORE);
        // What else is there belongs to drivers: megabytes that nobody looks at here.
        if (is_cpu_record(header))
            return read_cpu_record(r, header, data, err);
        offset = data + bt_span_u32(header, RECORD_DATA_SIZE) +
                 (uint64_t)bt_span_u32(header, RECORD_PADDING_BEHIND);
    }
    return BT_FAIL(err, BT_E_LIMIT, offset, "more than %u records", BT_LIMIT_SECONDARY);
}

enum bt_status bt_secondary_data_read(const struct bt_kernel_reading *r, uint64_t offset,
                                      struct bt_error *err)
{
    uint8_t raw[BLOB_HEADER_SIZE];
    const struct bt_span header = {.data = raw, .size = sizeof raw, .file_offset = offset};
    struct bt_error why = {0};
    if (!bt_source_has(r->source, offset, sizeof raw))
        return BT_OK;
    BT_TRY(bt_source_read(r->source, offset, raw, sizeof raw, err));
    if (memcmp(raw, "DumpBlob", 8) != 0 || bt_span_u32(header, 8) < BLOB_HEADER_SIZE)
        return BT_OK;
    enum bt_status st = read_records(r, offset + bt_span_u32(header, 8), &why);
    if (st == BT_E_NOMEM)
        return st;
    // Nothing of the crash itself is in there: worth a note, not the word "partial".
    if (st != BT_OK)
        bt_note(r->dump->crash, r->arena, "secondary-data-damaged", why.offset,
                "secondary data: %s", why.message);
    return BT_OK;
}
