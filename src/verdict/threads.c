// SPDX-License-Identifier: MIT
#include "verdict/threads.h"

#include <inttypes.h>

#include "base/limits.h"
#include "stack/stack.h"
#include "stack/stack_images.h"

static enum bt_status walk_thread(const struct bt_scene *scene, struct bt_stack_images *images,
                                  const struct bt_registers *context, struct bt_thread *thread,
                                  struct bt_error *err)
{
    struct bt_stack_input input = {
        .memory = scene->memory,
        .registers = context->arch != BT_ARCH_UNKNOWN ? context : NULL,
        .scan_from = thread->stack.start,
        .scan_end = thread->stack.end,
        .symbols = scene->symbols,
        .images = images,
    };
    return bt_stack_walk(&input, scene->crash, scene->arena, &thread->frames,
                         &thread->frame_count, err);
}

static enum bt_status walk_all(const struct bt_scene *scene, struct bt_stack_images *images,
                               const struct bt_registers *contexts, struct bt_error *err)
{
    struct bt_crash *crash = scene->crash;
    for (size_t i = 0; i < crash->thread_count; i++) {
        struct bt_thread *thread = &crash->threads[i];
        if (crash->crashing_thread.known && crash->crashing_thread.value == i) {
            thread->frames = crash->frames;
            thread->frame_count = crash->frame_count;
        } else if (i < BT_LIMIT_WALKED_THREADS) {
            BT_TRY(walk_thread(scene, images, &contexts[i], thread, err));
        }
    }
    return BT_OK;
}

enum bt_status bt_threads_walk(const struct bt_scene *scene,
                               const struct bt_registers *contexts, struct bt_error *err)
{
    struct bt_crash *crash = scene->crash;
    struct bt_stack_images *images;
    crash->threads_walked = true;
    if (contexts == NULL)
        return BT_OK;
    if (crash->thread_count > BT_LIMIT_WALKED_THREADS)
        bt_note(crash, scene->arena, "threads-not-walked", BT_NO_OFFSET,
                "of %zu threads the stacks of the first %u were walked", crash->thread_count,
                BT_LIMIT_WALKED_THREADS);
    BT_TRY(
        bt_stack_images_new(crash, scene->memory, scene->symbols, scene->arena, &images, err));
    enum bt_status st = walk_all(scene, images, contexts, err);
    bt_stack_images_close(images);
    return st;
}
