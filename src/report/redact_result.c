// SPDX-License-Identifier: MIT
//
// Which texts of a result can tell who or where. What comes from the knowledge cannot, nor can
// names of files, versions and codes.
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/text.h"
#include "report/redact.h"

struct redactor {
    struct bt_redact_names names;
    struct bt_arena *arena;
    struct bt_buf text;
    struct bt_error *err;
    const struct bt_module *modules_before; // that frames point into
    enum bt_status status;                  // the first failure
};

// A copy of `count` objects that may be changed.
static void *copy(struct redactor *r, const void *objects, size_t count, size_t size)
{
    void *ret = NULL;
    if (r->status == BT_OK)
        r->status = bt_arena_alloc(r->arena, count, size, &ret, r->err);
    if (ret != NULL && count != 0)
        memcpy(ret, objects, count * size);
    return ret;
}

#define COPY(r, list, count) ((list) = copy((r), (list), (count), sizeof *(list)))

static const char *keep(struct redactor *r, const char *old)
{
    const char *text = NULL;
    if (r->status == BT_OK)
        r->status = bt_buf_status(&r->text, r->err);
    if (r->status == BT_OK && old != NULL && strcmp(bt_buf_cstr(&r->text), old) == 0)
        return old;
    if (r->status == BT_OK)
        r->status = bt_arena_text(r->arena, bt_buf_cstr(&r->text), r->text.size, &text, r->err);
    return text;
}

// Running text.
static void clean(struct redactor *r, const char **text)
{
    if (*text == NULL)
        return;
    bt_buf_clear(&r->text);
    bt_redact_text(&r->names, *text, &r->text);
    *text = keep(r, *text);
}

// A path of which only the last part may stay.
static void cut(struct redactor *r, const char **path)
{
    if (*path == NULL)
        return;
    bt_buf_clear(&r->text);
    bt_redact_text(&r->names, bt_basename(*path), &r->text);
    *path = keep(r, *path);
}

static bool is_variable(const char *key, const char *const *names, size_t count)
{
    for (size_t i = 0; key != NULL && i < count; i++) {
        if (bt_ieq(key, names[i]))
            return true;
    }
    return false;
}

// Some programs attach who ran them, and where.
static void collect_annotation(struct redactor *r, const struct bt_annotation *a)
{
    static const char *const users[] = {"user", "username", "user_name", "logname", "user-id"};
    static const char *const places[] = {"host", "userdomain", "servername", "machine"};
    bt_redact_collect(&r->names, a->key);
    bt_redact_collect(&r->names, a->value);
    if (a->value == NULL)
        return;
    if (is_variable(a->key, users, BT_COUNT(users)))
        bt_redact_add(&r->names, a->value, strlen(a->value), "<user>");
    if (bt_is_host_key(a->key) || is_variable(a->key, places, BT_COUNT(places)))
        bt_redact_add(&r->names, a->value, strlen(a->value), "<host>");
}

static void collect(struct redactor *r, const struct bt_result *result)
{
    const struct bt_crash *crash = result->crash;
    bt_redact_collect_path(&r->names, result->input.path);
    bt_redact_collect_path(&r->names, result->input.member);
    bt_redact_collect(&r->names, crash->problem.message);
    bt_redact_collect(&r->names, crash->assertion.expression);
    bt_redact_collect(&r->names, crash->assertion.function);
    bt_redact_collect(&r->names, crash->assertion.file);
    bt_redact_collect(&r->names, crash->process.command_line);
    bt_redact_collect(&r->names, crash->comment);
    bt_redact_collect(&r->names, crash->machine.event_dump);
    if (crash->machine.name != NULL)
        bt_redact_add(&r->names, crash->machine.name, strlen(crash->machine.name), "<host>");
    for (size_t i = 0; i < crash->module_count; i++) {
        bt_redact_collect(&r->names, crash->modules[i].path);
        bt_redact_collect(&r->names, crash->modules[i].pdb_name);
    }
    for (size_t i = 0; i < crash->range_count; i++)
        bt_redact_collect(&r->names, crash->ranges[i].name);
    for (size_t i = 0; i < crash->annotation_count; i++)
        collect_annotation(r, &crash->annotations[i]);
    for (size_t i = 0; i < crash->thread_count; i++)
        bt_redact_collect(&r->names, crash->threads[i].name);
    for (size_t i = 0; i < crash->named_handle_count; i++)
        bt_redact_collect(&r->names, crash->handles[i].name);
}

// Frames point into the list of modules, and follow it into its copy.
static struct bt_frame *clean_frames(struct redactor *r, const struct bt_crash *crash,
                                     struct bt_frame *frames, size_t count)
{
    COPY(r, frames, count);
    for (size_t i = 0; r->status == BT_OK && i < count; i++) {
        struct bt_frame *frame = &frames[i];
        if (frame->module != NULL)
            frame->module = &crash->modules[frame->module - r->modules_before];
        cut(r, &frame->file);
    }
    return frames;
}

static void clean_modules(struct redactor *r, struct bt_crash *crash)
{
    const struct bt_module *before = crash->modules;
    COPY(r, crash->modules, crash->module_count);
    if (r->status != BT_OK)
        return;
    for (size_t i = 0; i < crash->module_count; i++) {
        crash->modules[i].path = NULL;
        cut(r, &crash->modules[i].name);
        cut(r, &crash->modules[i].pdb_name);
    }
    r->modules_before = before;
    crash->frames = clean_frames(r, crash, crash->frames, crash->frame_count);
}

static void clean_notes(struct redactor *r, struct bt_crash *crash)
{
    clean(r, &crash->problem.message);
    for (size_t i = 0; i < crash->notes.count; i++)
        clean(r, &crash->notes.items[i].message);
}

static void clean_process(struct redactor *r, struct bt_crash *crash)
{
    COPY(r, crash->threads, crash->thread_count);
    COPY(r, crash->ranges, crash->range_count);
    COPY(r, crash->annotations, crash->annotation_count);
    COPY(r, crash->handles, crash->named_handle_count);
    if (r->status != BT_OK)
        return;
    cut(r, &crash->process.name);
    clean(r, &crash->process.command_line);
    clean(r, &crash->comment);
    clean(r, &crash->assertion.expression);
    clean(r, &crash->assertion.function);
    cut(r, &crash->assertion.file);
    for (size_t i = 0; i < crash->thread_count; i++) {
        struct bt_thread *thread = &crash->threads[i];
        clean(r, &thread->name);
        thread->frames = clean_frames(r, crash, thread->frames, thread->frame_count);
    }
    for (size_t i = 0; i < crash->range_count; i++)
        cut(r, &crash->ranges[i].name);
    for (size_t i = 0; i < crash->annotation_count; i++) {
        cut(r, &crash->annotations[i].module);
        clean(r, &crash->annotations[i].key);
        clean(r, &crash->annotations[i].value);
    }
    for (size_t i = 0; i < crash->named_handle_count; i++)
        clean(r, &crash->handles[i].name);
}

static void clean_machine(struct redactor *r, struct bt_machine *machine)
{
    machine->name = NULL;
    cut(r, &machine->updates_source);
    cut(r, &machine->event_source);
    cut(r, &machine->event_dump);
}

static void clean_matches(struct redactor *r, struct bt_match_list *matches)
{
    COPY(r, matches->items, matches->count);
    for (size_t i = 0; r->status == BT_OK && i < matches->count; i++) {
        struct bt_match *match = &matches->items[i];
        cut(r, &match->base);
        clean(r, &match->fix.status_note);
        COPY(r, match->evidence, match->evidence_count);
        for (size_t k = 0; r->status == BT_OK && k < match->evidence_count; k++)
            clean(r, &match->evidence[k].detail);
    }
}

static void clean_parameters(struct redactor *r, struct bt_parameter *parameters, size_t count)
{
    for (size_t i = 0; r->status == BT_OK && i < count; i++) {
        clean(r, &parameters[i].meaning);
        clean(r, &parameters[i].hint);
        cut(r, &parameters[i].module);
    }
}

// What was said of the crash with words of the dump, and what it is called after its modules.
static void clean_meaning(struct redactor *r, struct bt_result *result)
{
    struct bt_signature *signature = &result->signature;
    size_t count = result->crash->exception.parameter_count;
    clean(r, &result->exception_meaning);
    clean(r, &result->exception_hint);
    clean(r, &result->stop.subcode);
    clean_parameters(r, result->stop.parameters, BT_COUNT(result->stop.parameters));
    if (result->exception_parameters != NULL) {
        COPY(r, result->exception_parameters, count);
        clean_parameters(r, result->exception_parameters, count);
    }
    COPY(r, result->instruction, result->instruction_count);
    for (size_t i = 0; r->status == BT_OK && i < result->instruction_count; i++)
        clean(r, &result->instruction[i]);
    clean(r, &signature->group);
    clean(r, &signature->exact);
    clean(r, &signature->failure_bucket_id);
    clean(r, &signature->wer_report_folder);
    clean(r, &signature->vendor_bucket);
}

static void clean_verdict(struct redactor *r, struct bt_result *result)
{
    struct bt_verdict *verdict = &result->verdict;
    clean(r, &verdict->reason);
    clean(r, &verdict->culprit.reason);
    cut(r, &verdict->culprit.module);
    COPY(r, verdict->candidates, verdict->candidate_count);
    for (size_t i = 0; r->status == BT_OK && i < verdict->candidate_count; i++) {
        cut(r, &verdict->candidates[i].module);
        clean(r, &verdict->candidates[i].reason);
    }
    for (size_t i = 0; i < result->signature.event_count; i++)
        clean(r, &result->signature.event_parameters[i]);
    COPY(r, result->objects, result->object_count);
    for (size_t i = 0; r->status == BT_OK && i < result->object_count; i++)
        clean(r, &result->objects[i].text);
}

enum bt_status bt_redact_result(const struct bt_result *result, struct bt_arena *arena,
                                const struct bt_result **ret, struct bt_error *err)
{
    struct redactor r = {.arena = arena, .err = err};
    bt_buf_init(&r.text, BT_LIMIT_REPORT);
    collect(&r, result);
    struct bt_result *mine = copy(&r, result, 1, sizeof *mine);
    struct bt_crash *crash = copy(&r, result->crash, 1, sizeof *crash);
    if (r.status == BT_OK) {
        mine->crash = crash;
        cut(&r, &mine->input.path);
        cut(&r, &mine->input.member);
        clean_modules(&r, crash);
        clean_notes(&r, crash);
        clean_process(&r, crash);
        clean_machine(&r, &crash->machine);
        clean_matches(&r, &mine->matches);
        clean_verdict(&r, mine);
        clean_meaning(&r, mine);
    }
    bt_buf_fini(&r.text);
    if (r.status == BT_OK)
        *ret = mine;
    return r.status;
}
