// SPDX-License-Identifier: MIT
#include "base/stable_hash.h"

// FNV-1a, then mixed: the low bits of FNV alone follow the last characters too closely.
uint64_t bt_stable_hash(const char *text, size_t size)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < size; i++)
        h = (h ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
    h ^= h >> 32;
    h *= UINT64_C(0xd6e8feb86659fd93);
    return h ^ h >> 32;
}
