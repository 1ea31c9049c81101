// SPDX-License-Identifier: MIT
#include "image/image_file.h"

#include <string.h>

struct image_file {
    struct bt_memory memory; // first: `self` of its functions is the address of this
    struct bt_reader reader;
    uint64_t size;
    struct bt_image image; // no sections while the headers themselves are read
};

static size_t smaller(uint64_t a, uint64_t b)
{
    return (size_t)(a < b ? a : b);
}

// Copies [offset, offset + size) of the file, up to its end.
static size_t copy_bytes(const struct image_file *file, uint64_t offset, void *buf, size_t size)
{
    if (offset >= file->size)
        return 0;
    size = smaller(size, file->size - offset);
    return bt_reader_read(file->reader, offset, buf, size, NULL) == BT_OK ? size : 0;
}

// The part of one section from `skip` on: bytes of the file, then zeros up to its size.
static size_t copy_section(const struct image_file *file,
                           const struct bt_image_section *section, uint64_t skip, uint8_t *buf,
                           size_t size)
{
    size = smaller(size, section->size - skip);
    uint64_t in_file = section->file_size < section->size ? section->file_size : section->size;
    size_t from_file = skip < in_file ? smaller(size, in_file - skip) : 0;
    if (from_file != 0 &&
        copy_bytes(file, section->file_offset + skip, buf, from_file) != from_file)
        return 0;
    memset(buf + from_file, 0, size - from_file);
    return size;
}

static size_t read_mapped(const struct bt_memory *self, bt_va va, void *buf, size_t size)
{
    const struct image_file *file = (const struct image_file *)self;
    if (file->image.sections == NULL)
        return copy_bytes(file, va, buf, size);
    uint8_t *out = buf;
    size_t done = 0;
    while (done < size) {
        bt_va rva = va + done;
        const struct bt_image_section *section = bt_image_section_at(&file->image, rva);
        size_t part = 0;
        if (section != NULL)
            part = copy_section(file, section, rva - section->rva, out + done, size - done);
        else if (rva < file->image.header_size)
            part = copy_bytes(file, rva, out + done,
                              smaller(size - done, file->image.header_size - rva));
        if (part == 0)
            break;
        done += part;
    }
    return done;
}

enum bt_status bt_image_file_open(struct bt_reader reader, uint64_t size,
                                  struct bt_arena *arena, struct bt_image *ret,
                                  struct bt_error *err)
{
    struct image_file *file;
    BT_TRY(bt_arena_alloc(arena, 1, sizeof *file, &file, err));
    file->memory.read_some = read_mapped;
    file->reader = reader;
    file->size = size;
    struct bt_image image;
    BT_TRY(bt_image_open(&file->memory, 0, arena, &image, err));
    file->image = image;
    file->memory.is64 = image.is64;
    *ret = image;
    return BT_OK;
}
