// SPDX-License-Identifier: MIT
//
// The knowledge that is linked into the program, against facts that published headers and
// documentation state.
#include "base/attributes.h"
#include "base/text.h"
#include "kb/article.h"
#include "kb/kb.h"

#include "test.h"

static struct bt_kb *kb;

static int load(void **state)
{
    (void)state;
    kb = bt_kb_new();
    return bt_kb_add_builtin(kb, NULL) != BT_OK;
}

static int unload(void **state)
{
    (void)state;
    bt_kb_free(kb);
    return 0;
}

static void stop_d1_explains_its_parameters(void **state)
{
    (void)state;
    struct bt_kb_stop stop;
    struct bt_kb_parameter parameter;
    assert_true(bt_kb_stop_find(kb, 0xd1, &stop));
    assert_string_equal(stop.name, "DRIVER_IRQL_NOT_LESS_OR_EQUAL");
    assert_string_equal(stop.blame, "driver");
    assert_true(bt_kb_parameter_at(stop.parameters, stop.parameters.count - 1, &parameter));
    assert_int_equal(parameter.p, 4);
    assert_string_equal(parameter.kind, "instruction");
    assert_false(bt_kb_parameter_at(stop.parameters, stop.parameters.count, &parameter));
}

static void stops_come_in_order_and_are_many(void **state)
{
    (void)state;
    uint64_t at = 0;
    size_t count = 0;
    uint32_t last = 0;
    struct bt_kb_stop stop;
    while (bt_kb_stop_next(kb, &at, &stop)) {
        assert_true(count == 0 || stop.code > last);
        last = stop.code;
        count++;
    }
    assert_true(count >= 540);
    assert_false(bt_kb_stop_find(kb, 0xfeedface, &stop));
}

static void values_of_a_parameter_are_found(void **state)
{
    (void)state;
    struct bt_kb_stop stop;
    struct bt_kb_value value;
    const char *means = NULL;
    assert_true(bt_kb_stop_find(kb, 0x0a, &stop));
    for (size_t i = 0; bt_kb_value_at(stop.values, i, &value); i++) {
        if (value.p == 3 && bt_kb_value_fits(&value, 1))
            means = value.means;
    }
    assert_non_null(means);
    assert_string_equal(means, "write");
}

static void status_values_have_names(void **state)
{
    (void)state;
    struct bt_kb_status status;
    assert_true(bt_kb_status_find(kb, BT_KB_NTSTATUS, 0xc0000005, &status));
    assert_string_equal(status.name, "STATUS_ACCESS_VIOLATION");
    assert_true(bt_kb_status_find(kb, BT_KB_FAILFAST, 3, &status));
    assert_string_equal(status.name, "FAST_FAIL_CORRUPT_LIST_ENTRY");
    assert_true(bt_kb_status_find(kb, BT_KB_EXCEPTION, 0xe06d7363, &status));
    assert_false(bt_kb_status_find(kb, BT_KB_NTSTATUS, 0xc1234567, &status));
}

static void kernel_names_are_one_file(void **state)
{
    (void)state;
    assert_true(bt_kb_same_file(kb, "NTKRNLMP.EXE", "ntoskrnl.exe"));
    assert_true(bt_kb_same_file(kb, "ntkrpamp.exe", "ntkrnlpa.exe"));
    assert_true(bt_kb_same_file(kb, "Tcpip.sys", "tcpip.SYS"));
    assert_false(bt_kb_same_file(kb, "tcpip.sys", "tcpip6.sys"));
    assert_int_equal(bt_kb_role_of(kb, "ntkrnlpa.exe"), BT_KB_ROLE_KERNEL);
    assert_int_equal(bt_kb_role_of(kb, "NDIS.SYS"), BT_KB_ROLE_INFRASTRUCTURE);
    assert_int_equal(bt_kb_role_of(kb, "no-such-file.sys"), BT_KB_ROLE_UNKNOWN);
}

static void filters_have_all_their_classes(void **state)
{
    (void)state;
    struct bt_kb_filter filter;
    assert_true(bt_kb_filter_at(kb, "fileinfo.sys", 0, &filter));
    assert_string_equal(filter.filter_class, "bottom");
    assert_true(bt_kb_filter_at(kb, "FileInfo.sys", 1, &filter));
    assert_string_equal(filter.filter_class, "activity-monitor");
    assert_false(bt_kb_filter_at(kb, "fileinfo.sys", 2, &filter));
}

static void products_depend_on_type_and_architecture(void **state)
{
    (void)state;
    struct bt_kb_product product;
    assert_true(bt_kb_product_find(kb, 6002, 3, "x64", &product));
    assert_string_equal(product.name, "Windows Server 2008");
    assert_int_equal(product.service_pack.value, 2);
    assert_true(bt_kb_product_find(kb, 6002, 1, "x86", &product));
    assert_string_equal(product.short_name, "Vista");
    assert_true(bt_kb_product_find(kb, 3790, 1, "x64", &product));
    assert_string_equal(product.name, "Windows XP x64 Edition");
    assert_true(bt_kb_product_find(kb, 3790, 2, "x64", &product));
    assert_string_equal(product.short_name, "2003");
    assert_true(bt_kb_product_find(kb, 6002, 0, NULL, &product));
    assert_null(product.short_name);
    assert_false(bt_kb_product_find(kb, 4711, 1, "x86", &product));
}

struct order_case {
    const char *a, *b;
    enum bt_kb_order order;
};

static void versions_compare_inside_a_branch_only(void **state)
{
    (void)state;
    static const struct order_case cases[] = {
        {"6.0.6002.22500", "6.0.6002.23012", BT_KB_OLDER},
        {"6.0.6002.24000", "6.0.6002.23012", BT_KB_NEWER},
        {"6.0.6002.23012", "6.0.6002.23012", BT_KB_SAME},
        {"6.0.6002.19000", "6.0.6002.23012", BT_KB_GDR_OF_LDR},
        {"6.0.6002.23012", "6.0.6002.18005", BT_KB_OTHER},
        {"6.0.6001.22500", "6.0.6002.23012", BT_KB_EARLIER_SP},
        {"6.0.6003.20500", "6.0.6002.23012", BT_KB_NEWER},
        {"5.2.3790.1830", "5.2.3790.2554", BT_KB_OLDER},
        {"5.2.3790.0", "5.2.3790.2554", BT_KB_EARLIER_SP},
        {"5.2.3790.3959", "5.2.3790.2554", BT_KB_LATER_SP},
        {"4.0.1381.133", "4.0.1381.7179", BT_KB_EARLIER_SP},
        {"4.0.1381.33478", "4.0.1381.7179", BT_KB_OTHER},
        {"4.0.1381.7100", "4.0.1381.7179", BT_KB_OLDER},
        {"6.1.7601.17514", "6.0.6002.23012", BT_KB_OTHER},
        {"10.0.14393.100", "10.0.17763.1", BT_KB_OTHER},
        {"62.24.2.64", "62.26.0.64", BT_KB_OLDER},
    };
    for (size_t i = 0; i < BT_COUNT(cases); i++) {
        bt_file_version a = 0, b = 0;
        assert_true(bt_parse_file_version(cases[i].a, &a));
        assert_true(bt_parse_file_version(cases[i].b, &b));
        if (bt_kb_compare(kb, a, b) != cases[i].order)
            fail_msg("%s against %s gives %d", cases[i].a, cases[i].b, bt_kb_compare(kb, a, b));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stop_d1_explains_its_parameters),
        cmocka_unit_test(stops_come_in_order_and_are_many),
        cmocka_unit_test(values_of_a_parameter_are_found),
        cmocka_unit_test(status_values_have_names),
        cmocka_unit_test(kernel_names_are_one_file),
        cmocka_unit_test(filters_have_all_their_classes),
        cmocka_unit_test(products_depend_on_type_and_architecture),
        cmocka_unit_test(versions_compare_inside_a_branch_only),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
