// SPDX-License-Identifier: MIT
//
// 32-bit x86: two levels of 4-byte entries, and PAE with three levels of 8-byte ones.
#include "memory/paging.h"

enum {
    LARGE = 1 << 7,
    SHIFT_PAGE = 12,
    SHIFT_DIRECTORY = 22,
    SHIFT_PAE_DIRECTORY = 21,
    SHIFT_PAE_POINTER = 30,
};

// What a 4-byte prototype entry has room for is a number of words from a base, cut in two by
// the flags. Vista gave the low part one bit more and counts from the start of kernel memory;
// Windows before it counts from the start of paged pool, which is always at the same address.
static bt_va prototype_from_vista(uint64_t raw)
{
    return UINT64_C(0x80000000) + ((raw >> 11 & 0x1fffff) << 10) + ((raw >> 1 & 0xff) << 2);
}

static bt_va prototype_before_vista(uint64_t raw)
{
    return UINT64_C(0xe1000000) + ((raw >> 11 & 0x1fffff) << 9) + ((raw >> 1 & 0x7f) << 2);
}

static struct bt_entry decode_common(uint64_t raw, unsigned shift)
{
    const bt_pa frame = raw & 0xfffff000;
    if (raw & BT_PTE_VALID) {
        if (shift == SHIFT_PAGE)
            return (struct bt_entry){.kind = BT_ENTRY_PAGE, .address = frame};
        if (!(raw & LARGE))
            return (struct bt_entry){.kind = BT_ENTRY_TABLE, .address = frame};
        // 4 MiB pages reach 36 bits: four more address bits stand at 13 (PSE-36).
        bt_pa high = (raw >> 13 & 0xf) << 32;
        return (struct bt_entry){.kind = BT_ENTRY_PAGE, .address = high | (raw & 0xffc00000)};
    }
    if (shift != SHIFT_PAGE)
        return (struct bt_entry){.kind = BT_ENTRY_NONE};
    if (raw & BT_PTE_PROTOTYPE)
        return (struct bt_entry){.kind = BT_ENTRY_PROTOTYPE};
    if (raw & BT_PTE_TRANSITION)
        return (struct bt_entry){.kind = BT_ENTRY_PAGE, .address = frame};
    return (struct bt_entry){.kind = frame != 0 ? BT_ENTRY_PAGED_OUT : BT_ENTRY_NONE};
}

static struct bt_entry decode_x86(uint64_t raw, unsigned shift)
{
    struct bt_entry entry = decode_common(raw, shift);
    entry.prototype = prototype_from_vista(raw);
    entry.other_prototype = prototype_before_vista(raw);
    return entry;
}

static struct bt_entry decode_x86_xp(uint64_t raw, unsigned shift)
{
    struct bt_entry entry = decode_common(raw, shift);
    entry.prototype = prototype_before_vista(raw);
    entry.other_prototype = prototype_from_vista(raw);
    return entry;
}

const struct bt_paging bt_paging_x86 = {
    .name = "x86",
    .address_bits = 32,
    .entry_size = 4,
    .root_mask = 0xfffff000,
    .level_count = 2,
    .levels = {{SHIFT_DIRECTORY, 10}, {SHIFT_PAGE, 10}},
    .decode = decode_x86,
};

const struct bt_paging bt_paging_x86_xp = {
    .name = "x86",
    .address_bits = 32,
    .entry_size = 4,
    .root_mask = 0xfffff000,
    .level_count = 2,
    .levels = {{SHIFT_DIRECTORY, 10}, {SHIFT_PAGE, 10}},
    .decode = decode_x86_xp,
};

static struct bt_entry decode_pae(uint64_t raw, unsigned shift)
{
    const bt_pa frame = raw & UINT64_C(0x0000fffffffff000);
    if (raw & BT_PTE_VALID) {
        if (shift == SHIFT_PAGE)
            return (struct bt_entry){.kind = BT_ENTRY_PAGE, .address = frame};
        if (shift == SHIFT_PAE_DIRECTORY && raw & LARGE) {
            const bt_pa page = raw & UINT64_C(0x0000ffffffe00000);
            return (struct bt_entry){.kind = BT_ENTRY_PAGE, .address = page};
        }
        return (struct bt_entry){.kind = BT_ENTRY_TABLE, .address = frame};
    }
    if (shift != SHIFT_PAGE)
        return (struct bt_entry){.kind = BT_ENTRY_NONE};
    if (raw & BT_PTE_PROTOTYPE)
        return (struct bt_entry){.kind = BT_ENTRY_PROTOTYPE, .prototype = raw >> 32};
    if (raw & BT_PTE_TRANSITION) {
        // Windows keeps 26 bits of frame number here; the bits above are its own.
        const bt_pa page = raw & UINT64_C(0x0000003ffffff000);
        return (struct bt_entry){.kind = BT_ENTRY_PAGE, .address = page};
    }
    return (struct bt_entry){.kind = raw >> 32 != 0 ? BT_ENTRY_PAGED_OUT : BT_ENTRY_NONE};
}

const struct bt_paging bt_paging_pae = {
    .name = "x86 PAE",
    .address_bits = 32,
    .entry_size = 8,
    .root_mask = 0xffffffe0, // the pointer table is aligned to its own 32 bytes
    .level_count = 3,
    .levels = {{SHIFT_PAE_POINTER, 2}, {SHIFT_PAE_DIRECTORY, 9}, {SHIFT_PAGE, 9}},
    .decode = decode_pae,
};
