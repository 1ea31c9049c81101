// SPDX-License-Identifier: MIT
#include "windows/debugger_block.h"

#include <string.h>

#include "base/span.h"
#include "image/pe.h"
#include "memory/debugger_data.h"

enum {
    TAG_AT = 0x10,
    KERNEL_BASE_AT = 0x18,
    LOADED_MODULES_AT = 0x48,
    MINIMUM_SIZE = 0x50,
    TAG = 0x4742444b, // KDBG

    // The block is in the data of the kernel, which is one or two megabytes.
    SCAN_LIMIT = 8 << 20,
    SCAN_CHUNK = 4096,
};

static uint64_t rotate_left(uint64_t value, unsigned count)
{
    return count == 0 ? value : value << count | value >> (64 - count);
}

static void put_u64(uint8_t *at, uint64_t value)
{
    for (unsigned i = 0; i < 8; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

// The word that stands scrambled as `q`, when the one that stands as `known_q` is `known`.
static uint64_t unscramble_word(uint64_t q, uint64_t known_q, uint64_t known, unsigned count)
{
    return known ^ __builtin_bswap64(rotate_left(q ^ known_q, count));
}

bool bt_debugger_block_unscramble(uint8_t *raw, size_t size,
                                  const struct bt_debugger_hints *hints)
{
    if (size < MINIMUM_SIZE || hints->kernel_base == 0 || hints->loaded_modules == 0)
        return false;
    const uint64_t known_q = bt_le64(raw + LOADED_MODULES_AT), known = hints->loaded_modules;
    for (unsigned count = 0; count < 64; count++) {
        uint64_t base = unscramble_word(bt_le64(raw + KERNEL_BASE_AT), known_q, known, count);
        uint64_t tag = unscramble_word(bt_le64(raw + TAG_AT), known_q, known, count);
        if (base != hints->kernel_base || (uint32_t)tag != TAG)
            continue;
        for (size_t i = 0; i + 8 <= size; i += 8)
            put_u64(raw + i, unscramble_word(bt_le64(raw + i), known_q, known, count));
        return true;
    }
    return false;
}

// The block at an address, plain or scrambled.
static enum bt_status read_block(const struct bt_memory *memory,
                                 const struct bt_debugger_hints *hints, bt_va at,
                                 struct bt_arena *arena, struct bt_span *ret,
                                 struct bt_error *err)
{
    uint8_t *raw;
    BT_TRY(bt_arena_alloc(arena, BT_DEBUGGER_DATA_SIZE, 1, &raw, err));
    size_t size = memory->read_some(memory, at, raw, BT_DEBUGGER_DATA_SIZE) & ~(size_t)7;
    if (size < MINIMUM_SIZE)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "the debugger block is not in the dump");
    if (bt_le32(raw + TAG_AT) != TAG &&
        !(memory->is64 && bt_debugger_block_unscramble(raw, size, hints)))
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "there is no debugger block");
    *ret = (struct bt_span){.data = raw, .size = size, .file_offset = BT_NO_OFFSET};
    return BT_OK;
}

// The block is a list entry, the tag, the size and the base of the kernel: the offset of one in
// chunk[0..size), or SIZE_MAX.
static size_t find_in_chunk(const uint8_t *chunk, size_t size, const struct bt_memory *memory,
                            bt_va kernel_base)
{
    for (size_t i = TAG_AT; i + 16 <= size; i += 8) {
        uint64_t base = bt_le64(chunk + i + 8);
        if (!memory->is64)
            base = (uint32_t)base;
        if (bt_le32(chunk + i) == TAG && base == kernel_base)
            return i - TAG_AT;
    }
    return SIZE_MAX;
}

// The address of the block in [from, end), or 0. Chunks overlap by what is compared.
static bt_va scan_range(const struct bt_memory *memory, bt_va kernel_base, bt_va from,
                        bt_va end)
{
    enum { OVERLAP = 32 };
    for (bt_va at = from; at < end; at += SCAN_CHUNK) {
        uint8_t chunk[SCAN_CHUNK + OVERLAP];
        size_t size = memory->read_some(memory, at, chunk, sizeof chunk);
        size_t found = find_in_chunk(chunk, size, memory, kernel_base);
        if (found != SIZE_MAX)
            return at + found;
    }
    return 0;
}

// Looks through the sections that the kernel writes to.
static bt_va scan_kernel(const struct bt_memory *memory, bt_va kernel_base,
                         struct bt_arena *arena)
{
    struct bt_image image;
    uint64_t left = SCAN_LIMIT;
    if (bt_image_open(memory, kernel_base, arena, &image, NULL) != BT_OK)
        return 0;
    for (unsigned i = 0; i < image.section_count; i++) {
        const struct bt_image_section *s = &image.sections[i];
        if ((s->flags & BT_SECTION_WRITE) == 0 || (s->flags & BT_SECTION_DISCARDABLE) != 0)
            continue;
        uint64_t size = s->size < left ? s->size : left;
        left -= size;
        bt_va from = kernel_base + s->rva;
        bt_va found = scan_range(memory, kernel_base, from, from + size);
        if (found != 0)
            return found;
    }
    return 0;
}

enum bt_status bt_debugger_block_find(const struct bt_memory *memory,
                                      const struct bt_debugger_hints *hints,
                                      struct bt_arena *arena, struct bt_span *ret,
                                      struct bt_error *err)
{
    if (hints->block != 0) {
        enum bt_status st = read_block(memory, hints, hints->block, arena, ret, err);
        if (st != BT_ABSENT)
            return st;
    }
    bt_va found = 0;
    if (hints->kernel_base != 0)
        found = scan_kernel(memory, hints->kernel_base, arena);
    if (found == 0)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "there is no debugger block");
    return read_block(memory, hints, found, arena, ret, err);
}
