// SPDX-License-Identifier: MIT
//
// The debugger data block as 64-bit Windows since version 8 keeps it while no debugger is
// attached, which is how a dump of physical memory holds it. Each 64-bit word w of the block
// stands there as q:
//     w = byteswap(rotate_left(q ^ never, never mod 64) ^ address) ^ always
// with three values that only symbols would tell. But the difference of two words depends on
// the amount of the rotation alone:
//     w1 ^ w2 = byteswap(rotate_left(q1 ^ q2, amount))
// so one word that is known gives all the others, and what else is known of the block tells
// which of the 64 amounts it was.
#ifndef BT_WINDOWS_DEBUGGER_SCRAMBLE_H
#define BT_WINDOWS_DEBUGGER_SCRAMBLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "memory/memory.h"

// Words of the block that are looked at, and no more than these are needed to know one.
enum {
    BT_BLOCK_TAG_AT = 0x10, // KDBG, and in the upper half the size of the block
    BT_BLOCK_KERNEL_BASE_AT = 0x18,
    BT_BLOCK_LOADED_MODULES_AT = 0x48,
    BT_BLOCK_ACTIVE_PROCESSES_AT = 0x50,
    BT_BLOCK_MINIMUM_SIZE = 0x58,

    BT_BLOCK_TAG = 0x4742444b, // KDBG
};

// What is known before the block is found; 0 where it is not.
struct bt_debugger_hints {
    bt_va block;            // where the header says it is
    bt_va kernel_base;      // of the kernel's image
    bt_va loaded_modules;   // PsLoadedModuleList
    bt_va active_processes; // PsActiveProcessHead
};

// Whether raw[0..size) is a block as it should be: tag, size, a kernel where `hints` have it
// and lists near it. `is64` is the width of the target.
bool bt_debugger_block_is_plain(const uint8_t *raw, size_t size, bool is64,
                                const struct bt_debugger_hints *hints);

// Unscrambles raw[0..size) in place; false where it is no scrambled block. `size` is a multiple
// of 8. `memory` has the last word where the hints are of no use: the kernel must be there.
bool bt_debugger_block_unscramble(const struct bt_memory *memory, uint8_t *raw, size_t size,
                                  const struct bt_debugger_hints *hints);

// The differences between two words of a block that can be known before it is found, made ready
// to be compared with memory.
enum { BT_SCRAMBLE_SIZES = 24 };

struct bt_scramble_pattern {
    uint64_t kernel_and_modules;                // 0: not known
    uint64_t kernel_and_tag[BT_SCRAMBLE_SIZES]; // one for each size of the block
    uint64_t bit_counts;                        // which numbers of bits the latter have set
};

// From hints that hold kernel_base at least.
void bt_scramble_pattern_make(const struct bt_debugger_hints *hints,
                              struct bt_scramble_pattern *ret);

// Whether a scrambled block may start at raw, which has BT_BLOCK_MINIMUM_SIZE bytes.
bool bt_scramble_pattern_fits(const struct bt_scramble_pattern *pattern, const uint8_t *raw);

#endif
