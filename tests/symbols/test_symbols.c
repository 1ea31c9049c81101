// SPDX-License-Identifier: MIT
#include "symbols/symbols.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fake_image.h"
#include "fake_pdb.h"
#include "test.h"

#define STORE_KEY "131211101514171618191A1B1C1D1E1F3"

struct fixture {
    char path[64];
    struct bt_arena *arena;
    struct bt_symbols *symbols;
    struct fake_pdb pdb;
    struct fake_image image;
    struct bt_symbol_module module;
    struct bt_symbol_chain chain;
};

static int set_up(void **state)
{
    static struct fixture f;
    f = (struct fixture){.module = {.name = "C:\\Windows\\volf.sys",
                                    .timestamp = bt_some32(0x4b2f6c11),
                                    .size = FAKE_IMAGE_SIZE,
                                    .pdb_name = "d:\\build\\volf.pdb",
                                    .pdb_age = FAKE_PDB_AGE}};
    for (size_t i = 0; i < 16; i++)
        f.module.pdb_guid[i] = (uint8_t)(0x10 + i);
    fake_pdb_init(&f.pdb, 0x8664, false);
    fake_image_init(&f.image, true);
    fake_exports(&f.image);
    snprintf(f.path, sizeof f.path, "/tmp/bt-symbols-XXXXXX");
    f.arena = bt_arena_new(BT_LIMIT_ARENA);
    *state = &f;
    return mkdtemp(f.path) == NULL || f.arena == NULL ||
           bt_symbols_new(&f.symbols, NULL) != BT_OK ||
           bt_symbols_add_path(f.symbols, f.path, NULL) != BT_OK;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    char command[128];
    bt_symbols_free(f->symbols);
    bt_arena_free(f->arena);
    snprintf(command, sizeof command, "rm -r %s", f->path);
    return system(command);
}

// Writes a file below the fixture's folder, making the folders on the way.
static void put(const struct fixture *f, const char *name, const void *data, size_t size)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", f->path, name);
    for (char *c = path + strlen(f->path) + 1; *c != '\0'; c++) {
        if (*c != '/')
            continue;
        *c = '\0';
        mkdir(path, 0777);
        *c = '/';
    }
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    fclose(file);
}

static void put_pdb(const struct fixture *f, const char *name)
{
    put(f, name, f->pdb.bytes, sizeof f->pdb.bytes);
}

static void put_image(const struct fixture *f, const char *name)
{
    put(f, name, f->image.bytes, sizeof f->image.bytes);
}

static struct bt_symbol_table *table_of(struct fixture *f)
{
    struct bt_symbol_table *table;
    assert_int_equal(bt_symbols_table(f->symbols, &f->module, &table, NULL), BT_OK);
    return table;
}

static void check(struct fixture *f, uint64_t rva, const char *function, uint64_t offset,
                  enum bt_symbol_kind kind)
{
    assert_int_equal(bt_symbol_table_find(table_of(f), rva, f->arena, &f->chain, NULL), BT_OK);
    assert_int_equal(f->chain.count, 1);
    assert_string_equal(f->chain.items[0].function, function);
    assert_int_equal(f->chain.items[0].function_offset, offset);
    assert_int_equal(f->chain.items[0].kind, kind);
}

static void check_absent(struct fixture *f, uint64_t rva)
{
    assert_int_equal(bt_symbol_table_find(table_of(f), rva, f->arena, &f->chain, NULL),
                     BT_ABSENT);
}

static void check_problem(struct fixture *f, const char *words)
{
    struct bt_symbol_table *table = table_of(f);
    assert_int_equal(bt_symbol_table_problem_count(table), 1);
    assert_non_null(strstr(bt_symbol_table_problem(table, 0), words));
}

static void symbols_nearest_public_is_found_in_its_section(void **state)
{
    struct fixture *f = *state;
    put_pdb(f, "volf.pdb");
    check_absent(f, 0x10ff);
    check(f, 0x1100, "_alpha@8", 0, BT_SYMBOL_PUBLIC);
    check(f, 0x11ff, "_alpha@8", 0xff, BT_SYMBOL_PUBLIC);
    check(f, 0x17ff, "ns::beta", 0x5ff, BT_SYMBOL_PUBLIC);
    check_absent(f, 0x1800); // between the sections
    check_absent(f, 0x300f); // beta is in another section
    check(f, 0x3010, "gamma", 0, BT_SYMBOL_PUBLIC);
    assert_int_equal(bt_symbol_table_problem_count(table_of(f)), 0);
}

static void symbols_x86_public_loses_its_decoration(void **state)
{
    struct fixture *f = *state;
    fake_pdb_init(&f->pdb, 0x14c, false);
    put_pdb(f, "VOLF.PDB");
    check(f, 0x1104, "alpha", 4, BT_SYMBOL_PUBLIC);
}

static void symbols_rearranged_code_is_mapped_back(void **state)
{
    struct fixture *f = *state;
    fake_pdb_init(&f->pdb, 0x8664, true);
    put_pdb(f, "volf.pdb");
    check_absent(f, 0x1100); // before the first stretch
    check(f, 0x5000, "_alpha@8", 0x80, BT_SYMBOL_PUBLIC);
    check(f, 0x5080, "ns::beta", 0, BT_SYMBOL_PUBLIC);
    check_absent(f, 0x5100); // added after linking
}

static void symbols_store_folders_are_searched(void **state)
{
    struct fixture *f = *state;
    put_pdb(f, "Volf.pdb/" STORE_KEY "/volf.pdb");
    check(f, 0x1100, "_alpha@8", 0, BT_SYMBOL_PUBLIC);
    assert_int_equal(bt_symbol_table_problem_count(table_of(f)), 0);
}

static void symbols_store_folder_of_other_builds_is_no_file(void **state)
{
    struct fixture *f = *state;
    put_pdb(f, "volf.pdb/AAAA1/volf.pdb");
    check_absent(f, 0x1100);
    assert_int_equal(bt_symbol_table_problem_count(table_of(f)), 0);
}

static void symbols_two_tier_store_is_searched(void **state)
{
    struct fixture *f = *state;
    put(f, "index2.txt", "", 0);
    put_pdb(f, "vo/volf.pdb/" STORE_KEY "/volf.pdb");
    check(f, 0x1100, "_alpha@8", 0, BT_SYMBOL_PUBLIC);
}

static void symbols_one_file_may_be_the_place(void **state)
{
    struct fixture *f = *state;
    char path[128];
    put_pdb(f, "sub/volf.pdb");
    snprintf(path, sizeof path, "%s/sub/volf.pdb", f->path);
    assert_int_equal(bt_symbols_add_path(f->symbols, path, NULL), BT_OK);
    check(f, 0x1100, "_alpha@8", 0, BT_SYMBOL_PUBLIC);
}

static void symbols_debugger_path_keeps_local_places(void **state)
{
    struct fixture *f = *state;
    char path[256];
    put_pdb(f, "cache/volf.pdb");
    snprintf(path, sizeof path, "srv*%s/cache*https://symbols.example/;cache*/nonexistent",
             f->path);
    assert_int_equal(bt_symbols_add_debugger_path(f->symbols, path, NULL), BT_OK);
    check(f, 0x1100, "_alpha@8", 0, BT_SYMBOL_PUBLIC);
    assert_int_equal(bt_symbol_table_problem_count(table_of(f)), 0);
}

static void symbols_pdb_of_another_build_is_refused(void **state)
{
    struct fixture *f = *state;
    f->pdb.bytes[fake_pdb_at(FAKE_PDB_INFO) + 0xc] ^= 1;
    put_pdb(f, "volf.pdb");
    check_absent(f, 0x1100);
    check_problem(f, "volf.pdb belongs to another build (GUID 131211111514171618191A1B");
}

static void symbols_pdb_of_another_link_is_refused(void **state)
{
    struct fixture *f = *state;
    f->module.pdb_age = 9;
    put_pdb(f, "volf.pdb");
    check_absent(f, 0x1100);
    check_problem(f, "age 3, not 9");
}

static void symbols_wrong_file_does_not_hide_the_right_one(void **state)
{
    struct fixture *f = *state;
    put_pdb(f, "volf.pdb/" STORE_KEY "/volf.pdb");
    f->pdb.bytes[fake_pdb_at(FAKE_PDB_INFO) + 0xc] ^= 1;
    put_pdb(f, "first/volf.pdb");
    struct bt_symbols *store;
    char path[128];
    assert_int_equal(bt_symbols_new(&store, NULL), BT_OK);
    snprintf(path, sizeof path, "%s/first", f->path);
    assert_int_equal(bt_symbols_add_path(store, path, NULL), BT_OK);
    assert_int_equal(bt_symbols_add_path(store, f->path, NULL), BT_OK);
    bt_symbols_free(f->symbols);
    f->symbols = store;
    check(f, 0x1100, "_alpha@8", 0, BT_SYMBOL_PUBLIC);
    check_problem(f, "first/volf.pdb belongs to another build");
}

static void symbols_old_pdb_formats_are_named(void **state)
{
    static const char jg[] = "Microsoft C/C++ program database 2.00\r\n\x1a"
                             "JG\0\0\0\0\0\0\0\0"
                             "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    static const char portable[64] = "BSJB";
    struct fixture *f = *state;
    put(f, "volf.pdb", jg, sizeof jg);
    check_absent(f, 0x1100);
    check_problem(f, "format 2.00 (JG)");
    f->module.pdb_name = "other.pdb";
    put(f, "other.pdb", portable, sizeof portable);
    // The folder was listed before the file came: a new store sees it.
    bt_symbols_free(f->symbols);
    assert_int_equal(bt_symbols_new(&f->symbols, NULL), BT_OK);
    assert_int_equal(bt_symbols_add_path(f->symbols, f->path, NULL), BT_OK);
    check_absent(f, 0x1100);
    check_problem(f, "portable PDB");
}

static void symbols_image_names_its_exports(void **state)
{
    struct fixture *f = *state;
    put_image(f, "volf.sys");
    check(f, 0x1180, "KeGamma", 0x80, BT_SYMBOL_EXPORT);
    assert_non_null(bt_symbol_table_image(table_of(f)));
}

static void symbols_image_leads_to_the_pdb(void **state)
{
    struct fixture *f = *state;
    memset(f->module.pdb_guid, 0, 16);
    f->module.pdb_name = NULL;
    fake_debug(&f->image);
    memcpy(f->image.bytes + 0x5104, f->pdb.bytes + fake_pdb_at(FAKE_PDB_INFO) + 0xc, 16);
    put_image(f, "volf.sys/4B2F6C116000/volf.sys");
    put_pdb(f, "volf.pdb");
    check(f, 0x1104, "_alpha@8", 4, BT_SYMBOL_PUBLIC);
}

static void symbols_image_of_another_build_is_refused(void **state)
{
    struct fixture *f = *state;
    f->module.timestamp = bt_some32(0x4b2f6c12);
    put_image(f, "volf.sys");
    check_absent(f, 0x1180);
    check_problem(f, "volf.sys belongs to another build (time stamp 4b2f6c11, size 6000");
}

static void symbols_image_that_cannot_be_checked_is_refused(void **state)
{
    struct fixture *f = *state;
    f->module.timestamp = (struct bt_opt32){0};
    put_image(f, "volf.sys");
    check_absent(f, 0x1180);
    check_problem(f, "does not say which build");
}

static void symbols_missing_files_are_no_problem(void **state)
{
    struct fixture *f = *state;
    check_absent(f, 0x1180);
    assert_int_equal(bt_symbol_table_problem_count(table_of(f)), 0);
    put_pdb(f, "volf.pdb"); // too late: it is not looked for again
    check_absent(f, 0x1100);
}

// Bytes all over the file replaced in turn: nothing may be read out of bounds.
static void symbols_damaged_pdb_is_harmless(void **state)
{
    struct fixture *f = *state;
    for (size_t at = 0; at < sizeof f->pdb.bytes; at += at < 0x40 ? 1 : 29) {
        struct bt_symbols *store;
        struct bt_symbol_table *table;
        struct fake_pdb whole = f->pdb;
        f->pdb.bytes[at] ^= 0xff;
        put_pdb(f, "volf.pdb");
        f->pdb = whole;
        assert_int_equal(bt_symbols_new(&store, NULL), BT_OK);
        assert_int_equal(bt_symbols_add_path(store, f->path, NULL), BT_OK);
        assert_int_equal(bt_symbols_table(store, &f->module, &table, NULL), BT_OK);
        enum bt_status st = bt_symbol_table_find(table, 0x1200, f->arena, &f->chain, NULL);
        assert_true(st == BT_OK || st == BT_ABSENT);
        bt_symbols_free(store);
    }
}

#define WITH_FILES(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FILES(symbols_nearest_public_is_found_in_its_section),
        WITH_FILES(symbols_x86_public_loses_its_decoration),
        WITH_FILES(symbols_rearranged_code_is_mapped_back),
        WITH_FILES(symbols_store_folders_are_searched),
        WITH_FILES(symbols_store_folder_of_other_builds_is_no_file),
        WITH_FILES(symbols_two_tier_store_is_searched),
        WITH_FILES(symbols_one_file_may_be_the_place),
        WITH_FILES(symbols_debugger_path_keeps_local_places),
        WITH_FILES(symbols_pdb_of_another_build_is_refused),
        WITH_FILES(symbols_pdb_of_another_link_is_refused),
        WITH_FILES(symbols_wrong_file_does_not_hide_the_right_one),
        WITH_FILES(symbols_old_pdb_formats_are_named),
        WITH_FILES(symbols_image_names_its_exports),
        WITH_FILES(symbols_image_leads_to_the_pdb),
        WITH_FILES(symbols_image_of_another_build_is_refused),
        WITH_FILES(symbols_image_that_cannot_be_checked_is_refused),
        WITH_FILES(symbols_missing_files_are_no_problem),
        WITH_FILES(symbols_damaged_pdb_is_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
