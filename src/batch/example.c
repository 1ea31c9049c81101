// SPDX-License-Identifier: MIT
#include "batch/example.h"

#include <string.h>

#include "base/limits.h"
#include "batch/json_scan.h"
#include "batch/place.h"
#include "report/redact.h"

// Of one record. More is not shown.
enum { ADVICE = 4, EVIDENCE = 16, QUESTIONS = 8 };

struct reader {
    struct bt_json_scan scan;
    struct bt_arena *arena;
    bool redact;
    struct bt_buf text, clean;
    struct bt_error *err;
    enum bt_status status; // the first failure
    struct bt_run_example *example;
    const char *member; // name inside an archive, NULL
};

// A copy of the string that comes next; NULL for anything else.
static const char *take(struct reader *r)
{
    struct bt_slice raw = bt_json_take_text(&r->scan);
    const char *copy = NULL;
    if (raw.text == NULL || r->status != BT_OK)
        return NULL;
    bt_buf_clear(&r->text);
    bt_json_decode(raw, &r->text);
    r->status = bt_buf_status(&r->text, r->err);
    if (r->status == BT_OK)
        r->status = bt_arena_text(r->arena, bt_buf_cstr(&r->text), r->text.size, &copy, r->err);
    return copy;
}

static void *make(struct reader *r, size_t count, size_t size)
{
    void *objects = NULL;
    if (r->status == BT_OK)
        r->status = bt_arena_alloc(r->arena, count, size, &objects, r->err);
    return objects;
}

// Keys that hold plain strings, and where they go.
struct place {
    const char *key;
    const char **into;
};

static bool take_place(struct reader *r, struct bt_slice key, const struct place *places,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (bt_slice_is(key, places[i].key)) {
            *places[i].into = take(r);
            return true;
        }
    }
    return false;
}

// An object of which only strings are wanted.
static void read_texts(struct reader *r, const struct place *places, size_t count)
{
    struct bt_slice key;
    if (!bt_json_enter_object(&r->scan))
        return;
    while (bt_json_next_key(&r->scan, &key)) {
        if (!take_place(r, key, places, count))
            bt_json_skip(&r->scan);
    }
}

#define READ_TEXTS(r, places) read_texts((r), (places), BT_COUNT(places))

static void read_parameters(struct reader *r)
{
    size_t count = 0;
    if (!bt_json_enter_array(&r->scan))
        return;
    while (bt_json_next_item(&r->scan)) {
        if (count == BT_COUNT(r->example->parameters)) {
            bt_json_skip(&r->scan);
            continue;
        }
        struct bt_run_parameter *p = &r->example->parameters[count++];
        const char *status = NULL;
        struct place places[] = {{"value", &p->value},
                                 {"role", &p->role},
                                 {"meaning", &p->meaning},
                                 {"status", &status}};
        READ_TEXTS(r, places);
        if (p->meaning == NULL)
            p->meaning = status;
    }
}

static void read_stop(struct reader *r)
{
    struct bt_slice key;
    struct place places[] = {{"description", &r->example->description},
                             {"subcode", &r->example->subcode}};
    if (!bt_json_enter_object(&r->scan))
        return;
    while (bt_json_next_key(&r->scan, &key)) {
        if (bt_slice_is(key, "parameters"))
            read_parameters(r);
        else if (!take_place(r, key, places, BT_COUNT(places)))
            bt_json_skip(&r->scan);
    }
}

static void read_crash(struct reader *r)
{
    struct bt_slice key;
    struct place process[] = {{"name", &r->example->process}};
    if (!bt_json_enter_object(&r->scan))
        return;
    while (bt_json_next_key(&r->scan, &key)) {
        if (bt_slice_is(key, "stop"))
            read_stop(r);
        else if (bt_slice_is(key, "process"))
            READ_TEXTS(r, process);
        else
            bt_json_skip(&r->scan);
    }
}

static void read_verdict(struct reader *r)
{
    struct bt_slice key;
    struct place culprit[] = {{"reason", &r->example->culprit_reason}};
    struct place places[] = {{"reason", &r->example->verdict_reason}};
    if (!bt_json_enter_object(&r->scan))
        return;
    while (bt_json_next_key(&r->scan, &key)) {
        if (bt_slice_is(key, "culprit"))
            READ_TEXTS(r, culprit);
        else if (!take_place(r, key, places, BT_COUNT(places)))
            bt_json_skip(&r->scan);
    }
}

static enum bt_truth find_truth(const char *name)
{
    if (name != NULL && strcmp(name, bt_truth_name(BT_TRUE)) == 0)
        return BT_TRUE;
    if (name != NULL && strcmp(name, bt_truth_name(BT_FALSE)) == 0)
        return BT_FALSE;
    return BT_UNKNOWN;
}

static void read_evidence(struct reader *r, struct bt_run_advice *a)
{
    if (!bt_json_enter_array(&r->scan))
        return;
    a->evidence = make(r, EVIDENCE, sizeof *a->evidence);
    while (bt_json_next_item(&r->scan)) {
        if (a->evidence == NULL || a->evidence_count == EVIDENCE) {
            bt_json_skip(&r->scan);
            continue;
        }
        struct bt_run_evidence *e = &a->evidence[a->evidence_count++];
        const char *result = NULL;
        struct place places[] = {
            {"fact", &e->fact}, {"result", &result}, {"detail", &e->detail}};
        READ_TEXTS(r, places);
        e->result = find_truth(result);
    }
}

static void read_questions(struct reader *r, struct bt_run_advice *a)
{
    if (!bt_json_enter_array(&r->scan))
        return;
    a->ask = make(r, QUESTIONS, sizeof *a->ask);
    while (bt_json_next_item(&r->scan)) {
        if (a->ask == NULL || a->ask_count == QUESTIONS)
            bt_json_skip(&r->scan);
        else
            a->ask[a->ask_count++] = take(r);
    }
}

static void read_fix(struct reader *r, struct bt_run_advice *a)
{
    const char *status = NULL;
    struct place places[] = {{"status", &status}, {"note", &a->fix_note}};
    if (bt_json_peek(&r->scan) != BT_JSON_OBJECT) {
        bt_json_skip(&r->scan);
        return;
    }
    READ_TEXTS(r, places);
    a->has_fix = true;
    for (enum bt_fix_status fix = BT_FIX_NEEDED; fix <= BT_FIX_INSTALLED; fix++) {
        if (status != NULL && strcmp(status, bt_fix_status_name(fix)) == 0)
            a->fix = fix;
    }
}

static enum bt_fit find_fit(const char *name)
{
    for (enum bt_fit fit = BT_FIT_POSSIBLE; fit <= BT_FIT_FIXED; fit++) {
        if (name != NULL && strcmp(name, bt_fit_name(fit)) == 0)
            return fit;
    }
    return BT_FIT_NONE;
}

static void read_match(struct reader *r, struct bt_run_advice *a)
{
    struct bt_slice key;
    const char *verdict = NULL;
    struct place places[] = {
        {"article", &a->id},           {"title", &a->title}, {"url", &a->url},
        {"verdict", &verdict},         {"cause", &a->cause}, {"resolution", &a->resolution},
        {"workaround", &a->workaround}};
    if (!bt_json_enter_object(&r->scan))
        return;
    while (bt_json_next_key(&r->scan, &key)) {
        if (bt_slice_is(key, "evidence"))
            read_evidence(r, a);
        else if (bt_slice_is(key, "ask"))
            read_questions(r, a);
        else if (bt_slice_is(key, "fix"))
            read_fix(r, a);
        else if (!take_place(r, key, places, BT_COUNT(places)))
            bt_json_skip(&r->scan);
    }
    a->fit = find_fit(verdict);
}

static void read_matches(struct reader *r)
{
    struct bt_run_example *e = r->example;
    if (!bt_json_enter_array(&r->scan))
        return;
    e->advice = make(r, ADVICE, sizeof *e->advice);
    while (bt_json_next_item(&r->scan)) {
        if (e->advice == NULL || e->advice_count == ADVICE) {
            bt_json_skip(&r->scan);
            continue;
        }
        struct bt_run_advice *a = &e->advice[e->advice_count];
        read_match(r, a);
        if (a->id != NULL && a->fit != BT_FIT_NONE)
            e->advice_count++;
        else
            *a = (struct bt_run_advice){0};
    }
}

static void read_record(struct reader *r)
{
    struct bt_slice key;
    struct place input[] = {{"path", &r->example->path}, {"member", &r->member}};
    struct place system[] = {{"name", &r->example->system}};
    if (!bt_json_enter_object(&r->scan))
        return;
    while (bt_json_next_key(&r->scan, &key)) {
        if (bt_slice_is(key, "input"))
            READ_TEXTS(r, input);
        else if (bt_slice_is(key, "crash"))
            read_crash(r);
        else if (bt_slice_is(key, "system"))
            READ_TEXTS(r, system);
        else if (bt_slice_is(key, "verdict"))
            read_verdict(r);
        else if (bt_slice_is(key, "matches"))
            read_matches(r);
        else
            bt_json_skip(&r->scan);
    }
}

enum bt_status bt_example_read(const char *text, size_t size, bool redact,
                               struct bt_arena *arena, struct bt_run_example **ret,
                               struct bt_error *err)
{
    struct reader r = {
        .scan = bt_json_scan(text, size), .arena = arena, .redact = redact, .err = err};
    bt_buf_init(&r.text, BT_LIMIT_EXAMPLE_TEXT);
    bt_buf_init(&r.clean, BT_LIMIT_EXAMPLE_TEXT);
    r.example = make(&r, 1, sizeof *r.example);
    if (r.status == BT_OK)
        read_record(&r);
    bt_buf_fini(&r.text);
    bt_buf_fini(&r.clean);
    if (r.status == BT_OK)
        r.status = bt_place_text(arena, redact, r.member, &r.example->path, err);
    if (r.status == BT_OK)
        *ret = r.example;
    return r.status;
}
