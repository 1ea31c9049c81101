// SPDX-License-Identifier: MIT
#include "symbols/undecorate.h"

#include "base/limits.h"
#include "test.h"

static void check(const char *name, bool is_x86, const char *expected)
{
    struct bt_arena *arena = bt_arena_new(1 << 16);
    const char *got;
    assert_int_equal(bt_symbol_undecorate(name, is_x86, arena, &got, NULL), BT_OK);
    assert_string_equal(got, expected);
    bt_arena_free(arena);
}

static void undecorate_x86_c_name_drops_the_convention(void **state)
{
    (void)state;
    check("_KeBugCheckEx@20", true, "KeBugCheckEx");
    check("@IofCallDriver@8", true, "IofCallDriver");
    check("_memcpy", true, "memcpy");
    check("__aulldiv", true, "_aulldiv");
    check("plain", true, "plain");
    check("_", true, "_");
}

static void undecorate_other_machines_keeps_underscores(void **state)
{
    (void)state;
    check("_memcpy", false, "_memcpy");
    check("name@4", false, "name@4");
}

static void undecorate_microsoft_name_reads_scopes(void **state)
{
    (void)state;
    check("?Close@File@io@@QEAAHH@Z", false, "io::File::Close");
    check("?free_one@@YAXXZ", true, "free_one");
}

static void undecorate_itanium_name_reads_scopes(void **state)
{
    (void)state;
    check("_ZN2io4File5CloseEi", false, "io::File::Close");
    check("_ZNK2io4File4SizeEv", false, "io::File::Size");
    check("_Z7call_iti", false, "call_it");
    check("__Z7call_iti", true, "call_it");
}

static void undecorate_what_is_not_simple_stays(void **state)
{
    (void)state;
    static const char *const names[] = {
        "??0File@io@@QEAA@XZ", "??2@YAPEAX_K@Z", "?f@?$Box@H@@QEAAXXZ", "?",  "?@@",
        "_ZN2io3BoxIiE3getEv", "_ZN2ioC1Ev",     "_Z9toolong",          "_Z", "_ZN",
    };
    for (size_t i = 0; i < BT_COUNT(names); i++)
        check(names[i], false, names[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(undecorate_x86_c_name_drops_the_convention),
        cmocka_unit_test(undecorate_other_machines_keeps_underscores),
        cmocka_unit_test(undecorate_microsoft_name_reads_scopes),
        cmocka_unit_test(undecorate_itanium_name_reads_scopes),
        cmocka_unit_test(undecorate_what_is_not_simple_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
