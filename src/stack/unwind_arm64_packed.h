// SPDX-License-Identifier: MIT
#ifndef BT_STACK_UNWIND_ARM64_PACKED_H
#define BT_STACK_UNWIND_ARM64_PACKED_H

#include <stddef.h>
#include <stdint.h>

// Writes the unwind codes that a packed word of an ARM64 exception table stands for: those of
// the one prolog that its numbers describe. Returns their size, or 0 where the numbers
// contradict each other or `capacity` is too small (64 bytes always do).
size_t bt_unwind_arm64_expand(uint32_t packed, uint8_t *ret, size_t capacity);

#endif
