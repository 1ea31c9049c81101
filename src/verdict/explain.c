// SPDX-License-Identifier: MIT
#include "verdict/explain.h"

#include <string.h>

#include "base/text.h"
#include "rules/rules.h"
#include "verdict/exception.h"
#include "verdict/parameter_kinds.h"

enum {
    PARAMETERS = 4,
    // Rows of one value table whose masks may hold at once: "write; a zone between blocks".
    MASKED_ROWS = 4,
};

struct explanation {
    const struct bt_scene *scene;
    struct bt_kb_stop stop;
    // Lists that say what parameters are, tried from the first on: those that a value brought,
    // then the stop's own.
    struct bt_kb_list roles[PARAMETERS + 1];
    size_t role_count;
};

static bool holds(const struct explanation *e, struct bt_kb_expr when)
{
    return bt_rules_eval(e->scene->kb, when, e->scene->crash) == BT_TRUE;
}

// The value rows that fit one parameter: the first without a mask, or the first of each mask.
static size_t find_values(const struct explanation *e, unsigned p, uint64_t value,
                          struct bt_kb_value ret[MASKED_ROWS])
{
    size_t count = 0;
    struct bt_kb_value row;
    for (size_t i = 0; count < MASKED_ROWS && bt_kb_value_at(e->stop.values, i, &row); i++) {
        if (row.p != p || !bt_kb_value_fits(&row, value))
            continue;
        bool taken = count != 0 && row.mask == UINT64_MAX;
        for (size_t k = 0; k < count; k++)
            taken = taken || ret[k].mask == row.mask;
        if (taken || !holds(e, row.when))
            continue;
        ret[count++] = row;
        if (row.mask == UINT64_MAX)
            break;
    }
    return count;
}

static enum bt_status explain_value(struct explanation *e, unsigned p,
                                    struct bt_stop_meaning *meaning, struct bt_error *err)
{
    struct bt_parameter *parameter = &meaning->parameters[p - 1];
    struct bt_kb_value rows[MASKED_ROWS];
    size_t count = find_values(e, p, parameter->value, rows);
    for (size_t i = 0; i < count; i++) {
        if (parameter->meaning == NULL)
            parameter->meaning = rows[i].means;
        else
            BT_TRY(bt_arena_printf(e->scene->arena, &parameter->meaning, err, "%s; %s",
                                   parameter->meaning, rows[i].means));
        if (rows[i].blame != NULL)
            meaning->blame = rows[i].blame;
        if (rows[i].parameters.count != 0 && e->role_count < PARAMETERS)
            e->roles[e->role_count++] = rows[i].parameters;
    }
    return BT_OK;
}

// What a parameter would be where not enough is known of the system: rows that may hold.
struct alternatives {
    unsigned count;
    const char *first, *last;
};

static bool find_role(const struct explanation *e, unsigned p, struct bt_parameter *parameter,
                      struct alternatives *ret)
{
    struct bt_kb_parameter row;
    for (size_t list = 0; list < e->role_count; list++) {
        for (size_t i = 0; bt_kb_parameter_at(e->roles[list], i, &row); i++) {
            if (row.p != p)
                continue;
            enum bt_truth truth = bt_rules_eval(e->scene->kb, row.when, e->scene->crash);
            if (truth == BT_TRUE) {
                parameter->role = row.is;
                parameter->kind = row.kind;
                return true;
            }
            if (truth == BT_UNKNOWN) {
                ret->first = ret->count == 0 ? row.is : ret->first;
                ret->last = row.is;
                ret->count++;
            }
        }
    }
    return false;
}

static enum bt_status explain_role(const struct explanation *e, unsigned p,
                                   struct bt_parameter *parameter, struct bt_error *err)
{
    struct alternatives may = {0};
    if (find_role(e, p, parameter, &may) || may.count == 0)
        return BT_OK;
    if (may.count == 1)
        return bt_arena_printf(e->scene->arena, &parameter->role, err, "on some systems: %s",
                               may.first);
    if (bt_starts_with(may.last, may.first)) {
        parameter->role = may.first; // "low part of it" on some systems
        return BT_OK;
    }
    return bt_arena_printf(e->scene->arena, &parameter->role, err,
                           "depends on the system: %s, or %s%s", may.first, may.last,
                           may.count > 2 ? ", or others" : "");
}

// A sub-code that is in no list. One whose condition is not known to hold is in the list.
static bool is_unlisted(const struct explanation *e, unsigned p,
                        const struct bt_parameter *parameter)
{
    struct bt_kb_value row;
    bool listed = false;
    if (!parameter->known || parameter->meaning != NULL || parameter->kind == NULL ||
        strcmp(parameter->kind, "sub-code") != 0)
        return false;
    for (size_t i = 0; bt_kb_value_at(e->stop.values, i, &row); i++) {
        listed = listed || row.p == p;
        if (row.p == p && bt_kb_value_fits(&row, parameter->value))
            return false;
    }
    return listed;
}

static enum bt_status explain_parameters(struct explanation *e, struct bt_stop_meaning *meaning,
                                         struct bt_error *err)
{
    for (unsigned p = 1; p <= PARAMETERS; p++) {
        if (meaning->parameters[p - 1].known)
            BT_TRY(explain_value(e, p, meaning, err));
    }
    e->roles[e->role_count++] = e->stop.parameters;
    for (unsigned p = 1; p <= PARAMETERS; p++) {
        struct bt_parameter *parameter = &meaning->parameters[p - 1];
        BT_TRY(explain_role(e, p, parameter, err));
        if (parameter->kind != NULL && strcmp(parameter->kind, "sub-code") == 0 &&
            meaning->subcode == NULL)
            meaning->subcode = parameter->meaning;
        if (parameter->known)
            BT_TRY(bt_parameter_resolve(e->scene, parameter, err));
        if (is_unlisted(e, p, parameter) && parameter->hint == NULL)
            parameter->hint = "a value that is not known";
    }
    return BT_OK;
}

static enum bt_status copy_checks(struct bt_kb_list list, struct bt_arena *arena,
                                  struct bt_stop_meaning *meaning, struct bt_error *err)
{
    BT_TRY(bt_arena_alloc(arena, list.count, sizeof *meaning->checks, &meaning->checks, err));
    for (size_t i = 0; i < list.count; i++)
        meaning->checks[i] = bt_kb_text(list, i);
    meaning->check_count = list.count;
    return BT_OK;
}

enum bt_status bt_explain_stop(const struct bt_scene *scene, struct bt_stop_meaning *ret,
                               struct bt_error *err)
{
    const struct bt_stop *stop = &scene->crash->stop;
    struct explanation e = {.scene = scene};
    *ret = (struct bt_stop_meaning){0};
    for (unsigned i = 0; i < PARAMETERS; i++) {
        ret->parameters[i].value = stop->parameters[i];
        ret->parameters[i].known = i < stop->parameter_count;
    }
    if (!stop->present || !bt_kb_stop_find(scene->kb, stop->code, &e.stop))
        return BT_OK;
    ret->name = e.stop.name;
    ret->description = e.stop.says;
    ret->category = e.stop.trouble;
    ret->blame = e.stop.blame;
    ret->live = e.stop.live;
    BT_TRY(copy_checks(e.stop.check, scene->arena, ret, err));
    return explain_parameters(&e, ret, err);
}

static bool is_of_windows(const struct bt_crash *crash)
{
    return crash->system.platform == BT_PLATFORM_WINDOWS ||
           crash->system.platform == BT_PLATFORM_UNKNOWN;
}

static enum bt_status explain_exception_parameter(const struct bt_scene *scene, unsigned p,
                                                  struct bt_parameter *ret,
                                                  struct bt_error *err)
{
    const struct bt_exception *exception = &scene->crash->exception;
    struct bt_kb_parameter row;
    struct bt_kb_status status;
    *ret = (struct bt_parameter){.value = exception->parameters[p - 1], .known = true};
    if (!is_of_windows(scene->crash) ||
        !bt_kb_exception_parameter(scene->kb, exception->code, p, &row))
        return BT_OK;
    ret->role = row.is;
    ret->kind = row.kind;
    if (strcmp(row.kind, "sub-code") == 0 && ret->value <= UINT32_MAX &&
        bt_kb_status_find(scene->kb, BT_KB_FAILFAST, (uint32_t)ret->value, &status)) {
        ret->status = status.name;
        ret->meaning = status.text;
    }
    return bt_parameter_resolve(scene, ret, err);
}

static enum bt_status explain_exception_parameters(const struct bt_scene *scene,
                                                   struct bt_result *result,
                                                   struct bt_error *err)
{
    unsigned count = scene->crash->exception.parameter_count;
    BT_TRY(bt_arena_alloc(scene->arena, count, sizeof *result->exception_parameters,
                          &result->exception_parameters, err));
    for (unsigned p = 1; p <= count; p++)
        BT_TRY(
            explain_exception_parameter(scene, p, &result->exception_parameters[p - 1], err));
    return BT_OK;
}

enum bt_status bt_explain_exception(const struct bt_scene *scene, struct bt_result *result,
                                    struct bt_error *err)
{
    struct bt_exception_meaning meaning;
    BT_TRY(explain_exception_parameters(scene, result, err));
    BT_TRY(bt_exception_describe(scene, &meaning, err));
    result->exception_name = meaning.name;
    result->exception_meaning = meaning.meaning;
    result->exception_access = meaning.access;
    result->exception_target = meaning.target;
    result->exception_hint = meaning.hint;
    scene->crash->live = scene->crash->live || meaning.stopped;
    return BT_OK;
}
