// SPDX-License-Identifier: MIT
//
// Any bytes as kernel memory: lists, debugger block, processors, shared data, images. Input:
// width (1), build (4), offsets of the debugger block and of the list of modules (4 each), then
// memory from one address on.
#include "fuzz_input.h"

#include "windows/memory_facts.h"

static void check_modules(const struct bt_crash *crash)
{
    require(crash->module_count <= BT_LIMIT_MODULES);
    require(crash->unloaded_count <= BT_LIMIT_UNLOADED);
    require(crash->notes.count <= BT_LIMIT_NOTES);
    for (size_t i = 0; i < crash->module_count; i++) {
        const struct bt_module *module = &crash->modules[i];
        require(module->name != NULL && module->base != 0);
        check_text(module->name);
        check_text(module->path);
        check_text(module->company);
        check_text(module->description);
        check_text(module->pdb_name);
    }
    for (size_t i = 0; i < crash->unloaded_count; i++) {
        require(crash->unloaded[i].name != NULL);
        require(crash->unloaded[i].base < crash->unloaded[i].end);
        check_text(crash->unloaded[i].name);
    }
    check_text(crash->process.name);
    check_text(crash->system.build_lab);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const bool is64 = (take(&data, &size, 1) & 1) != 0;
    const uint32_t build = (uint32_t)take(&data, &size, 4);
    const bt_va base = is64 ? UINT64_C(0xfffff80000400000) : 0x80400000;
    const bt_va block = base + take(&data, &size, 4), list = base + take(&data, &size, 4);
    struct array_memory memory = array_memory(base, data, size, is64);
    struct bt_arena *arena = bt_arena_new(BT_LIMIT_ARENA);
    require(arena != NULL);
    static struct bt_crash crash;
    crash = (struct bt_crash){.format = BT_FORMAT_KERNEL_FULL};
    crash.system.arch = is64 ? BT_ARCH_X64 : BT_ARCH_X86;
    crash.system.build = bt_some32(build);
    crash.system.processors = bt_some32(4);
    const struct bt_kernel_input input = {
        .memory = &memory.memory, .debugger_data = block, .loaded_modules = list};
    struct bt_crash_context context = {.known = false};
    enum bt_status status = bt_memory_facts_read(&input, arena, &crash, &context, NULL);
    require(status == BT_OK || status == BT_E_LIMIT);
    check_modules(&crash);
    bt_arena_free(arena);
    return 0;
}
