// SPDX-License-Identifier: MIT
//
// 64 KiB of kernel memory in an array, for tests that lay out Windows' structures in it.
#ifndef BT_TESTS_WINDOWS_KERNEL_ARRAY_H
#define BT_TESTS_WINDOWS_KERNEL_ARRAY_H

#include "array_memory.h"
#include "base/limits.h"
#include "crash/crash.h"
#include "test.h"

enum { KERNEL_SIZE = 0x10000 };

struct kernel_array {
    struct bt_arena *arena;
    struct bt_crash crash;
    struct array_memory memory;
    uint8_t bytes[KERNEL_SIZE];
    bt_va base;
    size_t word;
};

static inline void kernel_init(struct kernel_array *k, bool is64)
{
    memset(k, 0, sizeof *k);
    k->arena = bt_arena_new(BT_LIMIT_ARENA);
    assert_non_null(k->arena);
    k->base = is64 ? UINT64_C(0xfffff80000400000) : 0x80400000;
    k->word = is64 ? 8 : 4;
    k->memory = array_memory(k->base, k->bytes, sizeof k->bytes, is64);
    k->crash.system.arch = is64 ? BT_ARCH_X64 : BT_ARCH_X86;
}

static inline void kernel_fini(struct kernel_array *k)
{
    bt_arena_free(k->arena);
}

// Offsets are from the base.
static inline void kernel_put(struct kernel_array *k, size_t at, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        k->bytes[at + i] = (uint8_t)(value >> (8 * i));
}

static inline void kernel_pointer(struct kernel_array *k, size_t at, bt_va value)
{
    kernel_put(k, at, value, k->word);
}

// A UNICODE_STRING at `at` whose text is put at `text_at`.
static inline void kernel_string(struct kernel_array *k, size_t at, size_t text_at,
                                 const char *text)
{
    kernel_put(k, at, strlen(text) * 2, 2);
    kernel_put(k, at + 2, strlen(text) * 2, 2);
    kernel_pointer(k, at + k->word, k->base + text_at);
    for (size_t i = 0; i < strlen(text); i++)
        kernel_put(k, text_at + 2 * i, (unsigned char)text[i], 2);
}

#endif
