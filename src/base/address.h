// SPDX-License-Identifier: MIT
#ifndef BT_BASE_ADDRESS_H
#define BT_BASE_ADDRESS_H

#include <stdint.h>

// A virtual address in the target. 32-bit targets use the low half: never sign-extended.
typedef uint64_t bt_va;
// A physical address in the target.
typedef uint64_t bt_pa;

#endif
