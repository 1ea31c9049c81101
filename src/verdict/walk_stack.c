// SPDX-License-Identifier: MIT
//
// A kernel stack that is used up: the processor cannot push the frame of the page fault that
// this causes, and raises a double fault. Who has most of the frames tells more than where the
// end was met.
#include <inttypes.h>

#include "verdict/module_counts.h"
#include "verdict/walk_parts.h"

enum {
    UNEXPECTED_KERNEL_MODE_TRAP = 0x7f,
    DOUBLE_FAULT = 8,
    GUARD = 0x1000, // below the stack, never mapped
    // What the handler of a page fault needs beside its frame: the last that fits.
    NEARLY = 0x200,
};

static bool is_used_up(const struct bt_crash *crash)
{
    const struct bt_stack_memory *s = &crash->stack;
    if (crash->stop.code != UNEXPECTED_KERNEL_MODE_TRAP ||
        crash->stop.parameters[0] != DOUBLE_FAULT || crash->frame_count == 0 ||
        crash->frames[0].trust != BT_TRUST_CONTEXT || s->limit < GUARD || s->limit >= s->base)
        return false;
    const bt_va sp = crash->frames[0].stack_pointer;
    return sp >= s->limit - GUARD && sp < s->limit + NEARLY;
}

static void count_frames(const struct bt_crash *crash, struct bt_module_counts *counts)
{
    for (size_t i = 0; i < crash->frame_count; i++) {
        const struct bt_frame *f = &crash->frames[i];
        if (f->module != NULL && !f->inlined)
            bt_module_counts_add(counts, f->module);
    }
    bt_module_counts_sort(counts);
}

// The third party with the most frames.
static void find_user(const struct bt_scene *scene, const struct bt_module_counts *counts,
                      struct bt_walks *walks)
{
    for (size_t i = 0; i < counts->used && walks->stack_user == NULL; i++) {
        if (!bt_scene_is_third_party(scene, counts->items[i].module->name))
            continue;
        walks->stack_user = counts->items[i].module;
        walks->stack_user_frames = counts->items[i].count;
    }
}

enum bt_status bt_walk_used_stack(const struct bt_scene *scene, struct bt_walks *walks,
                                  struct bt_error *err)
{
    const struct bt_crash *crash = scene->crash;
    struct bt_module_counts counts = {.used = 0};
    struct bt_buf text;
    if (!is_used_up(crash))
        return BT_OK;
    count_frames(crash, &counts);
    find_user(scene, &counts, walks);
    bt_buf_init(&text, 1024);
    bt_buf_printf(&text, "all %" PRIu64 " KiB of the thread are used", // limits lie at pages
                  (crash->stack.base - crash->stack.limit) / 1024);
    if (counts.used != 0)
        bt_buf_text(&text, "; frames of");
    bt_module_counts_write(&counts, &text);
    enum bt_status st = bt_walk_fact(scene, walks, "kernel stack", &text, err);
    bt_buf_fini(&text);
    return st;
}
