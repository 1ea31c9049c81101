// SPDX-License-Identifier: MIT
#ifndef BT_BASE_STABLE_HASH_H
#define BT_BASE_STABLE_HASH_H

#include <stddef.h>
#include <stdint.h>

// A sum of text that is the same on every machine and in every version: it decides which shard
// an input belongs to, and names what is too long for a name. Not for anything that an attacker
// would like to collide.
uint64_t bt_stable_hash(const char *text, size_t size);

#endif
