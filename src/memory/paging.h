// SPDX-License-Identifier: MIT
//
// Page tables as data: each paging mode is one constant that says how many levels it has, which
// bits of an address index each of them, and how an entry is to be understood. One loop walks
// them all (address_space.c). Its depth is the number of levels, so tables that point to
// themselves, as Windows' own do, cannot make it run on.
//
// Layouts of valid entries: the processor manuals. Invalid entries that still name data
// (transition and prototype) are Windows' own: the same bits on every architecture, where
// bit 0 is clear.
//   transition: bit 11 set, bit 10 clear; the page frame is where a valid entry has it
//   prototype:  bit 10 set; the rest is the address of another entry, which describes the page
//   page file:  both clear; the place in the file in the upper half (of 4-byte entries: above
//               the flags), where it is not zero. Zero is a page that nobody has written yet.
#ifndef BT_MEMORY_PAGING_H
#define BT_MEMORY_PAGING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"

enum bt_entry_kind {
    BT_ENTRY_NONE,      // nothing in physical memory: demand zero, never mapped
    BT_ENTRY_TABLE,     // `address` is the next table
    BT_ENTRY_PAGE,      // `address` is the page, which is as large as the level spans
    BT_ENTRY_PROTOTYPE, // `prototype` is the address of the entry to use instead
    BT_ENTRY_PAGED_OUT, // in a page file, or compressed in its place
};

struct bt_entry {
    enum bt_entry_kind kind;
    bt_pa address;
    bt_va prototype;       // meaningless for the other kinds
    bt_va other_prototype; // where it is by the rule of other versions; 0: one rule only
    // A page in transition, or a prototype: a bit of its address may be set on purpose, the
    // highest that the processor has.
    bool flipped;
};

enum { BT_PAGING_LEVELS = 5 };

struct bt_paging {
    const char *name;
    bool is64;
    unsigned address_bits; // a 64-bit address is the sign extension of this many
    unsigned entry_size;   // 4 or 8
    bt_pa root_mask;       // which bits of the directory table base are its address
    unsigned level_count;
    struct {
        uint8_t shift, bits; // of the address, outermost level first
    } levels[BT_PAGING_LEVELS];
    // Understands an entry of the level with this shift.
    struct bt_entry (*decode)(uint64_t raw, unsigned shift);
};

extern const struct bt_paging bt_paging_x86;    // Vista and 7
extern const struct bt_paging bt_paging_x86_xp; // NT 4 to Server 2003: other prototypes
extern const struct bt_paging bt_paging_pae;
extern const struct bt_paging bt_paging_x64;
extern const struct bt_paging bt_paging_la57; // x64 with five levels
extern const struct bt_paging bt_paging_arm64;

// Where the bits of a software entry stand, for the decoders.
enum {
    BT_PTE_VALID = 1 << 0,
    BT_PTE_PROTOTYPE = 1 << 10,
    BT_PTE_TRANSITION = 1 << 11,
};

#endif
