// SPDX-License-Identifier: MIT
#include "rules/kb_test.h"

#include <string.h>

#include "base/limits.h"
#include "rules/rules.h"

void bt_kb_test_explain(const struct bt_match *match, struct bt_buf *out)
{
    bt_buf_printf(out, "%s%s%s\n", bt_fit_name(match->fit), match->capped ? ": " : "",
                  match->capped ? match->capped : "");
    for (size_t i = 0; i < match->evidence_count; i++) {
        const struct bt_evidence *line = &match->evidence[i];
        bt_buf_printf(out, "  %c %-7s %s", line->decides ? '*' : ' ',
                      bt_truth_name(line->result), line->fact);
        if (line->detail != NULL)
            bt_buf_printf(out, " [%s]", line->detail);
        bt_buf_char(out, '\n');
    }
    if (match->fix.present) {
        bt_buf_printf(out, "  fix %s", bt_fix_status_name(match->fix.status));
        if (match->fix.status_note != NULL)
            bt_buf_printf(out, ": %s", match->fix.status_note);
        bt_buf_char(out, '\n');
    }
}

static const struct bt_match *find_match(const struct bt_match_list *list, const char *article)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i].article, article) == 0)
            return &list->items[i];
    }
    return NULL;
}

static bool is_note_right(const struct bt_kb_test *test, const struct bt_match *match)
{
    if (test->note == NULL)
        return true;
    const char *note = match != NULL ? match->fix.status_note : NULL;
    return note != NULL && strstr(note, test->note) != NULL;
}

// An article that is not among the matches does not fit.
static bool is_right(const struct bt_kb_test *test, const struct bt_match *match)
{
    static const struct bt_match none = {.fit = BT_FIT_NONE};
    const struct bt_match *found = match != NULL ? match : &none;
    if (strcmp(test->verdict, bt_fit_name(found->fit)) != 0 || !is_note_right(test, match))
        return false;
    return test->fix == NULL || strcmp(test->fix, bt_fix_status_name(found->fix.status)) == 0;
}

static void tell_failure(const struct bt_kb_test *test, const struct bt_match *match,
                         struct bt_buf *out)
{
    bt_buf_printf(out, "%s:%u: failed: %s: \"%s\": expected %s", test->source, test->line,
                  test->article, test->name, test->verdict);
    if (test->fix != NULL)
        bt_buf_printf(out, ", fix %s", test->fix);
    if (test->note != NULL)
        bt_buf_printf(out, ", note \"%s\"", test->note);
    bt_buf_text(out, "; found ");
    if (match != NULL)
        bt_kb_test_explain(match, out);
    else
        bt_buf_text(out, "none: the article is not about this stop code or exception\n");
}

// The crash of a test; *ret_readable is false where a fact of it cannot be read, which is told.
static enum bt_status make_crash(const struct bt_kb *kb, const struct bt_kb_test *test,
                                 struct bt_arena *arena, struct bt_buf *out,
                                 struct bt_crash *ret, bool *ret_readable, struct bt_error *err)
{
    struct bt_error problem = {0};
    enum bt_status status = bt_kb_test_crash(kb, test->facts, arena, ret, &problem);
    *ret_readable = status == BT_OK;
    if (status == BT_E_SYNTAX) {
        bt_buf_printf(out, "%s:%s, in test \"%s\"\n", test->source, problem.message,
                      test->name);
        return BT_OK;
    }
    if (status != BT_OK)
        return BT_FAIL(err, status, BT_NO_OFFSET, "%s", problem.message);
    return BT_OK;
}

static enum bt_status run_test(const struct bt_kb *kb, const struct bt_kb_test *test,
                               struct bt_arena *arena, struct bt_buf *out, bool *ret_right,
                               struct bt_error *err)
{
    struct bt_crash crash;
    struct bt_match_list list;
    bool readable;
    *ret_right = false;
    BT_TRY(make_crash(kb, test, arena, out, &crash, &readable, err));
    if (!readable)
        return BT_OK;
    BT_TRY(bt_rules_match(kb, &crash, false, arena, &list, err));
    const struct bt_match *match = find_match(&list, test->article);
    *ret_right = is_right(test, match);
    if (!*ret_right)
        tell_failure(test, match, out);
    return BT_OK;
}

static enum bt_status check_test(const struct bt_kb *kb, const struct bt_kb_test *test,
                                 struct bt_arena *arena, struct bt_buf *out, bool *ret_right,
                                 struct bt_error *err)
{
    struct bt_crash crash;
    return make_crash(kb, test, arena, out, &crash, ret_right, err);
}

typedef enum bt_status test_step(const struct bt_kb *kb, const struct bt_kb_test *test,
                                 struct bt_arena *arena, struct bt_buf *out, bool *ret_right,
                                 struct bt_error *err);

static enum bt_status for_each_test(const struct bt_kb *kb, test_step *step, struct bt_buf *out,
                                    struct bt_kb_test_counts *ret, struct bt_error *err)
{
    size_t layer = bt_kb_layer_count(kb) - 1;
    size_t count = bt_kb_test_count(kb, layer);
    struct bt_kb_test test;
    *ret = (struct bt_kb_test_counts){0};
    for (size_t i = 0; i < count && bt_kb_test_at(kb, layer, i, &test); i++) {
        bool right = false;
        struct bt_arena *arena = bt_arena_new(BT_LIMIT_ARENA);
        if (arena == NULL)
            return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
        enum bt_status status = step(kb, &test, arena, out, &right, err);
        bt_arena_free(arena);
        BT_TRY(status);
        ret->run++;
        ret->failed += !right;
    }
    return bt_buf_status(out, err);
}

enum bt_status bt_kb_test_run(const struct bt_kb *kb, struct bt_buf *out,
                              struct bt_kb_test_counts *ret, struct bt_error *err)
{
    return for_each_test(kb, run_test, out, ret, err);
}

enum bt_status bt_kb_test_check(const struct bt_kb *kb, struct bt_buf *out, size_t *ret_bad,
                                struct bt_error *err)
{
    struct bt_kb_test_counts counts;
    enum bt_status status = for_each_test(kb, check_test, out, &counts, err);
    *ret_bad = counts.failed;
    return status;
}
