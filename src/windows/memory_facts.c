// SPDX-License-Identifier: MIT
#include "windows/memory_facts.h"

#include <string.h>

#include "image/exports.h"
#include "windows/debugger_block.h"
#include "windows/loaded_modules.h"
#include "windows/module_images.h"
#include "windows/processors.h"
#include "windows/shared_data.h"

enum {
    // KTHREAD.ApcState.Process of 32-bit Windows before the debugger block told it: NT 4 to XP.
    OLD_THREAD_PROCESS = 0x44,
    // Copies of structures whose size nothing tells.
    DEFAULT_PROCESS = 0x300,
    DEFAULT_THREAD = 0x260,
    DEFAULT_CONTROL_BLOCK = 0x800,
};

struct exploration {
    const struct bt_memory *memory;
    struct bt_arena *arena;
    struct bt_crash *crash;
    struct bt_memory_facts *facts;
    struct bt_debugger_data block;
    bool has_block;
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
static bt_va kernel_base(const struct bt_crash *crash)
{
    return crash->module_count != 0 ? crash->modules[0].base : 0;
}

static enum bt_status find_block(struct exploration *x, struct bt_error *err)
{
    struct bt_kernel_input *input = &x->facts->input;
    const struct bt_debugger_hints hints = {.block = input->debugger_data,
                                            .kernel_base = kernel_base(x->crash),
                                            .loaded_modules = input->loaded_modules};
    if (input->debugger_bytes.size == 0) {
        enum bt_status st =
            bt_debugger_block_find(x->memory, &hints, x->arena, &input->debugger_bytes, err);
        if (is_fatal(st))
            return st;
    }
    x->has_block = bt_debugger_data_decode(input->debugger_bytes, x->memory->is64, &x->block,
                                           NULL) == BT_OK;
    return BT_OK;
}

static enum bt_status read_lists(struct exploration *x, struct bt_error *err)
{
    BT_TRY(read_modules(x, x->facts->input.loaded_modules, err));
    BT_TRY(find_block(x, err));
    if (!x->has_block)
        return BT_OK;
    BT_TRY(read_modules(x, x->block.loaded_modules, err));
    if (x->crash->unloaded_count != 0)
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

// NtBuildLab, where the debugger block does not lead to it: the kernel exports it too.
static void read_build_lab(struct exploration *x)
{
    enum { LAB_SIZE = 128 };
    struct bt_image kernel;
    struct bt_exports exports;
    uint32_t rva;
    if ((x->has_block && x->block.build_lab != 0) || x->crash->system.build_lab != NULL ||
        bt_image_open(x->memory, kernel_base(x->crash), x->arena, &kernel, NULL) != BT_OK ||
        bt_exports_read(&kernel, x->arena, &exports, NULL) != BT_OK ||
        bt_exports_find(&kernel, &exports, "NtBuildLab", &rva, NULL) != BT_OK)
        return;
    const char *text;
    if (bt_image_text(&kernel, rva, x->arena, &text, NULL) == BT_OK && text[0] != '\0' &&
        strlen(text) < LAB_SIZE)
        x->crash->system.build_lab = text;
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
    struct bt_opt32 offset = x->block.thread_process;
    bt_va process = 0;
    if (!offset.known && x->crash->system.arch == BT_ARCH_X86)
        offset = bt_some32(OLD_THREAD_PROCESS);
    if (thread == 0 || !offset.known ||
        bt_memory_pointer(x->memory, thread + offset.value, &process, NULL) != BT_OK)
        return 0;
    return process;
}

static enum bt_status copy_structures(struct exploration *x, const struct bt_processor *p,
                                      struct bt_error *err)
{
    struct bt_kernel_input *input = &x->facts->input;
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

static enum bt_status find_processor(struct exploration *x, const struct bt_registers *context,
                                     struct bt_error *err)
{
    struct bt_processors processors;
    BT_TRY(bt_processors_read(x->memory, x->has_block ? &x->block : NULL, x->crash, x->arena,
                              &processors, err));
    const struct bt_processor *p =
        bt_processors_crashing(&processors, x->memory, x->crash, context);
    if (p == NULL)
        return BT_OK;
    if (!x->crash->processor.known)
        x->crash->processor = bt_some32(p->index);
    if (!x->facts->has_context && p->has_context) {
        x->facts->context = p->context;
        x->facts->has_context = true;
    }
    return copy_structures(x, p, err);
}

enum bt_status bt_memory_facts_read(const struct bt_kernel_input *input,
                                    const struct bt_registers *context, struct bt_arena *arena,
                                    struct bt_crash *crash, struct bt_memory_facts *ret,
                                    struct bt_error *err)
{
    *ret = (struct bt_memory_facts){.input = *input, .has_context = context != NULL};
    if (context != NULL)
        ret->context = *context;
    if (input->memory == NULL)
        return BT_OK;
    struct exploration x = {
        .memory = input->memory, .arena = arena, .crash = crash, .facts = ret};
    BT_TRY(read_lists(&x, err));
    read_stop(&x);
    read_build_lab(&x);
    bt_shared_data_describe(x.memory, crash);
    BT_TRY(find_processor(&x, context, err));
    bt_module_images_read(x.memory, arena, crash);
    return BT_OK;
}
