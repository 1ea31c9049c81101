// SPDX-License-Identifier: MIT
//
// A bt_memory over an array, with a hole where a page is to be missing.
#ifndef BT_TESTS_ARRAY_MEMORY_H
#define BT_TESTS_ARRAY_MEMORY_H

#include <string.h>

#include "memory/memory.h"

struct array_memory {
    struct bt_memory memory; // first: `self` of its functions is the address of this
    bt_va base;
    const uint8_t *data;
    size_t size;
    bt_va hole, hole_end; // addresses in it are absent
};

static inline size_t array_memory_read(const struct bt_memory *self, bt_va va, void *buf,
                                       size_t size)
{
    const struct array_memory *array = (const struct array_memory *)self;
    if (va < array->base || va - array->base >= array->size)
        return 0;
    if (va >= array->hole && va < array->hole_end)
        return 0;
    if (size > array->size - (size_t)(va - array->base))
        size = array->size - (size_t)(va - array->base);
    if (va < array->hole && size > array->hole - va)
        size = (size_t)(array->hole - va);
    memcpy(buf, array->data + (va - array->base), size);
    return size;
}

static inline struct array_memory array_memory(bt_va base, const void *data, size_t size,
                                               bool is64)
{
    return (struct array_memory){.memory = {.read_some = array_memory_read, .is64 = is64},
                                 .base = base,
                                 .data = data,
                                 .size = size};
}

#endif
