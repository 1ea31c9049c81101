// SPDX-License-Identifier: MIT
#include "verdict/scene_fixture.h"
#include "verdict/walks.h"

#define PDO       (OBJECTS_BASE + 0x0000)
#define FDO       (OBJECTS_BASE + 0x0200)
#define STORX     (OBJECTS_BASE + 0x0600)
#define DISK      (OBJECTS_BASE + 0x0800)
#define NAMES     (OBJECTS_BASE + 0x0a00)
#define IRP       (OBJECTS_BASE + 0x1000)
#define LOCATION  (OBJECTS_BASE + 0x1200)
#define EXTENSION (OBJECTS_BASE + 0x1400)

// Offsets of wdm.h for 64-bit Windows.
static void put_device(struct fixture *f, bt_va va, bt_va driver, bt_va attached,
                       bt_va extension)
{
    fixture_put(f, va, 3, 2);
    fixture_put(f, va + 0x08, driver, 8);
    fixture_put(f, va + 0x18, attached, 8);
    fixture_put(f, va + 0x138, extension, 8);
}

static void put_driver(struct fixture *f, bt_va va, bt_va start, bt_va name_at,
                       const char *name)
{
    fixture_put(f, va, 4, 2);
    fixture_put(f, va + 0x18, start, 8);
    fixture_put(f, va + 0x20, 0x20000, 4);
    fixture_put(f, va + 0x38, 2 * strlen(name), 2);
    fixture_put(f, va + 0x3a, 2 * strlen(name) + 2, 2);
    fixture_put(f, va + 0x40, name_at, 8);
    for (size_t i = 0; name[i] != '\0'; i++)
        fixture_put(f, name_at + 2 * i, (uint8_t)name[i], 2);
}

// disk.sys holds a power IRP in a stack whose physical device is storx.sys's.
static struct fixture *power_failure(void)
{
    struct fixture *f = fixture_new(0x9f, 3, PDO, 0, IRP);
    put_device(f, PDO, STORX, FDO, EXTENSION);
    put_device(f, FDO, DISK, 0, EXTENSION + 0x40);
    fixture_put(f, EXTENSION + 0x08, PDO, 8);
    fixture_put(f, EXTENSION + 0x48, FDO, 8);
    fixture_put(f, EXTENSION + 0x70, PDO, 8); // AttachedTo
    put_driver(f, STORX, STORX_BASE, NAMES, "\\Driver\\storx");
    put_driver(f, DISK, DISK_BASE, NAMES + 0x100, "\\Driver\\disk");
    fixture_put(f, IRP, 6, 2);
    fixture_put(f, IRP + 0x42, 5, 1);
    fixture_put(f, IRP + 0x43, 3, 1);
    fixture_put(f, IRP + 0xb8, LOCATION, 8);
    fixture_put(f, LOCATION, 0x16, 1);
    fixture_put(f, LOCATION + 1, 0x02, 1);
    fixture_put(f, LOCATION + 0x28, FDO, 8);
    return f;
}

static void held_irp_leads_to_the_driver_below(void **state)
{
    (void)state;
    struct fixture *f = power_failure();
    struct bt_walks w;
    assert_int_equal(bt_walks_open(&f->scene, &w, NULL), BT_OK);
    assert_int_equal(w.count, 2);
    assert_string_equal(w.facts[0].text,
                        "IRP_MJ_POWER IRP_MN_SET_POWER, stack location 3 of 5, "
                        "held by \\Driver\\disk (disk.sys)");
    assert_string_equal(w.facts[1].text,
                        "\\Driver\\disk (disk.sys) > \\Driver\\storx (storx.sys)");
    assert_ptr_equal(w.suspect, &f->modules[2]);
    assert_true(w.suspect_is_third_party);
    fixture_free(f);
}

static void device_stack_that_turns_in_a_circle_ends(void **state)
{
    (void)state;
    struct fixture *f = power_failure();
    fixture_put(f, FDO + 0x18, PDO, 8);
    fixture_put(f, PDO + 0x18, FDO, 8);
    struct bt_walks w;
    assert_int_equal(bt_walks_open(&f->scene, &w, NULL), BT_OK);
    fixture_free(f);
}

static void objects_of_another_type_are_left_alone(void **state)
{
    (void)state;
    struct fixture *f = power_failure();
    fixture_put(f, IRP, 3, 2);
    fixture_put(f, PDO, 6, 2);
    struct bt_walks w;
    assert_int_equal(bt_walks_open(&f->scene, &w, NULL), BT_OK);
    assert_int_equal(w.count, 0);
    assert_null(w.suspect);
    fixture_free(f);
}

static void every_object_missing_from_the_dump_is_survived(void **state)
{
    (void)state;
    for (size_t from = 0; from < AREA_SIZE; from += 0x100) {
        struct fixture *f = power_failure();
        memset(f->bytes + AREA_SIZE + from, 0xff, AREA_SIZE - from);
        struct bt_walks w;
        assert_int_equal(bt_walks_open(&f->scene, &w, NULL), BT_OK);
        fixture_free(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(held_irp_leads_to_the_driver_below),
        cmocka_unit_test(device_stack_that_turns_in_a_circle_ends),
        cmocka_unit_test(objects_of_another_type_are_left_alone),
        cmocka_unit_test(every_object_missing_from_the_dump_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
