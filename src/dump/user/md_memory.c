// SPDX-License-Identifier: MIT
//
// Which memory of the process the dump holds, and the map of its address space.
//
// MINIDUMP_MEMORY_LIST: u32 count, records {00 u64 start, 08 u32 size, 0C u32 RVA}.
// MINIDUMP_MEMORY64_LIST: 00 u64 count, 08 u64 offset of the bytes, records {00 u64 start,
//   08 u64 size}; the bytes of all records follow each other from that offset on.
// MINIDUMP_MEMORY_INFO_LIST: 00 u32 header size, 04 u32 record size, 08 u64 count; records
//   {00 u64 base, 18 u64 size, 20 u32 state, 24 u32 protection, 28 u32 type}.
#include <inttypes.h>
#include <stdlib.h>

#include "dump/user/minidump.h"

enum { MEMORY_SIZE = 16, MEMORY64_SIZE = 16, MEMORY64_HEADER = 16, MEMORY_INFO_LEAST = 0x2c };

enum bt_status bt_md_add_memory(struct bt_minidump *md, bt_va va, uint64_t size,
                                uint64_t offset, struct bt_error *err)
{
    if (size != 0 && !bt_source_has(md->source, offset, size)) {
        uint64_t end;
        BT_TRY(bt_source_size(md->source, &end, err));
        md->cut_ranges++;
        size = offset < end ? end - offset : 0;
    }
    enum bt_status status = bt_regions_add(md->regions, va, size, offset, err);
    if (status == BT_E_CORRUPT) { // it wraps round the address space: this one is worthless
        md->cut_ranges++;
        return BT_OK;
    }
    return status;
}

// All memory lists together may have BT_LIMIT_REGIONS records, empty ones included.
static uint64_t records_left(const struct bt_minidump *md)
{
    return BT_LIMIT_REGIONS - md->memory_records;
}

enum bt_status bt_md_memory_list(struct bt_minidump *md, struct bt_span stream,
                                 struct bt_error *err)
{
    struct bt_md_list list;
    BT_TRY(bt_md_counted_list(md, stream, MEMORY_SIZE, records_left(md), "memory ranges", &list,
                              err));
    md->memory_records += list.count;
    for (size_t i = 0; i < list.count; i++) {
        struct bt_span record = bt_md_item(&list, i);
        struct bt_md_location at = bt_md_location(record, 8);
        BT_TRY(bt_md_add_memory(md, bt_md_address(md, bt_span_u64(record, 0)), at.size,
                                at.offset, err));
    }
    return list.count != 0 ? BT_OK : BT_ABSENT;
}

enum bt_status bt_md_memory64_list(struct bt_minidump *md, struct bt_span stream,
                                   struct bt_error *err)
{
    if (stream.size < MEMORY64_HEADER)
        return BT_FAIL(err, BT_E_TRUNCATED, stream.file_offset, "too short for its header");
    uint64_t offset = bt_span_u64(stream, 8);
    struct bt_md_list list;
    BT_TRY(bt_md_sized_list(md, stream, MEMORY64_HEADER, MEMORY64_SIZE, MEMORY64_SIZE,
                            bt_span_u64(stream, 0), records_left(md), "memory ranges", &list,
                            err));
    md->memory_records += list.count;
    for (size_t i = 0; i < list.count; i++) {
        struct bt_span record = bt_md_item(&list, i);
        uint64_t size = bt_span_u64(record, 8);
        BT_TRY(
            bt_md_add_memory(md, bt_md_address(md, bt_span_u64(record, 0)), size, offset, err));
        if (size > UINT64_MAX - offset)
            return BT_FAIL(err, BT_E_CORRUPT, record.file_offset,
                           "range %zu is larger than any file", i);
        offset += size;
    }
    return list.count != 0 ? BT_OK : BT_ABSENT;
}

// The PAGE_*, MEM_* values of the Windows SDK.
static uint32_t range_flags(uint32_t state, uint32_t protection, uint32_t type)
{
    uint32_t flags = 0;
    if (state == 0x10000)
        return BT_RANGE_FREE;
    if (state == 0x2000)
        flags |= BT_RANGE_RESERVED;
    if (state == 0x1000) {
        if ((protection & 0xee) != 0) // all but none and execute only
            flags |= BT_RANGE_READ;
        if ((protection & 0xcc) != 0)
            flags |= BT_RANGE_WRITE;
        if ((protection & 0xf0) != 0)
            flags |= BT_RANGE_EXECUTE;
        if ((protection & 0x100) != 0)
            flags |= BT_RANGE_GUARD;
    }
    if (type == 0x1000000)
        flags |= BT_RANGE_IMAGE;
    if (type == 0x40000)
        flags |= BT_RANGE_MAPPED;
    return flags;
}

static int compare_ranges(const void *a, const void *b)
{
    const struct bt_range *x = a;
    const struct bt_range *y = b;
    if (x->base != y->base)
        return x->base < y->base ? -1 : 1;
    return x->size < y->size ? -1 : x->size > y->size;
}

// By address, each beginning where no other is: what bt_range_at relies on.
void bt_md_sort_ranges(struct bt_crash *crash)
{
    qsort(crash->ranges, crash->range_count, sizeof *crash->ranges, compare_ranges);
    size_t kept = 0;
    for (size_t i = 0; i < crash->range_count; i++) {
        const struct bt_range *range = &crash->ranges[i];
        const struct bt_range *last = kept != 0 ? &crash->ranges[kept - 1] : NULL;
        bool wraps = range->size > UINT64_MAX - range->base;
        if (range->size == 0 || wraps ||
            (last != NULL && range->base - last->base < last->size))
            continue;
        crash->ranges[kept++] = *range;
    }
    crash->range_count = kept;
}

enum bt_status bt_md_memory_info(struct bt_minidump *md, struct bt_span stream,
                                 struct bt_error *err)
{
    struct bt_crash *crash = md->crash;
    struct bt_md_list list;
    if (stream.size < 0x10)
        return BT_FAIL(err, BT_E_TRUNCATED, stream.file_offset, "too short for its header");
    BT_TRY(bt_md_sized_list(md, stream, bt_span_u32(stream, 0), bt_span_u32(stream, 4),
                            MEMORY_INFO_LEAST, bt_span_u64(stream, 8), BT_LIMIT_REGIONS,
                            "memory descriptions", &list, err));
    if (list.count == 0)
        return BT_ABSENT;
    BT_TRY(bt_arena_alloc(md->arena, list.count, sizeof *crash->ranges, &crash->ranges, err));
    for (size_t i = 0; i < list.count; i++) {
        struct bt_span record = bt_md_item(&list, i);
        crash->ranges[i] = (struct bt_range){
            .base = bt_md_address(md, bt_span_u64(record, 0x00)),
            .size = bt_span_u64(record, 0x18),
            .flags = range_flags(bt_span_u32(record, 0x20), bt_span_u32(record, 0x24),
                                 bt_span_u32(record, 0x28)),
        };
    }
    crash->range_count = list.count;
    bt_md_sort_ranges(crash);
    return BT_OK;
}
