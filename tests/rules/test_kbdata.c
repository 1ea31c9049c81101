// SPDX-License-Identifier: MIT
//
// Runs the test cases that stand beside the articles of kbdata/.
#include <stdio.h>

#include "kb/compile.h"
#include "rules/kb_test.h"

#include "test.h"

static void articles_pass_their_own_tests(void **state)
{
    (void)state;
    static struct bt_kb_diagnostics diagnostics;
    static const char *const paths[] = {KBDATA};
    struct bt_kb_compile_options options = {.with_tests = true, .warn = true};
    struct bt_kb_compile_counts counts;
    struct bt_kb_test_counts tests;
    struct bt_error err = {0};
    struct bt_buf image, out;
    bt_kb_diagnostics_init(&diagnostics);
    bt_buf_init(&image, 1 << 28);
    bt_buf_init(&out, 1 << 24);
    enum bt_status status =
        bt_kb_compile_paths(paths, 1, &options, &image, &diagnostics, &counts, &err);
    bt_kb_diagnostics_print(&diagnostics, &out);
    if (status != BT_OK)
        fail_msg("%s\n%s", err.message, bt_buf_cstr(&out));
    // Each article has a test that it fits, and one that it only nearly fits.
    if (diagnostics.warnings != 0)
        fail_msg("%s", bt_buf_cstr(&out));
    struct bt_kb *kb = bt_kb_new();
    struct bt_span bytes = {.data = (const uint8_t *)image.data, .size = image.size};
    if (bt_kb_add_image(kb, bytes, "kbdata", &err) != BT_OK ||
        bt_kb_test_run(kb, &out, &tests, &err) != BT_OK)
        fail_msg("%s", err.message);
    printf("%zu articles, %zu tests, %zu failed\n%s", counts.articles, tests.run, tests.failed,
           bt_buf_cstr(&out));
    assert_int_equal(tests.failed, 0);
    assert_true(tests.run >= 500);
    assert_int_equal(tests.run, counts.tests);
    bt_kb_free(kb);
    bt_buf_fini(&out);
    bt_buf_fini(&image);
    bt_kb_diagnostics_fini(&diagnostics);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(articles_pass_their_own_tests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
