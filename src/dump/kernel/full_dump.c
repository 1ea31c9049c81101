// SPDX-License-Identifier: MIT
//
// DumpType 1, "complete memory dump": behind the header stand the pages of the first run of
// physical memory, then those of the second, and so on.
#include "dump/kernel/kernel_body.h"

static enum bt_status expected_size(const struct bt_kernel_reading *r, uint64_t *ret,
                                    struct bt_error *err)
{
    const struct bt_kernel_header *h = r->header;
    const uint64_t page_size = bt_kernel_page_size(h);
    if (!h->run_count.known)
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET,
                       "the header does not say which pages of memory follow");
    if (h->page_count.value > (UINT64_MAX - h->size) / page_size)
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET, "more pages than there can be");
    *ret = h->size + h->page_count.value * page_size;
    return BT_OK;
}

const struct bt_kernel_body bt_kernel_body_full = {
    .format = BT_FORMAT_KERNEL_FULL,
    .title = "complete memory dump",
    .expected_size = expected_size,
    .read = NULL,
};
