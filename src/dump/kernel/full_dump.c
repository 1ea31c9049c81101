// SPDX-License-Identifier: MIT
//
// A complete memory dump (DumpType 1; NT 4 has no such field and writes nothing else): the
// pages of each run that the header describes, one after the other.
#include <inttypes.h>

#include "dump/kernel/kernel_memory.h"
#include "memory/page_runs.h"

static enum bt_status expected_size(const struct bt_kernel_reading *r, uint64_t *ret,
                                    struct bt_error *err)
{
    const struct bt_kernel_header *header = r->header;
    if (!header->run_count.known)
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET,
                       "the header does not say which pages of memory follow");
    uint64_t page_size = bt_kernel_page_size(header);
    if (header->page_count.value > (UINT64_MAX - header->size) / page_size)
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET,
                       "the header speaks of 0x%" PRIx64 " pages", header->page_count.value);
    *ret = header->size + header->page_count.value * page_size;
    return BT_OK;
}

static enum bt_status add_runs(const struct bt_kernel_reading *r, struct bt_page_runs *runs,
                               struct bt_error *err)
{
    uint64_t offset = r->header->size;
    for (uint32_t i = 0; i < r->header->run_count.value; i++) {
        struct bt_kernel_run run = bt_kernel_run_at(r->header, i);
        BT_TRY(bt_page_runs_add(runs, run.first_page, run.page_count, offset, err));
        offset += run.page_count << BT_PAGE_SHIFT;
    }
    return BT_OK;
}

static enum bt_status read_body(const struct bt_kernel_reading *r, struct bt_error *err)
{
    struct bt_error lost = {0};
    struct bt_page_runs *runs;
    uint64_t end = 0;
    if (!r->header->run_count.known)
        return BT_OK; // said when the size was checked
    BT_TRY(bt_source_size(r->source, &end, err));
    BT_TRY(bt_page_runs_new(r->arena, &runs, err));
    if (add_runs(r, runs, &lost) != BT_OK)
        BT_TRY(bt_kernel_lost(r, "memory-runs", "the description of memory", &lost));
    if (!r->header->runs_add_up)
        bt_note(r->dump->crash, r->arena, "page-count-differs", BT_NO_OFFSET,
                "the runs of memory have %" PRIu64 " pages, which is not the number that the "
                "header tells",
                r->header->page_count.value);
    bt_page_runs_seal(runs);
    struct bt_kernel_pages pages = {.promised = bt_page_runs_pages(runs),
                                    .missing = bt_page_runs_missing(runs, end)};
    return bt_kernel_memory_open(r, bt_page_runs_map(runs), pages, err);
}

const struct bt_kernel_body bt_kernel_body_full = {
    .format = BT_FORMAT_KERNEL_FULL,
    .title = "complete memory dump",
    .expected_size = expected_size,
    .read = read_body,
};
