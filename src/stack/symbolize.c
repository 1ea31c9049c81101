// SPDX-License-Identifier: MIT
#include "stack/symbolize.h"

#include <inttypes.h>
#include <string.h>

struct frame_list {
    struct bt_frame items[BT_LIMIT_FRAMES];
    size_t count;
};

// The frame once more, as one of the functions that its address stands for.
static void add_call(struct frame_list *list, const struct bt_frame *frame,
                     const struct bt_symbol *symbol, enum bt_name_origin origin)
{
    if (list->count == BT_LIMIT_FRAMES)
        return;
    struct bt_frame *out = &list->items[list->count++];
    *out = *frame;
    out->file = symbol->file;
    out->line = symbol->line;
    out->inlined = symbol->inlined;
    if (symbol->function == NULL)
        return;
    out->function = symbol->function;
    out->function_offset = symbol->function_offset;
    out->origin = symbol->inlined ? BT_NAME_FUNCTION : origin;
}

static enum bt_status add_frame(struct bt_stack_images *images, struct frame_list *list,
                                const struct bt_frame *frame, bool exact, struct bt_error *err)
{
    struct bt_symbol_chain chain;
    enum bt_name_origin origin = BT_NAME_NONE;
    enum bt_status st = BT_ABSENT;
    bt_va inside = exact ? frame->address : frame->address - 1;
    if (frame->module != NULL && inside >= frame->module->base)
        st = bt_stack_images_symbols(images, frame->module, inside, &chain, &origin, err);
    if (st != BT_OK && st != BT_ABSENT)
        return st;
    if (st == BT_ABSENT) {
        chain.count = 1;
        chain.items[0] = (struct bt_symbol){.file = frame->file, .line = frame->line};
    }
    for (size_t i = 0; i < chain.count; i++) {
        // The distance counts from the frame's own address.
        if (!exact)
            chain.items[i].function_offset++;
        add_call(list, frame, &chain.items[i], origin);
    }
    return BT_OK;
}

enum bt_status bt_symbolize_frames(struct bt_stack_images *images, const bool *exact,
                                   struct bt_frame *frames, size_t *count, struct bt_error *err)
{
    struct frame_list list = {.count = 0};
    for (size_t i = 0; i < *count; i++)
        BT_TRY(add_frame(images, &list, &frames[i], exact[i], err));
    memcpy(frames, list.items, list.count * sizeof *frames);
    *count = list.count;
    return BT_OK;
}

enum bt_status bt_symbolize_address(const struct bt_crash *crash,
                                    const struct bt_memory *memory, struct bt_symbols *symbols,
                                    bt_va address, struct bt_arena *arena, const char **ret,
                                    struct bt_error *err)
{
    const struct bt_module *module = bt_module_at(crash, address);
    struct bt_stack_images *images;
    struct bt_symbol_chain chain;
    enum bt_name_origin origin;
    if (symbols == NULL || module == NULL)
        return BT_ABSENT;
    BT_TRY(bt_stack_images_new(crash, memory, symbols, arena, &images, err));
    enum bt_status st = bt_stack_images_symbols(images, module, address, &chain, &origin, err);
    bt_stack_images_close(images);
    if (st != BT_OK)
        return st;
    const struct bt_symbol *function = &chain.items[chain.count - 1];
    if (function->function == NULL)
        return BT_ABSENT;
    if (function->function_offset == 0) {
        *ret = function->function;
        return BT_OK;
    }
    return bt_arena_printf(arena, ret, err, "%s+0x%" PRIx64, function->function,
                           function->function_offset);
}
