// SPDX-License-Identifier: MIT
#include "verdict/instruction.h"

#include "cpu/disassemble.h"
#include "scene_fixture.h"
#include "test.h"

enum { RCX = 1, RDX = 2 };

// cmp byte ptr [rcx+0x29], 5
static const uint8_t compare[] = {0x80, 0x79, 0x29, 0x05};
// mov [rcx+rdx*4+0x10], eax
static const uint8_t indexed[] = {0x89, 0x44, 0x91, 0x10};
// mov eax, gs:[rcx+0x29]
static const uint8_t of_thread[] = {0x65, 0x8b, 0x41, 0x29};

static bool can_disassemble(void)
{
    struct bt_instruction instruction;
    struct bt_span code = {.data = compare, .size = sizeof compare};
    return bt_disassemble(BT_ARCH_X64, 0, code, &instruction) == BT_OK;
}

// The line about registers of a 0xD1 at `code`, which touched `touched`, with a context of the
// same instruction. The caller frees the fixture, which owns the line.
static const char *line_of(struct fixture **ret, const uint8_t *code, size_t size,
                           uint64_t touched, uint64_t rcx, uint64_t rdx)
{
    struct fixture *f = fixture_new(0xd1, touched, 2, 0, OBJECTS_BASE);
    *ret = f;
    for (size_t i = 0; i < size; i++)
        fixture_put(f, OBJECTS_BASE + i, code[i], 1);
    f->context.ip = OBJECTS_BASE;
    f->context.valid = 0xffff;
    f->context.general[RCX] = rcx;
    f->context.general[RDX] = rdx;
    struct bt_fault fault;
    const char **lines;
    size_t count;
    assert_int_equal(bt_fault_find(&f->scene, &fault, NULL), BT_OK);
    assert_int_equal(bt_instruction_describe(&f->scene, &fault, &lines, &count, NULL), BT_OK);
    assert_int_equal(count, 2);
    return lines[1];
}

static void registers_that_agree_with_the_address_are_shown(void **state)
{
    (void)state;
    if (!can_disassemble())
        skip();
    struct fixture *f;
    assert_string_equal(line_of(&f, compare, sizeof compare, 0x29, 0, 0), "rcx=0x0");
    fixture_free(f);
    // The second half of an access that crosses into a page that is not there.
    assert_string_equal(
        line_of(&f, indexed, sizeof indexed, 0xfffff80003001000, 0xfffff80003000fe6, 2),
        "rax=0x0  rcx=0xfffff80003000fe6  rdx=0x2");
    fixture_free(f);
}

static void register_that_contradicts_the_address_gives_way_to_it(void **state)
{
    (void)state;
    if (!can_disassemble())
        skip();
    struct fixture *f;
    assert_string_equal(
        line_of(&f, compare, sizeof compare, 0x29, 0xfffff800a56f0250, 0),
        "rcx=0x0 by the address that was touched; the registers in the dump are "
        "not those of the fault");
    fixture_free(f);
}

static void two_registers_that_contradict_the_address_are_left_out(void **state)
{
    (void)state;
    if (!can_disassemble())
        skip();
    struct fixture *f;
    assert_string_equal(line_of(&f, indexed, sizeof indexed, 0x29, 0xfffff800a56f0250, 8),
                        "the registers in the dump are not those of the fault");
    fixture_free(f);
}

static void address_within_a_segment_is_not_compared(void **state)
{
    (void)state;
    if (!can_disassemble())
        skip();
    struct fixture *f;
    assert_string_equal(line_of(&f, of_thread, sizeof of_thread, 0x1000, 0x55, 0),
                        "rax=0x0  rcx=0x55");
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registers_that_agree_with_the_address_are_shown),
        cmocka_unit_test(register_that_contradicts_the_address_gives_way_to_it),
        cmocka_unit_test(two_registers_that_contradict_the_address_are_left_out),
        cmocka_unit_test(address_within_a_segment_is_not_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
