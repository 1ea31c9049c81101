// SPDX-License-Identifier: MIT
#include "windows/loaded_modules.h"

#include <stdio.h>

#include "kernel_array.h"

enum { HEAD = 0x100, ENTRIES = 0x1000, ENTRY = 0x200, TEXTS = 0x8000, TEXT = 0x100 };

static struct kernel_array k;

static int tear_down(void **state)
{
    (void)state;
    kernel_fini(&k);
    return 0;
}

static bt_va entry_va(size_t i)
{
    return k.base + ENTRIES + i * ENTRY;
}

static void put_link(size_t at, bt_va forward, bt_va back)
{
    kernel_pointer(&k, at, forward);
    kernel_pointer(&k, at + k.word, back);
}

static void put_entry(size_t i, const char *name, bt_va base, uint32_t size)
{
    size_t at = ENTRIES + i * ENTRY, text = TEXTS + 2 * i * TEXT;
    char path[64];
    snprintf(path, sizeof path, "\\SystemRoot\\System32\\drivers\\%s", name);
    bool is64 = k.word == 8;
    kernel_pointer(&k, at + (is64 ? 0x30 : 0x18), base);
    kernel_put(&k, at + (is64 ? 0x40 : 0x20), size, 4);
    kernel_string(&k, at + (is64 ? 0x48 : 0x24), text, path);
    kernel_string(&k, at + (is64 ? 0x58 : 0x2c), text + TEXT, name);
    kernel_put(&k, at + (is64 ? 0x78 : 0x40), 0x10000 + i, 4);
    kernel_put(&k, at + (is64 ? 0x80 : 0x44), 0x4a5bc100 + i, 4);
}

// ntoskrnl.exe, Ntfs.sys and afd.sys in a well-formed list.
static void put_list(bool is64)
{
    kernel_init(&k, is64);
    const bt_va head = k.base + HEAD;
    put_entry(0, "ntoskrnl.exe", k.base, 0x11000);
    put_entry(1, "Ntfs.sys", k.base + 0x80000, 0xd000);
    put_entry(2, "afd.sys", k.base + 0x90000, 0xe000);
    put_link(HEAD, entry_va(0), entry_va(2));
    put_link(ENTRIES, entry_va(1), head);
    put_link(ENTRIES + ENTRY, entry_va(2), entry_va(0));
    put_link(ENTRIES + 2 * ENTRY, head, entry_va(1));
}

static enum bt_status read_list(void)
{
    return bt_loaded_modules_read(&k.memory.memory, k.base + HEAD, k.arena, &k.crash, NULL);
}

static void has_note(const char *code)
{
    bool found = false;
    for (size_t i = 0; i < k.crash.notes.count; i++)
        found = found || strcmp(k.crash.notes.items[i].code, code) == 0;
    assert_true(found);
}

static void entries_of_both_widths(void **state)
{
    (void)state;
    for (unsigned wide = 0; wide < 2; wide++) {
        put_list(wide);
        assert_int_equal(read_list(), BT_OK);
        assert_int_equal(k.crash.module_count, 3);
        const struct bt_module *ntfs = &k.crash.modules[1];
        assert_string_equal(k.crash.modules[0].name, "ntoskrnl.exe");
        assert_string_equal(ntfs->name, "Ntfs.sys");
        assert_string_equal(ntfs->path, "\\SystemRoot\\System32\\drivers\\Ntfs.sys");
        assert_int_equal(ntfs->base, k.base + 0x80000);
        assert_int_equal(ntfs->size, 0xd000);
        assert_int_equal(ntfs->checksum.value, 0x10001);
        assert_int_equal(ntfs->timestamp.value, 0x4a5bc101);
        assert_int_equal(k.crash.notes.count, 0);
        if (wide == 0)
            kernel_fini(&k);
    }
}

static void windows_10_keeps_the_stamp_elsewhere(void **state)
{
    (void)state;
    put_list(true);
    k.crash.system.build = bt_some32(19041);
    kernel_put(&k, ENTRIES + 0x80, UINT64_C(0xffff8a0000001000), 8);
    kernel_put(&k, ENTRIES + 0x9c, 0xd8333e60, 4); // a build hash
    assert_int_equal(read_list(), BT_OK);
    assert_int_equal(k.crash.modules[0].timestamp.value, 0xd8333e60);
}

// 32-bit entries since Windows 8: the old place is empty. Entries of the old form are still
// understood.
static void narrow_entries_keep_the_stamp_behind_since_windows_8(void **state)
{
    (void)state;
    put_list(false);
    k.crash.system.build = bt_some32(9600);
    kernel_put(&k, ENTRIES + 0x44, 0, 4);
    kernel_put(&k, ENTRIES + 0x58, 0x5215d0aa, 4);
    assert_int_equal(read_list(), BT_OK);
    assert_int_equal(k.crash.modules[0].timestamp.value, 0x5215d0aa);
    assert_int_equal(k.crash.modules[1].timestamp.value, 0x4a5bc101);
    k.crash.system.build = bt_some32(19041);
    kernel_put(&k, ENTRIES + 0x58, 0xd8333e60, 4);
    assert_int_equal(read_list(), BT_OK);
    assert_int_equal(k.crash.modules[0].timestamp.value, 0xd8333e60);
    kernel_put(&k, ENTRIES + 0x58, 0, 4);
    assert_int_equal(read_list(), BT_OK);
    assert_false(k.crash.modules[0].timestamp.known);
}

// The second half of an entry may lie in a page that is missing.
static void entry_that_is_cut_keeps_what_is_there(void **state)
{
    (void)state;
    put_list(true);
    k.memory.hole = entry_va(1) + 0x70;
    k.memory.hole_end = entry_va(2);
    assert_int_equal(read_list(), BT_OK);
    assert_int_equal(k.crash.module_count, 3);
    assert_string_equal(k.crash.modules[1].name, "Ntfs.sys");
    assert_int_equal(k.crash.modules[1].size, 0xd000);
    assert_false(k.crash.modules[1].checksum.known);
    assert_false(k.crash.modules[1].timestamp.known);
}

static void pointer_in_place_of_a_stamp_is_unknown(void **state)
{
    (void)state;
    put_list(false);
    kernel_put(&k, ENTRIES + 0x44, 0xe1002c38, 4);
    assert_int_equal(read_list(), BT_OK);
    assert_false(k.crash.modules[0].timestamp.known);
}

static void closed_loop_ends_with_each_module_once(void **state)
{
    (void)state;
    put_list(true);
    kernel_pointer(&k, ENTRIES + 2 * ENTRY, entry_va(1));
    assert_int_equal(read_list(), BT_OK);
    assert_int_equal(k.crash.module_count, 3);
    has_note("module-list-cut");
}

static void loop_of_entries_without_image_ends(void **state)
{
    (void)state;
    put_list(true);
    kernel_pointer(&k, ENTRIES + 2 * ENTRY + 0x30, 0);
    kernel_pointer(&k, ENTRIES + 2 * ENTRY, entry_va(2));
    assert_int_equal(read_list(), BT_OK);
    assert_int_equal(k.crash.module_count, 2);
    has_note("module-list-cut");
}

static void missing_entry_keeps_what_is_before_and_behind(void **state)
{
    (void)state;
    put_list(true);
    k.memory.hole = entry_va(1);
    k.memory.hole_end = entry_va(2);
    assert_int_equal(read_list(), BT_OK);
    assert_int_equal(k.crash.module_count, 2);
    assert_int_equal(k.crash.modules[1].base, k.base + 0x90000);
    has_note("module-list-cut");
    has_note("module-list-resumed");
}

static void entries_behind_the_gap_count_where_both_neighbours_agree(void **state)
{
    (void)state;
    put_list(true);
    k.memory.hole = entry_va(1);
    k.memory.hole_end = entry_va(2);
    kernel_pointer(&k, ENTRIES + 2 * ENTRY, entry_va(0));
    assert_int_equal(read_list(), BT_OK);
    assert_int_equal(k.crash.module_count, 1);
}

static void entry_that_does_not_point_back_is_noted(void **state)
{
    (void)state;
    put_list(true);
    kernel_pointer(&k, ENTRIES + ENTRY + 8, k.base);
    assert_int_equal(read_list(), BT_OK);
    assert_int_equal(k.crash.module_count, 3);
    has_note("module-list-damaged");
}

static void name_that_is_not_there_gets_a_stand_in(void **state)
{
    (void)state;
    put_list(true);
    kernel_pointer(&k, ENTRIES + 0x48 + 8, 0x1000);
    kernel_pointer(&k, ENTRIES + 0x58 + 8, 0x1000);
    assert_int_equal(read_list(), BT_OK);
    assert_string_equal(k.crash.modules[0].name, "unknown_fffff80000400000");
    assert_null(k.crash.modules[0].path);
}

static void head_that_is_not_there_is_absent(void **state)
{
    (void)state;
    put_list(true);
    k.memory.hole = k.base + HEAD;
    k.memory.hole_end = k.base + HEAD + 8;
    assert_int_equal(read_list(), BT_ABSENT);
    assert_int_equal(k.crash.module_count, 0);
}

// Three entries in a ring of 50 that has gone round: indexes 49, 0 and 1, of which 1 is newest.
static void unloaded_ring_is_read_newest_first(void **state)
{
    (void)state;
    kernel_init(&k, false);
    const struct bt_debugger_data block = {.unloaded_modules = k.base + 0x10,
                                           .last_unloaded_module = k.base + 0x14};
    kernel_pointer(&k, 0x10, k.base + 0x1000);
    kernel_put(&k, 0x14, 52, 4);
    const size_t indexes[] = {49, 0, 1};
    const char *const names[] = {"old.sys", "middle.sys", "new.sys"};
    for (size_t i = 0; i < 3; i++) {
        size_t at = 0x1000 + indexes[i] * 0x18;
        kernel_string(&k, at, TEXTS + i * TEXT, names[i]);
        kernel_put(&k, at + 8, 0xf8000000 + i * 0x10000, 4);
        kernel_put(&k, at + 0xc, 0xf8008000 + i * 0x10000, 4);
        kernel_put(&k, at + 0x10, UINT64_C(132700000000000000) + i, 8);
    }
    assert_int_equal(
        bt_unloaded_modules_read(&k.memory.memory, &block, k.arena, &k.crash, NULL), BT_OK);
    assert_int_equal(k.crash.unloaded_count, 3);
    assert_string_equal(k.crash.unloaded[0].name, "new.sys");
    assert_string_equal(k.crash.unloaded[2].name, "old.sys");
    assert_int_equal(k.crash.unloaded[0].base, 0xf8020000);
    assert_int_equal(k.crash.unloaded[0].end, 0xf8028000);
    assert_int_equal(k.crash.unloaded[0].time.value, UINT64_C(132700000000000002));
}

static void ring_is_read_around_what_is_no_entry(void **state)
{
    (void)state;
    kernel_init(&k, true);
    const struct bt_debugger_data block = {.unloaded_modules = k.base + 0x10,
                                           .last_unloaded_module = k.base + 0x18};
    const struct {
        bt_va base, end;
    } entries[] = {
        {UINT64_C(0xfffff88001000000), UINT64_C(0xfffff88001008000)},
        {0x10000, 0x20000},                                           // of a process
        {UINT64_C(0xfffff88001000010), UINT64_C(0xfffff88001008000)}, // at no page
        {UINT64_C(0xfffff88001000000), UINT64_C(0xfffff98001000000)}, // of no size
    };
    kernel_pointer(&k, 0x10, k.base + 0x1000);
    kernel_put(&k, 0x18, 0xffffff04, 4);
    for (size_t i = 0; i < BT_COUNT(entries); i++) {
        kernel_string(&k, 0x1000 + i * 0x28, TEXTS, "old.sys");
        kernel_pointer(&k, 0x1010 + i * 0x28, entries[i].base);
        kernel_pointer(&k, 0x1018 + i * 0x28, entries[i].end);
    }
    kernel_pointer(&k, 0x1008, 0x1234); // and its name is not in the dump
    assert_int_equal(
        bt_unloaded_modules_read(&k.memory.memory, &block, k.arena, &k.crash, NULL), BT_OK);
    assert_int_equal(k.crash.unloaded_count, 1);
    assert_string_equal(k.crash.unloaded[0].name, "unknown_fffff88001000000");
}

static void module_ends_where_the_next_begins(void **state)
{
    (void)state;
    kernel_init(&k, true);
    struct bt_module modules[] = {
        {.name = "high.sys", .base = UINT64_C(0xfffff88002000000), .size = 0x9000},
        {.name = "wrong.sys", .base = UINT64_C(0xfffff88001000000), .size = 0x7fffffff},
        {.name = "last.sys", .base = UINT64_C(0xfffff88003000000), .size = 0xffffffff},
    };
    k.crash.modules = modules;
    k.crash.module_count = BT_COUNT(modules);
    bt_loaded_modules_settle(k.arena, &k.crash);
    assert_int_equal(modules[0].size, 0x9000);
    assert_int_equal(modules[1].size, 0x1000000);
    assert_int_equal(modules[2].size, 0x20000000);
    assert_int_equal(k.crash.notes.count, 2);
    assert_ptr_equal(bt_module_at(&k.crash, UINT64_C(0xfffff88002000010)), &modules[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(entries_of_both_widths, tear_down),
        cmocka_unit_test_teardown(windows_10_keeps_the_stamp_elsewhere, tear_down),
        cmocka_unit_test_teardown(narrow_entries_keep_the_stamp_behind_since_windows_8,
                                  tear_down),
        cmocka_unit_test_teardown(entry_that_is_cut_keeps_what_is_there, tear_down),
        cmocka_unit_test_teardown(pointer_in_place_of_a_stamp_is_unknown, tear_down),
        cmocka_unit_test_teardown(closed_loop_ends_with_each_module_once, tear_down),
        cmocka_unit_test_teardown(loop_of_entries_without_image_ends, tear_down),
        cmocka_unit_test_teardown(missing_entry_keeps_what_is_before_and_behind, tear_down),
        cmocka_unit_test_teardown(entries_behind_the_gap_count_where_both_neighbours_agree,
                                  tear_down),
        cmocka_unit_test_teardown(entry_that_does_not_point_back_is_noted, tear_down),
        cmocka_unit_test_teardown(name_that_is_not_there_gets_a_stand_in, tear_down),
        cmocka_unit_test_teardown(head_that_is_not_there_is_absent, tear_down),
        cmocka_unit_test_teardown(unloaded_ring_is_read_newest_first, tear_down),
        cmocka_unit_test_teardown(ring_is_read_around_what_is_no_entry, tear_down),
        cmocka_unit_test_teardown(module_ends_where_the_next_begins, tear_down),
    };
    return cmocka_run_group_tests_name("loaded_modules", tests, NULL, NULL);
}
