// SPDX-License-Identifier: MIT
//
// Any bytes as a dump: the readers and what they say about Windows' own records.
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "dump/dump.h"
#include "windows/kernel_view.h"

#include "fuzz_check.h"

static void check_crash(const struct bt_crash *crash)
{
    require(crash->module_count <= BT_LIMIT_MODULES);
    require(crash->unloaded_count <= BT_LIMIT_UNLOADED);
    require(crash->notes.count <= BT_LIMIT_NOTES);
    for (size_t i = 0; i < crash->module_count; i++) {
        require(crash->modules[i].name != NULL);
        check_text(crash->modules[i].name);
        check_text(crash->modules[i].path);
    }
    for (size_t i = 0; i < crash->unloaded_count; i++)
        check_text(crash->unloaded[i].name);
    for (size_t i = 0; i < crash->notes.count; i++)
        check_text(crash->notes.items[i].message);
    check_text(crash->process.name);
    check_text(crash->comment);
    check_text(crash->system.processor_name);
    // What cannot be read says why.
    if (crash->status == BT_READ_UNREADABLE)
        require(crash->problem.code != BT_PROBLEM_NONE && crash->problem.message != NULL);
}

static void read_memory(const struct bt_dump *dump)
{
    const bt_va places[] = {dump->context.sp, dump->context.ip, dump->kernel.debugger_data,
                            dump->crash->stop.parameters[1], UINT64_MAX - 8};
    uint8_t bytes[0x120];
    for (size_t i = 0; dump->memory != NULL && i < BT_COUNT(places); i++) {
        struct bt_error err;
        enum bt_status status =
            bt_memory_read(dump->memory, places[i], bytes, sizeof bytes, &err);
        require(status == BT_OK || err.message[0] != '\0');
    }
}

static void describe(const struct bt_dump *dump, struct bt_arena *arena)
{
    const struct bt_kernel_input input = {
        .memory = dump->memory,
        .debugger_data = dump->kernel.debugger_data,
        .loaded_modules = dump->kernel.loaded_modules,
        .debugger_bytes = dump->kernel.debugger_bytes,
        .prcb = dump->kernel.prcb,
        .process = dump->kernel.process,
        .thread = dump->kernel.thread,
    };
    struct bt_error err;
    enum bt_status status = bt_windows_describe(&input, arena, dump->crash, &err);
    require(status == BT_OK || status == BT_E_LIMIT || status == BT_E_NOMEM);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bt_arena *arena = bt_arena_new(BT_LIMIT_ARENA);
    struct bt_span bytes = {.data = data, .size = size, .file_offset = 0};
    struct bt_source *source = NULL;
    struct bt_dump dump;
    struct bt_error err;
    require(arena != NULL && bt_source_open_memory(bytes, &source, &err) == BT_OK);
    enum bt_status status = bt_dump_read(source, arena, &dump, &err);
    require(status == BT_OK || status == BT_E_LIMIT || status == BT_E_NOMEM);
    if (status == BT_OK) {
        read_memory(&dump);
        describe(&dump, arena);
        check_crash(dump.crash);
    }
    bt_source_close(source);
    bt_arena_free(arena);
    return 0;
}
