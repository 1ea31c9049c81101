// SPDX-License-Identifier: MIT
//
// ARM64 with 4 KiB granule and 48 address bits, as Windows sets it up: one table serves user
// and kernel addresses, because the index of the first level is the same for both roots.
#include "memory/paging.h"

enum {
    TABLE_OR_PAGE = 1 << 1, // clear in a valid entry: a block, one large page
    SHIFT_PAGE = 12,
    SHIFT_LEVEL2 = 21, // 2 MiB blocks
    SHIFT_LEVEL1 = 30, // 1 GiB blocks
    SHIFT_LEVEL0 = 39,
};

static const bt_pa frame_mask = UINT64_C(0x0000fffffffff000);

static struct bt_entry decode_valid(uint64_t raw, unsigned shift)
{
    const bt_pa frame = raw & frame_mask;
    if (raw & TABLE_OR_PAGE) {
        enum bt_entry_kind kind = shift == SHIFT_PAGE ? BT_ENTRY_PAGE : BT_ENTRY_TABLE;
        return (struct bt_entry){.kind = kind, .address = frame};
    }
    if (shift != SHIFT_LEVEL1 && shift != SHIFT_LEVEL2)
        return (struct bt_entry){.kind = BT_ENTRY_NONE};
    const bt_pa block = frame & ~((UINT64_C(1) << shift) - 1);
    return (struct bt_entry){.kind = BT_ENTRY_PAGE, .address = block};
}

static struct bt_entry decode_arm64(uint64_t raw, unsigned shift)
{
    if (raw & BT_PTE_VALID)
        return decode_valid(raw, shift);
    if (shift != SHIFT_PAGE)
        return (struct bt_entry){.kind = BT_ENTRY_NONE};
    if (raw & BT_PTE_PROTOTYPE) {
        bt_va low = raw >> 16;
        bt_va sign = low >> 47 != 0 ? UINT64_C(0xffff000000000000) : 0;
        return (struct bt_entry){.kind = BT_ENTRY_PROTOTYPE, .prototype = sign | low};
    }
    if (raw & BT_PTE_TRANSITION)
        return (struct bt_entry){.kind = BT_ENTRY_PAGE, .address = raw & frame_mask};
    return (struct bt_entry){.kind = raw >> 32 != 0 ? BT_ENTRY_PAGED_OUT : BT_ENTRY_NONE};
}

const struct bt_paging bt_paging_arm64 = {
    .name = "ARM64",
    .is64 = true,
    .address_bits = 48,
    .entry_size = 8,
    .root_mask = UINT64_C(0x0000fffffffff000), // an ASID may stand above
    .level_count = 4,
    .levels = {{SHIFT_LEVEL0, 9}, {SHIFT_LEVEL1, 9}, {SHIFT_LEVEL2, 9}, {SHIFT_PAGE, 9}},
    .decode = decode_arm64,
};
