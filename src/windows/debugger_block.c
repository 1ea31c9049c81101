// SPDX-License-Identifier: MIT
#include "windows/debugger_block.h"

#include <string.h>

#include "image/pe.h"
#include "memory/debugger_data.h"

enum {
    // The block is in the data of the kernel, which is one or two megabytes.
    SCAN_LIMIT = 8 << 20,
    SCAN_CHUNK = 4096,
    SCAN_AROUND = 1 << 20, // before and behind the list of modules, where there is no image
};

// The block at an address, plain or scrambled.
static enum bt_status read_block(const struct bt_memory *memory,
                                 const struct bt_debugger_hints *hints, bt_va at,
                                 struct bt_arena *arena, struct bt_debugger_block *ret,
                                 struct bt_error *err)
{
    uint8_t *raw;
    BT_TRY(bt_arena_alloc(arena, BT_DEBUGGER_DATA_SIZE, 1, &raw, err));
    size_t size = memory->read_some(memory, at, raw, BT_DEBUGGER_DATA_SIZE) & ~(size_t)7;
    if (size < BT_BLOCK_MINIMUM_SIZE)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "the debugger block is not in the dump");
    struct bt_debugger_block block = {
        .raw = {.data = raw, .size = size, .file_offset = BT_NO_OFFSET}, .address = at};
    if (bt_le32(raw + BT_BLOCK_TAG_AT) != BT_BLOCK_TAG) {
        block.scrambled =
            memory->is64 && bt_debugger_block_unscramble(memory, raw, size, hints);
        if (!block.scrambled)
            return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "there is no debugger block");
    }
    *ret = block;
    return BT_OK;
}

// How a block looks that has yet to be found.
struct search {
    const struct bt_memory *memory;
    const struct bt_debugger_hints *hints;
    struct bt_scramble_pattern pattern;
    bool scrambled; // what is looked for
};

static bool is_block_at(const struct search *s, const uint8_t *raw)
{
    if (s->scrambled)
        return bt_scramble_pattern_fits(&s->pattern, raw);
    return bt_le32(raw + BT_BLOCK_TAG_AT) == BT_BLOCK_TAG &&
           bt_debugger_block_is_plain(raw, BT_BLOCK_MINIMUM_SIZE, s->memory->is64, s->hints);
}

// Whether the whole of it bears out what a part looks like.
static bool is_whole_block(const struct search *s, bt_va at)
{
    uint8_t raw[BT_BLOCK_MINIMUM_SIZE];
    return bt_memory_read(s->memory, at, raw, sizeof raw, NULL) == BT_OK &&
           (!s->scrambled ||
            bt_debugger_block_unscramble(s->memory, raw, sizeof raw, s->hints));
}

// The address of a block in [from, end), or 0. Chunks overlap by what is compared.
static bt_va scan_range(const struct search *s, bt_va from, bt_va end)
{
    for (bt_va at = from; at < end; at += SCAN_CHUNK) {
        uint8_t chunk[SCAN_CHUNK + BT_BLOCK_MINIMUM_SIZE];
        size_t size = s->memory->read_some(s->memory, at, chunk, sizeof chunk);
        for (size_t i = 0; i + BT_BLOCK_MINIMUM_SIZE <= size; i += 8) {
            if (is_block_at(s, chunk + i) && is_whole_block(s, at + i))
                return at + i;
        }
    }
    return 0;
}

// Looks through the sections that the kernel writes to.
static bt_va scan_kernel(const struct search *s, const struct bt_image *image)
{
    uint64_t left = SCAN_LIMIT;
    for (unsigned i = 0; i < image->section_count; i++) {
        const struct bt_image_section *section = &image->sections[i];
        if ((section->flags & BT_SECTION_WRITE) == 0 ||
            (section->flags & BT_SECTION_DISCARDABLE) != 0)
            continue;
        uint64_t size = section->size < left ? section->size : left;
        left -= size;
        bt_va from = image->base + (section->rva & ~UINT32_C(7));
        bt_va found = scan_range(s, from, from + size);
        if (found != 0)
            return found;
    }
    return 0;
}

// Without the headers of the kernel: the block is in the same section as the lists.
static bt_va scan_around(const struct search *s)
{
    const bt_va list = s->hints->loaded_modules & ~(bt_va)(SCAN_CHUNK - 1);
    if (list < SCAN_AROUND || list > UINT64_MAX - SCAN_AROUND)
        return 0;
    return scan_range(s, list - SCAN_AROUND, list + SCAN_AROUND);
}

static bt_va find_address(const struct bt_memory *memory, const struct bt_debugger_hints *hints,
                          struct bt_arena *arena)
{
    struct search s = {.memory = memory, .hints = hints};
    struct bt_image image = {0};
    const bool has_image =
        hints->kernel_base != 0 &&
        bt_image_open(memory, hints->kernel_base, arena, &image, NULL) == BT_OK &&
        image.section_count != 0;
    if (hints->kernel_base != 0)
        bt_scramble_pattern_make(hints, &s.pattern);
    const unsigned ways = memory->is64 && hints->kernel_base != 0 ? 2 : 1;
    bt_va found = 0;
    for (unsigned way = 0; way < ways && found == 0; way++) {
        s.scrambled = way == 1;
        found = has_image ? scan_kernel(&s, &image) : scan_around(&s);
    }
    return found;
}

enum bt_status bt_debugger_block_find(const struct bt_memory *memory,
                                      const struct bt_debugger_hints *hints,
                                      struct bt_arena *arena, struct bt_debugger_block *ret,
                                      struct bt_error *err)
{
    if (hints->block != 0) {
        enum bt_status st = read_block(memory, hints, hints->block, arena, ret, err);
        if (st != BT_ABSENT)
            return st;
    }
    bt_va found = find_address(memory, hints, arena);
    if (found == 0)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "there is no debugger block");
    return read_block(memory, hints, found, arena, ret, err);
}
