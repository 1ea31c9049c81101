// SPDX-License-Identifier: MIT
//
// DumpTypes 5 and 6 (and 7, if it is ever written): the kernel, automatic, active and complete
// dumps of Windows 8 and later. A bitmap of pages, then the pages.
//
// BITMAP_DUMP, behind the header (source: kdmp-parser, LeechCore, Rekall; no real sample was
// seen):
//   00 "SDMP" or "FDMP"  04 "DUMP"  20 file offset of the first page  28 pages present
//   30 bits of the bitmap  38 the bitmap
#include <string.h>

#include "dump/kernel/kernel_body.h"

enum { OFFSET_FIRST_PAGE = 0x20, OFFSET_PAGES = 0x28, TABLE_SIZE = 0x38 };

static enum bt_status expected_size(const struct bt_kernel_reading *r, uint64_t *ret,
                                    struct bt_error *err)
{
    const uint64_t page_size = bt_kernel_page_size(r->header);
    struct bt_span table;
    BT_TRY(bt_span_sub(r->head, r->header->size, TABLE_SIZE, &table, err));
    if (memcmp(table.data, "SDMPDUMP", 8) != 0 && memcmp(table.data, "FDMPDUMP", 8) != 0)
        return BT_FAIL(err, BT_E_CORRUPT, table.file_offset,
                       "the bitmap of pages has no SDMP or FDMP mark");
    uint64_t first = bt_span_u64(table, OFFSET_FIRST_PAGE);
    uint64_t pages = bt_span_u64(table, OFFSET_PAGES);
    if (pages > (UINT64_MAX - first) / page_size)
        return BT_FAIL(err, BT_E_CORRUPT, table.file_offset + OFFSET_PAGES,
                       "more pages than there can be");
    *ret = first + pages * page_size;
    return BT_OK;
}

const struct bt_kernel_body bt_kernel_body_bitmap = {
    .format = BT_FORMAT_KERNEL_BITMAP,
    .title = "memory dump with a page bitmap",
    .expected_size = expected_size,
    .read = NULL,
};
