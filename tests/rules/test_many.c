// SPDX-License-Identifier: MIT
//
// A knowledge base with thousands of articles on one stop code: none that fits is missed, those
// that cannot are counted.
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "kb/compile.h"
#include "rules/rules.h"

#include "test.h"

enum { ARTICLES = 6000 };

static struct bt_kb *kb;
static struct bt_arena *arena;
static struct bt_crash crash;
static struct bt_buf image;

// ARTICLES articles whose rules are `rule`, with the number of each for its %d, and one of
// one's own.
static void build(const char *rule, const char *own)
{
    static struct bt_kb_diagnostics diagnostics;
    struct bt_kb_compile_options options = {.base = kb};
    struct bt_kb_compile_counts counts;
    struct bt_error err = {0};
    struct bt_kb_source *sources = calloc(ARTICLES + 1, sizeof *sources);
    assert_non_null(sources);
    for (size_t i = 0; i <= ARTICLES; i++) {
        char text[512], number[16];
        const char *mark = i < ARTICLES ? strstr(rule, "%d") : NULL;
        snprintf(number, sizeof number, "%05zu", i);
        // The one of one's own sorts last.
        if (i == ARTICLES)
            snprintf(text, sizeof text, "id: Z\ntitle: t\nstop: {code: 0x7F}\n%s", own);
        else if (mark == NULL)
            snprintf(text, sizeof text, "id: A%s\ntitle: t\nstop: {code: 0x7F}\n%s", number,
                     rule);
        else
            snprintf(text, sizeof text, "id: A%s\ntitle: t\nstop: {code: 0x7F}\n%.*s%s%s",
                     number, (int)(mark - rule), rule, number, mark + 2);
        size_t size = strlen(text);
        uint8_t *copy = malloc(size + 1);
        assert_non_null(copy);
        memcpy(copy, text, size + 1);
        sources[i] = (struct bt_kb_source){.name = "many.yaml", .bytes = {copy, size, 0}};
    }
    bt_kb_diagnostics_init(&diagnostics);
    bt_buf_init(&image, 1 << 26);
    if (bt_kb_compile(sources, ARTICLES + 1, &options, &image, &diagnostics, &counts, &err) !=
        BT_OK)
        fail_msg("%s", err.message);
    bt_kb_diagnostics_fini(&diagnostics);
    for (size_t i = 0; i <= ARTICLES; i++)
        free((void *)(uintptr_t)sources[i].bytes.data);
    free(sources);
    struct bt_span bytes = {(const uint8_t *)image.data, image.size, 0};
    assert_int_equal(bt_kb_add_image(kb, bytes, "many", &err), BT_OK);
}

static struct bt_match_list match(void)
{
    struct bt_match_list list;
    struct bt_error err = {0};
    if (bt_rules_match(kb, &crash, false, arena, &list, &err) != BT_OK)
        fail_msg("%s", err.message);
    return list;
}

static int start(void **state)
{
    (void)state;
    static struct bt_module modules[] = {
        {.name = "ntoskrnl.exe", .base = 0x80400000, .size = 0x100000},
        {.name = "a.sys", .base = 0xf8000000, .size = 0x10000},
    };
    struct bt_error err;
    kb = bt_kb_new();
    arena = bt_arena_new(1 << 28);
    crash = (struct bt_crash){
        .stop = {.present = true,
                 .raw = 0x7f,
                 .code = 0x7f,
                 .parameters = {0xF},
                 .parameter_bits = 32,
                 .parameter_count = 4},
        .system = {.build = bt_some32(22631)},
        .modules = modules,
        .module_count = 2,
    };
    return kb == NULL || arena == NULL || bt_kb_add_builtin(kb, &err) != BT_OK;
}

static int finish(void **state)
{
    (void)state;
    bt_kb_free(kb);
    bt_arena_free(arena);
    bt_buf_fini(&image);
    return 0;
}

static void one_whose_driver_is_loaded_is_found_among_thousands(void **state)
{
    (void)state;
    build("rule: {needs: loaded(\"drv%d.sys\")}\n", "rule: {needs: 'loaded(\"A.SYS\")'}\n");
    struct bt_match_list list = match();
    assert_int_equal(list.fitting, 1);
    assert_string_equal(list.items[0].article, "Z");
    assert_true(list.mentions > ARTICLES);
    assert_true(list.misfits >= ARTICLES);
}

static void another_name_of_a_loaded_file_counts(void **state)
{
    (void)state;
    build("rule: {needs: loaded(\"drv%d.sys\")}\n",
          "rule: {needs: 'loaded(\"none.sys\", \"ntkrpamp.exe\")'}\n");
    struct bt_match_list list = match();
    assert_int_equal(list.fitting, 1);
    assert_string_equal(list.items[0].article, "Z");
}

static void nothing_is_passed_over_without_a_whole_list_of_modules(void **state)
{
    (void)state;
    build("rule: {needs: loaded(\"drv%d.sys\")}\n", "rule: {needs: 'loaded(\"a.sys\")'}\n");
    crash.module_count = 0;
    struct bt_match_list list = match();
    assert_true(list.fitting >= BT_LIMIT_MATCHES / 2);
    assert_int_equal(list.items[0].fit, BT_FIT_POSSIBLE);
}

static void the_best_stays_when_too_many_fit(void **state)
{
    (void)state;
    build("", "rule: {strong: 'loaded(\"a.sys\")'}\n");
    struct bt_match_list list = match();
    assert_true(list.fitting <= BT_LIMIT_MATCHES);
    assert_string_equal(list.items[0].article, "Z");
    assert_int_equal(list.items[0].fit, BT_FIT_STRONG);
}

static void misfits_beyond_the_limit_are_counted(void **state)
{
    (void)state;
    build("applies: 2000\n", "applies: 11\n");
    struct bt_match_list list = match();
    assert_int_equal(list.fitting, 1);
    assert_true(list.count <= 2 * BT_LIMIT_EXPLAINED + 1);
    assert_int_equal(list.fitting + list.misfits, list.mentions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_whose_driver_is_loaded_is_found_among_thousands,
                                        start, finish),
        cmocka_unit_test_setup_teardown(another_name_of_a_loaded_file_counts, start, finish),
        cmocka_unit_test_setup_teardown(nothing_is_passed_over_without_a_whole_list_of_modules,
                                        start, finish),
        cmocka_unit_test_setup_teardown(the_best_stays_when_too_many_fit, start, finish),
        cmocka_unit_test_setup_teardown(misfits_beyond_the_limit_are_counted, start, finish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
