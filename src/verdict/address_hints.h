// SPDX-License-Identifier: MIT
//
// What an address that could not be accessed looks like: a null pointer, a pattern that a
// run-time fills memory with, text, or a good address with one bit turned over.
#ifndef BT_VERDICT_ADDRESS_HINTS_H
#define BT_VERDICT_ADDRESS_HINTS_H

#include "base/arena.h"
#include "crash/crash.h"
#include "kb/kb.h"

// Whether a processor with `arch` can form the address at all: on x64 the upper bits repeat bit
// 47 (or with five levels of page tables bit 56: the more generous rule is applied).
bool bt_address_is_canonical(enum bt_arch arch, bt_va address);

// "null pointer", "null pointer plus 0x28", "null pointer minus 0x8"; BT_ABSENT for an address
// that is more than a page away from 0. `ret` may be a literal.
enum bt_status bt_address_null_hint(bool is64, bt_va address, struct bt_arena *arena,
                                    const char **ret, struct bt_error *err) BT_MUST_USE;

// A pattern that fills memory of one kind: "heap memory that was freed (0xdddddddd: Microsoft C
// debug run-time)". Addresses up to 4 KiB above the pattern count, because a field of an object
// was accessed. BT_ABSENT for others. The patterns are knowledge (status/fills.tsv).
enum bt_status bt_address_fill(const struct bt_kb *kb, bool is64, bt_va address,
                               struct bt_arena *arena, const char **ret,
                               struct bt_error *err) BT_MUST_USE;

// The characters of an address that is made of letters and digits only: some text overwrote a
// pointer. Writes a NUL-terminated text of 4 or 8 characters.
enum { BT_ADDRESS_TEXT_SIZE = 9 };
bool bt_address_is_text(bool is64, bt_va address, char ret[BT_ADDRESS_TEXT_SIZE]);

// Whether the address is near the stack pointer of the crashing thread and below what there is
// of its stack: how a used-up stack shows on systems that have no exception for it.
bool bt_address_is_below_stack(const struct bt_crash *crash, bt_va address);

struct bt_bit_flip {
    unsigned bit;
    bt_va intended;    // the address with that bit turned back
    const char *place; // what lies there: a module's name, "stack of thread 0x1a00"
};

// Whether the address is one bit away from a module or from a stack of the crash, and only one
// bit can be meant: a sign of failing memory. Asked of 64-bit programs only, whose address
// space is empty enough for the answer to mean something, and for bits that are not merely a
// near miss. `place` is in the arena.
enum bt_status bt_address_bit_flip(const struct bt_crash *crash, bt_va address,
                                   struct bt_arena *arena, struct bt_bit_flip *ret,
                                   struct bt_error *err) BT_MUST_USE;

// The most telling of all these in words, or NULL.
enum bt_status bt_address_hint(const struct bt_kb *kb, const struct bt_crash *crash,
                               bt_va address, struct bt_arena *arena, const char **ret,
                               struct bt_error *err) BT_MUST_USE;

#endif
