// SPDX-License-Identifier: MIT
//
// Offsets here are the ones of the published layouts, written out a second time on purpose.
#include <stdio.h>

#include "base/span.h"
#include "mk_build.h"

#include "test.h"

// Builds a text that must be right.
static struct mk_dump built;

static void build_ok(const char *text)
{
    struct bt_error err = {0};
    if (mk_build_text("case.mk", text, &built, &err) != BT_OK)
        fail_msg("%s", err.message);
}

static int tear_down(void **state)
{
    (void)state;
    mk_dump_fini(&built);
    return 0;
}

// Builds a text that must be refused, with exactly this message.
static void build_fails(const char *text, const char *message)
{
    struct bt_error err = {0};
    assert_int_not_equal(mk_build_text("case.mk", text, &built, &err), BT_OK);
    assert_string_equal(err.message, message);
}

static const uint8_t *at(uint64_t offset, size_t size)
{
    if (offset > built.file.size || size > built.file.size - offset)
        fail_msg("0x%llx is not in the file", (unsigned long long)offset);
    return (const uint8_t *)built.file.data + offset;
}

static uint32_t u32(uint64_t offset)
{
    return bt_le32(at(offset, 4));
}

static uint64_t u64(uint64_t offset)
{
    return bt_le64(at(offset, 8));
}

#define SERVER_2008                                                                            \
    "[dump]\nmachine = x64\nbuild = 6002\nservice_pack = 2\n"                                  \
    "[driver tcpip.sys]\nbase = 0xfffffa6000e00000\nsize = 0x174000\n"                         \
    "timestamp = 2009-04-11\nchecksum = 0x1234\n"

static void x64_header_has_published_offsets(void **state)
{
    (void)state;
    build_ok(SERVER_2008 "[header]\nBugCheckCode = 0xd1\nBugCheckParameter1 = 1\n"
                         "BugCheckParameter4 = tcpip.sys + 0x10\nSystemTime = 2009-11-02\n");
    assert_memory_equal(at(0, 8), "PAGEDU64", 8);
    assert_int_equal(u32(0x0c), 6002);
    assert_int_equal(u32(0x30), 0x8664);
    assert_int_equal(u32(0x38), 0xd1);
    assert_memory_equal(at(0x3c, 4), "PAGE", 4);
    assert_int_equal(u64(0x40), 1);
    assert_true(u64(0x58) == UINT64_C(0xfffffa6000e00010));
    assert_int_equal(u32(0xf98), 4);
    assert_true(u64(0xfa8) == UINT64_C(129015936000000000));
    assert_memory_equal(at(0xfb0, 8), "PAGEPAGE", 8);
    assert_int_equal(u32(0x1040), 3);
}

static void x86_header_has_published_offsets(void **state)
{
    (void)state;
    build_ok("[dump]\nmachine = x86\nbuild = 3790\nservice_pack = 1\n"
             "[header]\nBugCheckCode = 0x7f\nBugCheckParameter1 = 8\nNumberProcessors = 4\n");
    assert_memory_equal(at(0, 8), "PAGEDUMP", 8);
    assert_int_equal(u32(0x0c), 3790);
    assert_int_equal(u32(0x20), 0x14c);
    assert_int_equal(u32(0x24), 4);
    assert_int_equal(u32(0x28), 0x7f);
    assert_int_equal(u32(0x2c), 8);
    assert_int_equal(u32(0x320), 0x1001f); // CONTEXT.ContextFlags
    assert_int_equal(u32(0x7d0), 0x80000003);
    assert_int_equal(u32(0xf88), 4);
    assert_int_equal(u32(0x1008), built.file.size - 4);
    assert_memory_equal(at(u32(0x1008), 4), "TRGD", 4);
}

// tests the second driver: entry, name and values of both widths
static void expect_driver(uint64_t triage, size_t stride, const char *name)
{
    uint64_t entry = u32(triage + 0x30) + stride;
    uint64_t string = u32(entry);
    assert_int_equal(u32(triage + 0x34), 2);
    assert_int_equal(u32(string), strlen(name));
    for (size_t i = 0; name[i] != '\0'; i++)
        assert_int_equal(bt_le16(at(string + 4 + 2 * i, 2)), name[i]);
    assert_in_range(string, u32(triage + 0x38), u32(triage + 0x38) + u32(triage + 0x3c) - 1);
}

static void driver_list_of_x64_holds_name_and_values(void **state)
{
    (void)state;
    build_ok(SERVER_2008);
    expect_driver(0x2000, 0x90, "\\SystemRoot\\system32\\drivers\\tcpip.sys");
    uint64_t entry = u32(0x2030) + 0x90;
    assert_true(u64(entry + 0x38) == UINT64_C(0xfffffa6000e00000));
    assert_int_equal(u32(entry + 0x48), 0x174000);
    assert_int_equal(u32(entry + 0x80), 0x1234);
    assert_int_equal(u32(entry + 0x88), 1239408000); // seconds since 1970
}

static void driver_list_of_x86_takes_its_stride_from_the_text(void **state)
{
    (void)state;
    build_ok("[dump]\nmachine = x86\nbuild = 2600\nwriter = B\n[drivers]\nstride = 0x54\n"
             "[driver a.sys]\nbase = 0xf8000000\nsize = 0x3000\n");
    expect_driver(0x1000, 0x54, "a.sys");
    assert_int_equal(u32(u32(0x1030) + 0x54 + 0x1c), 0xf8000000);
    assert_int_equal(u32(u32(0x1030) + 0x54 + 0x24), 0x3000);
}

static void writers_differ_in_the_place_of_unloaded_drivers(void **state)
{
    (void)state;
    build_ok(SERVER_2008 "[unloaded x]\nbase = 0x1000\nend = 0x2000\n");
    assert_true(u32(0x2018) < u32(0x201c)); // before the processor block
    assert_int_equal(u32(0x2044), 0xffffffff);
    mk_dump_fini(&built);
    build_ok(SERVER_2008 "[unloaded x]\nbase = 0x1000\nend = 0x2000\n[dump]\nwriter = B\n");
    assert_true(u32(0x2018) > u32(0x2070)); // behind the debugger data
    assert_int_equal(u32(0x2044), 0x41);
    assert_int_equal(u32(0x1050), 8);
}

static void unloaded_name_is_cut_to_twelve_characters(void **state)
{
    (void)state;
    build_ok(SERVER_2008 "[unloaded dump_storport.sys]\nbase = 0x1000\nend = 0x2000\n");
    uint64_t list = u32(0x2018);
    assert_int_equal(u32(list), 1);
    assert_int_equal(bt_le16(at(list + 8, 2)), 24);
    assert_int_equal(bt_le16(at(list + 8 + 0x10 + 22, 2)), 'r'); // dump_storpor
    assert_int_equal(u64(list + 8 + 0x28), 0x1000);
    assert_int_equal(u64(list + 8 + 0x30), 0x2000);
}

static void debugger_data_agrees_with_the_copies(void **state)
{
    (void)state;
    build_ok(SERVER_2008 "[process]\nImageFileName = \"services.exe\"\n");
    uint64_t kdbg = u32(0x2070), process = u32(0x2020), prcb = u32(0x201c);
    assert_memory_equal(at(kdbg + 0x10, 4), "KDBG", 4);
    assert_int_equal(u32(kdbg + 0x14), 0x330);
    assert_int_equal(bt_le16(at(kdbg + 0x2a8, 2)), 0x3e8); // SizeEProcess of 6002
    assert_memory_equal(at(process + 0x238, 13), "services.exe", 13);
    uint16_t vendor = bt_le16(at(kdbg + 0x2ba, 2));
    assert_memory_equal(at(prcb + vendor, 13), "GenuineIntel", 13);
    assert_true(u64(kdbg + 0x18) == UINT64_C(0xfffff80001c00000));
}

static void debugger_data_of_x86_is_sign_extended(void **state)
{
    (void)state;
    build_ok("[dump]\nmachine = x86\nbuild = 3790\n");
    assert_true(u64(u32(0x1058) + 0x18) == UINT64_C(0xffffffff80800000));
}

static void any_field_is_forced_by_one_line(void **state)
{
    (void)state;
    build_ok(SERVER_2008 "set triage.DriverCount = 0xffffffff\n"
                         "set header.BugCheckCode = 0x1000007f\n"
                         "set tcpip.sys.NameLength = 0x7fffffff\n"
                         "set kdbg.SizePrcb = 0xffff\n"
                         "set unloads.Count = 99\n"
                         "set header.DumpType = page\n"
                         "set tag.Tag = \"XXXX\"\n");
    assert_int_equal(u32(0x2034), 0xffffffff);
    assert_int_equal(u32(0x38), 0x1000007f);
    assert_int_equal(u32(u32(u32(0x2030) + 0x90)), 0x7fffffff);
    assert_int_equal(bt_le16(at(u32(0x2070) + 0x2b0, 2)), 0xffff);
    assert_int_equal(u32(u32(0x2018)), 99);
    assert_memory_equal(at(0xf98, 4), "PAGE", 4);
    assert_memory_equal(at(u32(0x2008), 4), "XXXX", 4);
}

static void records_go_into_the_memory_that_carries_them(void **state)
{
    (void)state;
    build_ok(SERVER_2008 "[trapframe tf]\nat = stack + 0x100\nRip = tcpip.sys + 0x42\n"
                         "[block b]\nat = 0xfffffa8001000000\nsize = 0x10\n"
                         "[block c]\nat = 0xfffffa8001000010\nsize = 0x10\n"
                         "[data across]\nat = b + 0xc\n+0 = u64 0x1122334455667788\n"
                         "[data alone]\nat = 0xfffffa8002000000\n+0 = text \"hello\"\n");
    uint64_t stack = u32(0x2028), blocks = u32(0x2078);
    assert_true(u64(stack + 0x100 + 0x168) == UINT64_C(0xfffffa6000e00042));
    assert_int_equal(u32(0x207c), 3);
    assert_true(u64(blocks) == UINT64_C(0xfffffa8001000000));
    assert_int_equal(u32(blocks + 0x0c), 0x10);
    assert_int_equal(u32(u32(blocks + 0x08) + 0x0c), 0x55667788);
    assert_int_equal(u32(u32(blocks + 0x18)), 0x11223344);
    assert_true(u64(blocks + 0x20) == UINT64_C(0xfffffa8002000000));
    assert_memory_equal(at(u32(blocks + 0x28), 5), "hello", 5);
}

static void edits_change_the_finished_file_in_order(void **state)
{
    (void)state;
    build_ok(SERVER_2008 "patch 0x2010 = 00 00 ff ff\nxor 0x2010 = 01\ntruncate 0x3000\n"
                         "append = u16 0xabcd; text \"x\"\nextend 0x3010\nzero 0 = 4\n");
    assert_int_equal(u32(0x2010), 0xffff0001);
    assert_int_equal(built.file.size, 0x3010);
    assert_memory_equal(at(0x3000, 4), "\xcd\xab\x78\x00", 4);
    assert_int_equal(u32(0), 0);
    assert_memory_equal(at(4, 4), "DU64", 4);
}

static void secondary_data_follows_the_dump(void **state)
{
    (void)state;
    build_ok(SERVER_2008 "[dump]\nsize = 0x20000\n"
                         "[processor]\nProcessorNameString = \"CPU\"\n~MHz = 2400\n");
    assert_int_equal(u32(0x2004), 0x20000);
    assert_memory_equal(at(0x1fffc, 12), "TRGDDumpBlob", 12);
    assert_int_equal(u32(0x20008), 0x10);
    assert_int_equal(u32(0x20010), 0x20);
    assert_int_equal(u32(0x20014), 0x6c7ac389);
    assert_int_equal(u32(0x20030), 40); // name with its NUL, in bytes
    assert_int_equal(u32(0x20030 + 4 + 40), 1);
    assert_int_equal(u32(0x20030 + 8 + 40), 8);
}

static void old_triage_header_ends_early(void **state)
{
    (void)state;
    build_ok("[dump]\nmachine = x86\nbuild = 2195\n[triage]\nsize = 0x4c\nfill = page\n");
    assert_int_equal(u32(0x1014), 0x104c); // what follows starts where it ends
    assert_int_equal(u32(0x1048), 0xf7a3b000);
}

static void removed_sections_are_absent(void **state)
{
    (void)state;
    build_ok(SERVER_2008 "remove driver tcpip.sys\nremove kdbg\nremove context\n");
    assert_int_equal(u32(0x2034), 1);
    assert_int_equal(u32(0x2070), 0);
    assert_int_equal(u32(0x1038) & 0x400, 0);
    assert_memory_equal(at(0x378, 4), "PAGE", 4);
    assert_memory_equal(at(0x80, 8), "PAGEPAGE", 8);
}

static void header_alone_carries_a_raw_body(void **state)
{
    (void)state;
    build_ok("[dump]\nmachine = x64\nkind = header\nbuild = 19041\n[header]\nDumpType = 5\n"
             "[body]\nsize = 0x1000\n+0 = text \"FDMPDUMP\"\n+0x20 = u64 0x4000\n");
    assert_int_equal(built.file.size, 0x3000);
    assert_int_equal(u32(0xf98), 5);
    assert_memory_equal(at(0x2000, 8), "FDMPDUMP", 8);
    assert_int_equal(u64(0x2020), 0x4000);
}

static void mistakes_are_named_with_their_line(void **state)
{
    (void)state;
    build_fails("[dump]\nmachine = x64\n\n[header]\nBugCheckCod = 1\n",
                "case.mk:5: [header] has no field 'BugCheckCod'");
    mk_dump_fini(&built);
    build_fails("[dump]\nmachine = vax\n",
                "case.mk:1: [dump] machine is none of x86 x64 arm64 ia64 arm alpha mips ppc");
    mk_dump_fini(&built);
    build_fails("[dump]\nmachine = x86\n[header]\nBugCheckParameter1 = 0x100000000\n",
                "case.mk:4: 0x100000000 does not fit into 4 bytes");
    mk_dump_fini(&built);
    build_fails("[dump]\nmachine = x64\n[header]\nBugCheckParameter1 = nobody + 1\n",
                "case.mk:4: nothing here is called 'nobody'");
    mk_dump_fini(&built);
    build_fails("[dump]\nmachine = x64\nset triage.DriverCount 5\n",
                "case.mk:3: expected 'set SECTION.KEY = VALUE'");
    mk_dump_fini(&built);
    build_fails("[dump]\nmachine = x64\n[stack]\n+0xd50 = u64 1, 2\n",
                "case.mk:4: 16 bytes at 0xd50 do not lie in [stack] (0xd58 bytes)");
    mk_dump_fini(&built);
    build_fails("[dump]\nmachine = x64\n[stack]\nat = a\n[block a]\nat = stack\nsize = 1\n",
                "case.mk:4: 'at' refers to itself");
    mk_dump_fini(&built);
    build_fails("[dump]\nmachine = x64\nkind = header\n[driver a.sys]\nbase = 1\n",
                "case.mk:4: a dump of kind 'header' for x64 holds no [driver]");
    mk_dump_fini(&built);
    build_fails("[dump]\nmachine = x64\nsize = 0x10000\ntruncate 0x10000000\n",
                "case.mk:4: 0x10000000 bytes at 0x0 do not lie in the file (0x10000 bytes)");
    mk_dump_fini(&built);
    build_fails("include nowhere.mk\n", "case.mk:1: nowhere.mk: No such file or directory");
}

#define USER_PROGRAM                                                                           \
    "[dump]\nkind = minidump\nmachine = x64\n"                                                 \
    "[image a.exe]\nbase = 0x140000000\nsize = 0x5000\npdb = \"a.pdb\"\n"                      \
    "[context main]\nContextFlags = 0x10000b\nRip = a.exe + 0x1000\n"                          \
    "[range main]\nas = stack\nat = 0x12f000\n+0 = u64 7\n"                                    \
    "[task main]\nid = 0x4d0\n[fault]\nCode = 0xc0000005\n"

// The entry of a stream in the directory, which starts at 0x20.
static uint64_t entry_of(uint32_t type)
{
    for (uint64_t i = 0; i < u32(8); i++) {
        if (u32(0x20 + 12 * i) == type)
            return 0x20 + 12 * i;
    }
    fail_msg("no stream of type %u", type);
    return 0;
}

static void minidump_has_published_offsets(void **state)
{
    (void)state;
    build_ok(USER_PROGRAM);
    assert_memory_equal(at(0, 4), "MDMP", 4);
    assert_int_equal(u32(4) & 0xffff, 0xa793);
    assert_int_equal(u32(0x0c), 0x20);
    assert_int_equal(u32(entry_of(7) + 4), 0x38);
    uint64_t modules = u32(entry_of(4) + 8);
    assert_int_equal(u32(entry_of(4) + 4), 4 + 108);
    assert_int_equal(u32(modules), 1);
    assert_int_equal(u64(modules + 4), 0x140000000);
    uint64_t name = u32(modules + 4 + 0x14);
    assert_int_equal(u32(name), 10); // bytes
    assert_memory_equal(at(name + 4, 12), "a\0.\0e\0x\0e\0\0\0", 12);
    assert_int_equal(u32(modules + 4 + 0x4c), 24 + 6);
    assert_memory_equal(at(u32(modules + 4 + 0x50), 4), "RSDS", 4);
    assert_memory_equal(at(u32(modules + 4 + 0x50) + 24, 6), "a.pdb", 6);
    uint64_t thread = u32(entry_of(3) + 8) + 4;
    assert_int_equal(u32(thread), 0x4d0);
    assert_int_equal(u64(thread + 0x18), 0x12f000);
    assert_int_equal(u64(u32(thread + 0x24)), 7);
    assert_int_equal(u64(u32(thread + 0x2c) + 0xf8), 0x140001000);
    uint64_t exception = u32(entry_of(6) + 8);
    assert_int_equal(u32(entry_of(6) + 4), 0xa8);
    assert_int_equal(u32(exception), 0x4d0);
    assert_int_equal(u32(exception + 8), 0xc0000005);
    assert_int_equal(u32(exception + 0xa4), u32(thread + 0x2c));
}

static void minidump_lists_can_be_padded_wide_and_wrong(void **state)
{
    (void)state;
    build_ok(USER_PROGRAM "[images]\npadding = 4\nCount = 0xffffffff\nDataSize = 9\n"
                          "[ranges]\nwide = 1\n");
    uint64_t modules = u32(entry_of(4) + 8);
    assert_int_equal(u32(entry_of(4) + 4), 9);
    assert_int_equal(u32(modules), UINT32_MAX);
    assert_int_equal(u64(modules + 8), 0x140000000);
    uint64_t memory = u32(entry_of(9) + 8);
    assert_int_equal(u64(memory), 1);
    assert_int_equal(u64(u64(memory + 8)), 7);
    assert_int_equal(u64(memory + 0x10), 0x12f000);
    assert_int_equal(u32(u32(entry_of(3) + 8) + 4 + 0x24), 0);
}

// The root of the tables, the list and the pages it is in, followed by hand.
static void memory_dump_has_pages_behind_tables(void **state)
{
    (void)state;
    build_ok(
        "[dump]\nkind = memory\nmachine = x64\nbuild = 7601\n[memory]\nfirst_page = 0x200\n"
        "[header]\nDirectoryTableBase = 0x1ff000\n"
        "[driver tcpip.sys]\nbase = 0xfffff88001400000\nsize = 0x200000\n");
    assert_int_equal(u32(0xf98), 1);
    assert_int_equal(u32(0x88), 1); // one run of pages, which starts with the root
    assert_true(u64(0x98) == 0x1ff);
    assert_int_equal(built.file.size, 0x2000 + u64(0xa0) * 0x1000);
    // PsLoadedModuleList is at nt + 0x1c8a90 = 0xfffff80001dc8a90.
    const uint64_t indexes[] = {0x1f0, 0, 0xe, 0x1c8};
    uint64_t at = 0x1ff000;
    for (size_t i = 0; i < 4; i++) {
        uint64_t entry = u64(0x2000 + at - 0x1ff000 + indexes[i] * 8);
        assert_int_equal(entry & 1, 1);
        at = entry & UINT64_C(0xfffffffff000);
    }
    const uint64_t head = 0x2000 + at - 0x1ff000 + 0xa90;
    assert_true(u64(head) == UINT64_C(0xfffffa8001000000));
    assert_true(u64(head + 8) > u64(head));
}

static void bitmap_dump_names_its_pages(void **state)
{
    (void)state;
    build_ok("[dump]\nkind = memory\nmachine = x64\nbuild = 9600\n"
             "[memory]\nbody = bitmap\nfirst_page = 0x200\nstep = 2\n"
             "[header]\nDirectoryTableBase = 0x1fe000\n");
    assert_int_equal(u32(0xf98), 6);
    assert_memory_equal(at(0x2000, 8), "SDMPDUMP", 8);
    const uint64_t bits = u64(0x2030);
    uint64_t set = 0;
    for (uint64_t i = 0; i < bits; i++)
        set += *at(0x2038 + i / 8, 1) >> (i % 8) & 1;
    assert_int_equal(set, u64(0x2028));
    assert_int_equal(*at(0x2038 + 0x1fe / 8, 1), 0x40); // only every second page
    assert_int_equal(built.file.size, u64(0x2020) + set * 0x1000);
}

static void memory_dump_needs_known_words(void **state)
{
    (void)state;
    build_fails("[dump]\nkind = memory\n[memory]\npaging = vax\n",
                "case.mk:4: paging is x86, pae, x64, la57 or arm64");
    mk_dump_fini(&built);
    build_fails("[dump]\nkind = memory\n[memory]\nbody = thin\n",
                "case.mk:4: body is full, summary, bitmap or ranges");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(x64_header_has_published_offsets, tear_down),
        cmocka_unit_test_teardown(x86_header_has_published_offsets, tear_down),
        cmocka_unit_test_teardown(driver_list_of_x64_holds_name_and_values, tear_down),
        cmocka_unit_test_teardown(driver_list_of_x86_takes_its_stride_from_the_text, tear_down),
        cmocka_unit_test_teardown(writers_differ_in_the_place_of_unloaded_drivers, tear_down),
        cmocka_unit_test_teardown(unloaded_name_is_cut_to_twelve_characters, tear_down),
        cmocka_unit_test_teardown(debugger_data_agrees_with_the_copies, tear_down),
        cmocka_unit_test_teardown(debugger_data_of_x86_is_sign_extended, tear_down),
        cmocka_unit_test_teardown(any_field_is_forced_by_one_line, tear_down),
        cmocka_unit_test_teardown(records_go_into_the_memory_that_carries_them, tear_down),
        cmocka_unit_test_teardown(edits_change_the_finished_file_in_order, tear_down),
        cmocka_unit_test_teardown(secondary_data_follows_the_dump, tear_down),
        cmocka_unit_test_teardown(old_triage_header_ends_early, tear_down),
        cmocka_unit_test_teardown(removed_sections_are_absent, tear_down),
        cmocka_unit_test_teardown(header_alone_carries_a_raw_body, tear_down),
        cmocka_unit_test_teardown(mistakes_are_named_with_their_line, tear_down),
        cmocka_unit_test_teardown(minidump_has_published_offsets, tear_down),
        cmocka_unit_test_teardown(minidump_lists_can_be_padded_wide_and_wrong, tear_down),
        cmocka_unit_test_teardown(memory_dump_has_pages_behind_tables, tear_down),
        cmocka_unit_test_teardown(bitmap_dump_names_its_pages, tear_down),
        cmocka_unit_test_teardown(memory_dump_needs_known_words, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
