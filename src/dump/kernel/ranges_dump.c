// SPDX-License-Identifier: MIT
//
// What newer debuggers write (DumpType 8, 9 and 10): a table of ranges of pages, then the
// pages.
//
//   00 u32 0x40, u32 RDMP, u32 DUMP, u32
//   10 u64 size of the table with what belongs to it
//   18 u64 file offset of the first page
//   20 u32 ranges, 28 u64 pages: DumpType 10 only, not understood in the others
//   30 ranges of {u64 first page, u64 count}, up to a first page of 0 or the number of pages
//
// Source: kdmp-parser and the dumps that its issues describe.
#include <inttypes.h>

#include "base/limits.h"
#include "dump/kernel/kernel_memory.h"
#include "memory/page_runs.h"

enum {
    RANGES_HEADER_SIZE = 0x30,
    RANGES_MAGIC_AT = 4,
    RANGES_MAGIC = 0x504d4452, // RDMP
    RANGES_VALID_AT = 8,
    RANGES_VALID = 0x504d5544, // DUMP
    RANGES_FIRST_PAGE = 0x18,
    RANGES_PAGES = 0x28,
    RANGE_SIZE = 0x10,
    RANGES_AT_ONCE = 256,
};

struct ranges_header {
    uint64_t table, table_end; // file offsets
    uint64_t first_page;       // file offset
    uint64_t pages;            // 0: not told
};

static enum bt_status read_header(const struct bt_kernel_reading *r, struct ranges_header *ret,
                                  struct bt_error *err)
{
    const uint64_t at = r->header->size;
    struct bt_span raw;
    BT_TRY(bt_span_sub(r->head, at, RANGES_HEADER_SIZE, &raw, err));
    if (bt_span_u32(raw, RANGES_MAGIC_AT) != RANGES_MAGIC ||
        bt_span_u32(raw, RANGES_VALID_AT) != RANGES_VALID)
        return BT_FAIL(err, BT_E_CORRUPT, at, "the table of page ranges has no mark");
    struct ranges_header h = {
        .table = at + RANGES_HEADER_SIZE,
        .first_page = bt_span_u64(raw, RANGES_FIRST_PAGE),
    };
    if (r->header->dump_type.value == BT_DUMP_COMPLETE_MEMORY)
        h.pages = bt_span_u64(raw, RANGES_PAGES);
    if (h.first_page < h.table || h.pages > BT_PAGE_LIMIT)
        return BT_FAIL(err, BT_E_CORRUPT, at, "the table of page ranges contradicts itself");
    h.table_end = h.first_page;
    *ret = h;
    return BT_OK;
}

// The table as it is read: a position in the file, and what was found so far.
struct ranges_walk {
    const struct ranges_header *header;
    struct bt_page_runs *runs;
    uint64_t pages;
    bool done;
};

static enum bt_status add_range(struct ranges_walk *walk, const uint8_t *raw,
                                struct bt_error *err)
{
    const struct ranges_header *h = walk->header;
    uint64_t first = bt_le64(raw), count = bt_le64(raw + 8);
    // Page 0 is never dumped by what leaves the number of pages out.
    walk->done = count == 0 || (first == 0 && h->pages == 0);
    if (walk->done)
        return BT_OK;
    if (h->pages != 0 && count > h->pages - walk->pages)
        count = h->pages - walk->pages;
    if (count > BT_PAGE_LIMIT)
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET, "a range of 0x%" PRIx64 " pages",
                       count);
    BT_TRY(bt_page_runs_add(walk->runs, first, count,
                            h->first_page + (walk->pages << BT_PAGE_SHIFT), err));
    walk->pages += count;
    walk->done = h->pages != 0 && walk->pages == h->pages;
    return BT_OK;
}

static enum bt_status read_table(const struct bt_kernel_reading *r, struct ranges_walk *walk,
                                 struct bt_error *err)
{
    uint8_t raw[RANGES_AT_ONCE * RANGE_SIZE];
    uint64_t at = walk->header->table;
    while (!walk->done && walk->header->table_end - at >= RANGE_SIZE) {
        uint64_t left = (walk->header->table_end - at) / RANGE_SIZE;
        size_t count = left < RANGES_AT_ONCE ? (size_t)left : RANGES_AT_ONCE;
        BT_TRY(bt_source_read(r->source, at, raw, count * RANGE_SIZE, err));
        for (size_t i = 0; i < count && !walk->done; i++)
            BT_TRY(add_range(walk, raw + i * RANGE_SIZE, err));
        at += count * RANGE_SIZE;
    }
    return BT_OK;
}

static enum bt_status expected_size(const struct bt_kernel_reading *r, uint64_t *ret,
                                    struct bt_error *err)
{
    struct ranges_header h;
    BT_TRY(read_header(r, &h, err));
    if (h.pages == 0)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "the number of pages is not told");
    *ret = h.first_page + (h.pages << BT_PAGE_SHIFT);
    return BT_OK;
}

static enum bt_status read_body(const struct bt_kernel_reading *r, struct bt_error *err)
{
    struct ranges_header h;
    struct bt_error lost = {0};
    if (read_header(r, &h, NULL) != BT_OK)
        return BT_OK; // said when the size was checked
    struct ranges_walk walk = {.header = &h};
    uint64_t end = 0;
    BT_TRY(bt_source_size(r->source, &end, err));
    BT_TRY(bt_page_runs_new(r->arena, &walk.runs, err));
    if (read_table(r, &walk, &lost) != BT_OK)
        BT_TRY(bt_kernel_lost(r, "memory-ranges", "the table of page ranges", &lost));
    bt_page_runs_seal(walk.runs);
    struct bt_kernel_pages pages = {.promised = bt_page_runs_pages(walk.runs),
                                    .missing = bt_page_runs_missing(walk.runs, end)};
    return bt_kernel_memory_open(r, bt_page_runs_map(walk.runs), pages, err);
}

const struct bt_kernel_body bt_kernel_body_ranges = {
    .format = BT_FORMAT_KERNEL_RANGES,
    .title = "memory dump of page ranges",
    .expected_size = expected_size,
    .read = read_body,
};
