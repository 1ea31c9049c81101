// SPDX-License-Identifier: MIT
//
// Dumps whose pages a bitmap names. The header behind the dump header has two forms:
//
//   classic (DumpType 2, 2000 to 7)         since Windows 8 (DumpType 5, 6, 7)
//   00 u32 SDMP, u32 DUMP                   00 u32 SDMP or FDMP, u32 DUMP
//   08 u32 what was asked for
//   0c u32 file offset of the first page    20 u64 file offset of the first page
//   10 u32 bits in the bitmap               28 u64 pages present
//   14 u32 pages present                    30 u64 bits in the bitmap
//   18 u32 bytes of the bitmap
//   20 bits (28 in 64-bit dumps)            38 bits, in 32-bit dumps too
//
// Source: the parsers of Volatility 3, kdmp-parser, LeechCore and Rizin, which agree.
#include <inttypes.h>

#include "dump/kernel/kernel_memory.h"
#include "memory/page_bitmap.h"

enum {
    BITMAP_HEADER_SIZE = 0x38,

    CLASSIC_FIRST_PAGE = 0xc,
    CLASSIC_BITS = 0x10,
    CLASSIC_PAGES = 0x14,
    CLASSIC_BITMAP_SIZE = 0x18,
    CLASSIC_BITMAP32 = 0x20,
    CLASSIC_BITMAP64 = 0x28,

    MODERN_FIRST_PAGE = 0x20,
    MODERN_PAGES = 0x28,
    MODERN_BITS = 0x30,
    MODERN_BITMAP = 0x38,
};

struct bitmap_header {
    uint64_t first_page; // file offsets
    uint64_t bitmap;
    uint64_t pages, bits;
};

static struct bitmap_header decode_classic(struct bt_span raw, uint64_t at, bool is64)
{
    struct bitmap_header h = {
        .first_page = bt_span_u32(raw, CLASSIC_FIRST_PAGE),
        .bitmap = at + (is64 ? CLASSIC_BITMAP64 : CLASSIC_BITMAP32),
        .pages = bt_span_u32(raw, CLASSIC_PAGES),
        .bits = bt_span_u32(raw, CLASSIC_BITS),
    };
    // The size of the bitmap stands there twice: where the first is missing, the second helps.
    const uint64_t bytes = bt_span_u32(raw, CLASSIC_BITMAP_SIZE);
    if (h.bits == 0 && h.first_page > h.bitmap && bytes <= h.first_page - h.bitmap)
        h.bits = bytes * 8;
    return h;
}

// Sources disagree on which of the two numbers is that of the bits; it is never the smaller.
static struct bitmap_header decode_modern(struct bt_span raw, uint64_t at)
{
    struct bitmap_header h = {
        .first_page = bt_span_u64(raw, MODERN_FIRST_PAGE),
        .bitmap = at + MODERN_BITMAP,
        .pages = bt_span_u64(raw, MODERN_PAGES),
        .bits = bt_span_u64(raw, MODERN_BITS),
    };
    if (h.pages > h.bits) {
        const uint64_t bits = h.pages;
        h.pages = h.bits;
        h.bits = bits;
    }
    return h;
}

// Whether the parts lie one behind the other: half a gigabyte of bitmap is more memory than any
// machine has, and the first page follows it closely.
static bool is_sane(const struct bitmap_header *h)
{
    const uint64_t most_between = 16 << 20;
    if (h->first_page <= h->bitmap || h->bits == 0 || h->pages > h->bits ||
        h->bits > BT_PAGE_LIMIT)
        return false;
    const uint64_t room = h->first_page - h->bitmap, bytes = (h->bits + 7) / 8;
    return bytes <= room && room - bytes <= most_between;
}

// Windows aligns the first page in the file. Other writers need not, so this only helps to tell
// the two forms apart.
static bool is_aligned(const struct bitmap_header *h)
{
    return is_sane(h) && h->first_page % BT_PAGE_SIZE == 0;
}

bool bt_kernel_bitmap_is_classic(struct bt_span body, bool is64)
{
    const struct bitmap_header old = decode_classic(body, body.file_offset, is64);
    const struct bitmap_header modern = decode_modern(body, body.file_offset);
    return !is_aligned(&modern) && is_aligned(&old);
}

static enum bt_status read_header(const struct bt_kernel_reading *r, struct bitmap_header *ret,
                                  struct bt_error *err)
{
    const uint64_t at = r->header->size;
    struct bt_span raw;
    BT_TRY(bt_span_sub(r->head, at, BITMAP_HEADER_SIZE, &raw, err));
    if (!bt_kernel_bitmap_mark(bt_span_u32(raw, 0), bt_span_u32(raw, 4)))
        return BT_FAIL(err, BT_E_CORRUPT, at, "the header of the bitmap has no mark");
    const bool classic = r->header->dump_type.value == BT_DUMP_SUMMARY;
    const struct bitmap_header old = decode_classic(raw, at, r->header->is64);
    const struct bitmap_header modern = decode_modern(raw, at);
    struct bitmap_header h = classic ? old : modern;
    // The type is not always told right; the form shows in the numbers.
    if (!is_aligned(&h) && is_aligned(classic ? &modern : &old))
        h = classic ? modern : old;
    if (!is_sane(&h))
        return BT_FAIL(err, BT_E_CORRUPT, at, "the header of the bitmap contradicts itself");
    *ret = h;
    return BT_OK;
}

static enum bt_status expected_size(const struct bt_kernel_reading *r, uint64_t *ret,
                                    struct bt_error *err)
{
    struct bitmap_header h;
    BT_TRY(read_header(r, &h, err));
    *ret = h.first_page + h.pages * bt_kernel_page_size(r->header);
    return BT_OK;
}

static enum bt_status read_body(const struct bt_kernel_reading *r, struct bt_error *err)
{
    struct bitmap_header h;
    struct bt_error lost = {0};
    struct bt_page_bitmap *bitmap;
    uint64_t end = 0;
    if (read_header(r, &h, NULL) != BT_OK)
        return BT_OK; // said when the size was checked
    if (bt_page_bitmap_new(r->arena, bt_source_reader(r->source), h.bitmap, h.bits,
                           h.first_page, &bitmap, &lost) != BT_OK)
        return bt_kernel_lost(r, "memory-bitmap", "the bitmap of pages", &lost);
    BT_TRY(bt_source_size(r->source, &end, err));
    struct bt_kernel_pages pages = {.promised = bt_page_bitmap_pages(bitmap),
                                    .missing = bt_page_bitmap_missing(bitmap, end)};
    if (pages.promised != h.pages)
        bt_note(r->dump->crash, r->arena, "page-count-differs", h.bitmap,
                "the header speaks of %" PRIu64 " pages, the bitmap names %" PRIu64, h.pages,
                pages.promised);
    return bt_kernel_memory_open(r, bt_page_bitmap_map(bitmap), pages, err);
}

const struct bt_kernel_body bt_kernel_body_summary = {
    .format = BT_FORMAT_KERNEL_SUMMARY,
    .title = "kernel memory dump",
    .expected_size = expected_size,
    .read = read_body,
};

const struct bt_kernel_body bt_kernel_body_bitmap = {
    .format = BT_FORMAT_KERNEL_BITMAP,
    .title = "kernel memory dump with a bitmap",
    .expected_size = expected_size,
    .read = read_body,
};
