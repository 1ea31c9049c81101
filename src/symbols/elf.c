// SPDX-License-Identifier: MIT
//
// Header: 04 u8 class (1: 32 bits, 2: 64), 05 u8 order of bytes (1 little); then in the 64-bit
// form 20 u64 program headers, 28 u64 section headers, 36 u16 size and 38 count of the former,
// 3A size and 3C count of the latter, 3E section of names (1C, 20, 2A, 2C, 2E, 30, 32 in the
// 32-bit form). Source: the System V ABI.
#include "symbols/elf.h"

#include <string.h>

#include "base/text.h"

enum {
    HEADER_64 = 0x40,
    TYPE_LOAD = 1,
    TYPE_NOTE = 4,
    TYPE_WITHOUT_CONTENT = 8, // of a section: NOBITS
    NOTE_BUILD_ID = 3,
    NOTES_MAX = 1 << 16,
    SEGMENTS_MAX = 256,
    PAGE = 4096,
};

struct elf_header {
    uint64_t segments, sections;
    uint16_t segment_size, segment_count, section_size, section_count, names;
};

// A word of the file's class: u64 at `at64`, or u32 at `at32`.
static uint64_t word_at(const struct bt_elf *elf, struct bt_span raw, size_t at64, size_t at32)
{
    return elf->is64 ? bt_span_u64(raw, at64) : bt_span_u32(raw, at32);
}

static enum bt_status read_header(struct bt_elf *elf, struct elf_header *ret,
                                  struct bt_error *err)
{
    uint8_t bytes[HEADER_64];
    BT_TRY(bt_source_read(elf->source, 0, bytes, sizeof bytes, err));
    if (memcmp(bytes,
               "\x7f"
               "ELF",
               4) != 0 ||
        (bytes[4] != 1 && bytes[4] != 2) || bytes[5] != 1)
        return BT_FAIL(err, BT_E_CORRUPT, 0, "is no little-endian ELF file");
    struct bt_span raw = {.data = bytes, .size = sizeof bytes};
    elf->is64 = bytes[4] == 2;
    elf->type = bt_span_u16(raw, 0x10);
    elf->machine = bt_span_u16(raw, 0x12);
    size_t counts = elf->is64 ? 0x36 : 0x2a;
    *ret = (struct elf_header){
        .segments = word_at(elf, raw, 0x20, 0x1c),
        .sections = word_at(elf, raw, 0x28, 0x20),
        .segment_size = bt_span_u16(raw, counts),
        .segment_count = bt_span_u16(raw, counts + 2),
        .section_size = bt_span_u16(raw, counts + 4),
        .section_count = bt_span_u16(raw, counts + 6),
        .names = bt_span_u16(raw, counts + 8),
    };
    return BT_OK;
}

// Looks for the build id among notes: {u32 size of the name, u32 of the content, u32 type}, the
// name and the content, each padded to 4 bytes.
static void read_notes(struct bt_elf *elf, uint64_t offset, uint64_t size,
                       struct bt_arena *arena)
{
    struct bt_span raw, head, name, content;
    if (size > NOTES_MAX ||
        bt_source_view(elf->source, offset, size, arena, &raw, NULL) != BT_OK)
        return;
    struct bt_cursor at = bt_cursor_at(raw);
    while (elf->id_size == 0 && bt_cursor_take(&at, 12, &head, NULL) == BT_OK) {
        uint32_t name_size = bt_span_u32(head, 0), content_size = bt_span_u32(head, 4);
        if (bt_cursor_take(&at, ((uint64_t)name_size + 3) & ~UINT64_C(3), &name, NULL) !=
                BT_OK ||
            bt_cursor_take(&at, ((uint64_t)content_size + 3) & ~UINT64_C(3), &content, NULL) !=
                BT_OK)
            return;
        if (bt_span_u32(head, 8) != NOTE_BUILD_ID || name_size != 4 ||
            memcmp(name.data, "GNU", 4) != 0 || content_size > BT_ELF_ID_SIZE)
            continue;
        memcpy(elf->id, content.data, content_size);
        elf->id_size = content_size;
    }
}

static void read_segments(struct bt_elf *elf, const struct elf_header *header,
                          struct bt_arena *arena)
{
    size_t least = elf->is64 ? 0x38 : 0x20;
    bool has_base = false;
    uint8_t bytes[0x38];
    for (unsigned i = 0; i < header->segment_count && i < SEGMENTS_MAX; i++) {
        uint64_t at = header->segments + (uint64_t)i * header->segment_size;
        if (header->segment_size < least ||
            bt_source_read(elf->source, at, bytes, least, NULL) != BT_OK)
            return;
        struct bt_span raw = {.data = bytes, .size = least};
        uint32_t type = bt_span_u32(raw, 0);
        uint64_t offset = word_at(elf, raw, 8, 4), address = word_at(elf, raw, 0x10, 8);
        if (type == TYPE_LOAD && !has_base) {
            elf->base = address & ~(uint64_t)(PAGE - 1);
            has_base = true;
        } else if (type == TYPE_NOTE && elf->id_size == 0) {
            read_notes(elf, offset, word_at(elf, raw, 0x20, 0x10), arena);
        }
    }
}

static void read_sections(struct bt_elf *elf, const struct elf_header *header)
{
    size_t least = elf->is64 ? 0x40 : 0x28;
    uint8_t bytes[0x40];
    for (unsigned i = 0; i < header->section_count && i < BT_ELF_SECTIONS; i++) {
        uint64_t at = header->sections + (uint64_t)i * header->section_size;
        if (header->section_size < least ||
            bt_source_read(elf->source, at, bytes, least, NULL) != BT_OK)
            return;
        struct bt_span raw = {.data = bytes, .size = least};
        elf->sections[elf->section_count++] = (struct bt_elf_section){
            .name = bt_span_u32(raw, 0),
            .type = bt_span_u32(raw, 4),
            .flags = word_at(elf, raw, 8, 8),
            .address = word_at(elf, raw, 0x10, 0xc),
            .offset = word_at(elf, raw, 0x18, 0x10),
            .size = word_at(elf, raw, 0x20, 0x14),
            .link = bt_span_u32(raw, elf->is64 ? 0x28 : 0x18),
        };
    }
}

bool bt_elf_section_name(const struct bt_elf *elf, const struct bt_elf_section *section,
                         char *ret, size_t size)
{
    if (elf->names >= elf->section_count)
        return false;
    const struct bt_elf_section *names = &elf->sections[elf->names];
    uint64_t left = section->name < names->size ? names->size - section->name : 0;
    size_t part = left < size ? (size_t)left : size;
    if (part == 0 || names->offset > UINT64_MAX - section->name ||
        bt_source_read(elf->source, names->offset + section->name, ret, part, NULL) != BT_OK)
        return false;
    ret[size - 1] = '\0';
    if (part < size)
        ret[part] = '\0';
    return true;
}

const struct bt_elf_section *bt_elf_find_section(const struct bt_elf *elf, const char *name)
{
    char found[32];
    for (size_t i = 0; i < elf->section_count; i++) {
        if (elf->sections[i].type != TYPE_WITHOUT_CONTENT &&
            bt_elf_section_name(elf, &elf->sections[i], found, sizeof found) &&
            strcmp(found, name) == 0)
            return &elf->sections[i];
    }
    return NULL;
}

enum bt_status bt_elf_open(struct bt_source *source, struct bt_arena *arena,
                           struct bt_elf **ret, struct bt_error *err)
{
    struct bt_elf *elf;
    struct elf_header header;
    BT_TRY(bt_arena_alloc(arena, 1, sizeof *elf, &elf, err));
    elf->source = source;
    BT_TRY(read_header(elf, &header, err));
    read_segments(elf, &header, arena);
    read_sections(elf, &header);
    elf->names = header.names;
    elf->has_dwarf = bt_elf_find_section(elf, ".debug_info") != NULL ||
                     bt_elf_find_section(elf, ".zdebug_info") != NULL; // packed by old tools
    *ret = elf;
    return BT_OK;
}

static bool is_digit_of(uint8_t byte, const char *text)
{
    static const char digits[] = "0123456789abcdef";
    return bt_lower(text[0]) == digits[byte >> 4] && bt_lower(text[1]) == digits[byte & 15];
}

bool bt_elf_has_id(const struct bt_elf *elf, const char *text)
{
    enum { LEAST = 16 };
    size_t size = strlen(text) / 2;
    if (elf->id_size == 0 || size > elf->id_size || (size < elf->id_size && size < LEAST))
        return false;
    for (size_t i = 0; i < size; i++) {
        if (!is_digit_of(elf->id[i], text + 2 * i))
            return false;
    }
    return true;
}

// A name that ends in NUL, padded to 4 bytes, and a checksum, which the build id replaces.
enum bt_status bt_elf_debug_link(const struct bt_elf *elf, struct bt_arena *arena,
                                 const char **ret, struct bt_error *err)
{
    enum { NAME_MAX_SIZE = 256 };
    char name[NAME_MAX_SIZE];
    const struct bt_elf_section *section = bt_elf_find_section(elf, ".gnu_debuglink");
    if (section == NULL)
        return BT_ABSENT;
    size_t size = section->size < sizeof name ? (size_t)section->size : sizeof name;
    BT_TRY(bt_source_read(elf->source, section->offset, name, size, err));
    const char *end = memchr(name, '\0', size);
    if (end == NULL || end == name || strpbrk(name, "/\\") != NULL)
        return BT_ABSENT;
    return bt_arena_text(arena, name, (size_t)(end - name), ret, err);
}
