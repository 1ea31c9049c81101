// SPDX-License-Identifier: MIT
//
// Several articles at once: their order, ties, shared signatures, and knowledge in layers.
#include "kb/compile.h"
#include "rules/rules.h"

#include "test.h"

static struct bt_kb *kb;
static struct bt_buf images[2];
static struct bt_arena *arena;
static struct bt_crash crash;

static void add_layer(size_t index, const char *const *articles, size_t count, const char *name)
{
    static struct bt_kb_diagnostics diagnostics;
    static const char *const names[] = {"0.yaml", "1.yaml", "2.yaml",
                                        "3.yaml", "4.yaml", "5.yaml"};
    struct bt_kb_source sources[6];
    struct bt_kb_compile_options options = {0};
    struct bt_kb_compile_counts counts;
    for (size_t i = 0; i < count; i++)
        sources[i] = (struct bt_kb_source){
            .name = names[i], .bytes = {(const uint8_t *)articles[i], strlen(articles[i]), 0}};
    bt_kb_diagnostics_init(&diagnostics);
    bt_buf_init(&images[index], 1 << 20);
    assert_int_equal(
        bt_kb_compile(sources, count, &options, &images[index], &diagnostics, &counts, NULL),
        BT_OK);
    bt_kb_diagnostics_fini(&diagnostics);
    struct bt_span bytes = {(const uint8_t *)images[index].data, images[index].size, 0};
    assert_int_equal(bt_kb_add_image(kb, bytes, name, NULL), BT_OK);
}

static int start(void **state)
{
    (void)state;
    static struct bt_module modules[] = {
        {.name = "ntoskrnl.exe", .base = 0x80400000, .size = 0x100000},
        {.name = "a.sys", .base = 0xf8000000, .size = 0x10000},
    };
    kb = bt_kb_new();
    arena = bt_arena_new(1 << 22);
    memset(images, 0, sizeof images);
    crash = (struct bt_crash){
        .stop = {.present = true,
                 .raw = 0x7f,
                 .code = 0x7f,
                 .parameters = {8},
                 .parameter_bits = 32,
                 .parameter_count = 4},
        .system = {.build = bt_some32(2195), .service_pack = bt_some32(1)},
        .modules = modules,
        .module_count = 2,
    };
    return kb == NULL || arena == NULL;
}

static int finish(void **state)
{
    (void)state;
    bt_kb_free(kb);
    bt_arena_free(arena);
    bt_buf_fini(&images[0]);
    bt_buf_fini(&images[1]);
    return 0;
}

static struct bt_match_list match(void)
{
    struct bt_match_list list;
    assert_int_equal(bt_rules_match(kb, &crash, false, arena, &list, NULL), BT_OK);
    return list;
}

static void assert_order(const struct bt_match_list *list, const char *const *ids, size_t count)
{
    assert_int_equal(list->count, count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(list->items[i].article, ids[i]);
}

static void better_verdicts_and_more_facts_come_first(void **state)
{
    (void)state;
    static const char *const articles[] = {
        "id: NONE\ntitle: t\nstop: {code: 0x7F, p1: 9}\n",
        "id: FEW\ntitle: t\nstop: {code: 0x7F}\n",
        "id: MORE\ntitle: t\nstop: {code: 0x7F, p1: 8}\n",
        "id: STRONG\ntitle: t\nstop: {code: 0x7F}\nrule: {strong: 'loaded(\"a.sys\")'}\n",
        "id: PROBABLE\ntitle: t\nstop: {code: 0x7F}\nrule: {probable: 'loaded(\"a.sys\")'}\n",
        "id: FIXED\ntitle: t\nstop: {code: 0x7F}\nfix: {kind: update, fixed-in: 2000 SP1}\n",
    };
    static const char *const order[] = {"STRONG", "PROBABLE", "MORE", "FEW", "FIXED", "NONE"};
    add_layer(0, articles, 6, "one");
    struct bt_match_list list = match();
    assert_order(&list, order, 6);
    assert_int_equal(list.fitting, 5);
    assert_int_equal(list.mentions, 6);
    assert_int_equal(list.items[5].fit, BT_FIT_NONE);
    assert_int_equal(list.items[4].fit, BT_FIT_FIXED);
}

static void narrower_systems_break_a_draw(void **state)
{
    (void)state;
    static const char *const articles[] = {
        "id: WIDE\ntitle: t\napplies: [2000, NT 4.0, XP]\nstop: {code: 0x7F}\n",
        "id: XNARROW\ntitle: t\napplies: 2000 SP1\nstop: {code: 0x7F}\n",
    };
    static const char *const order[] = {"XNARROW", "WIDE"};
    add_layer(0, articles, 2, "one");
    struct bt_match_list list = match();
    assert_order(&list, order, 2);
    assert_false(list.items[0].tied);
    assert_false(list.items[1].tied);
}

static void equal_articles_are_a_tie(void **state)
{
    (void)state;
    static const char *const articles[] = {
        "id: B\ntitle: t\nstop: {code: 0x7F, p1: 8}\n",
        "id: A\ntitle: t\nstop: {code: 0x7F, p1: 8}\n",
        "id: C\ntitle: t\nstop: {code: 0x7F}\n",
    };
    static const char *const order[] = {"A", "B", "C"};
    add_layer(0, articles, 3, "one");
    struct bt_match_list list = match();
    assert_order(&list, order, 3);
    assert_true(list.items[0].tied && list.items[1].tied);
    assert_false(list.items[2].tied);
}

static void own_article_leads_those_that_fit_alike(void **state)
{
    (void)state;
    static const char *const everybody[] = {"id: A\ntitle: t\nstop: {code: 0x7F, p1: 8}\n",
                                            "id: M\ntitle: t\nstop: {code: 0x7F, p1: 8}\n"};
    static const char *const own[] = {"id: Z\ntitle: t\nstop: {code: 0x7F, p1: 8}\n",
                                      "id: Y\ntitle: t\nstop: {code: 0x7F}\n"};
    static const char *const order[] = {"Z", "A", "M", "Y"};
    add_layer(0, everybody, 2, "built-in");
    add_layer(1, own, 2, "own.kb");
    struct bt_match_list list = match();
    assert_order(&list, order, 4);
    assert_true(list.items[0].tied && list.items[1].tied && list.items[2].tied);
    assert_false(list.items[3].tied);
}

static void printed_and_stated_parameters_share_a_signature(void **state)
{
    (void)state;
    static const char *const articles[] = {
        "id: A\ntitle: t\nstop: {code: 0x7F, p1: 8, sample: [8, 0, 0, 0]}\n",
        "id: B\ntitle: t\nstop: {code: 0x7F, sample: [8, 0, 0, 0]}\n",
        "id: C\ntitle: t\nstop: {code: 0x7F, p1: 8}\n",
    };
    add_layer(0, articles, 3, "one");
    struct bt_match_list list = match();
    assert_int_equal(list.fitting, 3);
    assert_int_equal(list.same_signature, 2);
}

static void later_knowledge_replaces_an_article(void **state)
{
    (void)state;
    static const char *const first[] = {
        "id: A\ntitle: old\nstop: {code: 0x7F}\n",
        "id: B\ntitle: other\nstop: {code: 0x7F, p1: 8}\n",
        "code: 0x7F\nname: OLD\nclass: driver\nblame: driver\n",
    };
    static const char *const second[] = {
        "id: A\ntitle: new\nstop: {code: 0x50}\n",
        "id: C\ntitle: added\nstop: {code: 0x7F, p1: 8}\nrule: {probable: 'loaded(a.sys)'}\n",
        "code: 0x7F\nname: NEW\nclass: driver\nblame: driver\n",
    };
    static const char *const order[] = {"C", "B"};
    struct bt_kb_stop stop;
    add_layer(0, first, 3, "one");
    add_layer(1, second, 3, "two");
    struct bt_match_list list = match();
    assert_order(&list, order, 2);
    assert_string_equal(list.items[0].base, "two");
    assert_string_equal(list.items[1].base, "one");
    assert_int_equal(bt_kb_article_count(kb), 3);
    assert_true(bt_kb_stop_find(kb, 0x7f, &stop));
    assert_string_equal(stop.name, "NEW");
    uint64_t at = 0;
    assert_true(bt_kb_stop_next(kb, &at, &stop));
    assert_false(bt_kb_stop_next(kb, &at, &stop));
}

static void crash_without_a_stop_asks_only_articles_without_a_code(void **state)
{
    (void)state;
    static const char *const articles[] = {
        "id: A\ntitle: t\nstop: {code: 0x7F}\n",
        "id: B\ntitle: t\nrule: {needs: 'loaded(\"a.sys\")'}\n",
    };
    static const char *const order[] = {"B"};
    crash.stop.present = false;
    add_layer(0, articles, 2, "one");
    struct bt_match_list list = match();
    assert_order(&list, order, 1);
    assert_int_equal(list.items[0].fit, BT_FIT_POSSIBLE);
    assert_int_equal(list.mentions, 0);
}

static void stop_code_of_a_rule_is_not_said_twice(void **state)
{
    (void)state;
    static const char *const articles[] = {
        "id: A\ntitle: t\nstop: [{code: 0x7F}, {code: 0x1E}]\n"
        "rule: {probable: 'stop == 0x7F and loaded(\"a.sys\")'}\n",
    };
    unsigned said = 0;
    add_layer(0, articles, 1, "one");
    struct bt_match_list list = match();
    for (size_t i = 0; i < list.items[0].evidence_count; i++)
        said += strstr(list.items[0].evidence[i].fact, "stop code") != NULL;
    assert_int_equal(said, 1);
}

static void damaged_module_list_excludes_nothing(void **state)
{
    (void)state;
    static const char *const articles[] = {
        "id: A\ntitle: t\nstop: {code: 0x7F}\nrule: {needs: 'loaded(\"b.sys\")'}\n",
    };
    add_layer(0, articles, 1, "one");
    struct bt_match_list list = match();
    assert_int_equal(list.items[0].fit, BT_FIT_NONE);
    crash.modules_partial = true;
    list = match();
    assert_int_equal(list.items[0].fit, BT_FIT_POSSIBLE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(better_verdicts_and_more_facts_come_first),
        TEST(narrower_systems_break_a_draw),
        TEST(equal_articles_are_a_tie),
        TEST(own_article_leads_those_that_fit_alike),
        TEST(printed_and_stated_parameters_share_a_signature),
        TEST(later_knowledge_replaces_an_article),
        TEST(crash_without_a_stop_asks_only_articles_without_a_code),
        TEST(stop_code_of_a_rule_is_not_said_twice),
        TEST(damaged_module_list_excludes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
