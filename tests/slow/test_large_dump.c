// SPDX-License-Identifier: MIT
//
// A dump of 64 GiB, in a sparse file: what matters of it is found by reading little of it.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/span.h"
#include "base/text.h"
#include "dump/dump.h"
#include "io/source.h"
#include "mk_build.h"
#include "windows/memory_facts.h"

#include "test.h"

enum {
    HEADER = 0x2000,
    BITMAP = HEADER + 0x38,
    PAGE = 0x1000,
};

static const uint64_t all_pages = UINT64_C(1) << 24; // of 4 KiB: 64 GiB
static const uint64_t first_page = 0x203000;         // behind a bitmap of 2 MiB

// Bytes that this process has read from files, or UINT64_MAX where nothing tells.
static uint64_t bytes_read(void)
{
    static const char title[] = "rchar: ";
    char text[256] = "";
    uint64_t count;
    FILE *file = fopen("/proc/self/io", "r");
    if (file == NULL)
        return UINT64_MAX;
    size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    const char *number = text + sizeof title - 1;
    if (size == 0 || strncmp(text, title, sizeof title - 1) != 0 ||
        !bt_parse_u64(number, strcspn(number, "\n"), &count))
        return UINT64_MAX;
    return count;
}

static void write_at(int fd, uint64_t offset, const void *data, size_t size)
{
    assert_int_equal(pwrite(fd, data, size, (off_t)offset), size);
}

static void put64(uint8_t *at, uint64_t value)
{
    for (size_t i = 0; i < 8; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

static void write_bitmap(int fd)
{
    static uint8_t ones[0x10000];
    memset(ones, 0xff, sizeof ones);
    for (uint64_t at = 0; at < all_pages / 8; at += sizeof ones)
        write_at(fd, BITMAP + at, ones, sizeof ones);
}

// The pages of a small bitmap dump, each at its place among all pages.
static void spread_pages(int fd, const uint8_t *small)
{
    const uint64_t first = bt_le64(small + HEADER + 0x20),
                   bits = bt_le64(small + HEADER + 0x30);
    uint64_t rank = 0;
    for (uint64_t page = 0; page < bits; page++) {
        if ((small[BITMAP + page / 8] >> (page % 8) & 1) == 0)
            continue;
        write_at(fd, first_page + page * PAGE, small + first + rank * PAGE, PAGE);
        rank++;
    }
}

static void write_large_dump(const char *path)
{
    struct mk_dump small;
    struct bt_error err = {0};
    if (mk_build_file(GOLDEN_FOLDER "/memory-2012-x64-scrambled/in.mk", &small, &err) != BT_OK)
        fail_msg("%s", err.message);
    const uint8_t *bytes = (const uint8_t *)small.file.data;
    uint8_t header[BITMAP];
    memcpy(header, bytes, sizeof header);
    put64(header + HEADER + 0x20, first_page);
    put64(header + HEADER + 0x28, all_pages);
    put64(header + HEADER + 0x30, all_pages);
    int fd = open(path, O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    if (ftruncate(fd, (off_t)(first_page + all_pages * PAGE)) != 0) {
        close(fd);
        unlink(path);
        mk_dump_fini(&small);
        print_message("no file of 64 GiB can be made here: %s\n", path);
        skip();
    }
    write_at(fd, 0, header, sizeof header);
    write_bitmap(fd);
    spread_pages(fd, bytes);
    close(fd);
    mk_dump_fini(&small);
}

static void little_of_64_gib_is_read(void **state)
{
    (void)state;
    const char *path = "large_dump.dmp";
    struct bt_source *source;
    struct bt_dump dump;
    struct bt_error err = {0};
    write_large_dump(path);
    struct bt_arena *arena = bt_arena_new(BT_LIMIT_ARENA);
    assert_non_null(arena);
    const uint64_t before = bytes_read();
    assert_int_equal(bt_source_open(path, &source, &err), BT_OK);
    assert_int_equal(bt_dump_read(source, arena, &dump, &err), BT_OK);
    const struct bt_kernel_input input = {.memory = dump.memory,
                                          .debugger_data = dump.kernel.debugger_data,
                                          .loaded_modules = dump.kernel.loaded_modules};
    struct bt_crash_context context = {.known = false};
    assert_int_equal(bt_memory_facts_read(&input, arena, dump.crash, &context, &err), BT_OK);
    const uint64_t after = bytes_read();
    unlink(path);
    assert_int_equal(dump.crash->problem.code, BT_PROBLEM_NONE);
    assert_int_equal(dump.crash->module_count, 3);
    assert_true(dump.crash->modules[2].file_version.known);
    assert_true(context.known);
    if (before != UINT64_MAX)
        assert_true(after - before < UINT64_C(16) << 20);
    print_message("read %llu KiB, used %llu KiB\n", (unsigned long long)(after - before) >> 10,
                  (unsigned long long)bt_arena_used(arena) >> 10);
    bt_source_close(source);
    bt_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(little_of_64_gib_is_read)};
    return cmocka_run_group_tests_name("large_dump", tests, NULL, NULL);
}
