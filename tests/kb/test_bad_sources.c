// SPDX-License-Identifier: MIT
//
// Every source of tests/kb/bad is wrong, and its .err file says, letter by letter, what the
// compiler tells its author. BT_REBASE=1 in the environment writes the .err files anew.
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"
#include "kb/compile.h"

#include "test.h"

static struct bt_kb *base;

static void compile(const char *name, struct bt_buf *text)
{
    static struct bt_kb_diagnostics diagnostics;
    struct bt_kb_compile_options options = {.with_tests = true, .base = base};
    struct bt_kb_compile_counts counts;
    struct bt_error err = {0};
    struct bt_buf image;
    bt_kb_diagnostics_init(&diagnostics);
    bt_buf_init(&image, 1 << 20);
    enum bt_status status =
        bt_kb_compile_paths(&name, 1, &options, &image, &diagnostics, &counts, &err);
    bt_kb_diagnostics_print(&diagnostics, text);
    if (status != BT_E_SYNTAX)
        fail_msg("%s: status %d, %s", name, status, err.message);
    assert_int_equal(image.size, 0);
    bt_buf_fini(&image);
    bt_kb_diagnostics_fini(&diagnostics);
}

static void read_expected(const char *path, struct bt_buf *text)
{
    char bytes[4096];
    size_t size = 0;
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return;
    while ((size = fread(bytes, 1, sizeof bytes, file)) != 0)
        bt_buf_add(text, bytes, size);
    fclose(file);
}

static void write_expected(const char *path, const struct bt_buf *text)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fwrite(text->data, 1, text->size, file);
    fclose(file);
}

// Compares one source; gives false after showing the difference.
static bool check_source(const char *name)
{
    char path[256];
    struct bt_buf found, expected;
    snprintf(path, sizeof path, "%.*s.err", (int)strcspn(name, "."), name);
    bt_buf_init(&found, 1 << 20);
    bt_buf_init(&expected, 1 << 20);
    compile(name, &found);
    if (getenv("BT_REBASE") != NULL)
        write_expected(path, &found);
    read_expected(path, &expected);
    bool same = strcmp(bt_buf_cstr(&found), bt_buf_cstr(&expected)) == 0;
    if (!same)
        print_error("%s:\n--- expected\n%s--- found\n%s", name, bt_buf_cstr(&expected),
                    bt_buf_cstr(&found));
    bt_buf_fini(&found);
    bt_buf_fini(&expected);
    return same;
}

static void bad_sources_are_told_in_exact_words(void **state)
{
    (void)state;
    size_t count = 0, different = 0;
    DIR *directory = opendir(".");
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (entry->d_name[0] == '.' || bt_iends_with(entry->d_name, ".err"))
            continue;
        count++;
        different += !check_source(entry->d_name);
    }
    closedir(directory);
    assert_true(count >= 20);
    assert_int_equal(different, 0);
}

static void check_warning(const char *article, const char *expected)
{
    static struct bt_kb_diagnostics diagnostics;
    struct bt_kb_source source = {.name = "w.yaml",
                                  .bytes = {(const uint8_t *)article, strlen(article), 0}};
    struct bt_kb_compile_options options = {.base = base, .warn = true};
    struct bt_kb_compile_counts counts;
    struct bt_error err = {0};
    struct bt_buf image, text;
    bt_kb_diagnostics_init(&diagnostics);
    bt_buf_init(&image, 1 << 20);
    bt_buf_init(&text, 1 << 20);
    assert_int_equal(bt_kb_compile(&source, 1, &options, &image, &diagnostics, &counts, &err),
                     BT_OK);
    bt_kb_diagnostics_print(&diagnostics, &text);
    assert_string_equal(bt_buf_cstr(&text), expected);
    bt_buf_fini(&text);
    bt_buf_fini(&image);
    bt_kb_diagnostics_fini(&diagnostics);
}

#define ARTICLE "id: T1\ntitle: t\nstop: {code: 0x7F}\n"
#define FITS    "  - {name: a, facts: {stop: 0x7F}, verdict: possible}\n"
#define MISSES  "  - {name: b, facts: {stop: 0x7E}, verdict: none}\n"

static void an_article_that_was_never_tested_is_warned_of(void **state)
{
    (void)state;
    check_warning(ARTICLE "tests:\n" FITS MISSES, "");
    check_warning(ARTICLE,
                  "w.yaml:1:1: warning: the article has no \"tests\": write facts that "
                  "it fits, and facts that it nearly fits (verdict: none)\n");
    check_warning(ARTICLE "tests:\n" FITS, "w.yaml:4:1: warning: no test has facts that the "
                                           "article only nearly fits (verdict: none)\n");
    check_warning(ARTICLE "tests:\n" MISSES,
                  "w.yaml:4:1: warning: no test has facts that the article fits\n");
    // For searching only: there is nothing that it could fit.
    check_warning(ARTICLE "rule: {needs: no}\ntests:\n" MISSES, "");
}

// What editors of Windows write: a byte order mark, and lines that end in CR and LF.
static void a_byte_order_mark_and_crlf_are_no_mistake(void **state)
{
    (void)state;
    static const char text[] = "\xEF\xBB\xBFid: T1\r\ntitle: t\r\nstop: {code: 0x7F}\r\n";
    static struct bt_kb_diagnostics diagnostics;
    struct bt_kb_source source = {.name = "bom.yaml",
                                  .bytes = {(const uint8_t *)text, sizeof text - 1, 0}};
    struct bt_kb_compile_options options = {.base = base};
    struct bt_kb_compile_counts counts;
    struct bt_error err = {0};
    struct bt_buf image;
    bt_kb_diagnostics_init(&diagnostics);
    bt_buf_init(&image, 1 << 20);
    assert_int_equal(bt_kb_compile(&source, 1, &options, &image, &diagnostics, &counts, &err),
                     BT_OK);
    assert_int_equal(counts.articles, 1);
    bt_buf_fini(&image);
    bt_kb_diagnostics_fini(&diagnostics);
}

int main(void)
{
    struct bt_error err;
    base = bt_kb_new();
    if (chdir(BAD_SOURCES) != 0 || bt_kb_add_builtin(base, &err) != BT_OK)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_sources_are_told_in_exact_words),
        cmocka_unit_test(an_article_that_was_never_tested_is_warned_of),
        cmocka_unit_test(a_byte_order_mark_and_crlf_are_no_mistake),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    bt_kb_free(base);
    return failed;
}
