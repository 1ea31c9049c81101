// SPDX-License-Identifier: MIT
#include "minidump_bytes.h"

static void windows_system_has_version_and_service_pack(void **state)
{
    (void)state;
    struct md_file f = md_new();
    md_system(&f, MD_X86, MD_NT, "Service Pack 2");
    md_put(&f, f.size - 0x38 + 0x20, 0x756e6547, 4); // "GenuineIntel"
    md_put(&f, f.size - 0x38 + 0x24, 0x49656e69, 4);
    md_put(&f, f.size - 0x38 + 0x28, 0x6c65746e, 4);
    struct md_result r = md_read_file(&f);
    const struct bt_system *s = &r.crash->system;
    assert_int_equal(r.crash->format, BT_FORMAT_USER_MINIDUMP);
    assert_int_equal(r.crash->time.value, bt_filetime_from_unix(1257149695));
    assert_int_equal(s->platform, BT_PLATFORM_WINDOWS);
    assert_int_equal(s->arch, BT_ARCH_X86);
    assert_int_equal(s->major.value, 6);
    assert_int_equal(s->build.value, 6002);
    assert_int_equal(s->service_pack.value, 2);
    assert_int_equal(s->product_type, BT_PRODUCT_SERVER);
    assert_int_equal(s->suite_mask.value, 0x110);
    assert_int_equal(s->processors.value, 4);
    assert_string_equal(s->processor_vendor, "GenuineIntel");
    assert_string_equal(s->version, "6.0.6002");
    md_done(&r, &f);
}

static void text_of_a_windows_system_says_more_than_one_thing(void **state)
{
    (void)state;
    struct md_file f = md_new();
    md_system(&f, MD_X64, MD_NT, NULL); // no text: no service pack
    struct md_result r = md_read_file(&f);
    assert_true(r.crash->system.service_pack.known);
    assert_int_equal(r.crash->system.service_pack.value, 0);
    md_done(&r, &f);
    f = md_new();
    md_system(&f, MD_X64, MD_NT, "282"); // Crashpad: the update build revision
    r = md_read_file(&f);
    assert_int_equal(r.crash->system.revision.value, 282);
    assert_false(r.crash->system.service_pack.known);
    md_done(&r, &f);
}

static void other_systems_have_no_nt_version(void **state)
{
    (void)state;
    struct md_file f = md_new();
    md_system(&f, MD_ARM64, MD_MACOS, "10K549");
    struct md_result r = md_read_file(&f);
    assert_int_equal(r.crash->system.platform, BT_PLATFORM_MACOS);
    assert_string_equal(r.crash->system.version, "6.0.6002");
    assert_string_equal(r.crash->system.build_lab, "10K549");
    assert_false(r.crash->system.build.known);
    assert_false(r.crash->system.service_pack.known);
    md_done(&r, &f);
    f = md_new();
    md_system(&f, MD_X64, MD_LINUX, "Linux 3.13.0-53-generic #89-Ubuntu SMP x86_64");
    md_put(&f, f.size - 0x38 + 0x08, 0, 4);
    md_put(&f, f.size - 0x38 + 0x10, 0, 4);
    r = md_read_file(&f);
    assert_string_equal(r.crash->system.version, "3.13.0-53-generic");
    md_done(&r, &f);
}

// MiscInfo has grown four times; each size must give what it has.
static void misc_info_of_every_size_is_read(void **state)
{
    (void)state;
    const size_t sizes[] = {0x18, 0x2c, 0xe8, 0x340, 0x554};
    for (size_t i = 0; i < BT_COUNT(sizes); i++) {
        struct md_file f = md_new();
        md_system(&f, MD_X64, MD_NT, NULL);
        size_t at = md_add_zeros(&f, sizes[i]);
        md_put(&f, at, sizes[i], 4);
        md_put(&f, at + 0x04, 0x107, 4);
        md_put(&f, at + 0x08, 4711, 4);
        md_put(&f, at + 0x0c, 1257149695 - 90, 4);
        md_put(&f, at + 0x10, 5, 4);
        md_put(&f, at + 0x14, 7, 4);
        if (sizes[i] > 0x18)
            md_put(&f, at + 0x18, 2600, 4);
        if (sizes[i] >= 0x340)
            md_put(&f, at + 0xe8, 0x00390039, 4); // "99"
        md_stream_from(&f, 0x0f, at);
        struct md_result r = md_read_file(&f);
        const struct bt_process *p = &r.crash->process;
        assert_int_equal(p->pid.value, 4711);
        assert_int_equal(p->created.value, bt_filetime_from_unix(1257149695 - 90));
        assert_int_equal(p->uptime.value, 90 * BT_TICKS_PER_SECOND);
        assert_int_equal(p->user_time.value, 5 * BT_TICKS_PER_SECOND);
        assert_int_equal(p->kernel_time.value, 7 * BT_TICKS_PER_SECOND);
        assert_int_equal(r.crash->system.processor_mhz.known, sizes[i] > 0x18);
        if (sizes[i] >= 0x340)
            assert_string_equal(r.crash->system.build_lab, "99");
        else
            assert_null(r.crash->system.build_lab);
        md_done(&r, &f);
    }
}

static void memory_lists_of_both_kinds_add_up(void **state)
{
    (void)state;
    struct md_file f = md_new();
    md_system(&f, MD_X64, MD_NT, NULL);
    size_t one = md_add64(&f, 0xaaaa);
    size_t list = md_add32(&f, 1);
    md_add32(&f, 0); // padding
    md_add64(&f, 0x1000);
    md_add32(&f, 8);
    md_add32(&f, one);
    md_stream_from(&f, 5, list);
    size_t list64 = md_add64(&f, 2);
    size_t base = md_add64(&f, 0);
    md_add64(&f, 0x1008);
    md_add64(&f, 8);
    md_add64(&f, 0xfffff00000000000);
    md_add64(&f, 8);
    md_stream_from(&f, 9, list64);
    md_put(&f, base, f.size, 8);
    md_add64(&f, 0xbbbb);
    md_add64(&f, 0xcccc);
    struct md_result r = md_read_file(&f);
    uint64_t words[2];
    assert_int_equal(bt_memory_read(r.dump.memory, 0x1000, words, 16, NULL), BT_OK);
    assert_int_equal(words[0], 0xaaaa);
    assert_int_equal(words[1], 0xbbbb);
    assert_int_equal(bt_memory_u64(r.dump.memory, 0xfffff00000000000, words, NULL), BT_OK);
    assert_int_equal(words[0], 0xcccc);
    assert_int_equal(bt_memory_u64(r.dump.memory, 0x1010, words, NULL), BT_ABSENT);
    assert_int_equal(r.crash->notes.count, 0);
    md_done(&r, &f);
}

static void memory_past_the_end_of_the_file_is_cut_and_told(void **state)
{
    (void)state;
    struct md_file f = md_new();
    md_system(&f, MD_X64, MD_NT, NULL);
    size_t list64 = md_add64(&f, 3);
    size_t base = md_add64(&f, 0);
    for (unsigned i = 0; i < 3; i++) {
        md_add64(&f, 0x10000 * (i + 1));
        md_add64(&f, 16);
    }
    md_stream_from(&f, 9, list64);
    md_put(&f, base, f.size, 8);
    for (unsigned i = 0; i < 3; i++) // 24 of 48 bytes: the second range has a half
        md_add64(&f, i);
    struct md_result r = md_read_file(&f);
    uint64_t word;
    assert_int_equal(bt_memory_u64(r.dump.memory, 0x20000, &word, NULL), BT_OK);
    assert_int_equal(word, 2);
    assert_int_equal(bt_memory_u64(r.dump.memory, 0x20008, &word, NULL), BT_ABSENT);
    assert_int_equal(bt_memory_u64(r.dump.memory, 0x30000, &word, NULL), BT_ABSENT);
    assert_int_equal(r.crash->status, BT_READ_PARTIAL);
    assert_true(md_has_note(&r, "memory-cut"));
    md_done(&r, &f);
}

static void map_of_the_address_space_is_sorted_and_disjoint(void **state)
{
    (void)state;
    static const struct {
        uint64_t base, size;
        uint32_t memory_state, protection, type, flags;
    } rows[] = {
        {0x7ff00000, 0x1000, 0x1000, 0x04, 0x20000, BT_RANGE_READ | BT_RANGE_WRITE},
        {0x10000, 0x2000, 0x1000, 0x20, 0x1000000,
         BT_RANGE_READ | BT_RANGE_EXECUTE | BT_RANGE_IMAGE},
        {0x11000, 0x1000, 0x1000, 0x02, 0x20000, 0}, // inside the one before: dropped
        {0x12000, 0x1000, 0x1000, 0x104, 0x20000,
         BT_RANGE_READ | BT_RANGE_WRITE | BT_RANGE_GUARD},
        {0x13000, 0x1000, 0x2000, 0, 0x20000, BT_RANGE_RESERVED},
        {0x14000, 0x1000, 0x10000, 1, 0, BT_RANGE_FREE},
        {0x15000, 0x1000, 0x1000, 0x02, 0x40000, BT_RANGE_READ | BT_RANGE_MAPPED},
    };
    struct md_file f = md_new();
    md_system(&f, MD_X64, MD_NT, NULL);
    size_t list = md_add32(&f, 16);
    md_add32(&f, 0x30);
    md_add64(&f, BT_COUNT(rows));
    for (size_t i = 0; i < BT_COUNT(rows); i++) {
        size_t at = md_add_zeros(&f, 0x30);
        md_put(&f, at, rows[i].base, 8);
        md_put(&f, at + 0x18, rows[i].size, 8);
        md_put(&f, at + 0x20, rows[i].memory_state, 4);
        md_put(&f, at + 0x24, rows[i].protection, 4);
        md_put(&f, at + 0x28, rows[i].type, 4);
    }
    md_stream_from(&f, 0x10, list);
    struct md_result r = md_read_file(&f);
    assert_int_equal(r.crash->range_count, BT_COUNT(rows) - 1);
    for (size_t i = 0; i < BT_COUNT(rows); i++) {
        const struct bt_range *range = bt_range_at(r.crash, rows[i].base + 0x800);
        assert_non_null(range);
        if (rows[i].flags != 0)
            assert_int_equal(range->flags, rows[i].flags);
    }
    assert_null(bt_range_at(r.crash, 0x16000));
    md_done(&r, &f);
}

static void handles_are_counted_and_the_named_ones_kept(void **state)
{
    (void)state;
    const uint32_t strides[] = {0x20, 0x28};
    for (size_t k = 0; k < 2; k++) {
        struct md_file f = md_new();
        md_system(&f, MD_X64, MD_NT, NULL);
        size_t type = md_add_string(&f, "Mutant");
        size_t object = md_add_string(&f, "\\BaseNamedObjects\\lock");
        size_t list = md_add32(&f, 16);
        md_add32(&f, strides[k]);
        md_add32(&f, 3);
        md_add32(&f, 0);
        for (unsigned i = 0; i < 3; i++) {
            size_t at = md_add_zeros(&f, strides[k]);
            md_put(&f, at, 4 * i + 4, 8);
            md_put(&f, at + 8, type, 4);
            if (i == 1)
                md_put(&f, at + 12, object, 4);
            if (strides[k] == 0x28) // a chain of object information that points to itself
                md_put(&f, at + 0x20, at, 4);
        }
        md_stream_from(&f, 0x0c, list);
        struct md_result r = md_read_file(&f);
        assert_int_equal(r.crash->process.handle_count.value, 3);
        assert_int_equal(r.crash->named_handle_count, 1);
        assert_int_equal(r.crash->handles[0].value, 8);
        assert_string_equal(r.crash->handles[0].type, "Mutant");
        assert_string_equal(r.crash->handles[0].name, "\\BaseNamedObjects\\lock");
        md_done(&r, &f);
    }
}

static void memory_use_of_system_and_process_is_read(void **state)
{
    (void)state;
    struct md_file f = md_new();
    md_system(&f, MD_X64, MD_NT, NULL);
    size_t at = md_add_zeros(&f, 0x1ec);
    md_put(&f, at, 1, 2);
    md_put(&f, at + 0x08, 4096, 4);
    md_put(&f, at + 0x0c, 1000, 4);
    md_put(&f, at + 0x74, 10, 8);
    md_put(&f, at + 0x7c, 1990, 8);
    md_put(&f, at + 0x84, 2000, 8);
    md_stream_from(&f, 0x15, at);
    at = md_add_zeros(&f, 0x98);
    md_put(&f, at, 2, 2);
    md_put(&f, at + 0x38, 123456, 8);
    md_put(&f, at + 0x40, 234567, 8);
    md_stream_from(&f, 0x16, at);
    struct md_result r = md_read_file(&f);
    assert_int_equal(r.crash->memory_use.physical.value, 4096000);
    assert_int_equal(r.crash->memory_use.available.value, 40960);
    assert_int_equal(r.crash->memory_use.committed.value, 1990 * 4096);
    assert_int_equal(r.crash->memory_use.commit_limit.value, 2000 * 4096);
    assert_int_equal(r.crash->process.committed.value, 123456);
    assert_int_equal(r.crash->process.committed_peak.value, 234567);
    md_done(&r, &f);
}

static void comments_of_both_kinds_are_kept(void **state)
{
    (void)state;
    struct md_file f = md_new();
    md_system(&f, MD_X64, MD_NT, NULL);
    size_t at = md_add_bytes(&f, "hung in shutdown", 17);
    md_stream_from(&f, 0x0a, at);
    at = md_add32(&f, 0x00690068); // "hi"
    md_stream_from(&f, 0x0b, at);
    struct md_result r = md_read_file(&f);
    assert_string_equal(r.crash->comment, "hung in shutdown");
    assert_int_equal(r.crash->annotation_count, 1);
    assert_string_equal(r.crash->annotations[0].source, "comment");
    assert_string_equal(r.crash->annotations[0].value, "hi");
    md_done(&r, &f);
}

static void assertion_is_read_unless_it_is_empty(void **state)
{
    (void)state;
    for (unsigned type = 0; type < 3; type++) {
        struct md_file f = md_new();
        md_system(&f, MD_X64, MD_NT, NULL);
        size_t at = md_add_zeros(&f, 0x308);
        if (type != 0) {
            md_put(&f, at, 'x', 2);
            md_put(&f, at + 0x100, 'f', 2);
            md_put(&f, at + 0x300, 32, 4);
        }
        md_put(&f, at + 0x304, type, 4);
        md_stream_from(&f, 0x47670002, at);
        struct md_result r = md_read_file(&f);
        const struct bt_assertion *a = &r.crash->assertion;
        if (type == 0) {
            assert_null(a->kind);
        } else {
            assert_string_equal(a->kind, type == 1 ? "invalid parameter" : "pure virtual call");
            assert_string_equal(a->expression, "x");
            assert_string_equal(a->function, "f");
            assert_null(a->file);
            assert_int_equal(a->line, 32);
        }
        md_done(&r, &f);
    }
}

static void add_text_stream(struct md_file *f, uint32_t type, const char *text)
{
    size_t at = md_add_bytes(f, text, strlen(text));
    md_stream_from(f, type, at);
}

static void linux_texts_name_distribution_process_and_map(void **state)
{
    (void)state;
    struct md_file f = md_new();
    md_system(&f, MD_X64, MD_LINUX, "Linux 5.4 x");
    add_text_stream(&f, 0x47670003,
                    "processor\t: 0\nvendor_id\t: GenuineIntel\nmodel name\t: Xeon E5\n"
                    "cpu MHz\t\t: 2893.202\n\nprocessor\t: 1\nmodel name\t: Other\n");
    add_text_stream(&f, 0x47670004,
                    "Name:\tdriver\nPid:\t20043\nVmPeak:\t   2048 kB\n"
                    "VmSize:\t   1024 kB\n");
    add_text_stream(&f, 0x47670005,
                    "DISTRIB_ID=Ubuntu\nDISTRIB_DESCRIPTION=\"Ubuntu 14.04 LTS\"\n");
    size_t at = md_add_bytes(&f, "./driver\0-v\0--x=1\0", 18);
    md_stream_from(&f, 0x47670006, at);
    add_text_stream(&f, 0x47670009,
                    "00617000-00618000 rw-p 00017000 fd:00 1234    /usr/bin/my driver\n"
                    "00400000-00417000 r-xp 00000000 fd:00 1234    /usr/bin/my driver\n"
                    "garbage\n"
                    "7ffd83300000-7ffd83303000 rw-p 00000000 00:00 0   [stack]\n"
                    "7ffd83400000-7ffd83401000 ---p 00000000 00:00 0");
    struct md_result r = md_read_file(&f);
    const struct bt_crash *c = r.crash;
    assert_string_equal(c->system.distribution, "Ubuntu 14.04 LTS");
    assert_string_equal(c->system.processor_name, "Xeon E5");
    assert_string_equal(c->system.processor_vendor, "GenuineIntel");
    assert_int_equal(c->system.processor_mhz.value, 2893);
    assert_string_equal(c->process.name, "driver");
    assert_int_equal(c->process.pid.value, 20043);
    assert_int_equal(c->process.committed.value, 1024 * 1024);
    assert_int_equal(c->process.committed_peak.value, 2048 * 1024);
    assert_string_equal(c->process.command_line, "./driver -v --x=1");
    assert_int_equal(c->range_count, 4);
    assert_int_equal(c->ranges[0].base, 0x400000);
    assert_int_equal(c->ranges[0].size, 0x17000);
    assert_int_equal(c->ranges[0].flags, BT_RANGE_READ | BT_RANGE_EXECUTE | BT_RANGE_MAPPED);
    assert_string_equal(c->ranges[0].name, "/usr/bin/my driver");
    assert_string_equal(c->ranges[2].name, "[stack]");
    assert_int_equal(c->ranges[3].flags, 0);
    assert_null(c->ranges[3].name);
    md_done(&r, &f);
}

static void distribution_comes_from_os_release_too(void **state)
{
    (void)state;
    struct md_file f = md_new();
    md_system(&f, MD_X64, MD_LINUX, NULL);
    add_text_stream(&f, 0x47670005, "NAME=\"Debian\"\nID=debian\nPRETTY_NAME='Debian 12'\n");
    struct md_result r = md_read_file(&f);
    assert_string_equal(r.crash->system.distribution, "Debian 12");
    md_done(&r, &f);
}

// Simple annotations of the process; all three kinds of one module, one object not a text.
static struct md_file crashpad_file(size_t *dictionary)
{
    struct md_file f = md_new();
    md_system(&f, MD_X64, MD_MACOS, NULL);
    size_t name = md_add_string(&f, "/usr/lib/libsystem_c.dylib");
    size_t modules = md_add32(&f, 1);
    md_module(&f, 0x10000, 0x1000, name, false);
    md_stream_from(&f, 4, modules);
    size_t key = md_add_utf8(&f, "ver");
    size_t value = md_add_utf8(&f, "");
    size_t text = md_add_utf8(&f, "abort() called");
    *dictionary = md_add32(&f, 1);
    md_add32(&f, key);
    md_add32(&f, value);
    size_t list = md_add32(&f, 1);
    md_add32(&f, text);
    size_t objects = md_add32(&f, 2);
    for (unsigned i = 0; i < 2; i++) {
        md_add32(&f, key);
        md_add32(&f, i == 0 ? 1 : 0x8001); // a text, and a program's own kind
        md_add32(&f, text);
    }
    size_t info = md_add32(&f, 1);
    const size_t parts[][2] = {{list, 8}, {*dictionary, 12}, {objects, 28}};
    for (size_t i = 0; i < 3; i++) {
        md_add32(&f, parts[i][1]);
        md_add32(&f, parts[i][0]);
    }
    size_t links = md_add32(&f, 1);
    md_add32(&f, 0);
    md_add32(&f, 28);
    md_add32(&f, info);
    size_t at = md_add32(&f, 1);
    md_add_zeros(&f, 32);
    md_add32(&f, 12);
    md_add32(&f, *dictionary);
    md_add32(&f, 16);
    md_add32(&f, links);
    md_stream_from(&f, 0x43500001, at);
    return f;
}

static void crashpad_annotations_of_process_and_modules_are_kept(void **state)
{
    (void)state;
    size_t dictionary;
    struct md_file f = crashpad_file(&dictionary);
    struct md_result r = md_read_file(&f);
    const struct bt_annotation *a = r.crash->annotations;
    assert_int_equal(r.crash->annotation_count, 4);
    assert_null(a[0].module);
    assert_string_equal(a[0].key, "ver");
    assert_string_equal(a[0].value, "");
    assert_string_equal(a[1].module, "libsystem_c.dylib");
    assert_null(a[1].key);
    assert_string_equal(a[1].value, "abort() called");
    assert_string_equal(a[2].key, "ver");
    assert_string_equal(a[3].value, "abort() called");
    assert_string_equal(a[3].source, "crashpad");
    assert_int_equal(r.crash->notes.count, 0);
    md_done(&r, &f);
}

static void damaged_annotation_keeps_those_before_it(void **state)
{
    (void)state;
    size_t dictionary;
    struct md_file f = crashpad_file(&dictionary);
    md_put(&f, dictionary + 8, 0x7ffffff0, 4); // the value lies outside the file
    struct md_result r = md_read_file(&f);
    assert_int_equal(r.crash->annotation_count, 0);
    assert_int_equal(r.crash->status, BT_READ_PARTIAL);
    assert_int_equal(r.crash->module_count, 1);
    assert_true(md_has_note(&r, "stream-damaged"));
    md_done(&r, &f);
}

static void mac_crash_info_gives_the_messages_of_libraries(void **state)
{
    (void)state;
    static const char texts[] = "/usr/lib/libsystem_c.dylib\0abort() called\0\0\0second";
    struct md_file f = md_new();
    md_system(&f, MD_X64, MD_MACOS, NULL);
    size_t record = md_add64(&f, 0x4d7a0001);
    md_add64(&f, 5);
    md_add_zeros(&f, 24);
    md_add_bytes(&f, texts, sizeof texts);
    size_t at = md_add32(&f, 0x4d7a0001);
    md_add32(&f, 1);
    md_add32(&f, 40);
    md_add32(&f, 40 + sizeof texts);
    md_add32(&f, record);
    md_add_zeros(&f, 19 * 8);
    md_stream_from(&f, 0x4d7a0001, at);
    size_t arguments = md_add_string(&f, "-v keepsyms=1");
    at = md_add32(&f, 0x4d7a0002);
    md_add64(&f, arguments);
    md_stream_from(&f, 0x4d7a0002, at);
    struct md_result r = md_read_file(&f);
    const struct bt_annotation *a = r.crash->annotations;
    assert_int_equal(r.crash->annotation_count, 3);
    assert_string_equal(a[0].module, "libsystem_c.dylib");
    assert_string_equal(a[0].key, "message");
    assert_string_equal(a[0].value, "abort() called");
    assert_string_equal(a[1].key, "message2");
    assert_string_equal(a[1].value, "second");
    assert_string_equal(a[2].source, "boot-args");
    assert_string_equal(a[2].value, "-v keepsyms=1");
    md_done(&r, &f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_system_has_version_and_service_pack),
        cmocka_unit_test(text_of_a_windows_system_says_more_than_one_thing),
        cmocka_unit_test(other_systems_have_no_nt_version),
        cmocka_unit_test(misc_info_of_every_size_is_read),
        cmocka_unit_test(memory_lists_of_both_kinds_add_up),
        cmocka_unit_test(memory_past_the_end_of_the_file_is_cut_and_told),
        cmocka_unit_test(map_of_the_address_space_is_sorted_and_disjoint),
        cmocka_unit_test(handles_are_counted_and_the_named_ones_kept),
        cmocka_unit_test(memory_use_of_system_and_process_is_read),
        cmocka_unit_test(comments_of_both_kinds_are_kept),
        cmocka_unit_test(assertion_is_read_unless_it_is_empty),
        cmocka_unit_test(linux_texts_name_distribution_process_and_map),
        cmocka_unit_test(distribution_comes_from_os_release_too),
        cmocka_unit_test(crashpad_annotations_of_process_and_modules_are_kept),
        cmocka_unit_test(damaged_annotation_keeps_those_before_it),
        cmocka_unit_test(mac_crash_info_gives_the_messages_of_libraries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
