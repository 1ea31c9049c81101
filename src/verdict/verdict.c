// SPDX-License-Identifier: MIT
#include "verdict/verdict.h"

#include <string.h>

#include "stack/stack.h"
#include "verdict/culprit.h"
#include "verdict/instruction.h"
#include "verdict/signature.h"
#include "verdict/user_culprit.h"

static enum bt_status walk_stack(const struct bt_scene *scene, const struct bt_fault *fault,
                                 struct bt_error *err)
{
    struct bt_crash *crash = scene->crash;
    struct bt_stack_input input = {
        .memory = scene->memory,
        .registers = fault->has_registers ? &fault->registers : scene->context,
        .scan_from = crash->stack.start,
        .scan_end = crash->stack.end,
        .symbols = scene->symbols,
        .joins_thread = true,
    };
    return bt_stack_walk(&input, crash, scene->arena, &crash->frames, &crash->frame_count, err);
}

static enum bt_status copy_objects(const struct bt_scene *scene, const struct bt_walks *walks,
                                   struct bt_result *result, struct bt_error *err)
{
    BT_TRY(bt_arena_alloc(scene->arena, walks->count, sizeof *result->objects, &result->objects,
                          err));
    if (walks->count != 0)
        memcpy(result->objects, walks->facts, walks->count * sizeof *result->objects);
    result->object_count = walks->count;
    return BT_OK;
}

enum bt_status bt_verdict_gather(const struct bt_scene *scene, struct bt_evidence_base *ret,
                                 struct bt_result *result, struct bt_error *err)
{
    BT_TRY(bt_fault_find(scene, &ret->fault, err));
    BT_TRY(walk_stack(scene, &ret->fault, err));
    BT_TRY(bt_walks_open(scene, &ret->walks, err));
    BT_TRY(copy_objects(scene, &ret->walks, result, err));
    return bt_instruction_describe(scene, &ret->fault, &result->instruction,
                                   &result->instruction_count, err);
}

enum bt_status bt_verdict_conclude(const struct bt_scene *scene,
                                   const struct bt_evidence_base *base,
                                   struct bt_result *result, struct bt_error *err)
{
    if (scene->crash->stop.present)
        BT_TRY(bt_culprit_decide(scene, &base->fault, &base->walks, &result->verdict, err));
    else
        BT_TRY(bt_user_culprit_decide(scene, &base->fault, &result->verdict, err));
    return bt_signature_make(scene, &result->verdict, &base->walks, &result->signature, err);
}
