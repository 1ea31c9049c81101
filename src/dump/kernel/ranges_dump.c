// SPDX-License-Identifier: MIT
//
// DumpTypes 8, 9 and 10: memory dumps that newer debuggers write. Ranges of pages, then the
// pages.
//
// RDMP_HEADER64, behind the header (source: kdmp-parser; no real sample was seen):
//   00 u32 0x40  04 "RDMP"  08 "DUMP"  10 bytes of metadata  18 file offset of the first page
//   30 ranges {u64 first page, u64 count} up to the first page; the list ends early at a range
//   that starts with page 0
// DumpType 10 has before the ranges: 20 u32 count of ranges, 28 u64 count of all pages
#include <string.h>

#include "dump/kernel/kernel_body.h"

enum {
    OFFSET_MARK = 0x04,
    OFFSET_FIRST_PAGE = 0x18,
    OFFSET_ALL_PAGES = 0x28,
    TABLE_SIZE = 0x30,
};

static enum bt_status expected_size(const struct bt_kernel_reading *r, uint64_t *ret,
                                    struct bt_error *err)
{
    const uint64_t page_size = bt_kernel_page_size(r->header);
    struct bt_span table;
    BT_TRY(bt_span_sub(r->head, r->header->size, TABLE_SIZE, &table, err));
    if (memcmp(table.data + OFFSET_MARK, "RDMPDUMP", 8) != 0)
        return BT_FAIL(err, BT_E_CORRUPT, table.file_offset,
                       "the list of page ranges has no RDMP mark");
    // Only a complete dump says how many pages there are; for the others one page must do.
    uint64_t first = bt_span_u64(table, OFFSET_FIRST_PAGE);
    uint64_t pages = r->header->dump_type.value == BT_DUMP_COMPLETE_MEMORY
                         ? bt_span_u64(table, OFFSET_ALL_PAGES)
                         : 1;
    if (pages > (UINT64_MAX - first) / page_size)
        return BT_FAIL(err, BT_E_CORRUPT, table.file_offset, "more pages than there can be");
    *ret = first + pages * page_size;
    return BT_OK;
}

const struct bt_kernel_body bt_kernel_body_ranges = {
    .format = BT_FORMAT_KERNEL_RANGES,
    .title = "memory dump with page ranges",
    .expected_size = expected_size,
    .read = NULL,
};
