// SPDX-License-Identifier: MIT
#include "memory/regions.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

// A piece of the space. `last` is inclusive: a piece may end with the last address there is.
struct region {
    bt_va first;
    bt_va last;
    uint64_t offset; // of `first` in the reader
};

struct bt_regions {
    struct bt_memory memory; // first member: bt_memory callbacks get back to us
    struct bt_arena *arena;
    struct bt_reader reader;
    // As added until the seal; after it sorted and without overlap.
    struct region *items;
    size_t count;
    size_t capacity;
};

// The piece that holds `va`, or else the first one above it, or `count`.
static size_t find_at_or_above(const struct bt_regions *r, bt_va va)
{
    size_t low = 0;
    size_t high = r->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (r->items[middle].last < va)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t read_regions(const struct bt_memory *self, bt_va va, void *buf, size_t size)
{
    const struct bt_regions *r = (const struct bt_regions *)self;
    size_t done = 0;
    for (size_t i = find_at_or_above(r, va); i < r->count && done < size; i++) {
        const struct region *piece = &r->items[i];
        bt_va at = va + done;
        if (at < va || at < piece->first) // past the top of the space, or a gap
            break;
        uint64_t there = piece->last - at;
        size_t part = size - done;
        if (part - 1 > there)
            part = (size_t)there + 1;
        uint64_t offset = piece->offset + (at - piece->first);
        if (bt_reader_read(r->reader, offset, (uint8_t *)buf + done, part, NULL) != BT_OK)
            break;
        done += part;
    }
    return done;
}

enum bt_status bt_regions_new(struct bt_arena *arena, struct bt_reader reader, bool is64,
                              struct bt_regions **ret, struct bt_error *err)
{
    struct bt_regions *r;
    BT_TRY(bt_arena_alloc(arena, 1, sizeof *r, &r, err));
    r->memory = (struct bt_memory){.read_some = read_regions, .is64 = is64};
    r->arena = arena;
    r->reader = reader;
    *ret = r;
    return BT_OK;
}

static enum bt_status grow(struct bt_regions *r, struct bt_error *err)
{
    enum { FIRST_CAPACITY = 64 };
    if (r->count == BT_LIMIT_REGIONS)
        return BT_FAIL(err, BT_E_LIMIT, BT_NO_OFFSET, "more than %u pieces of memory",
                       BT_LIMIT_REGIONS);
    size_t capacity = r->capacity != 0 ? r->capacity * 2 : (size_t)FIRST_CAPACITY;
    struct region *items;
    BT_TRY(bt_arena_alloc(r->arena, capacity, sizeof *items, &items, err));
    if (r->count != 0)
        memcpy(items, r->items, r->count * sizeof *items);
    r->items = items;
    r->capacity = capacity;
    return BT_OK;
}

enum bt_status bt_regions_add(struct bt_regions *regions, bt_va va, uint64_t size,
                              uint64_t offset, struct bt_error *err)
{
    if (size == 0)
        return BT_OK;
    const bt_va top = regions->memory.is64 ? UINT64_MAX : UINT32_MAX;
    if (va > top || size - 1 > top - va || size - 1 > UINT64_MAX - offset)
        return BT_FAIL(err, BT_E_CORRUPT, offset,
                       "%" PRIu64 " bytes at address 0x%" PRIx64 " wrap around", size, va);
    if (regions->count == regions->capacity)
        BT_TRY(grow(regions, err));
    regions->items[regions->count++] =
        (struct region){.first = va, .last = va + (size - 1), .offset = offset};
    return BT_OK;
}

// By address; of two that start together the longer first, of equal ones the earlier in the
// file, so that the order of adding makes no difference.
static int compare_regions(const void *a, const void *b)
{
    const struct region *x = a;
    const struct region *y = b;
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    if (x->last != y->last)
        return x->last > y->last ? -1 : 1;
    return (x->offset > y->offset) - (x->offset < y->offset);
}

// Writers list their blocks by address, more often than not.
static bool are_sorted(const struct region *items, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (compare_regions(&items[i - 1], &items[i]) > 0)
            return false;
    }
    return true;
}

void bt_regions_seal(struct bt_regions *regions)
{
    struct region *items = regions->items;
    if (regions->count < 2)
        return;
    if (!are_sorted(items, regions->count))
        qsort(items, regions->count, sizeof *items, compare_regions);
    // What an earlier piece covers is cut off the later one; what sticks out stays. Every
    // address then lies in one piece, and the search needs to look at one place only.
    size_t kept = 1;
    for (size_t i = 1; i < regions->count; i++) {
        struct region piece = items[i];
        bt_va covered = items[kept - 1].last;
        if (piece.last <= covered)
            continue;
        if (piece.first <= covered) {
            piece.offset += covered + 1 - piece.first;
            piece.first = covered + 1;
        }
        items[kept++] = piece;
    }
    regions->count = kept;
}

const struct bt_memory *bt_regions_memory(const struct bt_regions *regions)
{
    return &regions->memory;
}

size_t bt_regions_count(const struct bt_regions *regions)
{
    return regions->count;
}
