// SPDX-License-Identifier: MIT
#include "dump/kernel/kernel_body.h"

enum {
    MARK_SUMMARY = 0x504d4453, // SDMP
    MARK_FULL = 0x504d4446,    // FDMP
    MARK_RANGES = 0x504d4452,  // RDMP
    MARK_VALID = 0x504d5544,   // DUMP
    MARK_VALID64 = 0x34365544, // DU64

    MARKED = 0x38, // bytes that are looked at: a header of a bitmap

    // In the table of a small dump.
    TRIAGE_SIZE = 4,
    TRIAGE_VALID_AT = 8,
    TRIAGE_CONTEXT_AT = 0xc,
    CONTEXT32 = 0x320,
    CONTEXT64 = 0x348,
};

bool bt_kernel_bitmap_mark(uint32_t first, uint32_t second)
{
    return (first == MARK_SUMMARY || first == MARK_FULL) &&
           (second == MARK_VALID || second == MARK_VALID64);
}

static const struct bt_kernel_body *body_of_type(const struct bt_kernel_header *header)
{
    // NT 4 had one kind of dump and no field for it: then the description of physical memory
    // tells that there is memory behind the header.
    if (!header->dump_type.known || header->dump_type.value == 0)
        return header->runs_add_up ? &bt_kernel_body_full : &bt_kernel_body_unknown;
    switch (header->dump_type.value) {
    case BT_DUMP_FULL:
        return &bt_kernel_body_full;
    case BT_DUMP_SUMMARY:
        return &bt_kernel_body_summary;
    case BT_DUMP_HEADER:
        return &bt_kernel_body_header;
    case BT_DUMP_TRIAGE:
        return &bt_kernel_body_triage;
    case BT_DUMP_BITMAP_FULL:
    case BT_DUMP_BITMAP_KERNEL:
    case BT_DUMP_AUTOMATIC:
        return &bt_kernel_body_bitmap;
    case BT_DUMP_KERNEL_MEMORY:
    case BT_DUMP_KERNEL_AND_USER_MEMORY:
    case BT_DUMP_COMPLETE_MEMORY:
        return &bt_kernel_body_ranges;
    default:
        return &bt_kernel_body_unknown;
    }
}

// Whether the table of a small dump is there: its mark lies at its very end.
static bool has_triage_table(struct bt_span body, bool is64)
{
    if (!bt_span_has(body, 0, MARKED))
        return false;
    uint32_t size = bt_span_u32(body, TRIAGE_SIZE);
    return size > MARKED && bt_span_u32(body, TRIAGE_VALID_AT) == size - 4 &&
           bt_span_u32(body, TRIAGE_CONTEXT_AT) == (is64 ? CONTEXT64 : CONTEXT32);
}

// The body that its own marks tell, or NULL: complete dumps have none.
static const struct bt_kernel_body *body_of_marks(struct bt_span body, bool is64)
{
    if (!bt_span_has(body, 0, MARKED))
        return NULL;
    if (bt_kernel_bitmap_mark(bt_span_u32(body, 0), bt_span_u32(body, 4)))
        return bt_kernel_bitmap_is_classic(body, is64) ? &bt_kernel_body_summary
                                                       : &bt_kernel_body_bitmap;
    if (bt_span_u32(body, 4) == MARK_RANGES && bt_span_u32(body, 8) == MARK_VALID)
        return &bt_kernel_body_ranges;
    return has_triage_table(body, is64) ? &bt_kernel_body_triage : NULL;
}

static bool is_bitmap(const struct bt_kernel_body *body)
{
    return body == &bt_kernel_body_summary || body == &bt_kernel_body_bitmap;
}

const struct bt_kernel_body *bt_kernel_body_of(const struct bt_kernel_header *header,
                                               struct bt_span head)
{
    const struct bt_kernel_body *told = body_of_type(header), *marked;
    struct bt_span body;
    // A small dump has what it wants behind its header, and is checked where it is read.
    if (told == &bt_kernel_body_triage || head.size <= header->size ||
        bt_span_sub(head, header->size, head.size - header->size, &body, NULL) != BT_OK)
        return told;
    marked = body_of_marks(body, header->is64);
    // The two forms of a bitmap are told apart again where they are read.
    return marked == NULL || (is_bitmap(marked) && is_bitmap(told)) ? told : marked;
}
