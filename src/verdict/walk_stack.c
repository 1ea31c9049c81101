// SPDX-License-Identifier: MIT
//
// A kernel stack that is used up: the processor cannot push the frame of the page fault that
// this causes, and raises a double fault. Who has most of the frames tells more than where the
// end was met.
#include <inttypes.h>

#include "verdict/walk_parts.h"

enum {
    UNEXPECTED_KERNEL_MODE_TRAP = 0x7f,
    DOUBLE_FAULT = 8,
    GUARD = 0x1000, // below the stack, never mapped
    // What the handler of a page fault needs beside its frame: the last that fits.
    NEARLY = 0x200,
    MODULES_MAX = 8,
};

struct share {
    const struct bt_module *module;
    size_t frames;
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

static size_t count_shares(const struct bt_crash *crash, struct share *shares)
{
    size_t used = 0;
    for (size_t i = 0; i < crash->frame_count; i++) {
        const struct bt_frame *f = &crash->frames[i];
        size_t k = 0;
        if (f->module == NULL || f->inlined)
            continue;
        while (k < used && shares[k].module != f->module)
            k++;
        if (k == MODULES_MAX)
            continue;
        if (k == used)
            shares[used++] = (struct share){.module = f->module};
        shares[k].frames++;
    }
    return used;
}

// The most frames first, the innermost of equals.
static void sort_shares(struct share *shares, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct share item = shares[i];
        size_t k = i;
        for (; k > 0 && shares[k - 1].frames < item.frames; k--)
            shares[k] = shares[k - 1];
        shares[k] = item;
    }
}

enum bt_status bt_walk_used_stack(const struct bt_scene *scene, struct bt_walks *walks,
                                  struct bt_error *err)
{
    const struct bt_crash *crash = scene->crash;
    struct share shares[MODULES_MAX];
    struct bt_buf text;
    if (!is_used_up(crash))
        return BT_OK;
    size_t count = count_shares(crash, shares);
    sort_shares(shares, count);
    bt_buf_init(&text, 1024);
    bt_buf_printf(&text, "all %" PRIu64 " KiB of the thread are used", // limits lie at pages
                  (crash->stack.base - crash->stack.limit) / 1024);
    for (size_t i = 0; i < count; i++) {
        bt_buf_printf(&text, "%s %s %zu", i == 0 ? "; frames of" : ",", shares[i].module->name,
                      shares[i].frames);
        if (walks->stack_user == NULL &&
            bt_scene_is_third_party(scene, shares[i].module->name)) {
            walks->stack_user = shares[i].module;
            walks->stack_user_frames = shares[i].frames;
        }
    }
    enum bt_status st = bt_walk_fact(scene, walks, "kernel stack", &text, err);
    bt_buf_fini(&text);
    return st;
}
