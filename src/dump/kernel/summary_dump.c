// SPDX-License-Identifier: MIT
//
// DumpType 2, "kernel memory dump" of Windows 2000 to 7: a bitmap of pages, then the pages.
//
// SUMMARY_DUMP, behind the header (source: the driver kit's headers; no real sample was seen):
//   00 "SDMP"  04 "DUMP"  08 options  0c file offset of the first page  10 bits of the bitmap
//   14 pages  18 bytes of the bitmap  20 (32-bit) or 28 (64-bit) the bitmap
#include <string.h>

#include "dump/kernel/kernel_body.h"

enum { OFFSET_FIRST_PAGE = 0x0c, OFFSET_PAGES = 0x14, TABLE_SIZE = 0x20 };

static enum bt_status expected_size(const struct bt_kernel_reading *r, uint64_t *ret,
                                    struct bt_error *err)
{
    struct bt_span table;
    BT_TRY(bt_span_sub(r->head, r->header->size, TABLE_SIZE, &table, err));
    if (memcmp(table.data, "SDMPDUMP", 8) != 0)
        return BT_FAIL(err, BT_E_CORRUPT, table.file_offset,
                       "the bitmap of pages has no SDMP mark");
    *ret = bt_span_u32(table, OFFSET_FIRST_PAGE) +
           bt_span_u32(table, OFFSET_PAGES) * bt_kernel_page_size(r->header);
    return BT_OK;
}

const struct bt_kernel_body bt_kernel_body_summary = {
    .format = BT_FORMAT_KERNEL_SUMMARY,
    .title = "kernel memory dump (page bitmap of Windows 2000 to 7)",
    .expected_size = expected_size,
    .read = NULL,
};
