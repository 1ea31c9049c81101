// SPDX-License-Identifier: MIT
//
// Knowledge of its own, small enough to see what each row does; stop 0xA is written as the real
// one is.
#include "verdict/explain.h"

#include "kb/compile.h"
#include "kb/kb.h"
#include "verdict/result.h"

#include "test.h"

static const char stop_a[] = "code: 0x0000000A\n"
                             "name: TEST_STOP\n"
                             "says: Something touched memory.\n"
                             "class: driver\n"
                             "blame: driver\n"
                             "check:\n"
                             "  - First question?\n"
                             "  - Second question?\n"
                             "parameters:\n"
                             "  - {p: 1, is: address that was touched, kind: address}\n"
                             "  - {p: 2, is: interrupt level, kind: irql}\n"
                             "  - {p: 3, is: kind of access, kind: access}\n"
                             "  - {p: 4, is: instruction, kind: instruction}\n";

static const char stop_b[] = "code: 0x0000009F\n"
                             "name: TEST_SUBCODES\n"
                             "says: A value decides.\n"
                             "class: power\n"
                             "blame: driver\n"
                             "parameters:\n"
                             "  - {p: 1, is: what went wrong, kind: sub-code}\n"
                             "  - {p: 2, is: status, kind: status}\n"
                             "  - {p: 3, is: a count, kind: count, when: arch == x86}\n"
                             "  - {p: 3, is: a size, kind: size, when: arch == x64}\n"
                             "values:\n"
                             "  - p: 1\n"
                             "    value: 0x3\n"
                             "    means: the third case\n"
                             "    parameters:\n"
                             "      - {p: 2, is: a device, kind: device-object}\n"
                             "  - {p: 1, value: 0x10..0x1f, means: some of many}\n"
                             "  - {p: 4, value: 0x1, mask: 0x1, means: low bit}\n"
                             "  - {p: 4, value: 0x0, mask: 0x1, means: no low bit}\n"
                             "  - {p: 4, value: 0x80, mask: 0x80, means: high bit}\n";

static const char statuses[] = "value\tname\tseverity\ttext\n"
                               "0xC0000005\tSTATUS_ACCESS_VIOLATION\terror\tmemory not there\n";

static struct bt_kb *kb;
static struct bt_buf image;
static struct bt_arena *arena;
static struct bt_crash crash;
static struct bt_stop_meaning meaning;

static struct bt_kb_source make_source(const char *name, const char *text)
{
    struct bt_span bytes = {.data = (const uint8_t *)text, .size = strlen(text)};
    return (struct bt_kb_source){.name = name, .bytes = bytes};
}

static int build_knowledge(void **state)
{
    (void)state;
    struct bt_kb_source sources[] = {make_source("stops/0x0000000a.yaml", stop_a),
                                     make_source("stops/0x0000009f.yaml", stop_b),
                                     make_source("status/ntstatus.tsv", statuses)};
    struct bt_kb_diagnostics diagnostics;
    struct bt_kb_compile_options options = {0};
    struct bt_kb_compile_counts counts;
    struct bt_error err;
    bt_buf_init(&image, 1 << 24);
    bt_kb_diagnostics_init(&diagnostics);
    enum bt_status status = bt_kb_compile(sources, BT_COUNT(sources), &options, &image,
                                          &diagnostics, &counts, &err);
    if (diagnostics.count != 0)
        print_error("%s:%u: %s\n", diagnostics.items[0].place.file,
                    (unsigned)diagnostics.items[0].place.line, diagnostics.items[0].message);
    bt_kb_diagnostics_fini(&diagnostics);
    struct bt_span bytes = {.data = (const uint8_t *)image.data, .size = image.size};
    kb = bt_kb_new();
    return status != BT_OK || bt_kb_add_image(kb, bytes, "test", &err) != BT_OK;
}

static int free_knowledge(void **state)
{
    (void)state;
    bt_kb_free(kb);
    bt_buf_fini(&image);
    return 0;
}

static struct bt_module modules[] = {
    {.name = "driver.sys", .base = 0xfffff80100000000, .size = 0x10000}};
static struct bt_unloaded_module unloaded[] = {
    {.name = "gone.sys", .base = 0xfffff80200000000, .end = 0xfffff80200010000}};

static int start(void **state)
{
    (void)state;
    arena = bt_arena_new(1 << 20);
    crash = (struct bt_crash){
        .system.arch = BT_ARCH_X64,
        .stop = {.present = true, .parameter_bits = 64, .parameter_count = 4},
        .modules = modules,
        .module_count = 1,
        .unloaded = unloaded,
        .unloaded_count = 1,
    };
    return arena == NULL;
}

static int finish(void **state)
{
    (void)state;
    bt_arena_free(arena);
    return 0;
}

static const struct bt_parameter *explain(uint32_t code, uint64_t p1, uint64_t p2, uint64_t p3,
                                          uint64_t p4)
{
    const uint64_t parameters[] = {p1, p2, p3, p4};
    memcpy(crash.stop.parameters, parameters, sizeof parameters);
    crash.stop.code = code;
    struct bt_scene scene = {.kb = kb, .crash = &crash, .arena = arena};
    assert_int_equal(bt_explain_stop(&scene, &meaning, NULL), BT_OK);
    return meaning.parameters;
}

static void known_stop_has_its_texts(void **state)
{
    (void)state;
    explain(0xa, 0, 0, 0, 0);
    assert_string_equal(meaning.name, "TEST_STOP");
    assert_string_equal(meaning.description, "Something touched memory.");
    assert_string_equal(meaning.category, "driver");
    assert_int_equal(meaning.check_count, 2);
    assert_string_equal(meaning.checks[1], "Second question?");
}

static void unknown_stop_keeps_its_parameters_and_has_no_name(void **state)
{
    (void)state;
    const struct bt_parameter *p = explain(0xdead, 1, 2, 3, 4);
    assert_null(meaning.name);
    assert_true(p[3].known);
    assert_int_equal(p[3].value, 4);
    assert_null(p[3].role);
}

static void instruction_resolves_to_module_and_offset(void **state)
{
    (void)state;
    const struct bt_parameter *p = explain(0xa, 0, 0, 0, 0xfffff80100001234);
    assert_string_equal(p[3].role, "instruction");
    assert_string_equal(p[3].module, "driver.sys");
    assert_int_equal(p[3].offset, 0x1234);
    assert_false(p[3].unloaded);
    assert_null(p[3].hint);
}

static void instruction_in_an_unloaded_module_says_so(void **state)
{
    (void)state;
    const struct bt_parameter *p = explain(0xa, 0, 0, 0, 0xfffff80200000010);
    assert_string_equal(p[3].module, "gone.sys");
    assert_int_equal(p[3].offset, 0x10);
    assert_true(p[3].unloaded);
}

static void instruction_in_no_module_is_a_bad_pointer(void **state)
{
    (void)state;
    const struct bt_parameter *p = explain(0xa, 0, 0, 0, 0xfffff80300000010);
    assert_null(p[3].module);
    assert_non_null(strstr(p[3].hint, "in no module"));
}

static void instruction_of_a_program_is_not_called_a_bad_pointer(void **state)
{
    (void)state;
    const struct bt_parameter *p = explain(0xa, 0, 0, 0, 0x7ffe7350d0c4);
    assert_string_equal(p[3].hint, "an address of a user-mode program");
}

static void instruction_hint_needs_a_module_list(void **state)
{
    (void)state;
    crash.module_count = 0;
    const struct bt_parameter *p = explain(0xa, 0, 0, 0, 0xfffff80300000010);
    assert_null(p[3].hint);
}

static void address_near_zero_is_a_null_pointer(void **state)
{
    (void)state;
    assert_string_equal(explain(0xa, 0, 0, 0, 0)[0].hint, "null pointer");
    assert_string_equal(explain(0xa, 0x28, 0, 0, 0)[0].hint, "null pointer plus 0x28");
    assert_string_equal(explain(0xa, 0xffffffffffffffb4, 0, 0, 0)[0].hint,
                        "null pointer minus 0x4c");
    assert_null(explain(0xa, 0xffffb48be920b010, 0, 0, 0)[0].hint);
}

static void address_below_zero_is_as_wide_as_the_machine(void **state)
{
    (void)state;
    crash.stop.parameter_bits = 32;
    crash.system.arch = BT_ARCH_X86;
    assert_string_equal(explain(0xa, 0xfffffff8, 0, 0, 0)[0].hint, "null pointer minus 0x8");
}

static void irql_has_other_words_on_x86(void **state)
{
    (void)state;
    assert_string_equal(explain(0xa, 0, 2, 0, 0)[1].meaning, "DISPATCH_LEVEL");
    assert_string_equal(explain(0xa, 0, 13, 0, 0)[1].meaning, "CLOCK_LEVEL");
    assert_null(explain(0xa, 0, 28, 0, 0)[1].meaning);
    crash.system.arch = BT_ARCH_X86;
    assert_string_equal(explain(0xa, 0, 28, 0, 0)[1].meaning, "CLOCK_LEVEL");
    crash.system.arch = BT_ARCH_UNKNOWN;
    assert_string_equal(explain(0xa, 0, 1, 0, 0)[1].meaning, "APC_LEVEL");
    assert_null(explain(0xa, 0, 13, 0, 0)[1].meaning);
}

static void status_is_named_plain_and_sign_extended(void **state)
{
    (void)state;
    const struct bt_parameter *p = explain(0x9f, 0, 0xc0000005, 0, 0);
    assert_string_equal(p[1].status, "STATUS_ACCESS_VIOLATION");
    assert_string_equal(p[1].meaning, "memory not there");
    p = explain(0x9f, 0, 0xffffffffc0000005, 0, 0);
    assert_string_equal(p[1].status, "STATUS_ACCESS_VIOLATION");
    assert_null(explain(0x9f, 0, 0x12345678c0000005, 0, 0)[1].status);
}

static void value_changes_what_other_parameters_are(void **state)
{
    (void)state;
    const struct bt_parameter *p = explain(0x9f, 3, 0xc0000005, 0, 0);
    assert_string_equal(p[0].meaning, "the third case");
    assert_string_equal(meaning.subcode, "the third case");
    assert_string_equal(p[1].role, "a device");
    assert_null(p[1].status);
}

static void range_of_values_has_one_meaning(void **state)
{
    (void)state;
    assert_string_equal(explain(0x9f, 0x1f, 0, 0, 0)[0].meaning, "some of many");
    const struct bt_parameter *p = explain(0x9f, 0x20, 0, 0, 0);
    assert_null(p[0].meaning);
    assert_string_equal(p[0].hint, "a value that is not known");
}

static void condition_chooses_the_row(void **state)
{
    (void)state;
    assert_string_equal(explain(0x9f, 0, 0, 0, 0)[2].role, "a size");
    crash.system.arch = BT_ARCH_X86;
    assert_string_equal(explain(0x9f, 0, 0, 0, 0)[2].role, "a count");
    crash.system.arch = BT_ARCH_ARM64; // neither holds
    assert_null(explain(0x9f, 0, 0, 0, 0)[2].role);
    crash.system.arch = BT_ARCH_UNKNOWN; // either may
    const struct bt_parameter *p = explain(0x9f, 0, 0, 0, 0);
    assert_string_equal(p[2].role, "depends on the system: a count, or a size");
    assert_null(p[2].kind);
}

static void masked_values_add_up_once_a_mask(void **state)
{
    (void)state;
    assert_string_equal(explain(0x9f, 0, 0, 0, 0x81)[3].meaning, "low bit; high bit");
    assert_string_equal(explain(0x9f, 0, 0, 0, 0x2)[3].meaning, "no low bit");
}

static void parameters_that_are_not_known_keep_their_roles(void **state)
{
    (void)state;
    crash.stop.parameter_count = 1;
    const struct bt_parameter *p = explain(0xa, 0x28, 0, 0, 0);
    assert_true(p[0].known);
    assert_false(p[1].known);
    assert_string_equal(p[1].role, "interrupt level");
    assert_null(p[1].meaning);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(known_stop_has_its_texts, start, finish),
        cmocka_unit_test_setup_teardown(unknown_stop_keeps_its_parameters_and_has_no_name,
                                        start, finish),
        cmocka_unit_test_setup_teardown(instruction_resolves_to_module_and_offset, start,
                                        finish),
        cmocka_unit_test_setup_teardown(instruction_in_an_unloaded_module_says_so, start,
                                        finish),
        cmocka_unit_test_setup_teardown(instruction_in_no_module_is_a_bad_pointer, start,
                                        finish),
        cmocka_unit_test_setup_teardown(instruction_of_a_program_is_not_called_a_bad_pointer,
                                        start, finish),
        cmocka_unit_test_setup_teardown(instruction_hint_needs_a_module_list, start, finish),
        cmocka_unit_test_setup_teardown(address_near_zero_is_a_null_pointer, start, finish),
        cmocka_unit_test_setup_teardown(address_below_zero_is_as_wide_as_the_machine, start,
                                        finish),
        cmocka_unit_test_setup_teardown(irql_has_other_words_on_x86, start, finish),
        cmocka_unit_test_setup_teardown(status_is_named_plain_and_sign_extended, start, finish),
        cmocka_unit_test_setup_teardown(value_changes_what_other_parameters_are, start, finish),
        cmocka_unit_test_setup_teardown(range_of_values_has_one_meaning, start, finish),
        cmocka_unit_test_setup_teardown(condition_chooses_the_row, start, finish),
        cmocka_unit_test_setup_teardown(masked_values_add_up_once_a_mask, start, finish),
        cmocka_unit_test_setup_teardown(parameters_that_are_not_known_keep_their_roles, start,
                                        finish),
    };
    return cmocka_run_group_tests(tests, build_knowledge, free_knowledge);
}
