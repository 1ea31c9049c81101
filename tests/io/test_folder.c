// SPDX-License-Identifier: MIT
#include "io/folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"

struct fixture {
    struct bt_arena *arena;
    char path[64];
};

static void put_file(const struct fixture *f, const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", f->path, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
}

static int set_up(void **state)
{
    static struct fixture f;
    snprintf(f.path, sizeof f.path, "/tmp/bt-folder-XXXXXX");
    f.arena = bt_arena_new(1 << 20);
    if (mkdtemp(f.path) == NULL || f.arena == NULL)
        return 1;
    put_file(&f, "ntfs.pdb");
    put_file(&f, "NTFS.PDB");
    put_file(&f, "Tcpip.SYS");
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    static const char *const names[] = {"/ntfs.pdb", "/NTFS.PDB", "/Tcpip.SYS", ""};
    struct fixture *f = *state;
    char path[128];
    for (size_t i = 0; i < BT_COUNT(names); i++) {
        snprintf(path, sizeof path, "%s%s", f->path, names[i]);
        remove(path);
    }
    bt_arena_free(f->arena);
    return 0;
}

static void folder_find_prefers_the_exact_name(void **state)
{
    struct fixture *f = *state;
    struct bt_folder folder;
    assert_int_equal(bt_folder_read(f->path, 100, f->arena, &folder, NULL), BT_OK);
    assert_int_equal(folder.count, 3);
    assert_false(folder.cut);
    assert_string_equal(bt_folder_find(&folder, "ntfs.pdb"), "ntfs.pdb");
    assert_string_equal(bt_folder_find(&folder, "NTFS.PDB"), "NTFS.PDB");
    assert_string_equal(bt_folder_find(&folder, "tcpip.sys"), "Tcpip.SYS");
    assert_null(bt_folder_find(&folder, "tcpip.sy"));
    assert_null(bt_folder_find(&folder, "zzz"));
}

static void folder_past_the_limit_is_cut(void **state)
{
    struct fixture *f = *state;
    struct bt_folder folder;
    assert_int_equal(bt_folder_read(f->path, 2, f->arena, &folder, NULL), BT_OK);
    assert_int_equal(folder.count, 2);
    assert_true(folder.cut);
}

static void folder_that_is_not_there_is_absent(void **state)
{
    struct fixture *f = *state;
    struct bt_folder folder;
    char file[128];
    snprintf(file, sizeof file, "%s/ntfs.pdb", f->path);
    assert_int_equal(bt_folder_read("/nonexistent/folder", 2, f->arena, &folder, NULL),
                     BT_ABSENT);
    assert_int_equal(bt_folder_read(file, 2, f->arena, &folder, NULL), BT_ABSENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(folder_find_prefers_the_exact_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(folder_past_the_limit_is_cut, set_up, tear_down),
        cmocka_unit_test_setup_teardown(folder_that_is_not_there_is_absent, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
