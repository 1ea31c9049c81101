// SPDX-License-Identifier: MIT
//
// What the targets that work on memory share: numbers from the front of the input, the rest as
// memory of the target.
#ifndef BT_TESTS_FUZZ_INPUT_H
#define BT_TESTS_FUZZ_INPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "array_memory.h"
#include "base/limits.h"
#include "base/span.h"
#include "fuzz_check.h"

// Takes `count` bytes off the front as a number; 0 where the input has fewer.
static inline uint64_t take(const uint8_t **data, size_t *size, size_t count)
{
    uint64_t value = 0;
    if (*size < count)
        return 0;
    for (size_t i = 0; i < count; i++)
        value |= (uint64_t)(*data)[i] << (8 * i);
    *data += count;
    *size -= count;
    return value;
}

#endif
