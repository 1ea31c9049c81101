// SPDX-License-Identifier: MIT
//
// Facts written as in the test cases of articles, and what all built-in knowledge makes of
// them.
#ifndef BT_TESTS_FACTS_LINES_H
#define BT_TESTS_FACTS_LINES_H

#include <stdio.h>

#include "kb/compile.h"
#include "rules/kb_test.h"
#include "rules/rules.h"

#include "test.h"

struct facts_lines {
    struct bt_buf source, image;
    struct bt_kb *kb;
    size_t count;
};

static inline void facts_lines_open(struct facts_lines *l)
{
    *l = (struct facts_lines){0};
    bt_buf_init(&l->source, 1 << 22);
    bt_buf_init(&l->image, 1 << 24);
    // An article that fits nothing, to hang the facts on.
    bt_buf_text(&l->source, "id: FACTS\ntitle: facts\nclass: G\nrule: {needs: no}\ntests:\n");
}

// `facts`: "{stop: [0x7F, 8], os: 2003 SP1 x86}".
static inline void facts_lines_add(struct facts_lines *l, const char *facts)
{
    bt_buf_printf(&l->source, "  - {name: n, verdict: none, facts: %s}\n", facts);
    l->count++;
}

static inline void facts_lines_compile(struct facts_lines *l)
{
    static struct bt_kb_diagnostics diagnostics;
    struct bt_kb_source file = {
        .name = "facts.yaml",
        .bytes = {(const uint8_t *)l->source.data, l->source.size, 0},
    };
    struct bt_error err = {0};
    struct bt_buf text;
    struct bt_kb_compile_counts counts;
    l->kb = bt_kb_new();
    assert_int_equal(bt_kb_add_builtin(l->kb, &err), BT_OK);
    struct bt_kb_compile_options options = {.with_tests = true, .base = l->kb};
    bt_kb_diagnostics_init(&diagnostics);
    bt_buf_init(&text, 1 << 20);
    enum bt_status status =
        bt_kb_compile(&file, 1, &options, &l->image, &diagnostics, &counts, &err);
    bt_kb_diagnostics_print(&diagnostics, &text);
    if (status != BT_OK)
        fail_msg("%s\n%s", err.message, bt_buf_cstr(&text));
    bt_buf_fini(&text);
    bt_kb_diagnostics_fini(&diagnostics);
    struct bt_span bytes = {(const uint8_t *)l->image.data, l->image.size, 0};
    assert_int_equal(bt_kb_add_image(l->kb, bytes, "facts", &err), BT_OK);
}

static inline void facts_lines_match(const struct facts_lines *l, size_t index,
                                     struct bt_arena *arena, struct bt_match_list *ret)
{
    struct bt_kb_test test;
    struct bt_error err = {0};
    struct bt_crash *crash;
    assert_true(bt_kb_test_at(l->kb, bt_kb_layer_count(l->kb) - 1, index, &test));
    assert_int_equal(bt_arena_alloc(arena, 1, sizeof *crash, &crash, &err), BT_OK);
    if (bt_kb_test_crash(l->kb, test.facts, arena, crash, &err) != BT_OK ||
        bt_rules_match(l->kb, crash, false, arena, ret, &err) != BT_OK)
        fail_msg("facts %zu: %s", index, err.message);
}

static inline void facts_lines_close(struct facts_lines *l)
{
    bt_kb_free(l->kb);
    bt_buf_fini(&l->source);
    bt_buf_fini(&l->image);
}

#endif
