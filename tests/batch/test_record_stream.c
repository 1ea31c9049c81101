// SPDX-License-Identifier: MIT
#include "batch/record_stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include "test.h"

static char path[] = "test_record_stream.tmp";

static void write_plain(const char *text, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    fclose(file);
}

// Reads all records of the file and compares them; gives how the file ended.
static enum bt_status check_records(const char *const *expected, size_t count)
{
    struct bt_record_stream *stream;
    struct bt_slice record;
    struct bt_error err;
    enum bt_status st;
    assert_int_equal(bt_record_stream_open(path, &stream, &err), BT_OK);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(bt_record_stream_next(stream, &record, &err), BT_OK);
        assert_true(bt_slice_is(record, expected[i]));
    }
    st = bt_record_stream_next(stream, &record, &err);
    assert_int_equal(bt_record_stream_next(stream, &record, &err), BT_ABSENT);
    bt_record_stream_close(stream);
    return st;
}

static enum bt_status check_text(const char *text, const char *const *expected, size_t count)
{
    write_plain(text, strlen(text));
    return check_records(expected, count);
}

static void lines_are_records(void **state)
{
    (void)state;
    static const char *const two[] = {"{\"a\":1}", "{\"b\":2}"};
    assert_int_equal(check_text("{\"a\":1}\n{\"b\":2}\n", two, 2), BT_ABSENT);
    assert_int_equal(check_text("{\"a\":1}\r\n\r\n  {\"b\":2}", two, 2), BT_ABSENT);
    assert_int_equal(check_text("", NULL, 0), BT_ABSENT);
    assert_int_equal(check_text("\n\n", NULL, 0), BT_ABSENT);
}

static void damaged_line_does_not_take_the_next_with_it(void **state)
{
    (void)state;
    static const char *const three[] = {"{\"a\":1}", "{\"b\":{\"c\"", "{\"d\":3}"};
    assert_int_equal(check_text("{\"a\":1}\n{\"b\":{\"c\"\n{\"d\":3}\n", three, 3), BT_ABSENT);
}

static void cut_last_line_is_told(void **state)
{
    (void)state;
    static const char *const one[] = {"{\"a\":1}"};
    assert_int_equal(check_text("{\"a\":1}\n{\"b\":{\"c\":1}", one, 1), BT_E_TRUNCATED);
}

static void array_and_indented_objects_are_records(void **state)
{
    (void)state;
    static const char *const two[] = {"{\n \"a\": \"]}\"\n}", "{\"b\":[2]}"};
    assert_int_equal(check_text("[\n {\n \"a\": \"]}\"\n},\n{\"b\":[2]}\n]\n", two, 2),
                     BT_ABSENT);
    assert_int_equal(check_text("{\n \"a\": \"]}\"\n}\n{\"b\":[2]}", two, 2), BT_ABSENT);
    assert_int_equal(check_text("[\n {\n \"a\": \"]}\"\n},\n{\"b\":[2]},{\"c\"", two, 2),
                     BT_E_TRUNCATED);
}

// Longer than one read, so that a record lies across two.
static void record_across_reads_is_whole(void **state)
{
    (void)state;
    enum { SIZE = 3 << 20 };
    char *text = malloc(SIZE + 64);
    assert_non_null(text);
    static const char start[] = "{\"a\":\"";
    size_t head = sizeof start - 1;
    memcpy(text, start, head);
    memset(text + head, 'x', SIZE);
    memcpy(text + head + SIZE, "\"}\n{\"b\":2}\n", 11);
    write_plain(text, head + SIZE + 11);
    text[head + SIZE + 2] = '\0';
    const char *two[] = {text, "{\"b\":2}"};
    assert_int_equal(check_records(two, 2), BT_ABSENT);
    free(text);
}

static void gzip_is_unpacked_and_a_cut_one_is_told(void **state)
{
    (void)state;
    static const char *const two[] = {"{\"a\":1}", "{\"b\":2}"};
    gzFile file = gzopen(path, "wb");
    gzputs(file, "{\"a\":1}\n{\"b\":2}\n");
    gzclose(file);
    assert_int_equal(check_records(two, 2), BT_ABSENT);
    FILE *raw = fopen(path, "rb");
    char bytes[256];
    size_t size = fread(bytes, 1, sizeof bytes, raw);
    fclose(raw);
    write_plain(bytes, size - 9); // the end of the data and its check sum are gone
    struct bt_record_stream *stream;
    struct bt_slice record;
    struct bt_error err;
    enum bt_status st;
    assert_int_equal(bt_record_stream_open(path, &stream, &err), BT_OK);
    while ((st = bt_record_stream_next(stream, &record, &err)) == BT_OK)
        ;
    assert_int_equal(st, BT_E_TRUNCATED);
    bt_record_stream_close(stream);
}

static void missing_file_is_an_error(void **state)
{
    (void)state;
    struct bt_record_stream *stream;
    struct bt_error err;
    assert_int_equal(bt_record_stream_open("no/such/file", &stream, &err), BT_E_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_records),
        cmocka_unit_test(damaged_line_does_not_take_the_next_with_it),
        cmocka_unit_test(cut_last_line_is_told),
        cmocka_unit_test(array_and_indented_objects_are_records),
        cmocka_unit_test(record_across_reads_is_whole),
        cmocka_unit_test(gzip_is_unpacked_and_a_cut_one_is_told),
        cmocka_unit_test(missing_file_is_an_error),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    remove(path);
    return failed;
}
