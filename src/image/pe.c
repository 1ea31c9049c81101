// SPDX-License-Identifier: MIT
#include "image/pe.h"

#include <inttypes.h>

#include "base/limits.h"
#include "base/span.h"
#include "base/text.h"

enum {
    DOS_HEADER_SIZE = 0x40,
    DOS_NT_OFFSET = 0x3c,
    DOS_MAGIC = 0x5a4d, // MZ

    // IMAGE_NT_HEADERS up to the optional header.
    NT_MAGIC = 0x4550, // PE\0\0
    NT_MACHINE = 4,
    NT_SECTION_COUNT = 6,
    NT_TIMESTAMP = 8,
    NT_OPTIONAL_SIZE = 0x14,
    NT_SIZE = 0x18,

    // IMAGE_OPTIONAL_HEADER32 and 64: the same up to the stack sizes but for ImageBase.
    OPTIONAL_MAGIC32 = 0x10b,
    OPTIONAL_MAGIC64 = 0x20b,
    OPTIONAL_ENTRY_POINT = 0x10,
    OPTIONAL_IMAGE_BASE32 = 0x1c,
    OPTIONAL_IMAGE_BASE64 = 0x18,
    OPTIONAL_IMAGE_SIZE = 0x38,
    OPTIONAL_HEADER_SIZE = 0x3c,
    OPTIONAL_CHECKSUM = 0x40,
    OPTIONAL_DIRECTORY_COUNT32 = 0x5c,
    OPTIONAL_DIRECTORY_COUNT64 = 0x6c,
    OPTIONAL_MINIMUM = 0x44, // up to and with the checksum
    OPTIONAL_MAXIMUM = 0x70 + BT_IMAGE_DIRECTORIES * 8,

    // IMAGE_SECTION_HEADER
    SECTION_NAME_SIZE = 8,
    SECTION_VIRTUAL_SIZE = 8,
    SECTION_RVA = 0xc,
    SECTION_FILE_SIZE = 0x10,
    SECTION_FILE_OFFSET = 0x14,
    SECTION_FLAGS = 0x24,
    SECTION_SIZE = 0x28,
};

static enum bt_status find_nt_headers(const struct bt_image *image, uint32_t *ret,
                                      struct bt_error *err)
{
    uint8_t dos[DOS_HEADER_SIZE];
    BT_TRY(bt_memory_read(image->memory, image->base, dos, sizeof dos, err));
    uint32_t offset = bt_le32(dos + DOS_NT_OFFSET);
    if (bt_le16(dos) != DOS_MAGIC || offset > BT_LIMIT_IMAGE_HEADERS)
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET,
                       "there is no image at address 0x%" PRIx64, image->base);
    *ret = offset;
    return BT_OK;
}

static void decode_directories(struct bt_image *image, struct bt_span optional)
{
    size_t at = image->is64 ? OPTIONAL_DIRECTORY_COUNT64 : OPTIONAL_DIRECTORY_COUNT32;
    if (!bt_span_has(optional, at, 4))
        return;
    uint32_t count = bt_span_u32(optional, at);
    for (size_t i = 0; i < count && i < BT_IMAGE_DIRECTORIES; i++) {
        size_t entry = at + 4 + i * 8;
        if (!bt_span_has(optional, entry, 8))
            return;
        image->directories[i].rva = bt_span_u32(optional, entry);
        image->directories[i].size = bt_span_u32(optional, entry + 4);
    }
}

static enum bt_status read_optional_header(struct bt_image *image, bt_va at, uint16_t size,
                                           struct bt_error *err)
{
    uint8_t raw[OPTIONAL_MAXIMUM];
    size_t used = size < sizeof raw ? size : sizeof raw;
    if (used < OPTIONAL_MINIMUM)
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET, "the optional header has %u bytes",
                       (unsigned)size);
    BT_TRY(bt_memory_read(image->memory, at, raw, used, err));
    struct bt_span optional = {.data = raw, .size = used, .file_offset = BT_NO_OFFSET};
    uint16_t magic = bt_span_u16(optional, 0);
    if (magic != OPTIONAL_MAGIC32 && magic != OPTIONAL_MAGIC64)
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET, "the optional header is of kind 0x%x",
                       (unsigned)magic);
    image->is64 = magic == OPTIONAL_MAGIC64;
    image->entry_point = bt_span_u32(optional, OPTIONAL_ENTRY_POINT);
    image->preferred_base = image->is64 ? bt_span_u64(optional, OPTIONAL_IMAGE_BASE64)
                                        : bt_span_u32(optional, OPTIONAL_IMAGE_BASE32);
    image->size = bt_span_u32(optional, OPTIONAL_IMAGE_SIZE);
    image->header_size = bt_span_u32(optional, OPTIONAL_HEADER_SIZE);
    image->checksum = bt_span_u32(optional, OPTIONAL_CHECKSUM);
    decode_directories(image, optional);
    return BT_OK;
}

static enum bt_status decode_section(struct bt_span raw, struct bt_arena *arena,
                                     struct bt_image_section *ret, struct bt_error *err)
{
    struct bt_span name;
    BT_TRY(bt_span_sub(raw, 0, SECTION_NAME_SIZE, &name, err));
    BT_TRY(bt_text_bytes(name, arena, &ret->name, err));
    ret->size = bt_span_u32(raw, SECTION_VIRTUAL_SIZE);
    ret->rva = bt_span_u32(raw, SECTION_RVA);
    ret->file_size = bt_span_u32(raw, SECTION_FILE_SIZE);
    ret->file_offset = bt_span_u32(raw, SECTION_FILE_OFFSET);
    ret->flags = bt_span_u32(raw, SECTION_FLAGS);
    // Old linkers left the size in memory empty.
    if (ret->size == 0)
        ret->size = ret->file_size;
    return BT_OK;
}

static enum bt_status read_sections(struct bt_image *image, bt_va at, unsigned count,
                                    struct bt_arena *arena, struct bt_error *err)
{
    if (count > BT_LIMIT_SECTIONS)
        count = BT_LIMIT_SECTIONS;
    struct bt_image_section *sections;
    BT_TRY(bt_arena_alloc(arena, count, sizeof *sections, &sections, err));
    for (unsigned i = 0; i < count; i++) {
        uint8_t raw[SECTION_SIZE];
        if (bt_memory_read(image->memory, at + (uint64_t)i * SECTION_SIZE, raw, sizeof raw,
                           NULL) != BT_OK)
            return BT_OK; // the rest of the image is worth having without them
        struct bt_span span = {.data = raw, .size = sizeof raw, .file_offset = BT_NO_OFFSET};
        BT_TRY(decode_section(span, arena, &sections[i], err));
    }
    image->sections = sections;
    image->section_count = count;
    return BT_OK;
}

enum bt_status bt_image_open(const struct bt_memory *memory, bt_va base, struct bt_arena *arena,
                             struct bt_image *ret, struct bt_error *err)
{
    struct bt_image image = {.memory = memory, .base = base};
    uint32_t nt_offset = 0;
    BT_TRY(find_nt_headers(&image, &nt_offset, err));
    uint8_t nt[NT_SIZE];
    BT_TRY(bt_memory_read(memory, base + nt_offset, nt, sizeof nt, err));
    if (bt_le32(nt) != NT_MAGIC)
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET,
                       "the image at address 0x%" PRIx64 " is no PE image", base);
    image.machine = bt_le16(nt + NT_MACHINE);
    image.timestamp = bt_le32(nt + NT_TIMESTAMP);
    uint16_t optional_size = bt_le16(nt + NT_OPTIONAL_SIZE);
    BT_TRY(read_optional_header(&image, base + nt_offset + NT_SIZE, optional_size, err));
    BT_TRY(read_sections(&image, base + nt_offset + NT_SIZE + optional_size,
                         bt_le16(nt + NT_SECTION_COUNT), arena, err));
    *ret = image;
    return BT_OK;
}

// Whether [rva, rva + size) lies inside the image.
static bool is_inside(const struct bt_image *image, uint64_t rva, uint64_t size)
{
    return rva <= image->size && size <= image->size - rva;
}

enum bt_status bt_image_read(const struct bt_image *image, uint64_t rva, void *buf, size_t size,
                             struct bt_error *err)
{
    if (!is_inside(image, rva, size))
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET,
                       "%zu bytes at RVA 0x%" PRIx64 " reach out of the image", size, rva);
    return bt_memory_read(image->memory, image->base + rva, buf, size, err);
}

// A header may claim a size that the dump does not hold, and only what is there may cost
// memory: the first page of which nothing is there ends a large view.
static uint64_t bound_view(const struct bt_image *image, uint64_t rva, uint64_t size)
{
    enum { UNCHECKED = 64 << 10, PAGE = 4096 };
    uint8_t byte;
    for (uint64_t at = UNCHECKED; at < size; at += PAGE) {
        if (image->memory->read_some(image->memory, image->base + rva + at, &byte, 1) == 0)
            return at;
    }
    return size;
}

enum bt_status bt_image_view_some(const struct bt_image *image, uint64_t rva, uint64_t size,
                                  struct bt_arena *arena, struct bt_span *ret,
                                  struct bt_error *err)
{
    if (!is_inside(image, rva, size))
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET,
                       "%" PRIu64 " bytes at RVA 0x%" PRIx64 " reach out of the image", size,
                       rva);
    uint8_t *bytes;
    size = bound_view(image, rva, size);
    BT_TRY(bt_arena_alloc(arena, size, 1, &bytes, err));
    size_t got =
        image->memory->read_some(image->memory, image->base + rva, bytes, (size_t)size);
    if (got == 0)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "RVA 0x%" PRIx64 " is not in the dump",
                       rva);
    *ret = (struct bt_span){.data = bytes, .size = got, .file_offset = BT_NO_OFFSET};
    return BT_OK;
}

enum bt_status bt_image_text(const struct bt_image *image, uint64_t rva, struct bt_arena *arena,
                             const char **ret, struct bt_error *err)
{
    uint8_t raw[BT_LIMIT_NAME];
    if (rva >= image->size)
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET,
                       "text at RVA 0x%" PRIx64 " is out of the image", rva);
    size_t wanted = image->size - rva < sizeof raw ? (size_t)(image->size - rva) : sizeof raw;
    size_t got = image->memory->read_some(image->memory, image->base + rva, raw, wanted);
    if (got == 0)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "RVA 0x%" PRIx64 " is not in the dump",
                       rva);
    struct bt_span span = {.data = raw, .size = got, .file_offset = BT_NO_OFFSET};
    return bt_text_bytes(span, arena, ret, err);
}

const struct bt_image_section *bt_image_section_at(const struct bt_image *image, uint64_t rva)
{
    for (unsigned i = 0; i < image->section_count; i++) {
        const struct bt_image_section *section = &image->sections[i];
        if (rva >= section->rva && rva - section->rva < section->size)
            return section;
    }
    return NULL;
}
