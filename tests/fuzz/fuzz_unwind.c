// SPDX-License-Identifier: MIT
//
// Any bytes as an image with a stack behind it. Input: architecture (1), RVA of the instruction
// (4), offset of the stack pointer (4), a frame pointer (4), then memory.
#include "fuzz_input.h"

#include "stack/stack.h"

enum { BASE = 0x10000000 };

static const enum bt_arch architectures[] = {BT_ARCH_X64, BT_ARCH_ARM64, BT_ARCH_X86};

static struct bt_registers make_registers(enum bt_arch arch, bt_va ip, bt_va sp, bt_va fp)
{
    const unsigned sp_index = arch == BT_ARCH_ARM64 ? 31 : 4;
    const unsigned fp_index = arch == BT_ARCH_ARM64 ? 29 : 5;
    struct bt_registers r = {.arch = arch, .ip = ip, .sp = sp, .fp = fp};
    r.count = arch == BT_ARCH_ARM64 ? 32 : arch == BT_ARCH_X64 ? 16 : 8;
    for (unsigned i = 0; i < r.count; i++)
        r.general[i] = fp + i * UINT64_C(16);
    r.general[sp_index] = sp;
    r.general[fp_index] = fp;
    r.valid = r.count == 32 ? UINT32_MAX : (UINT32_C(1) << r.count) - 1;
    return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const enum bt_arch arch = architectures[take(&data, &size, 1) % BT_COUNT(architectures)];
    const bt_va ip = BASE + take(&data, &size, 4), sp = BASE + take(&data, &size, 4);
    const bt_va fp = BASE + take(&data, &size, 4);
    struct array_memory memory = array_memory(BASE, data, size, arch != BT_ARCH_X86);
    struct bt_arena *arena = bt_arena_new(BT_LIMIT_ARENA);
    require(arena != NULL);
    struct bt_module module = {.name = "image.sys", .base = BASE, .size = size + 1};
    static struct bt_crash crash;
    crash = (struct bt_crash){.modules = &module, .module_count = 1};
    crash.system.arch = arch;
    const struct bt_registers registers = make_registers(arch, ip, sp, fp);
    const struct bt_stack_input input = {.memory = &memory.memory, .registers = &registers};
    struct bt_frame *frames;
    size_t count;
    require(bt_stack_walk(&input, &crash, arena, &frames, &count, NULL) == BT_OK);
    require(count >= 1 && count <= BT_LIMIT_FRAMES && frames[0].address == ip);
    for (size_t i = 0; i < count; i++) {
        require(i == 0 || frames[i].address != 0);
        check_text(frames[i].function);
    }
    bt_arena_free(arena);
    return 0;
}
