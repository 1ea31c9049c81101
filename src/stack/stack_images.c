// SPDX-License-Identifier: MIT
#include "stack/stack_images.h"

#include "image/exports.h"
#include "stack/unwind.h"

enum {
    // Without unwind tables nothing tells where a function ends: an export that far before an
    // address hardly ever is the function it is in.
    NAME_DISTANCE = 0x1000,
};

struct entry {
    bool tried, opened;
    bool exports_tried;
    struct bt_image image;
    struct bt_exports exports;
};

struct bt_stack_images {
    const struct bt_crash *crash;
    const struct bt_memory *memory;
    struct bt_arena *arena;
    struct entry **entries; // one for each module, NULL until it is needed
};

enum bt_status bt_stack_images_new(const struct bt_crash *crash, const struct bt_memory *memory,
                                   struct bt_arena *arena, struct bt_stack_images **ret,
                                   struct bt_error *err)
{
    struct bt_stack_images *images;
    BT_TRY(bt_arena_alloc(arena, 1, sizeof *images, &images, err));
    BT_TRY(bt_arena_alloc(arena, crash->module_count, sizeof(struct entry *), &images->entries,
                          err));
    images->crash = crash;
    images->memory = memory;
    images->arena = arena;
    *ret = images;
    return BT_OK;
}

// The entry of a module with its image open, or NULL.
static struct entry *open_entry(struct bt_stack_images *images, const struct bt_module *module)
{
    if (module == NULL || images->memory == NULL)
        return NULL;
    struct entry **slot = &images->entries[module - images->crash->modules];
    if (*slot == NULL && bt_arena_alloc(images->arena, 1, sizeof **slot, slot, NULL) != BT_OK)
        return NULL;
    struct entry *entry = *slot;
    if (!entry->tried) {
        entry->tried = true;
        entry->opened = bt_image_open(images->memory, module->base, images->arena,
                                      &entry->image, NULL) == BT_OK;
    }
    return entry->opened ? entry : NULL;
}

const struct bt_image *bt_stack_images_open(struct bt_stack_images *images,
                                            const struct bt_module *module)
{
    struct entry *entry = open_entry(images, module);
    return entry != NULL ? &entry->image : NULL;
}

static const struct bt_exports *open_exports(struct bt_stack_images *images,
                                             struct entry *entry)
{
    if (!entry->exports_tried) {
        entry->exports_tried = true;
        if (bt_exports_read(&entry->image, images->arena, &entry->exports, NULL) != BT_OK)
            entry->exports.count = 0;
    }
    return &entry->exports;
}

// Where tables tell the start of the function, only an export that is this start names it.
static bool is_name_of(const struct bt_image *image, const struct bt_export *found,
                       uint64_t rva)
{
    uint32_t start;
    if (bt_unwind_function_start(image, rva, &start, NULL) == BT_OK)
        return found->rva == start;
    return rva - found->rva < NAME_DISTANCE;
}

void bt_stack_images_name(struct bt_stack_images *images, struct bt_frame *frame, bool exact)
{
    struct entry *entry = open_entry(images, frame->module);
    if (entry == NULL)
        return;
    const uint64_t rva = frame->address - frame->module->base;
    const uint64_t inside = exact || rva == 0 ? rva : rva - 1;
    const struct bt_exports *exports = open_exports(images, entry);
    const struct bt_export *found = bt_exports_nearest(&entry->image, exports, inside);
    if (found == NULL || !is_name_of(&entry->image, found, inside))
        return;
    const char *name;
    if (bt_image_text(&entry->image, found->name_rva, images->arena, &name, NULL) != BT_OK ||
        name[0] == '\0')
        return;
    frame->function = name;
    frame->function_offset = rva - found->rva;
}
