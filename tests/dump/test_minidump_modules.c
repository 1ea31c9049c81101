// SPDX-License-Identifier: MIT
#include "minidump_bytes.h"

static void module_has_name_version_and_stamps(void **state)
{
    (void)state;
    struct md_file f = md_new();
    md_system(&f, MD_X64, MD_NT, NULL);
    size_t name = md_add_string(&f, "C:\\Windows\\System32\\ntdll.dll");
    size_t bare = md_add_string(&f, "plain.dll");
    size_t list = md_add32(&f, 2);
    md_module(&f, 0x7ff800000000, 0x1d1000, name, true);
    md_module(&f, 0x10000000, 0x1000, bare, false);
    md_stream_from(&f, 4, list);
    struct md_result r = md_read_file(&f);
    assert_int_equal(r.crash->module_count, 2);
    const struct bt_module *m = r.crash->modules;
    assert_string_equal(m[0].name, "ntdll.dll");
    assert_string_equal(m[0].path, "C:\\Windows\\System32\\ntdll.dll");
    assert_int_equal(m[0].base, 0x7ff800000000);
    assert_int_equal(m[0].size, 0x1d1000);
    assert_int_equal(m[0].timestamp.value, 0x49e02e6d);
    assert_int_equal(m[0].checksum.value, 0x1234);
    assert_true(m[0].file_version.value == bt_file_version_make(6, 0, 6002, 18005));
    assert_true(m[0].product_version.value == bt_file_version_make(6, 0, 6002, 0));
    // Without the signature of a version resource the fields are not a version of 0.
    assert_false(m[1].file_version.known);
    assert_null(m[1].path);
    assert_string_equal(r.crash->process.name, "ntdll.dll");
    assert_int_equal(r.crash->status, BT_READ_OK);
    md_done(&r, &f);
}

// The three ways in which writers lay out a counted list.
static void padded_and_oversized_lists_give_the_same_modules(void **state)
{
    (void)state;
    enum { PLAIN, PADDED, LONGER, VARIANTS };
    for (int variant = PLAIN; variant < VARIANTS; variant++) {
        struct md_file f = md_new();
        md_system(&f, MD_X64, MD_NT, NULL);
        size_t name = md_add_string(&f, "a.dll");
        size_t list = md_add32(&f, 2);
        if (variant == PADDED)
            md_add32(&f, 0xcccccccc);
        md_module(&f, 0x10000, 0x1000, name, true);
        md_module(&f, 0x20000, 0x1000, name, true);
        if (variant == LONGER) // slack after the array, less than a record
            md_add_zeros(&f, 60);
        md_stream_from(&f, 4, list);
        struct md_result r = md_read_file(&f);
        assert_int_equal(r.crash->module_count, 2);
        assert_int_equal(r.crash->modules[1].base, 0x20000);
        assert_string_equal(r.crash->modules[1].name, "a.dll");
        assert_int_equal(r.crash->notes.count, 0);
        md_done(&r, &f);
    }
}

static void count_larger_than_the_stream_keeps_what_is_there(void **state)
{
    (void)state;
    struct md_file f = md_new();
    md_system(&f, MD_X64, MD_NT, NULL);
    size_t name = md_add_string(&f, "a.dll");
    size_t list = md_add32(&f, 0xffffffff);
    md_module(&f, 0x10000, 0x1000, name, true);
    md_module(&f, 0x20000, 0x1000, name, true);
    md_stream_from(&f, 4, list);
    struct md_result r = md_read_file(&f);
    assert_int_equal(r.crash->module_count, 2);
    assert_int_equal(r.crash->status, BT_READ_PARTIAL);
    assert_int_equal(r.crash->problem.code, BT_PROBLEM_TRUNCATED);
    assert_true(md_has_note(&r, "list-cut"));
    md_done(&r, &f);
}

static void lost_name_costs_the_name_only(void **state)
{
    (void)state;
    struct md_file f = md_new();
    md_system(&f, MD_X64, MD_NT, NULL);
    size_t list = md_add32(&f, 1);
    md_module(&f, 0x10000, 0x1000, 0x7fffffff, true);
    md_stream_from(&f, 4, list);
    struct md_result r = md_read_file(&f);
    assert_int_equal(r.crash->module_count, 1);
    assert_string_equal(r.crash->modules[0].name, "unnamed_module");
    assert_int_equal(r.crash->modules[0].base, 0x10000);
    assert_true(md_has_note(&r, "name-outside-file"));
    md_done(&r, &f);
}

// One module whose CodeView record is these bytes.
static struct md_result read_codeview(struct md_file *f, unsigned platform, const void *bytes,
                                      size_t size)
{
    *f = md_new();
    md_system(f, MD_X64, platform, NULL);
    size_t name = md_add_string(f, "lib");
    size_t record = md_add_bytes(f, bytes, size);
    size_t list = md_add32(f, 1);
    size_t module = md_module(f, 0x10000, 0x1000, name, false);
    md_put(f, module + 0x4c, size, 4);
    md_put(f, module + 0x50, record, 4);
    md_stream_from(f, 4, list);
    struct md_result r = md_read_file(f);
    assert_int_equal(r.crash->module_count, 1);
    return r;
}

static const uint8_t RSDS[] =
    "RSDS\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10"
    "\x2a\0\0\0c:\\x\\lib.pdb";

static void codeview_rsds_gives_guid_age_and_path(void **state)
{
    (void)state;
    struct md_file f;
    struct md_result r = read_codeview(&f, MD_NT, RSDS, sizeof RSDS);
    const struct bt_module *m = &r.crash->modules[0];
    assert_string_equal(m->pdb_name, "c:\\x\\lib.pdb");
    assert_memory_equal(m->pdb_guid, RSDS + 4, 16);
    assert_int_equal(m->pdb_age, 0x2a);
    assert_null(m->build_id);
    md_done(&r, &f);
}

static void codeview_rsds_without_a_path_is_valid(void **state)
{
    (void)state;
    const size_t sizes[] = {24, 25}; // nothing after the age, and an empty path
    for (size_t i = 0; i < 2; i++) {
        uint8_t bytes[25] = {0};
        struct md_file f;
        memcpy(bytes, RSDS, 24);
        struct md_result r = read_codeview(&f, MD_NT, bytes, sizes[i]);
        assert_memory_equal(r.crash->modules[0].pdb_guid, RSDS + 4, 16);
        assert_int_equal(r.crash->modules[0].pdb_age, 0x2a);
        assert_null(r.crash->modules[0].pdb_name);
        md_done(&r, &f);
    }
}

static void codeview_rsds_is_the_image_id_elsewhere(void **state)
{
    (void)state;
    struct md_file f;
    // Linux: the first bytes of the build id as they are. macOS: the UUID, as the GUID's text.
    struct md_result r = read_codeview(&f, MD_LINUX, RSDS, sizeof RSDS);
    assert_string_equal(r.crash->modules[0].build_id, "0102030405060708090a0b0c0d0e0f10");
    md_done(&r, &f);
    r = read_codeview(&f, MD_MACOS, RSDS, sizeof RSDS);
    assert_string_equal(r.crash->modules[0].build_id, "0403020106050807090a0b0c0d0e0f10");
    md_done(&r, &f);
}

static void codeview_nb10_gives_stamp_age_and_path(void **state)
{
    (void)state;
    static const uint8_t nb10[] = "NB10\0\0\0\0\x44\x33\x22\x11\x07\0\0\0old.pdb";
    struct md_file f;
    struct md_result r = read_codeview(&f, MD_NT, nb10, sizeof nb10);
    const struct bt_module *m = &r.crash->modules[0];
    assert_true(m->pdb_stamp.known);
    assert_int_equal(m->pdb_stamp.value, 0x11223344);
    assert_int_equal(m->pdb_age, 7);
    assert_string_equal(m->pdb_name, "old.pdb");
    md_done(&r, &f);
}

static void codeview_elf_gives_the_build_id(void **state)
{
    (void)state;
    static const uint8_t elf[] = {'L',  'E',  'p',  'B',  0x01, 0x02, 0x03, 0x04,
                                  0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c,
                                  0x0d, 0x0e, 0x0f, 0x10, 0xaa, 0xbb, 0xcc, 0xdd};
    struct md_file f;
    struct md_result r = read_codeview(&f, MD_LINUX, elf, sizeof elf);
    const struct bt_module *m = &r.crash->modules[0];
    assert_string_equal(m->build_id, "0102030405060708090a0b0c0d0e0f10aabbccdd");
    assert_memory_equal(m->pdb_guid, elf + 4, 16);
    assert_null(m->pdb_name);
    md_done(&r, &f);
}

static void codeview_of_zeros_or_unknown_kind_identifies_nothing(void **state)
{
    (void)state;
    static const uint8_t zero_id[20] = {'L', 'E', 'p', 'B'};
    static const uint8_t embedded[40] = {'N', 'B', '1', '1'};
    struct md_file f;
    struct md_result r = read_codeview(&f, MD_LINUX, zero_id, sizeof zero_id);
    assert_null(r.crash->modules[0].build_id);
    md_done(&r, &f);
    r = read_codeview(&f, MD_NT, embedded, sizeof embedded);
    assert_null(r.crash->modules[0].pdb_name);
    assert_int_equal(r.crash->status, BT_READ_OK);
    md_done(&r, &f);
}

static void unloaded_modules_step_by_the_size_in_their_header(void **state)
{
    (void)state;
    struct md_file f = md_new();
    md_system(&f, MD_X64, MD_NT, NULL);
    size_t name = md_add_string(&f, "gone.dll");
    size_t list = md_add32(&f, 16); // a header that has grown by four bytes
    md_add32(&f, 32);               // and records that have grown by eight
    md_add32(&f, 2);
    md_add32(&f, 0);
    for (unsigned i = 0; i < 2; i++) {
        md_add64(&f, 0x10000 * (i + 1));
        md_add32(&f, 0x3000);
        md_add32(&f, 0);
        md_add32(&f, 0x5000 + i);
        md_add32(&f, name);
        md_add64(&f, UINT64_MAX);
    }
    md_stream_from(&f, 0x0e, list);
    struct md_result r = md_read_file(&f);
    assert_int_equal(r.crash->unloaded_count, 2);
    assert_string_equal(r.crash->unloaded[1].name, "gone.dll");
    assert_int_equal(r.crash->unloaded[1].base, 0x20000);
    assert_int_equal(r.crash->unloaded[1].end, 0x23000);
    assert_int_equal(r.crash->unloaded[1].timestamp.value, 0x5001);
    assert_int_equal(r.crash->notes.count, 0);
    md_done(&r, &f);
}

static void x86_bases_lose_their_sign_extension(void **state)
{
    (void)state;
    struct md_file f = md_new();
    md_system(&f, MD_X86, MD_NT, NULL);
    size_t name = md_add_string(&f, "high.dll");
    size_t list = md_add32(&f, 1);
    md_module(&f, 0xffffffff80001000, 0x1000, name, false);
    md_stream_from(&f, 4, list);
    struct md_result r = md_read_file(&f);
    assert_int_equal(r.crash->modules[0].base, 0x80001000);
    md_done(&r, &f);
}

static void simulators_loader_is_not_the_process(void **state)
{
    (void)state;
    struct md_file f = md_new();
    md_system(&f, MD_X64, MD_IOS, NULL);
    size_t loader = md_add_string(&f, "/usr/lib/dyld_sim");
    size_t program = md_add_string(&f, "/Applications/shop.app/shop");
    size_t list = md_add32(&f, 2);
    md_module(&f, 0x10000, 0x1000, loader, false);
    md_module(&f, 0x20000, 0x1000, program, false);
    md_stream_from(&f, 4, list);
    struct md_result r = md_read_file(&f);
    assert_string_equal(r.crash->process.name, "shop");
    md_done(&r, &f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(module_has_name_version_and_stamps),
        cmocka_unit_test(padded_and_oversized_lists_give_the_same_modules),
        cmocka_unit_test(count_larger_than_the_stream_keeps_what_is_there),
        cmocka_unit_test(lost_name_costs_the_name_only),
        cmocka_unit_test(codeview_rsds_gives_guid_age_and_path),
        cmocka_unit_test(codeview_rsds_without_a_path_is_valid),
        cmocka_unit_test(codeview_rsds_is_the_image_id_elsewhere),
        cmocka_unit_test(codeview_nb10_gives_stamp_age_and_path),
        cmocka_unit_test(codeview_elf_gives_the_build_id),
        cmocka_unit_test(codeview_of_zeros_or_unknown_kind_identifies_nothing),
        cmocka_unit_test(unloaded_modules_step_by_the_size_in_their_header),
        cmocka_unit_test(x86_bases_lose_their_sign_extension),
        cmocka_unit_test(simulators_loader_is_not_the_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
