// SPDX-License-Identifier: MIT
//
// x64: four levels of 8-byte entries, or five where the processor and Windows use LA57.
#include "memory/paging.h"

enum {
    LARGE = 1 << 7,
    // Since 2018 Windows sets the highest address bit of entries that are not valid, so that
    // the processor cannot speculate on what they name (L1TF), and marks those that it left
    // alone.
    NOT_FLIPPED = 1 << 4,
    SHIFT_PAGE = 12,
    SHIFT_DIRECTORY = 21, // 2 MiB pages
    SHIFT_POINTER = 30,   // 1 GiB pages
    SHIFT_PML4 = 39,
    SHIFT_PML5 = 48,
};

// Windows uses 36 bits of frame number and keeps the bits above for itself.
static const bt_pa frame_mask = UINT64_C(0x0000fffffffff000);

static bt_pa span_mask(unsigned shift)
{
    return ~((UINT64_C(1) << shift) - 1);
}

// The upper 48 bits are the address, as a signed number.
static bt_va x64_prototype(uint64_t raw)
{
    bt_va low = raw >> 16;
    return low >> 47 != 0 ? low | UINT64_C(0xffff000000000000) : low;
}

static struct bt_entry decode_x64(uint64_t raw, unsigned shift)
{
    const bt_pa frame = raw & frame_mask;
    if (raw & BT_PTE_VALID) {
        bool large = raw & LARGE && (shift == SHIFT_DIRECTORY || shift == SHIFT_POINTER);
        if (shift != SHIFT_PAGE && !large)
            return (struct bt_entry){.kind = BT_ENTRY_TABLE, .address = frame};
        return (struct bt_entry){.kind = BT_ENTRY_PAGE, .address = frame & span_mask(shift)};
    }
    if (shift != SHIFT_PAGE)
        return (struct bt_entry){.kind = BT_ENTRY_NONE};
    const bool flipped = (raw & NOT_FLIPPED) == 0;
    if (raw & BT_PTE_PROTOTYPE)
        return (struct bt_entry){
            .kind = BT_ENTRY_PROTOTYPE, .prototype = x64_prototype(raw), .flipped = flipped};
    if (raw & BT_PTE_TRANSITION)
        return (struct bt_entry){.kind = BT_ENTRY_PAGE, .address = frame, .flipped = flipped};
    // One bit alone may be the one that was set.
    const uint32_t place = (uint32_t)(raw >> 32);
    const bool paged_out = flipped ? (place & (place - 1)) != 0 : place != 0;
    return (struct bt_entry){.kind = paged_out ? BT_ENTRY_PAGED_OUT : BT_ENTRY_NONE};
}

const struct bt_paging bt_paging_x64 = {
    .name = "x64",
    .is64 = true,
    .address_bits = 48,
    .entry_size = 8,
    .root_mask = UINT64_C(0x0000fffffffff000), // the low bits may hold a PCID
    .level_count = 4,
    .levels = {{SHIFT_PML4, 9}, {SHIFT_POINTER, 9}, {SHIFT_DIRECTORY, 9}, {SHIFT_PAGE, 9}},
    .decode = decode_x64,
};

const struct bt_paging bt_paging_la57 = {
    .name = "x64 with five levels",
    .is64 = true,
    .address_bits = 57,
    .entry_size = 8,
    .root_mask = UINT64_C(0x0000fffffffff000),
    .level_count = 5,
    .levels = {{SHIFT_PML5, 9},
               {SHIFT_PML4, 9},
               {SHIFT_POINTER, 9},
               {SHIFT_DIRECTORY, 9},
               {SHIFT_PAGE, 9}},
    .decode = decode_x64,
};
