// SPDX-License-Identifier: MIT
#include "windows/kernel_search.h"

#include "fake_image.h"
#include "kernel_array.h"

static struct kernel_array k;

static int tear_down(void **state)
{
    (void)state;
    kernel_fini(&k);
    return 0;
}

static struct bt_kernel_place search(bt_va ip)
{
    struct bt_kernel_place place;
    bt_kernel_search(&k.memory.memory, ip, k.arena, &place);
    return place;
}

// An image that exports two names, the second being data.
static void put_image(const char *first)
{
    static struct fake_image fake;
    kernel_init(&k, true);
    fake_image_init(&fake, true);
    fake_section(&fake, 0, ".text", 0x1000, 0x4000, 0x68000020);
    fake_directory(&fake, 0, 0x2000, 0x100);
    memcpy(k.bytes, fake.bytes, sizeof fake.bytes);
    kernel_put(&k, 0x2014, 2, 4); // functions, names
    kernel_put(&k, 0x2018, 2, 4);
    kernel_put(&k, 0x201c, 0x2040, 4);
    kernel_put(&k, 0x2020, 0x2050, 4);
    kernel_put(&k, 0x2024, 0x2060, 4);
    kernel_put(&k, 0x2040, 0x1230, 4);
    kernel_put(&k, 0x2044, 0x3450, 4);
    kernel_put(&k, 0x2050, 0x2110, 4);
    kernel_put(&k, 0x2054, 0x2130, 4);
    kernel_put(&k, 0x2062, 1, 2);
    memcpy(k.bytes + 0x2110, first, strlen(first));
    memcpy(k.bytes + 0x2130, "PsLoadedModuleList", 18);
}

static void kernel_is_found_below_its_code(void **state)
{
    (void)state;
    put_image("KeBugCheckEx");
    const struct bt_kernel_place place = search(k.base + 0x1238);
    assert_int_equal(place.base, k.base);
    assert_int_equal(place.loaded_modules, k.base + 0x3450);
}

static void another_image_is_no_kernel(void **state)
{
    (void)state;
    put_image("TcpSend");
    assert_int_equal(search(k.base + 0x1238).base, 0);
    assert_int_equal(search(0).base, 0);
}

// The first processor's region at its fixed address, for systems before Vista.
static void region_of_the_processor_tells_the_kernel(void **state)
{
    (void)state;
    kernel_init(&k, false);
    k.base = 0xffdf0000;
    k.memory = array_memory(k.base, k.bytes, sizeof k.bytes, false);
    kernel_put(&k, 0xf034, k.base + 0x100, 4);
    kernel_put(&k, 0x100, 0xf, 2);
    kernel_put(&k, 0x110, UINT64_C(0xffffffff804d7000), 8);
    kernel_put(&k, 0x118, UINT64_C(0xffffffff8055a620), 8);
    kernel_put(&k, 0x120, UINT64_C(0xffffffff00000000) | (k.base + 0x200), 8);
    kernel_put(&k, 0x200, 0x80544ae0, 4);
    struct bt_kernel_place place = search(0);
    assert_int_equal(place.base, 0x804d7000);
    assert_int_equal(place.loaded_modules, 0x8055a620);
    assert_int_equal(place.block, 0x80544ae0);
    kernel_put(&k, 0x100, 6, 2); // neither free nor checked
    assert_int_equal(search(0).base, 0);
}

// A kernel that exports no list, and nothing that tells of it: the list is found by its looks.
static void list_of_modules_is_found_by_its_looks(void **state)
{
    (void)state;
    put_image("KeBugCheckEx");
    memcpy(k.bytes + 0x2130, "NtBuildNumber", 14);
    kernel_put(&k, FAKE_OPTIONAL + 0xf0 + 0x24, 0xc8000040, 4); // written to
    assert_int_equal(bt_kernel_find_modules(&k.memory.memory, k.base, k.arena), 0);
    kernel_pointer(&k, 0x3450, k.base + 0x8000); // the head
    kernel_pointer(&k, 0x3458, k.base + 0x9000);
    kernel_pointer(&k, 0x3460, k.base + 0x8000); // and a pointer that is none
    kernel_pointer(&k, 0x8000, k.base + 0x9000);
    kernel_pointer(&k, 0x8008, k.base + 0x3450);
    kernel_pointer(&k, 0x8030, k.base + 0x10000);
    assert_int_equal(bt_kernel_find_modules(&k.memory.memory, k.base, k.arena), 0);
    kernel_pointer(&k, 0x8030, k.base);
    assert_int_equal(bt_kernel_find_modules(&k.memory.memory, k.base, k.arena),
                     k.base + 0x3450);
    assert_int_equal(bt_kernel_find_modules(&k.memory.memory, 0, k.arena), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(kernel_is_found_below_its_code, tear_down),
        cmocka_unit_test_teardown(another_image_is_no_kernel, tear_down),
        cmocka_unit_test_teardown(list_of_modules_is_found_by_its_looks, tear_down),
        cmocka_unit_test_teardown(region_of_the_processor_tells_the_kernel, tear_down),
    };
    return cmocka_run_group_tests_name("kernel_search", tests, NULL, NULL);
}
