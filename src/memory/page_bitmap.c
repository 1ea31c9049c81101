// SPDX-License-Identifier: MIT
#include "memory/page_bitmap.h"

#include <inttypes.h>

#include "base/limits.h"
#include "base/span.h"

enum {
    BLOCK_BYTES = 4096,
    BLOCK_BITS = BLOCK_BYTES * 8,
    CACHE_SLOTS = 16,
};

struct slot {
    uint64_t block;
    bool used;
    uint8_t *data;
};

struct bt_page_bitmap {
    struct bt_page_map map; // first: `self` of its functions is the address of this
    struct bt_reader reader;
    uint64_t bitmap_offset, pages_offset;
    uint64_t bits;
    uint64_t pages;
    uint64_t *before; // bits set before each block
    struct slot cache[CACHE_SLOTS];
};

static bool find_page(struct bt_page_map *self, uint64_t page, uint64_t *ret_offset);

// Bits set among the first `bits` of a block.
static uint64_t count_bits(const uint8_t *data, size_t bits)
{
    uint64_t count = 0;
    size_t i = 0;
    for (; i + 64 <= bits; i += 64)
        count += (uint64_t)__builtin_popcountll(bt_le64(data + i / 8));
    for (; i < bits; i++)
        count += data[i / 8] >> (i % 8) & 1;
    return count;
}

static size_t bits_in_block(const struct bt_page_bitmap *bitmap, uint64_t block)
{
    uint64_t left = bitmap->bits - block * BLOCK_BITS;
    return left < BLOCK_BITS ? (size_t)left : BLOCK_BITS;
}

static enum bt_status load_block(struct bt_page_bitmap *bitmap, uint64_t block,
                                 struct slot *slot, struct bt_error *err)
{
    slot->used = false;
    size_t bytes = (bits_in_block(bitmap, block) + 7) / 8;
    BT_TRY(bt_reader_read(bitmap->reader, bitmap->bitmap_offset + block * BLOCK_BYTES,
                          slot->data, bytes, err));
    slot->block = block;
    slot->used = true;
    return BT_OK;
}

static enum bt_status count_blocks(struct bt_page_bitmap *bitmap, uint64_t blocks,
                                   struct bt_error *err)
{
    for (uint64_t block = 0; block < blocks; block++) {
        struct slot *slot = &bitmap->cache[block % CACHE_SLOTS];
        bitmap->before[block] = bitmap->pages;
        BT_TRY(load_block(bitmap, block, slot, err));
        bitmap->pages += count_bits(slot->data, bits_in_block(bitmap, block));
    }
    return BT_OK;
}

enum bt_status bt_page_bitmap_new(struct bt_arena *arena, struct bt_reader reader,
                                  uint64_t bitmap_offset, uint64_t bits, uint64_t pages_offset,
                                  struct bt_page_bitmap **ret, struct bt_error *err)
{
    if (bits / 8 > BT_LIMIT_BITMAP)
        return BT_FAIL(err, BT_E_LIMIT, bitmap_offset,
                       "a bitmap of 0x%" PRIx64 " pages is larger than any machine", bits);
    if (pages_offset > UINT64_MAX / 2 || bitmap_offset > UINT64_MAX / 2)
        return BT_FAIL(err, BT_E_CORRUPT, bitmap_offset,
                       "the pages of the bitmap start at 0x%" PRIx64, pages_offset);
    struct bt_page_bitmap *bitmap;
    uint8_t *data;
    uint64_t blocks = (bits + BLOCK_BITS - 1) / BLOCK_BITS;
    BT_TRY(bt_arena_alloc(arena, 1, sizeof *bitmap, &bitmap, err));
    BT_TRY(bt_arena_alloc(arena, CACHE_SLOTS, BLOCK_BYTES, &data, err));
    BT_TRY(bt_arena_alloc(arena, blocks, sizeof *bitmap->before, &bitmap->before, err));
    bitmap->map.find = find_page;
    bitmap->reader = reader;
    bitmap->bitmap_offset = bitmap_offset;
    bitmap->pages_offset = pages_offset;
    bitmap->bits = bits;
    for (size_t i = 0; i < CACHE_SLOTS; i++)
        bitmap->cache[i].data = data + i * BLOCK_BYTES;
    BT_TRY(count_blocks(bitmap, blocks, err));
    *ret = bitmap;
    return BT_OK;
}

struct bt_page_map *bt_page_bitmap_map(struct bt_page_bitmap *bitmap)
{
    return &bitmap->map;
}

static bool find_page(struct bt_page_map *self, uint64_t page, uint64_t *ret_offset)
{
    struct bt_page_bitmap *bitmap = (struct bt_page_bitmap *)self;
    if (page >= bitmap->bits)
        return false;
    uint64_t block = page / BLOCK_BITS;
    size_t bit = (size_t)(page % BLOCK_BITS);
    struct slot *slot = &bitmap->cache[block % CACHE_SLOTS];
    if ((!slot->used || slot->block != block) && load_block(bitmap, block, slot, NULL) != BT_OK)
        return false;
    if (!(slot->data[bit / 8] >> (bit % 8) & 1))
        return false;
    uint64_t rank = bitmap->before[block] + count_bits(slot->data, bit);
    *ret_offset = bitmap->pages_offset + (rank << BT_PAGE_SHIFT);
    return true;
}

uint64_t bt_page_bitmap_pages(const struct bt_page_bitmap *bitmap)
{
    return bitmap->pages;
}

uint64_t bt_page_bitmap_missing(const struct bt_page_bitmap *bitmap, uint64_t end)
{
    uint64_t present =
        end <= bitmap->pages_offset ? 0 : (end - bitmap->pages_offset) >> BT_PAGE_SHIFT;
    return present < bitmap->pages ? bitmap->pages - present : 0;
}
