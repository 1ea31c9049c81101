// SPDX-License-Identifier: MIT
//
// Twelve articles print 0x7F (8, 0, 0, 0). double_fault.txt: machines that stopped so, and
// which of the articles are left for each, with what tells them apart or that nothing does.
// BT_REBASE=1 in the environment writes the file anew.
#include <stdlib.h>

#include "base/text.h"

#include "facts_lines.h"

enum { LINE_SIZE = 1024, MAX_CASES = 64 };

static const char *const twelve[] = {
    "KB909665", "KB822789", "KB835281", "KB842465", "Q160671", "Q161659",
    "Q165439",  "Q172595",  "Q172762",  "Q175787",  "Q180460", "Q221346",
};

static bool is_of_twelve(const char *id)
{
    for (size_t i = 0; i < sizeof twelve / sizeof twelve[0]; i++) {
        if (strcmp(twelve[i], id) == 0)
            return true;
    }
    return false;
}

// What decided against an article: its first condition that is false.
static const char *why_not(const struct bt_match *match)
{
    for (size_t i = 0; i < match->evidence_count; i++) {
        if (match->evidence[i].decides)
            return match->evidence[i].fact;
    }
    return "does not apply";
}

static void describe(const struct bt_match_list *list, struct bt_buf *out)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct bt_match *match = &list->items[i];
        if (!is_of_twelve(match->article))
            continue;
        bt_buf_printf(out, "%-8s %-8s %s", bt_fit_name(match->fit), match->article,
                      match->tied ? "(tie) " : "");
        if (match->fit == BT_FIT_NONE)
            bt_buf_printf(out, "not: %s", why_not(match));
        else if (match->fix.status_note != NULL)
            bt_buf_printf(out, "%s; ", match->fix.status_note);
        if (match->fit != BT_FIT_NONE && match->ask_count != 0)
            bt_buf_printf(out, "ask: %s", match->ask[0]);
        bt_buf_text(out, "\n");
    }
    bt_buf_printf(out, "%zu fit, %zu with the signature of the first\n", list->fitting,
                  list->same_signature);
}

// Reads the facts: "== why", a line of facts, then what was found, up to an empty line.
static size_t read_cases(struct facts_lines *lines, char why[][LINE_SIZE],
                         char facts[][LINE_SIZE], struct bt_buf *whole)
{
    char line[LINE_SIZE];
    size_t count = 0;
    FILE *file = fopen(DOUBLE_FAULT, "rb");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        bt_buf_text(whole, line);
        if (!bt_starts_with(line, "== "))
            continue;
        assert_true(count < MAX_CASES);
        snprintf(why[count], LINE_SIZE, "%s", line);
        assert_non_null(fgets(facts[count], LINE_SIZE, file));
        bt_buf_text(whole, facts[count]);
        char yaml[LINE_SIZE];
        snprintf(yaml, sizeof yaml, "%s", facts[count]);
        yaml[strcspn(yaml, "\n")] = '\0';
        facts_lines_add(lines, yaml);
        count++;
    }
    fclose(file);
    return count;
}

static void rebase(const struct bt_buf *found)
{
    FILE *file = fopen(DOUBLE_FAULT, "wb");
    assert_non_null(file);
    fwrite(found->data, 1, found->size, file);
    fclose(file);
}

static void twelve_articles_are_told_apart_or_tied(void **state)
{
    (void)state;
    static char why[MAX_CASES][LINE_SIZE], facts[MAX_CASES][LINE_SIZE];
    static const char head[] = "# See test_double_fault.c.\n";
    struct facts_lines lines;
    struct bt_buf expected, found;
    bt_buf_init(&expected, 1 << 20);
    bt_buf_init(&found, 1 << 20);
    facts_lines_open(&lines);
    size_t count = read_cases(&lines, why, facts, &expected);
    facts_lines_compile(&lines);
    bt_buf_text(&found, head);
    for (size_t i = 0; i < count; i++) {
        struct bt_arena *arena = bt_arena_new(1 << 24);
        struct bt_match_list list;
        facts_lines_match(&lines, i, arena, &list);
        bt_buf_printf(&found, "\n%s%s", why[i], facts[i]);
        describe(&list, &found);
        bt_arena_free(arena);
    }
    if (getenv("BT_REBASE") != NULL)
        rebase(&found);
    else
        assert_string_equal(bt_buf_cstr(&found), bt_buf_cstr(&expected));
    assert_true(count >= 8);
    facts_lines_close(&lines);
    bt_buf_fini(&expected);
    bt_buf_fini(&found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(twelve_articles_are_told_apart_or_tied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
