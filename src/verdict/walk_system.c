// SPDX-License-Identifier: MIT
//
// Processes, threads and processors that a stop names. Where their fields are differs by build:
// the debugger block of the dump and the offset table of the windows room tell.
#include <inttypes.h>

#include "base/text.h"
#include "stack/stack.h"
#include "verdict/walk_parts.h"
#include "windows/kernel_offsets.h"

enum { NAME_SIZE = 15, LARGEST_CONTEXT = 0xb00, POWER_STATE_FAILURE = 0x9f };

bool bt_walk_debugger_data(const struct bt_scene *scene, struct bt_debugger_data *ret)
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
    bool known = bt_walk_debugger_data(scene, &block);
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
    bt_buf_init(&text, 1024);
    if (describe_process(scene, &offsets, va, &text)) {
        st = bt_walk_fact(scene, walks, "process", &text, err);
        if (st == BT_OK && walks->count != 0)
            walks->process = walks->facts[walks->count - 1].text;
    }
    bt_buf_fini(&text);
    return st;
}

// The innermost third party of a stack that is not the crash's own.
static enum bt_status find_on_stack(const struct bt_scene *scene,
                                    const struct bt_stack_input *input, struct bt_buf *text,
                                    bt_va *ret_address, const struct bt_module **ret,
                                    struct bt_error *err)
{
    enum { SHOWN = 6 };
    struct bt_frame *frames;
    size_t count;
    size_t shown = 0;
    const struct bt_module *last = NULL;
    *ret = NULL;
    BT_TRY(bt_stack_walk(input, scene->crash, scene->arena, &frames, &count, err));
    for (size_t i = 0; i < count; i++) {
        const struct bt_module *m = frames[i].module;
        if (m == NULL || m == last)
            continue;
        last = m;
        if (shown++ < SHOWN)
            bt_buf_printf(text, "%s%s", shown == 1 ? ", on its stack " : " < ", m->name);
        if (*ret == NULL && bt_scene_is_third_party(scene, m->name)) {
            *ret = m;
            *ret_address = frames[i].address;
        }
    }
    return BT_OK;
}

static void add_bystander(struct bt_walks *walks, const struct bt_module *module, bt_va address,
                          const char *reason)
{
    if (module == NULL || walks->bystander != NULL)
        return;
    walks->bystander = module;
    walks->bystander_address = address;
    walks->bystander_reason = reason;
}

// A thread that waits keeps its stack pointer. What it waits in is the fault of stop 0x9F,
// which is raised because it does not go on; elsewhere it is only worth a look.
static enum bt_status look_at_waiting(const struct bt_scene *scene, struct bt_walks *walks,
                                      bt_va thread, struct bt_buf *text, struct bt_error *err)
{
    struct bt_debugger_data block;
    struct bt_stack_input input = {.memory = scene->memory, .symbols = scene->symbols};
    const struct bt_module *module;
    bt_va address = 0;
    if (thread == scene->crash->process.thread_object ||
        !bt_walk_debugger_data(scene, &block) || !block.thread_kernel_stack.known ||
        bt_memory_pointer(scene->memory, thread + block.thread_kernel_stack.value,
                          &input.scan_from, NULL) != BT_OK)
        return BT_OK;
    if (block.thread_stack_base.known)
        (void)!bt_memory_pointer(scene->memory, thread + block.thread_stack_base.value,
                                 &input.scan_end, NULL);
    BT_TRY(find_on_stack(scene, &input, text, &address, &module, err));
    if (module != NULL && scene->crash->stop.code == POWER_STATE_FAILURE)
        bt_walk_suspect(scene, walks, module, BT_CONFIDENCE_MEDIUM,
                        "the thread that the system waited for waits in it");
    else
        add_bystander(walks, module, address, "on the stack of the thread that the stop names");
    return BT_OK;
}

// "thread 4711 of explorer.exe (1234)"; false where its identity is not in the dump.
static bool describe_thread(const struct bt_scene *scene, const struct bt_kernel_offsets *o,
                            bt_va va, struct bt_buf *out)
{
    bt_va pid, tid, process;
    const bt_va word = scene->memory->is64 ? 8 : 4;
    if (!o->thread.cid.known ||
        bt_memory_pointer(scene->memory, va + o->thread.cid.value, &pid, NULL) != BT_OK ||
        bt_memory_pointer(scene->memory, va + o->thread.cid.value + word, &tid, NULL) != BT_OK)
        return false;
    bt_buf_printf(out, "thread %" PRIu64 " of ", tid);
    if (!o->thread.process.known ||
        bt_memory_pointer(scene->memory, va + o->thread.process.value, &process, NULL) !=
            BT_OK ||
        !describe_process(scene, o, process, out))
        bt_buf_printf(out, "process %" PRIu64, pid);
    return true;
}

enum bt_status bt_walk_thread(const struct bt_scene *scene, struct bt_walks *walks, bt_va va,
                              struct bt_error *err)
{
    struct bt_kernel_offsets o;
    struct bt_buf text;
    enum bt_status st = BT_OK;
    find_offsets(scene, &o);
    bt_buf_init(&text, 1024);
    if (describe_thread(scene, &o, va, &text)) {
        st = look_at_waiting(scene, walks, va, &text, err);
        if (st == BT_OK)
            st = bt_walk_fact(scene, walks, "thread", &text, err);
    }
    bt_buf_fini(&text);
    return st;
}

// The thread that a processor runs, by its control block.
static void describe_running(const struct bt_scene *scene, bt_va control, struct bt_buf *out)
{
    struct bt_kernel_offsets o;
    const size_t before = out->size;
    bt_va thread;
    find_offsets(scene, &o);
    if (!o.processor.thread.known ||
        bt_memory_pointer(scene->memory, control + o.processor.thread.value, &thread, NULL) !=
            BT_OK ||
        thread == 0)
        return;
    bt_buf_text(out, "runs ");
    if (!describe_thread(scene, &o, thread, out))
        bt_buf_cut(out, before);
}

// The registers that another processor saved when the system stopped. One that hangs with its
// interrupts off could not.
static bool read_saved(const struct bt_scene *scene, bt_va control, struct bt_registers *ret)
{
    struct bt_debugger_data block;
    uint8_t bytes[LARGEST_CONTEXT];
    bt_va context;
    const size_t size = bt_context_size(scene->crash->system.arch);
    struct bt_span raw = {.data = bytes, .size = size};
    return bt_walk_debugger_data(scene, &block) && block.prcb_context.known && size != 0 &&
           size <= sizeof bytes &&
           bt_memory_pointer(scene->memory, control + block.prcb_context.value, &context,
                             NULL) == BT_OK &&
           bt_memory_read(scene->memory, context, bytes, size, NULL) == BT_OK &&
           bt_context_decode(raw, scene->crash->system.arch, ret, NULL) == BT_OK &&
           ret->ip != 0;
}

static enum bt_status describe_saved(const struct bt_scene *scene, struct bt_walks *walks,
                                     const struct bt_registers *r, struct bt_buf *text,
                                     struct bt_error *err)
{
    const struct bt_module *m = bt_module_at(scene->crash, r->ip);
    const struct bt_module *suspect;
    bt_va address = 0;
    struct bt_stack_input input = {
        .memory = scene->memory, .registers = r, .symbols = scene->symbols};
    bt_buf_text(text, text->size != 0 ? ", was at " : "was at ");
    if (m != NULL)
        bt_buf_printf(text, "%s+0x%" PRIx64, m->name, r->ip - m->base);
    else
        bt_buf_printf(text, "0x%" PRIx64 "%s", r->ip,
                      bt_is_outside_modules(scene->crash, r->ip) ? ", in no module" : "");
    BT_TRY(find_on_stack(scene, &input, text, &address, &suspect, err));
    add_bystander(walks, suspect, address, "on the stack of the processor that hangs");
    return BT_OK;
}

// What another processor was doing when the system stopped.
enum bt_status bt_walk_processor(const struct bt_scene *scene, struct bt_walks *walks, bt_va va,
                                 struct bt_error *err)
{
    struct bt_registers r;
    struct bt_buf text;
    enum bt_status st = BT_OK;
    bt_buf_init(&text, 1024);
    if (va != 0)
        describe_running(scene, va, &text);
    if (va != 0 && read_saved(scene, va, &r))
        st = describe_saved(scene, walks, &r, &text, err);
    if (st == BT_OK && text.size != 0)
        st = bt_walk_fact(scene, walks, "processor", &text, err);
    bt_buf_fini(&text);
    return st;
}
