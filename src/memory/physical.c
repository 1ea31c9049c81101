// SPDX-License-Identifier: MIT
#include "memory/physical.h"

#include <string.h>

enum {
    // Page tables and list entries of one triage touch a few hundred pages, most of them again
    // and again.
    CACHE_SLOTS = 64,
};

struct slot {
    uint64_t page;
    size_t size; // bytes that are present; 0: the slot is free
    uint8_t *data;
};

struct bt_physical {
    struct bt_reader reader;
    uint64_t end;
    struct bt_page_map *map;
    struct slot cache[CACHE_SLOTS];
};

enum bt_status bt_physical_new(struct bt_arena *arena, struct bt_reader reader, uint64_t end,
                               struct bt_page_map *map, struct bt_physical **ret,
                               struct bt_error *err)
{
    struct bt_physical *physical;
    uint8_t *pages;
    BT_TRY(bt_arena_alloc(arena, 1, sizeof *physical, &physical, err));
    BT_TRY(bt_arena_alloc(arena, CACHE_SLOTS, BT_PAGE_SIZE, &pages, err));
    physical->reader = reader;
    physical->end = end;
    physical->map = map;
    for (size_t i = 0; i < CACHE_SLOTS; i++)
        physical->cache[i].data = pages + i * BT_PAGE_SIZE;
    *ret = physical;
    return BT_OK;
}

// Bytes of the page that `slot` now holds; 0 where the dump does not have it. The last page of
// a file that was cut may be there in part.
static size_t load_page(struct bt_physical *physical, uint64_t page, struct slot *slot)
{
    slot->size = 0;
    uint64_t offset;
    if (!physical->map->find(physical->map, page, &offset) || offset >= physical->end)
        return 0;
    uint64_t left = physical->end - offset;
    size_t size = left < BT_PAGE_SIZE ? (size_t)left : BT_PAGE_SIZE;
    if (bt_reader_read(physical->reader, offset, slot->data, size, NULL) != BT_OK)
        return 0;
    slot->page = page;
    slot->size = size;
    return size;
}

bool bt_physical_has(struct bt_physical *physical, bt_pa pa)
{
    uint64_t offset;
    return physical->map->find(physical->map, pa >> BT_PAGE_SHIFT, &offset) &&
           offset < physical->end;
}

// Neighbouring pages get different slots, and tables that stand a power of two apart do too.
static struct slot *slot_of(struct bt_physical *physical, uint64_t page)
{
    return &physical->cache[(page ^ page >> 6 ^ page >> 12) % CACHE_SLOTS];
}

size_t bt_physical_read_some(struct bt_physical *physical, bt_pa pa, void *buf, size_t size)
{
    uint8_t *out = buf;
    size_t done = 0;
    while (done < size) {
        uint64_t page = (pa + done) >> BT_PAGE_SHIFT;
        size_t skip = (size_t)((pa + done) & (BT_PAGE_SIZE - 1));
        struct slot *slot = slot_of(physical, page);
        size_t present = slot->size != 0 && slot->page == page
                             ? slot->size
                             : load_page(physical, page, slot);
        if (present <= skip)
            break;
        size_t part = present - skip < size - done ? present - skip : size - done;
        memcpy(out + done, slot->data + skip, part);
        done += part;
        if (present < BT_PAGE_SIZE)
            break;
    }
    return done;
}
