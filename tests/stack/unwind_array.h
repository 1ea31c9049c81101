// SPDX-License-Identifier: MIT
//
// An image and a stack in one array, for tests of the unwinders: the image at BASE, the stack
// from BASE + STACK on.
#ifndef BT_TESTS_STACK_UNWIND_ARRAY_H
#define BT_TESTS_STACK_UNWIND_ARRAY_H

#include "array_memory.h"
#include "base/limits.h"
#include "fake_image.h"
#include "image/pe.h"
#include "stack/unwind.h"
#include "test.h"

enum { BASE = 0x10000000, STACK = 0x8000, ARRAY_SIZE = 0x10000 };

struct unwind_array {
    struct bt_arena *arena;
    struct fake_image fake; // the image is built here
    uint8_t bytes[ARRAY_SIZE];
    struct array_memory memory;
    struct bt_image image;
    struct bt_unwind_frame frame;
};

static struct unwind_array u;

static int set_up(void **state)
{
    (void)state;
    memset(&u, 0, sizeof u);
    u.arena = bt_arena_new(BT_LIMIT_ARENA);
    u.memory = array_memory(BASE, u.bytes, sizeof u.bytes, true);
    fake_image_init(&u.fake, true);
    return u.arena == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    bt_arena_free(u.arena);
    return 0;
}

// Bytes of the stack: `at` is an offset from its lowest address.
static inline void stack64(size_t at, uint64_t value)
{
    for (size_t i = 0; i < 8; i++)
        u.bytes[STACK + at + i] = (uint8_t)(value >> (8 * i));
}

static inline bt_va stack_va(size_t at)
{
    return BASE + STACK + at;
}

static inline void put_code(size_t rva, const void *bytes, size_t size)
{
    memcpy(u.fake.bytes + rva, bytes, size);
}

// To be called when the image is complete; `exact` at this RVA with this stack pointer.
static inline void start_at(enum bt_arch arch, uint32_t rva, bool exact, size_t sp)
{
    memcpy(u.bytes, u.fake.bytes, sizeof u.fake.bytes);
    assert_int_equal(bt_image_open(&u.memory.memory, BASE, u.arena, &u.image, NULL), BT_OK);
    const unsigned sp_index = arch == BT_ARCH_ARM64 ? 31 : 4;
    struct bt_registers *r = &u.frame.registers;
    *r = (struct bt_registers){.arch = arch, .ip = BASE + rva, .sp = stack_va(sp)};
    r->count = arch == BT_ARCH_ARM64 ? 32 : 16;
    r->general[sp_index] = stack_va(sp);
    r->valid = UINT32_C(1) << sp_index;
    u.frame.exact = exact;
}

static inline void set_register(unsigned index, uint64_t value)
{
    u.frame.registers.general[index] = value;
    u.frame.registers.valid |= UINT32_C(1) << index;
}

static inline bool knows(unsigned index)
{
    return (u.frame.registers.valid >> index & 1) != 0;
}

#define RUN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
