// SPDX-License-Identifier: MIT
#include "symbols/cfi.h"

#include "test.h"

static struct bt_arena *arena;
static struct bt_unwind_rules rules;

// At a function's start the stack pointer plus 8, the return address at its place.
static const uint8_t AT_START[] = {0x0c, 7, 8, 0x90, 1};

static struct bt_cfi_common x64_common(void)
{
    return (struct bt_cfi_common){
        .code_factor = 1,
        .data_factor = -8,
        .return_register = 16,
        .instructions = {.data = AT_START, .size = sizeof AT_START},
    };
}

static enum bt_status run(const uint8_t *bytes, size_t size, uint64_t distance)
{
    static const struct bt_cfi cfi = {.machine = BT_CFI_X64, .is64 = true};
    const struct bt_cfi_common common = x64_common();
    struct bt_span instructions = {.data = bytes, .size = size};
    return bt_cfi_run(&cfi, &common, instructions, distance, arena, &rules, NULL);
}

static const char *rule_of(const char *name)
{
    for (size_t i = 0; i < rules.count; i++) {
        if (strcmp(rules.items[i].name, name) == 0)
            return rules.items[i].expression;
    }
    return "none";
}

static int set_up(void **state)
{
    (void)state;
    arena = bt_arena_new(1 << 20);
    rules = (struct bt_unwind_rules){.count = 0};
    return arena != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    bt_arena_free(arena);
    return 0;
}

// push rbx; sub rsp, 32; ...; add rsp, 32; pop rbx; ret; then code that is still inside.
static void rules_change_with_the_code(void **state)
{
    (void)state;
    static const uint8_t code[] = {0x41, 0x0e, 16,   0x83, 2,    0x44, 0x0e, 48,
                                   0x0a, 0x50, 0x0e, 8,    0xc3, 0x41, 0x0b};
    assert_int_equal(run(code, sizeof code, 0), BT_OK);
    assert_string_equal(rule_of(".cfa"), "rsp 8 +");
    assert_string_equal(rule_of(".ra"), ".cfa -8 + ^");
    assert_string_equal(rule_of("rbx"), "none");
    assert_int_equal(run(code, sizeof code, 4), BT_OK);
    assert_string_equal(rule_of(".cfa"), "rsp 16 +");
    assert_string_equal(rule_of("rbx"), ".cfa -16 + ^");
    assert_int_equal(run(code, sizeof code, 5), BT_OK);
    assert_string_equal(rule_of(".cfa"), "rsp 48 +");
    assert_int_equal(run(code, sizeof code, 0x15), BT_OK); // at ret
    assert_string_equal(rule_of(".cfa"), "rsp 8 +");
    assert_string_equal(rule_of("rbx"), "none");
    assert_int_equal(run(code, sizeof code, 0x16), BT_OK); // behind it
    assert_string_equal(rule_of(".cfa"), "rsp 48 +");
    assert_string_equal(rule_of("rbx"), ".cfa -16 + ^");
}

static void first_function_of_a_thread_has_an_empty_return_address(void **state)
{
    (void)state;
    static const uint8_t code[] = {0x07, 16};
    assert_int_equal(run(code, sizeof code, 0), BT_OK);
    assert_string_equal(rule_of(".ra"), "0");
}

// As in the frame of a signal handler: what was interrupted is read from a saved context.
static void expressions_of_a_register_and_a_number_are_understood(void **state)
{
    (void)state;
    static const uint8_t code[] = {0x0f, 4,    0x77, 0xa0, 1, 0x06, 0x10, 16,  0x03,
                                   0x77, 0xa8, 1,    0x10, 3, 2,    0x77, 0x10};
    assert_int_equal(run(code, sizeof code, 0), BT_OK);
    assert_string_equal(rule_of(".cfa"), "rsp 160 + ^");
    assert_string_equal(rule_of(".ra"), "rsp 168 + ^");
    assert_string_equal(rule_of("rbx"), "rsp 16 + ^");
    static const uint8_t other[] = {0x0f, 2, 0x30, 0x31};
    assert_int_equal(run(other, sizeof other, 0), BT_ABSENT);
}

static void damaged_instructions_fail(void **state)
{
    (void)state;
    static const uint8_t cut[] = {0x0e, 0x80};
    static const uint8_t endless[] = {0x0e, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
                                      0x80, 0x80, 0x80, 0x80, 0x80, 0x01};
    static const uint8_t nothing_to_restore[] = {0x0b};
    static const uint8_t unknown[] = {0x3f};
    static const uint8_t expression_too_long[] = {0x0f, 0x7f, 0x77};
    uint8_t deep[64];
    memset(deep, 0x0a, sizeof deep);
    assert_int_equal(run(cut, sizeof cut, 0), BT_E_TRUNCATED);
    assert_int_equal(run(endless, sizeof endless, 0), BT_E_CORRUPT);
    assert_int_equal(run(nothing_to_restore, 1, 0), BT_E_CORRUPT);
    assert_int_equal(run(unknown, 1, 0), BT_E_UNSUPPORTED);
    assert_int_equal(run(expression_too_long, 3, 0), BT_E_TRUNCATED);
    assert_int_equal(run(deep, sizeof deep, 0), BT_E_LIMIT);
}

static void numbers_are_read_with_their_sign(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0x7f, 0x80, 0x7f, 0xff, 0xff, 0x03, 0x40};
    struct bt_span span = {.data = bytes, .size = sizeof bytes};
    struct bt_cursor at = bt_cursor_at(span);
    int64_t number = 0;
    uint64_t value = 0;
    assert_int_equal(bt_cfi_signed(&at, &number, NULL), BT_OK);
    assert_true(number == -1);
    assert_int_equal(bt_cfi_signed(&at, &number, NULL), BT_OK);
    assert_true(number == -128);
    assert_int_equal(bt_cfi_unsigned(&at, &value, NULL), BT_OK);
    assert_int_equal(value, 0xffff);
    assert_int_equal(bt_cfi_unsigned(&at, &value, NULL), BT_OK);
    assert_int_equal(value, 0x40);
    assert_int_equal(bt_cfi_unsigned(&at, &value, NULL), BT_E_TRUNCATED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rules_change_with_the_code, set_up, tear_down),
        cmocka_unit_test_setup_teardown(first_function_of_a_thread_has_an_empty_return_address,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(expressions_of_a_register_and_a_number_are_understood,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(damaged_instructions_fail, set_up, tear_down),
        cmocka_unit_test_setup_teardown(numbers_are_read_with_their_sign, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
