// SPDX-License-Identifier: MIT
//
// Debug information stream (DBI), 64 bytes of header: 04 version, 08 age, 10 u16 publics
// stream, 14 u16 symbol record stream, 18 bytes of units, 1C of contributions, 20 of the
// section map, 24 of source info, 28 of the type server map, 30 of the optional header, 34 of
// edit-and-continue names, 3A u16 machine. The parts follow in the order units, contributions,
// section map, sources, type servers, edit-and-continue, optional header.
//
// Unit: 22 u16 stream, 24 bytes of symbols, 28 of old lines, 2C of lines, 40 two names; padded
// to 4 bytes. Contribution: 00 u16 section, 04 u32 offset, 08 u32 size, 10 u16 unit; 28 bytes,
// or 32 in the second version. Optional header: u16 streams; 0 FPO data, 3 map from image to
// source addresses, 5 section headers, 9 frame data, 10 section headers from before the code
// was rearranged.
#include <inttypes.h>
#include <stdlib.h>

#include "base/limits.h"
#include "symbols/pdb.h"

enum {
    HEADER_SIZE = 0x40,
    UNIT_HEADER = 0x40,
    CONTRIBUTION_V1 = 28,
    CONTRIBUTION_V2 = 32,
    SECTION_HEADER = 40,
    MAP_ENTRY = 8, // u32 RVA in the image, u32 RVA in the source layout
    MACHINE_X86 = 0x14c,
    STREAM_FPO_DATA = 0,
    STREAM_MAP_TO_SOURCE = 3,
    STREAM_SECTIONS = 5,
    STREAM_FRAME_DATA = 9,
    STREAM_SOURCE_SECTIONS = 10,
};

static const uint32_t HEADER_SIGNATURE = UINT32_MAX;
static const uint32_t CONTRIBUTIONS_1 = 0xf12eba2d;
static const uint32_t CONTRIBUTIONS_2 = 0xf13151e4;

struct layout {
    uint64_t units, contributions, optional; // offsets of the parts
    uint32_t unit_bytes, contribution_bytes, optional_bytes;
};

int bt_pdb_compare(struct bt_pdb_address a, struct bt_pdb_address b)
{
    if (a.segment != b.segment)
        return a.segment < b.segment ? -1 : 1;
    return a.offset < b.offset ? -1 : a.offset > b.offset;
}

static struct layout find_parts(struct bt_span header)
{
    struct layout layout = {
        .units = HEADER_SIZE,
        .unit_bytes = bt_span_u32(header, 0x18),
        .contribution_bytes = bt_span_u32(header, 0x1c),
        .optional_bytes = bt_span_u32(header, 0x30),
    };
    layout.contributions = layout.units + layout.unit_bytes;
    layout.optional = layout.contributions + layout.contribution_bytes +
                      bt_span_u32(header, 0x20) + bt_span_u32(header, 0x24) +
                      bt_span_u32(header, 0x28) + bt_span_u32(header, 0x34);
    return layout;
}

// Past a NUL-terminated name.
static enum bt_status skip_name(struct bt_cursor *at, struct bt_error *err)
{
    while (bt_cursor_left(at) != 0) {
        struct bt_span c;
        BT_TRY(bt_cursor_take(at, 1, &c, err));
        if (c.data[0] == 0)
            return BT_OK;
    }
    return BT_FAIL(err, BT_E_TRUNCATED, BT_NO_OFFSET, "the name of a unit does not end");
}

static enum bt_status next_unit(struct bt_cursor *at, struct bt_pdb_unit *ret,
                                struct bt_error *err)
{
    struct bt_span header;
    BT_TRY(bt_cursor_take(at, UNIT_HEADER, &header, err));
    *ret = (struct bt_pdb_unit){
        .stream = bt_span_u16(header, 0x22),
        .symbol_bytes = bt_span_u32(header, 0x24),
        .old_line_bytes = bt_span_u32(header, 0x28),
        .line_bytes = bt_span_u32(header, 0x2c),
    };
    BT_TRY(skip_name(at, err));
    BT_TRY(skip_name(at, err));
    size_t padding = (4 - at->pos % 4) % 4;
    return bt_cursor_skip(at, padding < bt_cursor_left(at) ? padding : bt_cursor_left(at), err);
}

static enum bt_status read_units(struct bt_pdb *pdb, const struct layout *layout,
                                 struct bt_error *err)
{
    struct bt_span raw;
    BT_TRY(bt_msf_view(&pdb->msf, BT_MSF_DEBUG_INFO, layout->units, layout->unit_bytes,
                       pdb->arena, &raw, err));
    size_t capacity = raw.size / UNIT_HEADER;
    if (capacity > UINT16_MAX) // contributions name units in 16 bits
        capacity = UINT16_MAX;
    BT_TRY(bt_arena_alloc(pdb->arena, capacity, sizeof *pdb->units, &pdb->units, err));
    struct bt_cursor at = bt_cursor_at(raw);
    while (pdb->unit_count < capacity && bt_cursor_left(&at) >= UNIT_HEADER) {
        BT_TRY(next_unit(&at, &pdb->units[pdb->unit_count], err));
        pdb->unit_count++;
    }
    return BT_OK;
}

static int compare_contributions(const void *a, const void *b)
{
    const struct bt_pdb_contribution *x = a, *y = b;
    int order = bt_pdb_compare(x->start, y->start);
    return order != 0 ? order : (x->unit > y->unit) - (x->unit < y->unit);
}

static enum bt_status read_contributions(struct bt_pdb *pdb, const struct layout *layout,
                                         struct bt_error *err)
{
    struct bt_span raw;
    if (layout->contribution_bytes < 4)
        return BT_OK;
    BT_TRY(bt_msf_view(&pdb->msf, BT_MSF_DEBUG_INFO, layout->contributions,
                       layout->contribution_bytes, pdb->arena, &raw, err));
    uint32_t version = bt_span_u32(raw, 0);
    if (version != CONTRIBUTIONS_1 && version != CONTRIBUTIONS_2)
        return BT_OK; // publics do without
    size_t stride = version == CONTRIBUTIONS_1 ? CONTRIBUTION_V1 : CONTRIBUTION_V2;
    size_t count = (raw.size - 4) / stride;
    BT_TRY(bt_arena_alloc(pdb->arena, count, sizeof *pdb->contributions, &pdb->contributions,
                          err));
    for (size_t i = 0; i < count; i++) {
        size_t at = 4 + i * stride;
        pdb->contributions[i] = (struct bt_pdb_contribution){
            .start = {.segment = bt_span_u16(raw, at), .offset = bt_span_u32(raw, at + 4)},
            .size = bt_span_u32(raw, at + 8),
            .unit = bt_span_u16(raw, at + 16),
        };
    }
    if (count != 0)
        qsort(pdb->contributions, count, sizeof *pdb->contributions, compare_contributions);
    pdb->contribution_count = count;
    return BT_OK;
}

// One of the streams that the optional header lists.
static uint16_t optional_stream(const struct bt_pdb *pdb, const struct layout *layout,
                                uint32_t index)
{
    uint8_t raw[2];
    if (index * 2 + 2 > layout->optional_bytes ||
        bt_msf_read(&pdb->msf, BT_MSF_DEBUG_INFO, layout->optional + index * 2, raw, sizeof raw,
                    NULL) != BT_OK)
        return BT_MSF_NO_STREAM;
    return bt_le16(raw);
}

static enum bt_status sections_of_stream(struct bt_pdb *pdb, uint16_t stream,
                                         struct bt_error *err)
{
    struct bt_span raw;
    size_t count = (size_t)(bt_msf_size(&pdb->msf, stream) / SECTION_HEADER);
    if (count > BT_LIMIT_SECTIONS)
        count = BT_LIMIT_SECTIONS;
    BT_TRY(bt_msf_view(&pdb->msf, stream, 0, count * SECTION_HEADER, pdb->arena, &raw, err));
    struct bt_pdb_section *sections;
    BT_TRY(bt_arena_alloc(pdb->arena, count, sizeof *sections, &sections, err));
    for (size_t i = 0; i < count; i++) {
        size_t at = i * SECTION_HEADER;
        uint32_t in_memory = bt_span_u32(raw, at + 8), in_file = bt_span_u32(raw, at + 16);
        sections[i] = (struct bt_pdb_section){
            .rva = bt_span_u32(raw, at + 12),
            .size = in_memory > in_file ? in_memory : in_file,
        };
    }
    pdb->sections = sections;
    pdb->section_count = count;
    return BT_OK;
}

static enum bt_status sections_of_image(struct bt_pdb *pdb, const struct bt_image *image,
                                        struct bt_error *err)
{
    struct bt_pdb_section *sections;
    BT_TRY(bt_arena_alloc(pdb->arena, image->section_count, sizeof *sections, &sections, err));
    for (unsigned i = 0; i < image->section_count; i++)
        sections[i] = (struct bt_pdb_section){.rva = image->sections[i].rva,
                                              .size = image->sections[i].size};
    pdb->sections = sections;
    pdb->section_count = image->section_count;
    return BT_OK;
}

static enum bt_status read_sections(struct bt_pdb *pdb, const struct layout *layout,
                                    const struct bt_image *image, struct bt_error *err)
{
    pdb->map_stream = optional_stream(pdb, layout, STREAM_MAP_TO_SOURCE);
    bool rearranged = bt_msf_size(&pdb->msf, pdb->map_stream) >= MAP_ENTRY;
    if (!rearranged)
        pdb->map_stream = BT_MSF_NO_STREAM;
    uint16_t stream =
        optional_stream(pdb, layout, rearranged ? STREAM_SOURCE_SECTIONS : STREAM_SECTIONS);
    if (bt_msf_size(&pdb->msf, stream) >= SECTION_HEADER)
        return sections_of_stream(pdb, stream, err);
    if (image != NULL && !rearranged)
        return sections_of_image(pdb, image, err);
    return BT_FAIL(err, BT_E_UNSUPPORTED, BT_NO_OFFSET,
                   "has no section table, and the image is not at hand");
}

enum bt_status bt_pdb_read_layout(struct bt_pdb *pdb, const struct bt_image *image,
                                  uint32_t *ret_age, struct bt_error *err)
{
    uint8_t raw[HEADER_SIZE];
    BT_TRY(bt_msf_read(&pdb->msf, BT_MSF_DEBUG_INFO, 0, raw, sizeof raw, err));
    struct bt_span header = {.data = raw, .size = sizeof raw, .file_offset = BT_NO_OFFSET};
    if (bt_span_u32(header, 0) != HEADER_SIGNATURE)
        return BT_FAIL(err, BT_E_UNSUPPORTED, BT_NO_OFFSET,
                       "has debug information of an old form");
    struct layout layout = find_parts(header);
    pdb->is_x86 = bt_span_u16(header, 0x3a) == MACHINE_X86;
    pdb->publics_stream = bt_span_u16(header, 0x10);
    pdb->records_stream = bt_span_u16(header, 0x14);
    pdb->fpo_data_stream = optional_stream(pdb, &layout, STREAM_FPO_DATA);
    pdb->frame_data_stream = optional_stream(pdb, &layout, STREAM_FRAME_DATA);
    BT_TRY(read_sections(pdb, &layout, image, err));
    BT_TRY(read_units(pdb, &layout, err));
    BT_TRY(read_contributions(pdb, &layout, err));
    *ret_age = bt_span_u32(header, 8);
    return BT_OK;
}

// From an RVA of the image to one of the layout that the records describe.
static enum bt_status map_to_source(const struct bt_pdb *pdb, uint64_t rva, uint64_t *ret,
                                    struct bt_error *err)
{
    uint8_t raw[MAP_ENTRY];
    uint64_t low = 0, high = bt_msf_size(&pdb->msf, pdb->map_stream) / MAP_ENTRY;
    while (low < high) { // entries before `low` begin at or before `rva`
        uint64_t middle = low + (high - low) / 2;
        BT_TRY(bt_msf_read(&pdb->msf, pdb->map_stream, middle * MAP_ENTRY, raw, 4, err));
        if (bt_le32(raw) <= rva)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return BT_ABSENT;
    BT_TRY(
        bt_msf_read(&pdb->msf, pdb->map_stream, (low - 1) * MAP_ENTRY, raw, sizeof raw, err));
    if (bt_le32(raw + 4) == 0)
        return BT_ABSENT; // added after linking: no source has it
    *ret = bt_le32(raw + 4) + (rva - bt_le32(raw));
    return BT_OK;
}

enum bt_status bt_pdb_locate(const struct bt_pdb *pdb, uint64_t rva, struct bt_pdb_address *ret,
                             struct bt_error *err)
{
    if (pdb->map_stream != BT_MSF_NO_STREAM)
        BT_TRY(map_to_source(pdb, rva, &rva, err));
    for (size_t i = 0; i < pdb->section_count; i++) {
        const struct bt_pdb_section *section = &pdb->sections[i];
        if (rva >= section->rva && rva - section->rva < section->size) {
            *ret = (struct bt_pdb_address){.segment = (uint16_t)(i + 1),
                                           .offset = (uint32_t)(rva - section->rva)};
            return BT_OK;
        }
    }
    return BT_ABSENT;
}
