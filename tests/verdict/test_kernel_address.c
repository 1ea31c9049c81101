// SPDX-License-Identifier: MIT
#include "verdict/kernel_address.h"

#include "verdict/scene_fixture.h"

static void check(uint64_t address, const char *hint)
{
    struct fixture *f = fixture_new(0x50, address, 0, KERNEL_BASE + 0x1234, 2);
    const char *got;
    assert_int_equal(bt_kernel_address_hint(&f->scene, address, &got, NULL), BT_OK);
    assert_string_equal(got != NULL ? got : "none", hint != NULL ? hint : "none");
    fixture_free(f);
}

static void each_kind_of_wrong_address_is_told(void **state)
{
    (void)state;
    check(0x28, "null pointer plus 0x28");
    check(0xffffffffffffffb4, "null pointer minus 0x4c");
    check(0xdeadbeefdeadbef7, "a pointer that was marked as dead (0xdeadbeef: programmers)");
    check(0xbaadf00d, "heap memory that was never set (0xbaadf00d: Windows heap)");
    check(0x6f77206f6c6c6568, "text in place of a pointer: \"hello wo\"");
    check(0x1234000000001000, "no valid address: its upper bits are neither all 0 nor all 1");
    check(UINT64_C(0xffffc00099990000), NULL);
}

static void one_bit_beside_a_module_or_the_stack_speaks_for_memory(void **state)
{
    (void)state;
    check(STORX_BASE + 0x1234 - (UINT64_C(1) << 46),
          "one bit (46) away from 0xfffff80002001234 in storx.sys: failing memory?");
    // The upper bits are not alike: no processor forms that address, but one bit would do.
    check((STORX_BASE + 0x1234) ^ UINT64_C(1) << 60,
          "one bit (60) away from 0xfffff80002001234 in storx.sys: failing memory?");
    check((STACK_BASE + 0x800) ^ UINT64_C(1) << 55,
          "one bit (55) away from 0xffffd00000100800 in the kernel stack: failing memory?");
    check(0x2000000068, "one bit (37) away from a null pointer plus 0x68: failing memory?");
    check(UINT64_C(1) << 60, "one bit (60) away from a null pointer: failing memory?");
}

static void near_misses_and_what_is_there_are_no_flipped_bits(void **state)
{
    (void)state;
    check(STORX_BASE + 0x1234, NULL);
    check(0x100000068, NULL);  // 4 GiB: a length that ran over
    check(0x2100000068, NULL); // two bits
    check(0x2000010068, NULL); // no field is that far from its start
    check((STORX_BASE + 0x1234) ^ UINT64_C(1) << 33, NULL); // modules lie around there
    check(STACK_BASE + 0x800, NULL);
    check(OBJECTS_BASE + 0x100, NULL);                              // is in the dump
    check((STORX_BASE + 0x1234) ^ UINT64_C(3) << 44, NULL);         // two bits
    check((STORX_BASE + 0x1234) & ((UINT64_C(1) << 47) - 1), NULL); // a program's
}

static void lone_bit_in_a_damaged_entry_speaks_for_memory(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(0x1a, 0x41792, STACK_BASE, UINT64_C(1) << 37, 0);
    assert_string_equal(f->stop.parameters[2].hint,
                        "one single bit (37) is set: failing memory?");
    fixture_free(f);
    f = fixture_new(0x1a, 0x41792, STACK_BASE, UINT64_C(3) << 37, 0);
    assert_null(f->stop.parameters[2].hint);
    fixture_free(f);
    // Elsewhere a bit alone is no sign: this is a control register.
    f = fixture_new(0x7f, 8, 0x10000, 0, 0);
    assert_null(f->stop.parameters[1].hint);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_wrong_address_is_told),
        cmocka_unit_test(one_bit_beside_a_module_or_the_stack_speaks_for_memory),
        cmocka_unit_test(near_misses_and_what_is_there_are_no_flipped_bits),
        cmocka_unit_test(lone_bit_in_a_damaged_entry_speaks_for_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
