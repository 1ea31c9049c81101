// SPDX-License-Identifier: MIT
//
// A made-up kernel crash for the tests of the verdict: three modules, a stack and a page of
// objects in memory, and the built-in knowledge.
#ifndef BT_TESTS_VERDICT_SCENE_FIXTURE_H
#define BT_TESTS_VERDICT_SCENE_FIXTURE_H

#include <stdlib.h>

#include "memory/regions.h"
#include "test.h"
#include "verdict/explain.h"
#include "verdict/scene.h"

#define KERNEL_BASE  UINT64_C(0xfffff80000400000)
#define DISK_BASE    UINT64_C(0xfffff80001000000)
#define STORX_BASE   UINT64_C(0xfffff80002000000)
#define GONE_BASE    UINT64_C(0xfffff80003000000)
#define STACK_BASE   UINT64_C(0xffffd00000100000)
#define OBJECTS_BASE UINT64_C(0xffffe00000200000)

enum { AREA_SIZE = 0x4000 };

struct fixture {
    struct bt_arena *arena;
    struct bt_kb *kb;
    struct bt_regions *regions;
    uint8_t bytes[2 * AREA_SIZE]; // the stack, then the objects
    struct bt_module modules[3];
    struct bt_unloaded_module unloaded[1];
    struct bt_crash crash;
    struct bt_registers context;
    struct bt_stop_meaning stop;
    struct bt_scene scene;
};

static inline enum bt_status fixture_read(void *self, uint64_t offset, void *buf, size_t size,
                                          struct bt_error *err)
{
    struct fixture *f = self;
    (void)err;
    if (offset > sizeof f->bytes || size > sizeof f->bytes - offset)
        return BT_E_TRUNCATED;
    memcpy(buf, f->bytes + offset, size);
    return BT_OK;
}

// Writes `size` little-endian bytes at an address of the stack or of the objects.
static inline void fixture_put(struct fixture *f, bt_va va, uint64_t value, size_t size)
{
    size_t at = va >= OBJECTS_BASE ? AREA_SIZE + (size_t)(va - OBJECTS_BASE)
                                   : (size_t)(va - STACK_BASE);
    for (size_t i = 0; i < size; i++)
        f->bytes[at + i] = (uint8_t)(value >> (8 * i));
}

static inline struct fixture *fixture_new(uint32_t code, uint64_t p1, uint64_t p2, uint64_t p3,
                                          uint64_t p4)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->arena = bt_arena_new(1 << 22);
    f->kb = bt_kb_new();
    assert_int_equal(bt_kb_add_builtin(f->kb, NULL), BT_OK);
    struct bt_reader reader = {.read = fixture_read, .self = f};
    assert_int_equal(bt_regions_new(f->arena, reader, true, &f->regions, NULL), BT_OK);
    assert_int_equal(bt_regions_add(f->regions, STACK_BASE, AREA_SIZE, 0, NULL), BT_OK);
    assert_int_equal(bt_regions_add(f->regions, OBJECTS_BASE, AREA_SIZE, AREA_SIZE, NULL),
                     BT_OK);
    bt_regions_seal(f->regions);
    f->modules[0] =
        (struct bt_module){.name = "ntoskrnl.exe", .base = KERNEL_BASE, .size = 0x800000};
    f->modules[1] = (struct bt_module){.name = "disk.sys", .base = DISK_BASE, .size = 0x20000};
    f->modules[2] =
        (struct bt_module){.name = "storx.sys", .base = STORX_BASE, .size = 0x80000};
    f->unloaded[0] = (struct bt_unloaded_module){
        .name = "gone.sys", .base = GONE_BASE, .end = GONE_BASE + 0x10000};
    f->crash = (struct bt_crash){
        .format = BT_FORMAT_KERNEL_TRIAGE,
        .stop = {.present = true,
                 .raw = code,
                 .code = bt_stop_base_code(code),
                 .parameters = {p1, p2, p3, p4},
                 .parameter_bits = 64,
                 .parameter_count = 4},
        .modules = f->modules,
        .module_count = 3,
        .unloaded = f->unloaded,
        .unloaded_count = 1,
        .stack = {.start = STACK_BASE, .end = STACK_BASE + AREA_SIZE},
    };
    f->crash.system.platform = BT_PLATFORM_WINDOWS;
    f->crash.system.arch = BT_ARCH_X64;
    f->crash.system.build = bt_some32(19041);
    // The call to KeBugCheckEx, as real triage dumps save it.
    f->context = (struct bt_registers){
        .arch = BT_ARCH_X64, .ip = KERNEL_BASE + 0x3fd890, .sp = STACK_BASE, .count = 16};
    fixture_put(f, STACK_BASE, KERNEL_BASE + 0x4123a9, 8);
    f->scene = (struct bt_scene){.kb = f->kb,
                                 .crash = &f->crash,
                                 .memory = bt_regions_memory(f->regions),
                                 .context = &f->context,
                                 .stop = &f->stop,
                                 .arena = f->arena};
    assert_int_equal(bt_explain_stop(&f->scene, &f->stop, NULL), BT_OK);
    return f;
}

static inline void fixture_free(struct fixture *f)
{
    bt_arena_free(f->arena);
    bt_kb_free(f->kb);
    free(f);
}

#endif
