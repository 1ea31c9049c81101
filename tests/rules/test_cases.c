// SPDX-License-Identifier: MIT
//
// Runs cases.txt and servicing.txt: rules, the facts they are given, and the verdict with its
// explanation, letter by letter. BT_REBASE=1 in the environment writes the file anew.
//
//   == name
//   the body of an article
//   -- {facts, as in a test of an article}
//   verdict and evidence, as `kb test` shows them
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "kb/compile.h"
#include "rules/kb_test.h"
#include "rules/rules.h"

#include "test.h"

struct script {
    const char *text; // the whole file
    size_t at;
    struct bt_buf found; // the same with what was found
    size_t cases, different;
};

// The next line without its end; false at the end of the file.
static bool take_line(struct script *s, char *ret, size_t size)
{
    const char *line = &s->text[s->at];
    size_t length = strcspn(line, "\n");
    if (*line == '\0')
        return false;
    assert_true(length < size);
    memcpy(ret, line, length);
    ret[length] = '\0';
    s->at += length + (line[length] == '\n');
    return true;
}

static bool is_next(const struct script *s, const char *prefix)
{
    return bt_starts_with(&s->text[s->at], prefix);
}

static void compile(const char *source, const struct bt_kb *base, struct bt_buf *image)
{
    static struct bt_kb_diagnostics diagnostics;
    struct bt_kb_source file = {.name = "case.yaml",
                                .bytes = {(const uint8_t *)source, strlen(source), 0}};
    struct bt_kb_compile_options options = {.with_tests = true, .base = base};
    struct bt_kb_compile_counts counts;
    struct bt_error err = {0};
    struct bt_buf text;
    bt_kb_diagnostics_init(&diagnostics);
    bt_buf_init(&text, 1 << 20);
    enum bt_status status =
        bt_kb_compile(&file, 1, &options, image, &diagnostics, &counts, &err);
    bt_kb_diagnostics_print(&diagnostics, &text);
    if (status != BT_OK)
        fail_msg("%s\n%s\n%s", source, err.message, bt_buf_cstr(&text));
    bt_buf_fini(&text);
    bt_kb_diagnostics_fini(&diagnostics);
}

static void explain(const struct bt_kb *kb, struct bt_buf *out)
{
    struct bt_arena *arena = bt_arena_new(1 << 22);
    struct bt_kb_test test;
    struct bt_crash crash;
    struct bt_match_list list, brief;
    struct bt_error err = {0};
    assert_true(bt_kb_test_at(kb, bt_kb_layer_count(kb) - 1, 0, &test));
    if (bt_kb_test_crash(kb, test.facts, arena, &crash, &err) != BT_OK)
        fail_msg("%s", err.message);
    assert_int_equal(bt_rules_match(kb, &crash, false, arena, &list, &err), BT_OK);
    assert_int_equal(bt_rules_match(kb, &crash, true, arena, &brief, &err), BT_OK);
    assert_int_equal(brief.fitting, list.fitting);
    assert_int_equal(brief.misfits, list.misfits);
    for (size_t i = 0; i < brief.fitting; i++) {
        assert_string_equal(brief.items[i].article, list.items[i].article);
        assert_int_equal(brief.items[i].fit, list.items[i].fit);
        assert_int_equal(brief.items[i].evidence_count, list.items[i].evidence_count);
    }
    const struct bt_match *match = NULL;
    for (size_t i = 0; i < list.count; i++) {
        if (strcmp(list.items[i].article, "CASE") == 0)
            match = &list.items[i];
    }
    if (match != NULL)
        bt_kb_test_explain(match, out);
    else
        bt_buf_text(out, "none\n");
    bt_arena_free(arena);
}

// One set of facts against the rule.
static void run_facts(struct script *s, const struct bt_buf *rule, const char *facts)
{
    struct bt_buf source, image, expected, found;
    struct bt_error err;
    char line[1024];
    bt_buf_init(&source, 1 << 20);
    bt_buf_init(&image, 1 << 20);
    bt_buf_init(&expected, 1 << 20);
    bt_buf_init(&found, 1 << 20);
    bt_buf_printf(&source, "id: CASE\ntitle: a case\n%s", bt_buf_cstr(rule));
    bt_buf_printf(&source, "tests: [{name: n, verdict: none, facts: %s}]\n", facts);
    struct bt_kb *kb = bt_kb_new();
    assert_int_equal(bt_kb_add_builtin(kb, &err), BT_OK);
    compile(bt_buf_cstr(&source), kb, &image);
    struct bt_span bytes = {.data = (const uint8_t *)image.data, .size = image.size};
    assert_int_equal(bt_kb_add_image(kb, bytes, "cases", &err), BT_OK);
    explain(kb, &found);
    while (s->text[s->at] != '\0' && !is_next(s, "== ") && !is_next(s, "-- ") &&
           !is_next(s, "\n") && !is_next(s, "#") && take_line(s, line, sizeof line))
        bt_buf_printf(&expected, "%s\n", line);
    s->cases++;
    if (strcmp(bt_buf_cstr(&expected), bt_buf_cstr(&found)) != 0) {
        s->different++;
        print_error("%s-- %s\n--- expected\n%s--- found\n%s\n", bt_buf_cstr(rule), facts,
                    bt_buf_cstr(&expected), bt_buf_cstr(&found));
    }
    bt_buf_text(&s->found, bt_buf_cstr(&found));
    bt_kb_free(kb);
    bt_buf_fini(&source);
    bt_buf_fini(&image);
    bt_buf_fini(&expected);
    bt_buf_fini(&found);
}

static void run_script(struct script *s)
{
    struct bt_buf rule;
    char line[1024];
    bool in_rule = false;
    bt_buf_init(&rule, 1 << 16);
    while (take_line(s, line, sizeof line)) {
        bt_buf_printf(&s->found, "%s\n", line);
        if (bt_starts_with(line, "== ")) {
            bt_buf_clear(&rule);
            in_rule = true;
        } else if (bt_starts_with(line, "-- ")) {
            in_rule = false;
            run_facts(s, &rule, &line[3]);
        } else if (in_rule) {
            bt_buf_printf(&rule, "%s\n", line);
        }
    }
    bt_buf_fini(&rule);
}

static void run_file(const char *path, size_t at_least)
{
    static char text[1 << 18];
    struct script script = {.text = text};
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    bt_buf_init(&script.found, 1 << 20);
    run_script(&script);
    if (getenv("BT_REBASE") != NULL) {
        file = fopen(path, "wb");
        assert_non_null(file);
        fwrite(script.found.data, 1, script.found.size, file);
        fclose(file);
    }
    bt_buf_fini(&script.found);
    assert_true(script.cases >= at_least);
    assert_int_equal(script.different, 0);
}

static void rules_give_the_verdict_and_the_reasons(void **state)
{
    (void)state;
    run_file(CASES "/cases.txt", 60);
}

static void files_are_judged_inside_their_servicing_branch(void **state)
{
    (void)state;
    run_file(CASES "/servicing.txt", 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_give_the_verdict_and_the_reasons),
        cmocka_unit_test(files_are_judged_inside_their_servicing_branch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
