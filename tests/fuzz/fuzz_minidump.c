// SPDX-License-Identifier: MIT
//
// Any bytes as a user minidump, and its exception in words.
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "dump/format.h"
#include "verdict/exception.h"

#include "fuzz_check.h"

static void check_modules(const struct bt_crash *crash)
{
    require(crash->module_count <= BT_LIMIT_MODULES);
    require(crash->unloaded_count <= BT_LIMIT_UNLOADED);
    for (size_t i = 0; i < crash->module_count; i++) {
        require(crash->modules[i].name != NULL);
        check_text(crash->modules[i].name);
        check_text(crash->modules[i].path);
        check_text(crash->modules[i].pdb_name);
    }
}

static void check_threads(const struct bt_dump *dump)
{
    const struct bt_crash *crash = dump->crash;
    require(crash->thread_count <= BT_LIMIT_THREADS);
    require(crash->thread_count == 0 || dump->thread_contexts != NULL);
    if (crash->crashing_thread.known)
        require(crash->crashing_thread.value < crash->thread_count);
    for (size_t i = 0; i < crash->thread_count; i++)
        check_text(crash->threads[i].name);
}

// The map is in order and disjoint: bt_range_at relies on it.
static void check_ranges(const struct bt_crash *crash)
{
    for (size_t i = 1; i < crash->range_count; i++) {
        const struct bt_range *last = &crash->ranges[i - 1];
        require(crash->ranges[i].base > last->base);
        require(crash->ranges[i].base - last->base >= last->size);
    }
}

static void check_rest(const struct bt_crash *crash)
{
    require(crash->notes.count <= BT_LIMIT_NOTES);
    require(crash->annotation_count <= BT_LIMIT_ANNOTATIONS);
    require(crash->named_handle_count <= BT_LIMIT_HANDLES);
    require(crash->exception.parameter_count <= BT_EXCEPTION_PARAMETERS);
    for (size_t i = 0; i < crash->annotation_count; i++) {
        require(crash->annotations[i].source != NULL && crash->annotations[i].value != NULL);
        check_text(crash->annotations[i].key);
        check_text(crash->annotations[i].value);
    }
    check_text(crash->comment);
    check_text(crash->process.command_line);
    check_text(crash->system.distribution);
    if (crash->status == BT_READ_UNREADABLE)
        require(crash->problem.code != BT_PROBLEM_NONE && crash->problem.message != NULL);
}

static void describe_exception(const struct bt_dump *dump, struct bt_arena *arena)
{
    static struct bt_kb *kb;
    struct bt_exception_meaning meaning;
    if (kb == NULL)
        kb = bt_kb_new();
    require(kb != NULL);
    const struct bt_scene scene = {
        .kb = kb, .crash = dump->crash, .memory = dump->memory, .arena = arena};
    enum bt_status status = bt_exception_describe(&scene, &meaning, NULL);
    require(status == BT_OK || status == BT_E_LIMIT);
    if (status == BT_OK) {
        check_text(meaning.meaning);
        check_text(meaning.hint);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bt_arena *arena = bt_arena_new(BT_LIMIT_ARENA);
    struct bt_span bytes = {.data = data, .size = size, .file_offset = 0};
    struct bt_source *source = NULL;
    struct bt_dump dump = {0};
    struct bt_error err;
    require(arena != NULL && bt_source_open_memory(bytes, &source, &err) == BT_OK);
    require(bt_arena_alloc(arena, 1, sizeof *dump.crash, &dump.crash, &err) == BT_OK);
    enum bt_status status = bt_dump_format_minidump.read(source, bytes, arena, &dump, &err);
    require(status == BT_OK || status == BT_E_LIMIT);
    if (status == BT_OK) {
        check_modules(dump.crash);
        check_threads(&dump);
        check_ranges(dump.crash);
        check_rest(dump.crash);
        describe_exception(&dump, arena);
    }
    bt_source_close(source);
    bt_arena_free(arena);
    return 0;
}
