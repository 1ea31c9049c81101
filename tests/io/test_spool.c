// SPDX-License-Identifier: MIT
#include "io/spool.h"

#include <stdlib.h>

#include "test.h"

// A feed of counted bytes in small, uneven parts, that can fail at its end.
struct counting_feed {
    struct bt_feed feed;
    size_t position;
    size_t end;
    enum bt_status end_status;
    unsigned reads;
};

static unsigned char byte_at(size_t position)
{
    return (unsigned char)(position * 7 + position / 251);
}

static enum bt_status read_counting(struct bt_feed *self, void *buf, size_t size, size_t *ret,
                                    struct bt_error *err)
{
    struct counting_feed *c = (struct counting_feed *)self;
    size_t part = 1000 + c->reads++ % 13;
    if (part > c->end - c->position)
        part = c->end - c->position;
    if (part > size)
        part = size;
    if (part == 0 && c->end_status != BT_OK)
        return BT_FAIL(err, c->end_status, BT_NO_OFFSET, "broken on purpose");
    for (size_t i = 0; i < part; i++)
        ((unsigned char *)buf)[i] = byte_at(c->position + i);
    c->position += part;
    *ret = part;
    return BT_OK;
}

static void close_counting(struct bt_feed *self)
{
    (void)self;
}

static struct counting_feed make_feed(size_t end, enum bt_status end_status)
{
    return (struct counting_feed){.feed = {.read = read_counting, .close = close_counting},
                                  .end = end,
                                  .end_status = end_status};
}

static void assert_bytes(struct bt_source *s, uint64_t offset, size_t size)
{
    unsigned char *buf = malloc(size);
    assert_non_null(buf);
    assert_int_equal(bt_source_read(s, offset, buf, size, NULL), BT_OK);
    for (size_t i = 0; i < size; i++) {
        if (buf[i] != byte_at((size_t)offset + i))
            fail_msg("byte %zu is wrong", (size_t)offset + i);
    }
    free(buf);
}

static void bytes_come_from_memory_and_file(void **state)
{
    (void)state;
    struct counting_feed c = make_feed(100000, BT_OK);
    const struct bt_spool_limits limits = {.memory = 4500, .total = 1 << 20};
    struct bt_source *s;
    assert_int_equal(bt_spool_open(&c.feed, limits, NULL, 0, &s, NULL), BT_OK);
    assert_bytes(s, 4000, 100);    // memory
    assert_bytes(s, 4400, 200);    // across
    assert_bytes(s, 60000, 40000); // file, to the end
    assert_bytes(s, 0, 100000);
    assert_false(bt_source_has(s, 100000, 1));
    assert_null(bt_source_damage(s));
    bt_source_close(s);
}

static void feed_is_read_no_further_than_asked(void **state)
{
    (void)state;
    struct counting_feed c = make_feed(1000000, BT_OK);
    const struct bt_spool_limits limits = {.memory = 4096, .total = 1 << 20};
    struct bt_source *s;
    assert_int_equal(bt_spool_open(&c.feed, limits, NULL, 0, &s, NULL), BT_OK);
    assert_int_equal(c.position, 0);
    assert_bytes(s, 100, 100);
    assert_true(c.position <= 1100);
    bt_source_close(s);
}

static void failing_feed_leaves_what_came_before(void **state)
{
    (void)state;
    struct counting_feed c = make_feed(5000, BT_E_CORRUPT);
    const struct bt_spool_limits limits = {.memory = 4096, .total = 1 << 20};
    struct bt_source *s;
    uint64_t size = 0;
    assert_int_equal(bt_spool_open(&c.feed, limits, "gzip", 77, &s, NULL), BT_OK);
    assert_int_equal(bt_source_size(s, &size, NULL), BT_OK);
    assert_int_equal(size, 5000);
    assert_bytes(s, 0, 5000);
    assert_string_equal(bt_source_damage(s), "broken on purpose");
    assert_int_equal(bt_source_file_size(s), 77);
    bt_source_close(s);
}

static void feed_that_fails_at_once_is_a_failure(void **state)
{
    (void)state;
    struct counting_feed c = make_feed(0, BT_E_IO);
    const struct bt_spool_limits limits = {.memory = 4096, .total = 1 << 20};
    struct bt_source *s;
    uint64_t size = 0;
    struct bt_error err = {0};
    assert_int_equal(bt_spool_open(&c.feed, limits, NULL, 0, &s, NULL), BT_OK);
    assert_int_equal(bt_source_size(s, &size, &err), BT_E_IO);
    assert_string_equal(err.message, "broken on purpose");
    bt_source_close(s);
}

static void spool_ends_at_its_limit(void **state)
{
    (void)state;
    struct counting_feed c = make_feed(1000000, BT_OK);
    const struct bt_spool_limits limits = {.memory = 4096, .total = 10000};
    struct bt_source *s;
    uint64_t size = 0;
    assert_int_equal(bt_spool_open(&c.feed, limits, NULL, 0, &s, NULL), BT_OK);
    assert_int_equal(bt_source_size(s, &size, NULL), BT_OK);
    assert_int_equal(size, 10000);
    assert_bytes(s, 0, 10000);
    assert_non_null(strstr(bt_source_damage(s), "limit"));
    assert_true(c.position < 12000);
    bt_source_close(s);
}

// A feed of zeros with a mark at 700000, and more zeros.
static enum bt_status read_zeros(struct bt_feed *self, void *buf, size_t size, size_t *ret,
                                 struct bt_error *err)
{
    struct counting_feed *c = (struct counting_feed *)self;
    (void)err;
    *ret = size < c->end - c->position ? size : c->end - c->position;
    memset(buf, 0, *ret);
    if (c->position <= 700000 && 700000 < c->position + *ret)
        ((unsigned char *)buf)[700000 - c->position] = 77;
    c->position += *ret;
    return BT_OK;
}

static void zeros_that_were_not_written_read_as_zeros(void **state)
{
    (void)state;
    struct counting_feed c = make_feed(1000000, BT_OK);
    const struct bt_spool_limits limits = {.memory = 4096, .total = 1 << 20};
    struct bt_source *s;
    unsigned char *buf = malloc(1000000);
    assert_non_null(buf);
    c.feed.read = read_zeros;
    assert_int_equal(bt_spool_open(&c.feed, limits, NULL, 0, &s, NULL), BT_OK);
    for (int round = 0; round < 2; round++) {
        memset(buf, 1, 1000000);
        assert_int_equal(bt_source_read(s, 0, buf, 1000000, NULL), BT_OK);
        for (size_t i = 0; i < 1000000; i++) {
            if (buf[i] != (i == 700000 ? 77 : 0))
                fail_msg("byte %zu is %u", i, buf[i]);
        }
    }
    assert_int_equal(bt_source_read(s, 999990, buf, 11, NULL), BT_E_TRUNCATED);
    assert_null(bt_source_damage(s));
    free(buf);
    bt_source_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_come_from_memory_and_file),
        cmocka_unit_test(feed_is_read_no_further_than_asked),
        cmocka_unit_test(failing_feed_leaves_what_came_before),
        cmocka_unit_test(feed_that_fails_at_once_is_a_failure),
        cmocka_unit_test(spool_ends_at_its_limit),
        cmocka_unit_test(zeros_that_were_not_written_read_as_zeros),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
