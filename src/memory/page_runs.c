// SPDX-License-Identifier: MIT
#include "memory/page_runs.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

enum { FIRST_CAPACITY = 64 };

struct run {
    uint64_t first, count;
    uint64_t offset; // in the file, of the first page
};

struct bt_page_runs {
    struct bt_page_map map; // first: `self` of its functions is the address of this
    struct bt_arena *arena;
    struct run *runs;
    size_t count, capacity;
};

static bool find_page(struct bt_page_map *self, uint64_t page, uint64_t *ret_offset);

enum bt_status bt_page_runs_new(struct bt_arena *arena, struct bt_page_runs **ret,
                                struct bt_error *err)
{
    struct bt_page_runs *runs;
    BT_TRY(bt_arena_alloc(arena, 1, sizeof *runs, &runs, err));
    runs->map.find = find_page;
    runs->arena = arena;
    *ret = runs;
    return BT_OK;
}

// Doubling wastes at most as much of the arena as the final table takes.
static enum bt_status grow(struct bt_page_runs *runs, struct bt_error *err)
{
    size_t capacity = runs->capacity == 0 ? FIRST_CAPACITY : runs->capacity * 2;
    struct run *table;
    BT_TRY(bt_arena_alloc(runs->arena, capacity, sizeof *table, &table, err));
    if (runs->count != 0)
        memcpy(table, runs->runs, runs->count * sizeof *table);
    runs->runs = table;
    runs->capacity = capacity;
    return BT_OK;
}

static bool continues(const struct run *last, uint64_t first, uint64_t offset)
{
    return last->first + last->count == first &&
           last->offset + (last->count << BT_PAGE_SHIFT) == offset;
}

enum bt_status bt_page_runs_add(struct bt_page_runs *runs, uint64_t first, uint64_t count,
                                uint64_t offset, struct bt_error *err)
{
    if (count == 0)
        return BT_OK;
    if (first >= BT_PAGE_LIMIT || count > BT_PAGE_LIMIT - first ||
        offset > UINT64_MAX - (count << BT_PAGE_SHIFT))
        return BT_FAIL(err, BT_E_CORRUPT, offset,
                       "a run of 0x%" PRIx64 " pages from page 0x%" PRIx64
                       " is beyond what a processor can address",
                       count, first);
    if (runs->count != 0 && continues(&runs->runs[runs->count - 1], first, offset)) {
        runs->runs[runs->count - 1].count += count;
        return BT_OK;
    }
    if (runs->count == BT_LIMIT_RUNS)
        return BT_FAIL(err, BT_E_LIMIT, offset, "more than %u runs of pages", BT_LIMIT_RUNS);
    if (runs->count == runs->capacity)
        BT_TRY(grow(runs, err));
    runs->runs[runs->count++] = (struct run){first, count, offset};
    return BT_OK;
}

// By first page; runs that start at the same page in the order of the file.
static int compare_runs(const void *a, const void *b)
{
    const struct run *x = a, *y = b;
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

// Takes away the pages before `next`, which another run has.
static void cut_before(struct run *run, uint64_t next)
{
    if (run->first >= next)
        return;
    uint64_t cut = next - run->first < run->count ? next - run->first : run->count;
    run->first += cut;
    run->count -= cut;
    run->offset += cut << BT_PAGE_SHIFT;
}

void bt_page_runs_seal(struct bt_page_runs *runs)
{
    if (runs->count == 0)
        return;
    qsort(runs->runs, runs->count, sizeof *runs->runs, compare_runs);
    size_t kept = 0;
    uint64_t next = 0; // the first page that no run has yet
    for (size_t i = 0; i < runs->count; i++) {
        struct run run = runs->runs[i];
        cut_before(&run, next);
        if (run.count == 0)
            continue;
        next = run.first + run.count;
        runs->runs[kept++] = run;
    }
    runs->count = kept;
}

struct bt_page_map *bt_page_runs_map(struct bt_page_runs *runs)
{
    return &runs->map;
}

static bool find_page(struct bt_page_map *self, uint64_t page, uint64_t *ret_offset)
{
    const struct bt_page_runs *runs = (const struct bt_page_runs *)self;
    size_t low = 0, high = runs->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct run *run = &runs->runs[middle];
        if (page < run->first) {
            high = middle;
        } else if (page - run->first >= run->count) {
            low = middle + 1;
        } else {
            *ret_offset = run->offset + ((page - run->first) << BT_PAGE_SHIFT);
            return true;
        }
    }
    return false;
}

uint64_t bt_page_runs_pages(const struct bt_page_runs *runs)
{
    uint64_t pages = 0;
    for (size_t i = 0; i < runs->count; i++)
        pages += runs->runs[i].count;
    return pages;
}

uint64_t bt_page_runs_missing(const struct bt_page_runs *runs, uint64_t end)
{
    uint64_t missing = 0;
    for (size_t i = 0; i < runs->count; i++) {
        const struct run *run = &runs->runs[i];
        uint64_t present = run->offset >= end ? 0 : (end - run->offset) >> BT_PAGE_SHIFT;
        missing += present < run->count ? run->count - present : 0;
    }
    return missing;
}
