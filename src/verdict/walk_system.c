// SPDX-License-Identifier: MIT
//
// Processes, threads and processors that a stop names. Where their fields are differs by build:
// the debugger block of the dump and the offset table of the windows room tell.
#include <inttypes.h>

#include "base/text.h"
#include "memory/debugger_data.h"
#include "verdict/walk_parts.h"
#include "windows/kernel_offsets.h"

enum { NAME_SIZE = 15, LARGEST_CONTEXT = 0xb00 };

static bool read_debugger_block(const struct bt_scene *scene, struct bt_debugger_data *ret)
{
    uint8_t bytes[BT_DEBUGGER_DATA_SIZE];
    struct bt_span raw = {.data = bytes};
    if (scene->kernel == NULL)
        return false;
    if (scene->kernel->debugger_bytes.size != 0)
        raw = scene->kernel->debugger_bytes;
    else
        raw.size = scene->memory->read_some(scene->memory, scene->kernel->debugger_data, bytes,
                                            sizeof bytes);
    return bt_debugger_data_decode(raw, scene->memory->is64, ret, NULL) == BT_OK;
}

static void find_offsets(const struct bt_scene *scene, struct bt_kernel_offsets *ret)
{
    struct bt_debugger_data block;
    bool known = read_debugger_block(scene, &block);
    bt_kernel_offsets_find(&scene->crash->system, known ? &block : NULL, ret);
}

// "svchost.exe (1234)"; false where the name is not in the dump or is no name.
static bool describe_process(const struct bt_scene *scene, const struct bt_kernel_offsets *o,
                             bt_va va, struct bt_buf *out)
{
    uint8_t bytes[NAME_SIZE];
    struct bt_span raw = {.data = bytes, .size = sizeof bytes};
    const char *name;
    bt_va pid;
    if (!o->process.name.known ||
        bt_memory_read(scene->memory, va + o->process.name.value, bytes, sizeof bytes, NULL) !=
            BT_OK ||
        bytes[0] < 0x20 || bytes[0] >= 0x7f ||
        bt_text_bytes(raw, scene->arena, &name, NULL) != BT_OK)
        return false;
    bt_buf_text(out, name);
    if (o->process.pid.known &&
        bt_memory_pointer(scene->memory, va + o->process.pid.value, &pid, NULL) == BT_OK)
        bt_buf_printf(out, " (%" PRIu64 ")", pid);
    return true;
}

enum bt_status bt_walk_process(const struct bt_scene *scene, struct bt_walks *walks, bt_va va,
                               struct bt_error *err)
{
    struct bt_kernel_offsets offsets;
    struct bt_buf text;
    enum bt_status st = BT_OK;
    find_offsets(scene, &offsets);
    bt_buf_init(&text, 256);
    if (describe_process(scene, &offsets, va, &text))
        st = bt_walk_fact(scene, walks, "process", &text, err);
    bt_buf_fini(&text);
    return st;
}

// "thread 4711 of explorer.exe (1234)"
enum bt_status bt_walk_thread(const struct bt_scene *scene, struct bt_walks *walks, bt_va va,
                              struct bt_error *err)
{
    struct bt_kernel_offsets o;
    struct bt_buf text;
    enum bt_status st = BT_OK;
    bt_va pid, tid, process;
    bt_va word = scene->memory->is64 ? 8 : 4;
    find_offsets(scene, &o);
    if (!o.thread.cid.known ||
        bt_memory_pointer(scene->memory, va + o.thread.cid.value, &pid, NULL) != BT_OK ||
        bt_memory_pointer(scene->memory, va + o.thread.cid.value + word, &tid, NULL) != BT_OK)
        return BT_OK;
    bt_buf_init(&text, 256);
    bt_buf_printf(&text, "thread %" PRIu64 " of ", tid);
    if (!o.thread.process.known ||
        bt_memory_pointer(scene->memory, va + o.thread.process.value, &process, NULL) !=
            BT_OK ||
        !describe_process(scene, &o, process, &text))
        bt_buf_printf(&text, "process %" PRIu64, pid);
    st = bt_walk_fact(scene, walks, "thread", &text, err);
    bt_buf_fini(&text);
    return st;
}

// What another processor was doing when the system stopped: its saved context.
enum bt_status bt_walk_processor(const struct bt_scene *scene, struct bt_walks *walks, bt_va va,
                                 struct bt_error *err)
{
    struct bt_debugger_data block;
    struct bt_registers r;
    uint8_t bytes[LARGEST_CONTEXT];
    bt_va context;
    size_t size = bt_context_size(scene->crash->system.arch);
    if (!read_debugger_block(scene, &block) || !block.prcb_context.known || size == 0 ||
        size > sizeof bytes ||
        bt_memory_pointer(scene->memory, va + block.prcb_context.value, &context, NULL) !=
            BT_OK ||
        bt_memory_read(scene->memory, context, bytes, size, NULL) != BT_OK)
        return BT_OK;
    struct bt_span raw = {.data = bytes, .size = size};
    if (bt_context_decode(raw, scene->crash->system.arch, &r, NULL) != BT_OK)
        return BT_OK;
    struct bt_buf text;
    bt_buf_init(&text, 256);
    const struct bt_module *m = bt_module_at(scene->crash, r.ip);
    if (m != NULL)
        bt_buf_printf(&text, "was at %s+0x%" PRIx64, m->name, r.ip - m->base);
    else
        bt_buf_printf(&text, "was at 0x%" PRIx64 ", in no module", r.ip);
    enum bt_status st = bt_walk_fact(scene, walks, "processor", &text, err);
    bt_buf_fini(&text);
    return st;
}
