// SPDX-License-Identifier: MIT
#include "windows/memory_facts.h"

#include <inttypes.h>

#include "image/exports.h"
#include "windows/debugger_block.h"
#include "windows/kernel_offsets.h"
#include "windows/kernel_search.h"
#include "windows/loaded_modules.h"
#include "windows/module_images.h"
#include "windows/processors.h"
#include "windows/shared_data.h"

enum {
    // Copies of structures whose size nothing tells: as much as any known field needs.
    DEFAULT_PROCESS = 0x800,
    DEFAULT_THREAD = 0x800,
    DEFAULT_CONTROL_BLOCK = 0x4000,
};

struct exploration {
    const struct bt_memory *memory;
    struct bt_arena *arena;
    struct bt_crash *crash;
    struct bt_crash_context *context;
    struct bt_kernel_input input; // with what is found put where there was nothing
    struct bt_debugger_data block;
    bool has_block;
    struct bt_kernel_place place; // where no list of modules tells it
};

// Absent facts are normal; what is left of other failures here is a full arena.
static bool is_fatal(enum bt_status st)
{
    return st == BT_E_NOMEM || st == BT_E_LIMIT;
}

static enum bt_status read_modules(struct exploration *x, bt_va head, struct bt_error *err)
{
    if (x->crash->module_count != 0 || head == 0)
        return BT_OK;
    enum bt_status st = bt_loaded_modules_read(x->memory, head, x->arena, x->crash, err);
    return is_fatal(st) ? st : BT_OK;
}

// The kernel is the first module that was loaded.
static bt_va kernel_base(const struct exploration *x)
{
    return x->crash->module_count != 0 ? x->crash->modules[0].base : x->place.base;
}

// Without a list of modules: where is the kernel?
static void search_kernel(struct exploration *x)
{
    if (x->crash->module_count == 0)
        bt_kernel_search(x->memory, x->context->known ? x->context->registers.ip : 0, x->arena,
                         &x->place);
}

static enum bt_status find_block(struct exploration *x, struct bt_error *err)
{
    struct bt_kernel_input *input = &x->input;
    const bt_va list = x->place.loaded_modules;
    const struct bt_debugger_hints hints = {
        .block = x->place.block != 0 ? x->place.block : input->debugger_data,
        .kernel_base = kernel_base(x),
        .loaded_modules = list != 0 ? list : input->loaded_modules,
        .active_processes = input->active_processes};
    struct bt_debugger_block block = {.address = 0};
    if (input->debugger_bytes.size == 0) {
        enum bt_status st = bt_debugger_block_find(x->memory, &hints, x->arena, &block, err);
        if (is_fatal(st))
            return st;
        input->debugger_bytes = block.raw;
    }
    if (block.scrambled)
        bt_note(x->crash, x->arena, "debugger-data-scrambled", BT_NO_OFFSET,
                "the debugger data block at 0x%" PRIx64
                " is scrambled, as in a system that runs: it was solved without its keys, from "
                "what is known of the kernel",
                block.address);
    x->has_block = bt_debugger_data_decode(input->debugger_bytes, x->memory->is64, &x->block,
                                           NULL) == BT_OK;
    return BT_OK;
}

// Where the kernel is said to be, without a list of modules; 0 unknown.
static bt_va told_base(const struct exploration *x)
{
    return x->has_block && x->block.kernel_base != 0 ? x->block.kernel_base : x->place.base;
}

// Without the list, the kernel at least: it tells the version of the system.
static enum bt_status take_kernel_alone(struct exploration *x, struct bt_error *err)
{
    const bt_va base = told_base(x);
    struct bt_image kernel;
    bt_crash_problem(x->crash, x->arena, BT_READ_PARTIAL, BT_PROBLEM_CORRUPT, BT_NO_OFFSET,
                     "The list of loaded modules is not in this dump, or leads nowhere: which "
                     "drivers there were is not known.");
    if (base == 0 || bt_image_open(x->memory, base, x->arena, &kernel, NULL) != BT_OK)
        return BT_OK;
    BT_TRY(bt_arena_alloc(x->arena, 1, sizeof *x->crash->modules, &x->crash->modules, err));
    x->crash->modules[0] =
        (struct bt_module){.base = base, .size = kernel.size, .name = "ntoskrnl.exe"};
    x->crash->module_count = 1;
    x->crash->modules_partial = true;
    return BT_OK;
}

static enum bt_status read_lists(struct exploration *x, struct bt_error *err)
{
    BT_TRY(read_modules(x, x->input.loaded_modules, err));
    search_kernel(x);
    BT_TRY(read_modules(x, x->place.loaded_modules, err));
    BT_TRY(find_block(x, err));
    if (x->has_block)
        BT_TRY(read_modules(x, x->block.loaded_modules, err));
    if (x->crash->module_count == 0)
        BT_TRY(read_modules(x, bt_kernel_find_modules(x->memory, told_base(x), x->arena), err));
    if (x->crash->module_count == 0)
        BT_TRY(take_kernel_alone(x, err));
    if (!x->has_block || x->crash->unloaded_count != 0)
        return BT_OK;
    enum bt_status st = bt_unloaded_modules_read(x->memory, &x->block, x->arena, x->crash, err);
    return is_fatal(st) ? st : BT_OK;
}

// KiBugCheckData: the stop as the kernel keeps it, for headers that were never filled in.
static void read_stop(struct exploration *x)
{
    const size_t word = x->memory->is64 ? 8 : 4;
    struct bt_stop *stop = &x->crash->stop;
    bt_va values[5];
    if (!x->has_block || x->block.bugcheck_data == 0 || (stop->present && stop->raw != 0))
        return;
    for (size_t i = 0; i < BT_COUNT(values); i++) {
        if (bt_memory_pointer(x->memory, x->block.bugcheck_data + i * word, &values[i], NULL) !=
            BT_OK)
            return;
    }
    if (values[0] == 0 || values[0] > UINT32_MAX)
        return;
    *stop = (struct bt_stop){.present = true,
                             .raw = (uint32_t)values[0],
                             .code = bt_stop_base_code((uint32_t)values[0]),
                             .parameters = {values[1], values[2], values[3], values[4]},
                             .parameter_bits = x->memory->is64 ? 64 : 32,
                             .parameter_count = 4};
    x->crash->generated_by_tool = false;
}

// NtBuildLab, where the debugger block does not lead to it: the kernel exports it.
static void find_build_lab(struct exploration *x)
{
    struct bt_image kernel;
    struct bt_exports exports;
    uint32_t rva;
    if ((!x->has_block || x->block.build_lab == 0) && x->input.build_lab == 0 &&
        bt_image_open(x->memory, kernel_base(x), x->arena, &kernel, NULL) == BT_OK &&
        bt_exports_read(&kernel, x->arena, &exports, NULL) == BT_OK &&
        bt_exports_find(&kernel, &exports, "NtBuildLab", &rva, NULL) == BT_OK)
        x->input.build_lab = kernel.base + rva;
}

// A copy of a structure, as far as it is in the dump; empty where it is not.
static enum bt_status copy_structure(const struct exploration *x, bt_va at,
                                     struct bt_opt32 size, uint32_t default_size,
                                     struct bt_span *ret, struct bt_error *err)
{
    uint8_t *raw;
    const size_t wanted = size.known ? size.value : default_size;
    if (ret->size != 0 || at == 0)
        return BT_OK;
    BT_TRY(bt_arena_alloc(x->arena, wanted, 1, &raw, err));
    size_t got = x->memory->read_some(x->memory, at, raw, wanted);
    *ret = (struct bt_span){.data = raw, .size = got, .file_offset = BT_NO_OFFSET};
    return BT_OK;
}

// The process that a thread is attached to, or 0.
static bt_va process_of(const struct exploration *x, bt_va thread)
{
    struct bt_kernel_offsets offsets;
    bt_va process = 0;
    bt_kernel_offsets_find(&x->crash->system, x->has_block ? &x->block : NULL, &offsets);
    if (thread == 0 || !offsets.thread.process.known ||
        bt_memory_pointer(x->memory, thread + offsets.thread.process.value, &process, NULL) !=
            BT_OK)
        return 0;
    return process;
}

static enum bt_status copy_structures(struct exploration *x, const struct bt_processor *p,
                                      struct bt_error *err)
{
    struct bt_kernel_input *input = &x->input;
    const bt_va process = process_of(x, p->thread);
    BT_TRY(copy_structure(x, p->control_block, x->block.prcb_size, DEFAULT_CONTROL_BLOCK,
                          &input->prcb, err));
    BT_TRY(copy_structure(x, p->thread, x->block.thread_size, DEFAULT_THREAD, &input->thread,
                          err));
    BT_TRY(copy_structure(x, process, x->block.process_size, DEFAULT_PROCESS, &input->process,
                          err));
    if (x->crash->process.thread_object == 0)
        x->crash->process.thread_object = p->thread;
    if (x->crash->process.process_object == 0)
        x->crash->process.process_object = process;
    return BT_OK;
}

// Whether an instruction is in the function that stops the system, as far as exports tell.
static bool is_in_stop(const struct bt_image *kernel, const struct bt_exports *exports,
                       bt_va ip)
{
    enum { LONGEST = 0x400 };
    uint32_t rva = 0;
    if (ip < kernel->base ||
        bt_exports_find(kernel, exports, "KeBugCheckEx", &rva, NULL) != BT_OK)
        return false;
    const struct bt_export *nearest = bt_exports_nearest(kernel, exports, ip - kernel->base);
    return nearest != NULL && nearest->rva == rva && ip - kernel->base - rva < LONGEST;
}

// The one processor that is in the function that stops the system, or NULL: where neither the
// header nor the registers tell which it was.
static const struct bt_processor *find_stopping(const struct exploration *x,
                                                const struct bt_processors *processors)
{
    const struct bt_processor *found = NULL;
    struct bt_image kernel;
    struct bt_exports exports;
    if (bt_image_open(x->memory, kernel_base(x), x->arena, &kernel, NULL) != BT_OK ||
        bt_exports_read(&kernel, x->arena, &exports, NULL) != BT_OK)
        return NULL;
    for (size_t i = 0; i < processors->count; i++) {
        const struct bt_processor *p = &processors->items[i];
        if (!p->has_context || !is_in_stop(&kernel, &exports, p->context.ip))
            continue;
        if (found != NULL)
            return NULL;
        found = p;
    }
    return found;
}

static enum bt_status find_processor(struct exploration *x, struct bt_error *err)
{
    struct bt_processors processors;
    BT_TRY(bt_processors_read(x->memory, x->has_block ? &x->block : NULL, x->crash, x->arena,
                              &processors, err));
    if (!x->crash->system.processors.known && processors.count != 0)
        x->crash->system.processors = bt_some32((uint32_t)processors.count);
    const struct bt_processor *p = bt_processors_crashing(
        &processors, x->memory, x->crash, x->context->known ? &x->context->registers : NULL);
    if (p == NULL && !x->context->known)
        p = find_stopping(x, &processors);
    if (p == NULL)
        return BT_OK;
    if (!x->crash->processor.known)
        x->crash->processor = bt_some32(p->index);
    if (!x->context->known && p->has_context)
        *x->context = (struct bt_crash_context){.known = true, .registers = p->context};
    return copy_structures(x, p, err);
}

// The dump holds the whole stack of the thread, if the crash was on it.
static void find_stack(const struct exploration *x)
{
    struct bt_stack_memory *stack = &x->crash->stack;
    const bt_va sp = x->context->registers.sp;
    if (stack->end == 0 && x->context->known && sp >= stack->limit && sp < stack->base) {
        stack->start = stack->limit;
        stack->end = stack->base;
    }
}

enum bt_status bt_memory_facts_read(const struct bt_kernel_input *input, struct bt_arena *arena,
                                    struct bt_crash *crash, struct bt_crash_context *context,
                                    struct bt_error *err)
{
    struct exploration x = {.memory = input->memory,
                            .arena = arena,
                            .crash = crash,
                            .context = context,
                            .input = *input};
    if (x.memory != NULL) {
        BT_TRY(read_lists(&x, err));
        read_stop(&x);
        bt_shared_data_describe(x.memory, crash);
        find_build_lab(&x);
        BT_TRY(find_processor(&x, err));
        bt_module_images_read(x.memory, arena, crash);
        bt_loaded_modules_settle(arena, crash);
    }
    BT_TRY(bt_windows_describe(&x.input, arena, crash, err));
    find_stack(&x);
    return BT_OK;
}
