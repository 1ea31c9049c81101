// SPDX-License-Identifier: MIT
#include "kb/system.h"

#include "base/attributes.h"

#include "test.h"

static struct bt_kb_system parse(const char *text)
{
    struct bt_kb_system system = {0};
    char bad[BT_KB_BAD_WORD_SIZE];
    if (!bt_kb_parse_system(text, &system, bad))
        fail_msg("%s: \"%s\" is not understood", text, bad);
    return system;
}

static void lines_have_builds_and_types(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t from, to;
        unsigned types;
    } cases[] = {
        {"NT 4.0", 1381, 1381, BT_KB_WORKSTATION | BT_KB_SERVER},
        {"2000 server", 2195, 2195, BT_KB_SERVER},
        {"XP x64", 2600, 3790, BT_KB_WORKSTATION},
        {"2003", 3790, 3790, BT_KB_SERVER},
        {"2008", 6001, 6003, BT_KB_SERVER},
        {"2008 R2", 7600, 7601, BT_KB_SERVER},
        {"8.1", 9600, 9600, BT_KB_WORKSTATION},
        {"2012 R2", 9600, 9600, BT_KB_SERVER},
        {"10 1607", 14393, 14393, BT_KB_WORKSTATION},
        {"10 1607-1809", 14393, 17763, BT_KB_WORKSTATION},
        {"10 22H2", 19041, 19045, BT_KB_WORKSTATION},
        {"10 1809+", 17763, 19045, BT_KB_WORKSTATION},
        {"10 build 10586", 10586, 10586, BT_KB_WORKSTATION},
        {"2008 build 6002-6003", 6002, 6003, BT_KB_SERVER},
        {"Server 20H2", 19041, 19042, BT_KB_SERVER},
    };
    for (size_t i = 0; i < BT_COUNT(cases); i++) {
        struct bt_kb_system system = parse(cases[i].text);
        if (system.build_from != cases[i].from || system.build_to != cases[i].to ||
            system.types != cases[i].types)
            fail_msg("%s: %u to %u, %u", cases[i].text, system.build_from, system.build_to,
                     system.types);
    }
}

static void service_packs_are_ranges(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t from, to;
    } cases[] = {
        {"2000 RTM", 0, 0},        {"2003 SP1", 1, 1},     {"NT 4.0 SP6a", 6, 6},
        {"NT 4.0 RTM-SP4", 0, 4},  {"2000 SP2-SP4", 2, 4}, {"2008 SP2+", 2, 99},
        {"NT 4.0 SP4-SP6a", 4, 6},
    };
    for (size_t i = 0; i < BT_COUNT(cases); i++) {
        struct bt_kb_system system = parse(cases[i].text);
        assert_true(system.sp_from.known && system.sp_to.known);
        assert_int_equal(system.sp_from.value, cases[i].from);
        assert_int_equal(system.sp_to.value, cases[i].to);
    }
    assert_false(parse("2003 x86").sp_from.known);
}

static void architectures_and_exceptions_are_sets(void **state)
{
    (void)state;
    assert_int_equal(parse("2003 x86 x64").archs, 3);
    assert_int_equal(parse("2003 SP1 except x64").not_archs, 2);
    assert_int_equal(parse("2003 SP1 except x64").archs, 0);
    assert_int_equal(parse("NT 4.0 TSE").tse, BT_KB_TSE_ONLY);
    assert_int_equal(parse("NT 4.0 except TSE").tse, BT_KB_TSE_NOT);
    assert_int_equal(parse("NT 4.0").tse, BT_KB_TSE_ANY);
}

static void latest_is_the_last_service_pack_of_the_line(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t pack;
    } cases[] = {
        {"latest NT 3.51", 5}, {"latest NT 4.0", 6}, {"latest NT 4.0 TSE", 6},
        {"latest 2000", 4},    {"latest XP x86", 3}, {"latest 2008 R2 except ia64", 1},
    };
    for (size_t i = 0; i < BT_COUNT(cases); i++) {
        struct bt_kb_system system = parse(cases[i].text);
        assert_true(system.latest);
        assert_int_equal(system.sp_from.value, cases[i].pack);
        assert_int_equal(system.sp_to.value, cases[i].pack);
    }
    assert_false(parse("NT 3.51 SP5").latest);
}

static void nonsense_is_refused_with_the_word(void **state)
{
    (void)state;
    static const struct {
        const char *text, *bad;
    } cases[] = {
        {"Windows 95", ""},
        {"latest 10", "latest"},
        {"latest NT 4.0 SP4", "latest"},
        {"latest", ""},
        {"", ""},
        {"2003R2", ""},
        {"2003 SP", "SP"},
        {"2000 SP3-SP1", "SP3-SP1"},
        {"2003 1607", "1607"},
        {"10 1809-1607", "1809-1607"},
        {"2003 build x", "build"},
        {"Vista server", "server"},
        {"2003 averylongwordthatisnoarchitectureatall", "averylongwordthatisnoarchitecture"},
    };
    for (size_t i = 0; i < BT_COUNT(cases); i++) {
        struct bt_kb_system system;
        char bad[BT_KB_BAD_WORD_SIZE];
        assert_false(bt_kb_parse_system(cases[i].text, &system, bad));
        assert_memory_equal(bad, cases[i].bad,
                            strlen(cases[i].bad) < sizeof bad - 1 ? strlen(cases[i].bad) + 1
                                                                  : sizeof bad - 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_have_builds_and_types),
        cmocka_unit_test(service_packs_are_ranges),
        cmocka_unit_test(architectures_and_exceptions_are_sets),
        cmocka_unit_test(latest_is_the_last_service_pack_of_the_line),
        cmocka_unit_test(nonsense_is_refused_with_the_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
