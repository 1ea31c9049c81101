// SPDX-License-Identifier: MIT
//
// Reasons to believe that a value found on a stack is a return address.
#ifndef BT_STACK_RETURN_ADDRESS_H
#define BT_STACK_RETURN_ADDRESS_H

#include "crash/crash.h"
#include "memory/memory.h"

enum bt_belief {
    BT_BELIEF_NONE,   // no return address, or one that nothing speaks for
    BT_BELIEF_LIKELY, // lies in an image where code can be; its code bytes are not in the dump
    BT_BELIEF_CALL,   // the bytes before it are a call instruction
};

// The value as an address: removes pointer-authentication bits on ARM64.
bt_va bt_code_address(enum bt_arch arch, uint64_t value);

// Judges one value. `memory` may be NULL.
enum bt_belief bt_return_address_belief(const struct bt_crash *crash,
                                        const struct bt_memory *memory, bt_va value);
// As above for a value that stands where a chain of frame pointers says.
enum bt_belief bt_linked_address_belief(const struct bt_crash *crash,
                                        const struct bt_memory *memory, bt_va value);

#endif
