// SPDX-License-Identifier: MIT
#include "windows/kernel_view.h"

#include "base/limits.h"

#include "test.h"

// Raw copies of kernel structures, and one page of memory.
static uint8_t debugger[0x3a0], prcb[0x9000], process[0xc00], thread[0x900];

static void put(uint8_t *copy, size_t offset, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        copy[offset + i] = (uint8_t)(value >> 8 * i);
}

static void clear(void)
{
    memset(debugger, 0, sizeof debugger);
    memset(prcb, 0, sizeof prcb);
    memset(process, 0, sizeof process);
    memset(thread, 0, sizeof thread);
}

static struct bt_span span_of(const uint8_t *data, size_t size)
{
    return (struct bt_span){.data = data, .size = size};
}

static struct bt_crash make_crash(enum bt_arch arch, uint32_t build)
{
    struct bt_crash crash = {.system = {.arch = arch}};
    crash.system.build = bt_some32(build);
    crash.system.processors = bt_some32(8);
    return crash;
}

static struct bt_arena *arena;

static int make_arena(void **state)
{
    (void)state;
    clear();
    arena = bt_arena_new(BT_LIMIT_ARENA);
    return arena == NULL;
}

static int free_arena(void **state)
{
    (void)state;
    bt_arena_free(arena);
    return 0;
}

static void describe(struct bt_crash *crash, bool with_debugger, const struct bt_memory *memory)
{
    const struct bt_kernel_input input = {
        .memory = memory,
        .debugger_bytes =
            with_debugger ? span_of(debugger, sizeof debugger) : (struct bt_span){0},
        .prcb = span_of(prcb, sizeof prcb),
        .process = span_of(process, sizeof process),
        .thread = span_of(thread, sizeof thread),
    };
    assert_int_equal(bt_windows_describe(&input, arena, crash, NULL), BT_OK);
}

// What Windows 10 version 2004 and later put there.
static void make_windows_10(void)
{
    memcpy(debugger + 0x10, "KDBG", 4);
    put(debugger, 0x14, 0x380, 4);
    put(debugger, 0x2a0, 0xb8, 2);
    put(debugger, 0x2aa, 0x550, 2);
    put(debugger, 0x2b4, 0x8, 2);
    put(debugger, 0x2b6, 0x44, 2);
    put(debugger, 0x2ba, 0x8590, 2);
    put(debugger, 0x2be, 0x24, 2);
    put(debugger, 0x2c0, 0x898, 2);
    put(debugger, 0x340, 0x30, 4);
    put(debugger, 0x344, 0x38, 4);
    put(prcb, 0x08, UINT64_C(0xffffd20bfc13c080), 8);
    put(prcb, 0x24, 5, 4);
    put(prcb, 0x44, 3072, 4);
    memcpy(prcb + 0x8590, "GenuineIntel", 13);
    put(thread, 0x30, UINT64_C(0xffffa704eeb66000), 8);
    put(thread, 0x38, UINT64_C(0xffffa704eeb6c000), 8);
    put(thread, 0xb8, UINT64_C(0xffffd20bfc53e080), 8);
    put(thread, 0x478, 3244, 8);
    put(thread, 0x480, 4536, 8);
    put(process, 0x440, 3244, 8);
    memcpy(process + 0x5a8, "notmyfault64.e", 15);
}

static void windows_10_is_described(void **state)
{
    (void)state;
    make_windows_10();
    struct bt_crash c = make_crash(BT_ARCH_X64, 19041);
    describe(&c, true, NULL);
    assert_string_equal(c.process.name, "notmyfault64.e");
    assert_int_equal(c.process.pid.value, 3244);
    assert_int_equal(c.process.thread_id.value, 4536);
    assert_int_equal(c.processor.value, 5);
    assert_int_equal(c.system.processor_mhz.value, 3072);
    assert_string_equal(c.system.processor_vendor, "GenuineIntel");
    assert_true(c.stack.limit == UINT64_C(0xffffa704eeb66000));
    assert_true(c.stack.base == UINT64_C(0xffffa704eeb6c000));
    assert_true(c.process.thread_object == UINT64_C(0xffffd20bfc13c080));
    assert_true(c.process.process_object == UINT64_C(0xffffd20bfc53e080));
    assert_int_equal(c.notes.count, 0);
}

// Windows counts ids in fours. Writers that make kernels up may not.
static void odd_ids_count_where_the_structures_fit(void **state)
{
    (void)state;
    make_windows_10();
    put(process, 0x440, 1235, 8);
    put(thread, 0x478, 1235, 8);
    put(thread, 0x480, 1301, 8);
    struct bt_crash c = make_crash(BT_ARCH_X64, 19041);
    describe(&c, true, NULL);
    assert_false(c.process.pid.known); // not before the links of a list
    assert_false(c.process.thread_id.known);
    put(process, 0x448, UINT64_C(0xffffd20bfc53e4c8), 8);
    put(process, 0x450, UINT64_C(0xffffd20bfc53f4c8), 8);
    c = make_crash(BT_ARCH_X64, 19041);
    describe(&c, true, NULL);
    assert_int_equal(c.process.pid.value, 1235);
    assert_int_equal(c.process.thread_id.value, 1301);
}

// With five levels of page tables pools lie below what four levels can name.
static void objects_of_57_bits_are_addresses(void **state)
{
    (void)state;
    make_windows_10();
    put(prcb, 0x08, UINT64_C(0xff11d20bfc13c080), 8);
    put(thread, 0xb8, UINT64_C(0xff11d20bfc53e080), 8);
    struct bt_crash c = make_crash(BT_ARCH_X64, 19041);
    describe(&c, true, NULL);
    assert_true(c.process.thread_object == UINT64_C(0xff11d20bfc13c080));
    assert_true(c.process.process_object == UINT64_C(0xff11d20bfc53e080));
}

static void name_may_fill_its_field(void **state)
{
    (void)state;
    make_windows_10();
    memcpy(process + 0x5a8, "fifteen-letters!", 16); // the 16th byte is of the next field
    struct bt_crash c = make_crash(BT_ARCH_X64, 19041);
    describe(&c, true, NULL);
    assert_string_equal(c.process.name, "fifteen-letters");
}

static void attached_thread_is_noted(void **state)
{
    (void)state;
    make_windows_10();
    put(thread, 0x478, 4, 8);
    struct bt_crash c = make_crash(BT_ARCH_X64, 19041);
    describe(&c, true, NULL);
    assert_int_equal(c.process.pid.value, 3244);
    assert_int_equal(c.process.thread_id.value, 4536);
    assert_int_equal(c.notes.count, 1);
    assert_string_equal(c.notes.items[0].code, "thread-attached");
}

static void what_cannot_be_is_unknown(void **state)
{
    (void)state;
    make_windows_10();
    put(prcb, 0x24, 77, 4);                             // of 8 processors
    put(process, 0x440, 3243, 8);                       // no handle
    put(thread, 0x30, UINT64_C(0xffffa704eeb6c001), 8); // above the base
    memcpy(prcb + 0x8590, "\x01\x02\x03", 3);
    struct bt_crash c = make_crash(BT_ARCH_X64, 19041);
    describe(&c, true, NULL);
    assert_false(c.processor.known);
    assert_int_equal(c.process.pid.value, 3244); // the thread knows it, too
    assert_true(c.stack.limit == 0 && c.stack.base == 0);
    assert_null(c.system.processor_vendor);
}

static void damaged_debugger_data_leaves_the_table(void **state)
{
    (void)state;
    make_windows_10();
    memset(debugger + 0x10, 0x5a, 4);
    struct bt_crash c = make_crash(BT_ARCH_X64, 19041);
    describe(&c, true, NULL);
    assert_string_equal(c.process.name, "notmyfault64.e");
    assert_int_equal(c.process.thread_id.value, 4536);
    assert_int_equal(c.notes.count, 1);
    assert_string_equal(c.notes.items[0].code, "debugger-data-unreadable");
}

// Offsets of Windows XP: its debugger data block has none of them.
static void windows_xp_is_described_without_offsets_in_the_dump(void **state)
{
    (void)state;
    put(prcb, 0x04, 0x81234560, 4);
    put(prcb, 0x10, 0xffffff01, 4); // one byte counts
    memcpy(prcb + 0x900, "AuthenticAMD", 13);
    put(thread, 0x1c, 0xf7a10000, 4);
    put(thread, 0x168, 0xf7a13000, 4);
    put(thread, 0x44, 0x82345670, 4);
    put(thread, 0x1ec, 1204, 4);
    put(thread, 0x1f0, 1208, 4);
    put(process, 0x84, 1204, 4);
    memcpy(process + 0x174, "winlogon.exe", 13);
    struct bt_crash c = make_crash(BT_ARCH_X86, 2600);
    describe(&c, false, NULL);
    assert_string_equal(c.process.name, "winlogon.exe");
    assert_int_equal(c.process.pid.value, 1204);
    assert_int_equal(c.process.thread_id.value, 1208);
    assert_int_equal(c.processor.value, 1);
    assert_string_equal(c.system.processor_vendor, "AuthenticAMD");
    assert_int_equal(c.stack.base, 0xf7a13000);
    assert_int_equal(c.process.process_object, 0x82345670);
    assert_int_equal(c.process.thread_object, 0x81234560);
}

static void service_pack_of_2003_is_told_by_the_debugger_data(void **state)
{
    (void)state;
    memcpy(debugger + 0x10, "KDBG", 4);
    put(debugger, 0x14, 0x318, 4);
    put(debugger, 0x2aa, 0x1a0, 2); // Peb of SP1; 0x190 without
    put(process, 0x94, 404, 4);
    memcpy(process + 0x164, "services.exe", 13);
    memcpy(process + 0x154, "wrong.exe", 10);
    struct bt_crash c = make_crash(BT_ARCH_X86, 3790);
    describe(&c, true, NULL);
    assert_string_equal(c.process.name, "services.exe");
    assert_int_equal(c.process.pid.value, 404);
    put(debugger, 0x2aa, 0x190, 2);
    c = make_crash(BT_ARCH_X86, 3790);
    describe(&c, true, NULL);
    assert_string_equal(c.process.name, "wrong.exe");
}

// A build after the last row, with everything moved.
static void unknown_build_is_searched(void **state)
{
    (void)state;
    memcpy(debugger + 0x10, "KDBG", 4);
    put(debugger, 0x14, 0x3a0, 4);
    put(debugger, 0x2aa, 0x300, 2);
    memcpy(process + 0x358, "explorer.exe", 13);
    put(process, 0x1e8, 17472, 8);
    put(process, 0x1f0, UINT64_C(0xffffa686ea6f3448), 8);
    put(process, 0x1f8, UINT64_C(0xffffa686ea6f5448), 8);
    put(thread, 0x300, 17472, 8); // not behind a list head
    put(thread, 0x308, 4444, 8);
    put(thread, 0x510, UINT64_C(0xffffa686efbe5510), 8);
    put(thread, 0x518, UINT64_C(0xffffa686efbe5510), 8);
    put(thread, 0x520, 17472, 8);
    put(thread, 0x528, 4968, 8);
    struct bt_crash c = make_crash(BT_ARCH_X64, 29999);
    describe(&c, true, NULL);
    assert_string_equal(c.process.name, "explorer.exe");
    assert_int_equal(c.process.pid.value, 17472);
    assert_int_equal(c.process.thread_id.value, 4968);
}

static void name_is_searched_by_its_looks_at_last(void **state)
{
    (void)state;
    memcpy(process + 0x100, "Proc\x03\x04", 6);
    memcpy(process + 0x222, "notepad.exe", 12);
    struct bt_crash c = make_crash(BT_ARCH_X64, 1);
    describe(&c, false, NULL);
    assert_string_equal(c.process.name, "notepad.exe");
    assert_string_equal(c.notes.items[0].code, "process-name-searched");
}

static void nothing_gives_nothing(void **state)
{
    (void)state;
    struct bt_crash c = make_crash(BT_ARCH_X64, 19041);
    const struct bt_kernel_input input = {.memory = NULL};
    assert_int_equal(bt_windows_describe(&input, arena, &c, NULL), BT_OK);
    assert_null(c.process.name);
    assert_false(c.process.pid.known || c.process.thread_id.known || c.processor.known);
    assert_int_equal(c.notes.count, 0);
}

#define LAB_VA UINT64_C(0xfffff80312345678)

static const char *lab_text;

static size_t read_lab(const struct bt_memory *self, bt_va va, void *buf, size_t size)
{
    (void)self;
    const size_t there = strlen(lab_text) + 1;
    if (va < LAB_VA || va - LAB_VA >= there)
        return 0;
    size_t part = there - (size_t)(va - LAB_VA);
    memcpy(buf, lab_text + (va - LAB_VA), part < size ? part : size);
    return part < size ? part : size;
}

static void build_lab_tells_the_revision_before_windows_10(void **state)
{
    (void)state;
    const struct bt_memory memory = {.read_some = read_lab, .is64 = true};
    make_windows_10();
    put(debugger, 0x208, LAB_VA, 8);
    lab_text = "9600.18821.amd64fre.winblue_ltsb.170914-0600";
    struct bt_crash c = make_crash(BT_ARCH_X64, 9600);
    describe(&c, true, &memory);
    assert_string_equal(c.system.build_lab, lab_text);
    assert_int_equal(c.system.revision.value, 18821);
    lab_text = "19041.1.amd64fre.vb_release.191206-1406";
    c = make_crash(BT_ARCH_X64, 19041);
    describe(&c, true, &memory);
    assert_string_equal(c.system.build_lab, lab_text);
    assert_false(c.system.revision.known);
    lab_text = "\x1b[31mnot a build";
    c = make_crash(BT_ARCH_X64, 19041);
    describe(&c, true, &memory);
    assert_null(c.system.build_lab);
}

int main(void)
{
#define WITH_ARENA(test) cmocka_unit_test_setup_teardown(test, make_arena, free_arena)
    const struct CMUnitTest tests[] = {
        WITH_ARENA(windows_10_is_described),
        WITH_ARENA(odd_ids_count_where_the_structures_fit),
        WITH_ARENA(objects_of_57_bits_are_addresses),
        WITH_ARENA(name_may_fill_its_field),
        WITH_ARENA(attached_thread_is_noted),
        WITH_ARENA(what_cannot_be_is_unknown),
        WITH_ARENA(damaged_debugger_data_leaves_the_table),
        WITH_ARENA(windows_xp_is_described_without_offsets_in_the_dump),
        WITH_ARENA(service_pack_of_2003_is_told_by_the_debugger_data),
        WITH_ARENA(unknown_build_is_searched),
        WITH_ARENA(name_is_searched_by_its_looks_at_last),
        WITH_ARENA(nothing_gives_nothing),
        WITH_ARENA(build_lab_tells_the_revision_before_windows_10),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
