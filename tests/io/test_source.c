// SPDX-License-Identifier: MIT
#include "io/source.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <zlib.h>

#include "test.h"

// A folder of its own for each test, and one path in it.
struct place {
    char folder[32];
    char path[64];
};

static int make_place(void **state)
{
    struct place *p = calloc(1, sizeof *p);
    assert_non_null(p);
    snprintf(p->folder, sizeof p->folder, "/tmp/bt-source-XXXXXX");
    assert_non_null(mkdtemp(p->folder));
    snprintf(p->path, sizeof p->path, "%s/input", p->folder);
    *state = p;
    return 0;
}

static int remove_place(void **state)
{
    struct place *p = *state;
    remove(p->path);
    rmdir(p->folder);
    free(p);
    return 0;
}

static void write_file(const char *path, const void *data, size_t size)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
}

static void file_reads_at_any_offset(void **state)
{
    struct place *p = *state;
    write_file(p->path, "0123456789", 10);
    struct bt_source *s;
    assert_int_equal(bt_source_open(p->path, &s, NULL), BT_OK);
    char buf[4] = {0};
    assert_int_equal(bt_source_read(s, 6, buf, 4, NULL), BT_OK);
    assert_memory_equal(buf, "6789", 4);
    assert_int_equal(bt_source_read(s, 1, buf, 2, NULL), BT_OK);
    assert_memory_equal(buf, "12", 2);
    uint64_t size = 0;
    assert_int_equal(bt_source_size(s, &size, NULL), BT_OK);
    assert_int_equal(size, 10);
    assert_int_equal(bt_source_file_size(s), 10);
    assert_null(bt_source_container(s));
    assert_true(bt_source_is_direct(s));
    bt_source_close(s);
}

static void read_past_end_is_truncated(void **state)
{
    struct place *p = *state;
    write_file(p->path, "0123456789", 10);
    struct bt_source *s;
    assert_int_equal(bt_source_open(p->path, &s, NULL), BT_OK);
    char buf[4];
    struct bt_error err = {0};
    assert_int_equal(bt_source_read(s, 8, buf, 4, &err), BT_E_TRUNCATED);
    assert_int_equal(err.offset, 8);
    assert_int_equal(bt_source_read(s, UINT64_MAX, buf, 4, &err), BT_E_TRUNCATED);
    assert_true(bt_source_has(s, 10, 0));
    assert_false(bt_source_has(s, 9, 2));
    assert_false(bt_source_has(s, 2, UINT64_MAX));
    bt_source_close(s);
}

static void view_is_cut_at_the_end(void **state)
{
    struct place *p = *state;
    write_file(p->path, "0123456789", 10);
    struct bt_arena *arena = bt_arena_new(1 << 20);
    struct bt_source *s;
    struct bt_span view;
    assert_int_equal(bt_source_open(p->path, &s, NULL), BT_OK);
    assert_int_equal(bt_source_view(s, 7, UINT64_MAX, arena, &view, NULL), BT_OK);
    assert_int_equal(view.size, 3);
    assert_int_equal(view.file_offset, 7);
    assert_memory_equal(view.data, "789", 3);
    assert_int_equal(bt_source_view(s, 77, 5, arena, &view, NULL), BT_OK);
    assert_int_equal(view.size, 0);
    bt_source_close(s);
    bt_arena_free(arena);
}

static void file_that_shrinks_is_an_error(void **state)
{
    struct place *p = *state;
    write_file(p->path, "0123456789", 10);
    struct bt_source *s;
    assert_int_equal(bt_source_open(p->path, &s, NULL), BT_OK);
    assert_int_equal(truncate(p->path, 4), 0);
    char buf[8];
    assert_int_equal(bt_source_read(s, 0, buf, 8, NULL), BT_E_TRUNCATED);
    bt_source_close(s);
}

static void assert_refused(const char *path, const char *because)
{
    struct bt_source *s;
    struct bt_error err = {0};
    assert_int_equal(bt_source_open(path, &s, &err), BT_E_IO);
    if (strstr(err.message, because) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", err.message, because);
}

static void what_is_no_file_is_refused_by_name(void **state)
{
    struct place *p = *state;
    assert_refused(p->folder, "is a directory");
    assert_refused("/dev/null", "character device");
    assert_int_equal(mkfifo(p->path, 0600), 0);
    assert_refused(p->path, "is a FIFO: pipe");
    remove(p->path);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", p->path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    assert_refused(p->path, "is a socket");
    close(fd);
    remove(p->path);
    assert_refused(p->path, "No such file");
}

// Bytes that do not compress to nothing and tell their position.
static unsigned char *make_pattern(size_t size)
{
    unsigned char *bytes = malloc(size);
    assert_non_null(bytes);
    uint32_t x = 1;
    for (size_t i = 0; i < size; i++) {
        x = x * 1664525 + 1013904223;
        bytes[i] = (unsigned char)(x >> 28);
    }
    return bytes;
}

// Reads here and there, small and large, over each other and up to the end.
static void check_scattered_reads(const char *path, size_t size)
{
    unsigned char *pattern = make_pattern(size), *buf = malloc(size);
    assert_non_null(buf);
    write_file(path, pattern, size);
    struct bt_source *s;
    assert_int_equal(bt_source_open(path, &s, NULL), BT_OK);
    uint32_t x = 7;
    for (int i = 0; i < 3000; i++) {
        x = x * 1664525 + 1013904223;
        size_t at = (x >> 4) % size, most = i % 3 == 0 ? 60000 : 600;
        size_t length = (x >> 7) % most;
        length = length < size - at ? length : size - at;
        assert_int_equal(bt_source_read(s, at, buf, length, NULL), BT_OK);
        assert_memory_equal(buf, &pattern[at], length);
    }
    assert_int_equal(bt_source_read(s, 0, buf, size, NULL), BT_OK);
    assert_memory_equal(buf, pattern, size);
    bt_source_close(s);
    free(pattern);
    free(buf);
}

static void scattered_reads_give_what_the_file_holds(void **state)
{
    const struct place *p = *state;
    check_scattered_reads(p->path, 1);
    check_scattered_reads(p->path, 131474);
    check_scattered_reads(p->path, (5 << 20) + 123); // too large for large windows
}

// What lies behind a read may have gone; that is no reason to fail.
static void file_that_shrinks_behind_a_read_is_read(void **state)
{
    const struct place *p = *state;
    unsigned char *pattern = make_pattern(100000);
    unsigned char buf[64];
    write_file(p->path, pattern, 100000);
    struct bt_source *s;
    assert_int_equal(bt_source_open(p->path, &s, NULL), BT_OK);
    assert_int_equal(truncate(p->path, 50064), 0);
    assert_int_equal(bt_source_read(s, 50000, buf, 64, NULL), BT_OK);
    assert_memory_equal(buf, &pattern[50000], 64);
    assert_int_equal(bt_source_read(s, 50001, buf, 64, NULL), BT_E_TRUNCATED);
    assert_int_equal(bt_source_read(s, 52000, buf, 64, NULL), BT_E_TRUNCATED);
    bt_source_close(s);
    free(pattern);
}

static void write_gzip(const char *path, const char *mode, const void *data, size_t size)
{
    gzFile gz = gzopen(path, mode);
    assert_non_null(gz);
    assert_int_equal(gzwrite(gz, data, (unsigned)size), size);
    assert_int_equal(gzclose(gz), Z_OK);
}

enum { PATTERN = 300 * 1000 };

static void gzip_file_reads_as_its_content(void **state)
{
    struct place *p = *state;
    unsigned char *bytes = make_pattern(PATTERN);
    write_gzip(p->path, "wb", bytes, PATTERN);
    struct bt_source *s;
    assert_int_equal(bt_source_open(p->path, &s, NULL), BT_OK);
    assert_string_equal(bt_source_container(s), "gzip");
    assert_false(bt_source_is_direct(s));
    unsigned char buf[1000];
    assert_int_equal(bt_source_read(s, 250000, buf, sizeof buf, NULL), BT_OK);
    assert_memory_equal(buf, bytes + 250000, sizeof buf);
    assert_int_equal(bt_source_read(s, 5, buf, sizeof buf, NULL), BT_OK);
    assert_memory_equal(buf, bytes + 5, sizeof buf);
    uint64_t size = 0;
    assert_int_equal(bt_source_size(s, &size, NULL), BT_OK);
    assert_int_equal(size, PATTERN);
    assert_null(bt_source_damage(s));
    bt_source_close(s);
    free(bytes);
}

static void gzip_members_follow_each_other(void **state)
{
    struct place *p = *state;
    write_gzip(p->path, "wb", "first ", 6);
    write_gzip(p->path, "ab", "second", 6);
    struct bt_source *s;
    char buf[12];
    assert_int_equal(bt_source_open(p->path, &s, NULL), BT_OK);
    assert_int_equal(bt_source_read(s, 0, buf, sizeof buf, NULL), BT_OK);
    assert_memory_equal(buf, "first second", 12);
    assert_false(bt_source_has(s, 12, 1));
    assert_null(bt_source_damage(s));
    bt_source_close(s);
}

static void padding_after_gzip_is_ignored(void **state)
{
    struct place *p = *state;
    write_gzip(p->path, "wb", "content", 7);
    FILE *f = fopen(p->path, "ab");
    assert_non_null(f);
    fwrite("\0\0\0\0\0", 1, 5, f);
    fclose(f);
    struct bt_source *s;
    uint64_t size = 0;
    assert_int_equal(bt_source_open(p->path, &s, NULL), BT_OK);
    assert_int_equal(bt_source_size(s, &size, NULL), BT_OK);
    assert_int_equal(size, 7);
    assert_null(bt_source_damage(s));
    bt_source_close(s);
}

static void cut_gzip_gives_what_was_there(void **state)
{
    struct place *p = *state;
    unsigned char *bytes = make_pattern(PATTERN);
    write_gzip(p->path, "wb", bytes, PATTERN);
    struct stat st;
    assert_int_equal(stat(p->path, &st), 0);
    assert_int_equal(truncate(p->path, st.st_size / 2), 0);
    struct bt_source *s;
    uint64_t size = 0;
    assert_int_equal(bt_source_open(p->path, &s, NULL), BT_OK);
    assert_int_equal(bt_source_size(s, &size, NULL), BT_OK);
    assert_true(size > PATTERN / 3 && size < PATTERN);
    unsigned char *buf = malloc((size_t)size);
    assert_non_null(buf);
    assert_int_equal(bt_source_read(s, 0, buf, (size_t)size, NULL), BT_OK);
    assert_memory_equal(buf, bytes, (size_t)size);
    assert_int_equal(bt_source_read(s, size, buf, 1, NULL), BT_E_TRUNCATED);
    assert_non_null(strstr(bt_source_damage(s), "ends early"));
    bt_source_close(s);
    free(buf);
    free(bytes);
}

static void damaged_gzip_gives_what_was_before(void **state)
{
    struct place *p = *state;
    unsigned char *bytes = make_pattern(PATTERN);
    write_gzip(p->path, "wb", bytes, PATTERN);
    FILE *f = fopen(p->path, "r+b");
    assert_non_null(f);
    fseek(f, -8, SEEK_END); // the checksum
    fwrite("\xff\x00\xff\x00", 1, 4, f);
    fclose(f);
    struct bt_source *s;
    uint64_t size = 0;
    assert_int_equal(bt_source_open(p->path, &s, NULL), BT_OK);
    assert_int_equal(bt_source_size(s, &size, NULL), BT_OK);
    assert_int_equal(size, PATTERN);
    assert_non_null(strstr(bt_source_damage(s), "damaged after 300000"));
    bt_source_close(s);
    free(bytes);
}

static void gzip_without_content_is_a_failure(void **state)
{
    struct place *p = *state;
    write_file(p->path, "\x1f\x8b\x08 rubbish", 11);
    struct bt_source *s;
    uint64_t size = 0;
    assert_int_equal(bt_source_open(p->path, &s, NULL), BT_OK);
    assert_int_equal(bt_source_size(s, &size, NULL), BT_E_CORRUPT);
    bt_source_close(s);
}

static void pipe_is_read_as_far_as_needed(void **state)
{
    (void)state;
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(write(fds[1], "0123456789", 10), 10);
    struct bt_source *s;
    char buf[4];
    assert_int_equal(bt_source_open_stream(fds[0], &s, NULL), BT_OK);
    // The writer is still there: only a lazy read can return.
    assert_int_equal(bt_source_read(s, 2, buf, 4, NULL), BT_OK);
    assert_memory_equal(buf, "2345", 4);
    assert_int_equal(bt_source_file_size(s), 0);
    assert_int_equal(write(fds[1], "abc", 3), 3);
    close(fds[1]);
    uint64_t size = 0;
    assert_int_equal(bt_source_size(s, &size, NULL), BT_OK);
    assert_int_equal(size, 13);
    bt_source_close(s);
    close(fds[0]);
}

static void gzip_in_a_pipe_is_unpacked(void **state)
{
    struct place *p = *state;
    write_gzip(p->path, "wb", "content", 7);
    char packed[256];
    int file = open(p->path, O_RDONLY);
    ssize_t packed_size = read(file, packed, sizeof packed);
    close(file);
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(write(fds[1], packed, (size_t)packed_size), packed_size);
    close(fds[1]);
    struct bt_source *s;
    char buf[7];
    assert_int_equal(bt_source_open_stream(fds[0], &s, NULL), BT_OK);
    assert_string_equal(bt_source_container(s), "gzip");
    assert_int_equal(bt_source_read(s, 0, buf, sizeof buf, NULL), BT_OK);
    assert_memory_equal(buf, "content", 7);
    bt_source_close(s);
    close(fds[0]);
}

static void redirected_file_is_read_in_place(void **state)
{
    struct place *p = *state;
    write_file(p->path, "0123456789", 10);
    int fd = open(p->path, O_RDONLY);
    struct bt_source *s;
    char buf[2];
    assert_int_equal(bt_source_open_stream(fd, &s, NULL), BT_OK);
    assert_true(bt_source_is_direct(s));
    assert_int_equal(bt_source_read(s, 8, buf, 2, NULL), BT_OK);
    assert_memory_equal(buf, "89", 2);
    bt_source_close(s);
    assert_int_equal(fcntl(fd, F_GETFD) >= 0, 1); // borrowed: still open
    close(fd);
}

static void memory_reads_like_a_file(void **state)
{
    (void)state;
    const uint8_t bytes[] = {1, 2, 3};
    struct bt_source *s;
    uint8_t buf[2] = {0};
    assert_int_equal(
        bt_source_open_memory((struct bt_span){.data = bytes, .size = 3}, &s, NULL), BT_OK);
    struct bt_reader reader = bt_source_reader(s);
    assert_int_equal(bt_reader_read(reader, 1, buf, 2, NULL), BT_OK);
    assert_int_equal(buf[0], 2);
    assert_int_equal(bt_reader_read(reader, 2, buf, 2, NULL), BT_E_TRUNCATED);
    bt_source_close(s);
}

int main(void)
{
#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)
    const struct CMUnitTest tests[] = {
        IN_PLACE(file_reads_at_any_offset),
        IN_PLACE(read_past_end_is_truncated),
        IN_PLACE(view_is_cut_at_the_end),
        IN_PLACE(file_that_shrinks_is_an_error),
        IN_PLACE(scattered_reads_give_what_the_file_holds),
        IN_PLACE(file_that_shrinks_behind_a_read_is_read),
        IN_PLACE(what_is_no_file_is_refused_by_name),
        IN_PLACE(gzip_file_reads_as_its_content),
        IN_PLACE(gzip_members_follow_each_other),
        IN_PLACE(padding_after_gzip_is_ignored),
        IN_PLACE(cut_gzip_gives_what_was_there),
        IN_PLACE(damaged_gzip_gives_what_was_before),
        IN_PLACE(gzip_without_content_is_a_failure),
        cmocka_unit_test(pipe_is_read_as_far_as_needed),
        IN_PLACE(gzip_in_a_pipe_is_unpacked),
        IN_PLACE(redirected_file_is_read_in_place),
        cmocka_unit_test(memory_reads_like_a_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
