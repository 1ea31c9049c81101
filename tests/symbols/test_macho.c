// SPDX-License-Identifier: MIT
//
// Mach-O files made of load commands by hand; whole ones are in oracle.py.
#include "symbols/macho.h"

#include <string.h>

#include "test.h"

enum { SIZE = 0x100, COMMANDS = 0x20 };

static uint8_t bytes[SIZE];

static void put(size_t at, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        bytes[at + i] = (uint8_t)(value >> (8 * i));
}

static size_t put_segment(size_t at, const char *name, uint64_t address)
{
    put(at, 0x19, 4);
    put(at + 4, 0x48, 4);
    memcpy(bytes + at + 8, name, strlen(name));
    put(at + 0x18, address, 8);
    return at + 0x48;
}

// __TEXT at 0x100000000, __DWARF, and a UUID of the bytes 1 to 16.
static void put_file(void)
{
    memset(bytes, 0, sizeof bytes);
    put(0, 0xfeedfacf, 4);
    put(0x10, 3, 4);
    size_t at = put_segment(COMMANDS, "__TEXT", UINT64_C(0x100000000));
    at = put_segment(at, "__DWARF", UINT64_C(0x100004000));
    put(at, 0x1b, 4);
    put(at + 4, 0x18, 4);
    for (unsigned i = 0; i < BT_MACHO_ID_SIZE; i++)
        bytes[at + 8 + i] = (uint8_t)(i + 1);
}

static enum bt_status read_file(size_t size, struct bt_macho *ret)
{
    struct bt_source *source;
    struct bt_span span = {.data = bytes, .size = size};
    assert_int_equal(bt_source_open_memory(span, &source, NULL), BT_OK);
    enum bt_status st = bt_macho_read(source, ret, NULL);
    bt_source_close(source);
    return st;
}

static void load_commands_tell_identity_and_place(void **state)
{
    struct bt_macho macho;
    (void)state;
    put_file();
    assert_int_equal(read_file(SIZE, &macho), BT_OK);
    assert_true(macho.has_dwarf);
    assert_int_equal(macho.base, UINT64_C(0x100000000));
    assert_true(bt_macho_has_id(&macho, "0102030405060708090a0b0c0d0e0f10"));
    assert_true(bt_macho_has_id(&macho, "0102030405060708090A0B0C0D0E0F10"));
    assert_false(bt_macho_has_id(&macho, "0102030405060708090a0b0c0d0e0f11"));
    assert_false(bt_macho_has_id(&macho, "01020304"));
    assert_false(bt_macho_has_id(&macho, ""));
}

static void damaged_load_commands_end_the_list(void **state)
{
    struct bt_macho macho;
    (void)state;
    put_file();
    put(0x10, UINT32_MAX, 4); // more than there are
    assert_int_equal(read_file(SIZE, &macho), BT_OK);
    assert_true(macho.has_id);
    put(COMMANDS + 4, 0, 4); // one without a size
    assert_int_equal(read_file(SIZE, &macho), BT_OK);
    assert_false(macho.has_id);
    assert_false(bt_macho_has_id(&macho, "00000000000000000000000000000000"));
    put_file();
    assert_int_equal(read_file(COMMANDS + 0x40, &macho), BT_OK); // cut
    assert_false(macho.has_id);
}

static void other_files_are_refused(void **state)
{
    struct bt_macho macho;
    (void)state;
    put_file();
    put(0, 0xbebafeca, 4);
    assert_int_equal(read_file(SIZE, &macho), BT_E_UNSUPPORTED);
    put(0, 0x464c457f, 4);
    assert_int_equal(read_file(SIZE, &macho), BT_E_CORRUPT);
    assert_int_not_equal(read_file(8, &macho), BT_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(load_commands_tell_identity_and_place),
        cmocka_unit_test(damaged_load_commands_end_the_list),
        cmocka_unit_test(other_files_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
