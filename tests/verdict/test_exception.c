// SPDX-License-Identifier: MIT
//
// Exceptions of Windows in words, with the built-in knowledge.
#include "verdict/exception.h"

#include "test.h"

struct fixture {
    struct bt_kb *kb;
    struct bt_arena *arena;
    struct bt_crash crash;
};

static struct fixture f;

static int set_up(void **state)
{
    (void)state;
    f.kb = bt_kb_new();
    f.arena = bt_arena_new(1 << 20);
    return f.kb == NULL || f.arena == NULL || bt_kb_add_builtin(f.kb, NULL) != BT_OK;
}

static int tear_down(void **state)
{
    (void)state;
    bt_kb_free(f.kb);
    bt_arena_free(f.arena);
    return 0;
}

static struct bt_exception_meaning describe(enum bt_arch arch, uint32_t code, unsigned count,
                                            const uint64_t *parameters)
{
    struct bt_exception_meaning meaning;
    const struct bt_scene scene = {.kb = f.kb, .crash = &f.crash, .arena = f.arena};
    f.crash.system.platform = BT_PLATFORM_WINDOWS;
    f.crash.system.arch = arch;
    f.crash.exception = (struct bt_exception){
        .present = true, .code = code, .address = 0x140001000, .parameter_count = count};
    for (unsigned i = 0; i < count; i++)
        f.crash.exception.parameters[i] = parameters[i];
    assert_int_equal(bt_exception_describe(&scene, &meaning, NULL), BT_OK);
    return meaning;
}

static int clear_crash(void **state)
{
    (void)state;
    f.crash = (struct bt_crash){0};
    return 0;
}

static void access_violation_tells_what_was_done_and_where(void **state)
{
    (void)state;
    static const struct {
        uint64_t parameters[2];
        const char *meaning, *access, *hint;
    } rows[] = {
        {{0, 0x45}, "read from 0x45", "read", "null pointer plus 0x45"},
        {{1, 0}, "write to 0x0", "write", "null pointer"},
        {{8, 0x123450000}, "execution of 0x123450000", "execute", NULL},
        {{1, 0xcdcdcdcdcdcdcdcd},
         "write to 0xcdcdcdcdcdcdcdcd",
         "write",
         "heap memory that was never set (0xcdcdcdcd: Microsoft C debug run-time)"},
    };
    for (size_t i = 0; i < BT_COUNT(rows); i++) {
        struct bt_exception_meaning m =
            describe(BT_ARCH_X64, 0xc0000005, 2, rows[i].parameters);
        assert_string_equal(m.name, "STATUS_ACCESS_VIOLATION");
        assert_string_equal(m.meaning, rows[i].meaning);
        assert_string_equal(m.access, rows[i].access);
        assert_true(m.target.known);
        assert_int_equal(m.target.value, rows[i].parameters[1]);
        if (rows[i].hint == NULL)
            assert_null(m.hint);
        else
            assert_string_equal(m.hint, rows[i].hint);
    }
}

static void address_of_all_ones_is_no_address_on_x64(void **state)
{
    (void)state;
    const uint64_t parameters[] = {0, UINT64_MAX};
    struct bt_exception_meaning m = describe(BT_ARCH_X64, 0xc0000005, 2, parameters);
    assert_null(m.access);
    assert_false(m.target.known);
    assert_non_null(strstr(m.meaning, "no address"));
    const uint64_t written[] = {1, UINT64_MAX};
    m = describe(BT_ARCH_X64, 0xc0000005, 2, written);
    assert_string_equal(m.access, "write");
    assert_false(m.target.known);
    assert_null(m.hint);
    assert_non_null(strstr(m.meaning, "does not tell"));
    // On x86 it is what it says.
    const uint64_t narrow[] = {0, UINT32_MAX};
    m = describe(BT_ARCH_X86, 0xc0000005, 2, narrow);
    assert_string_equal(m.meaning, "read from 0xffffffff");
    assert_string_equal(m.hint, "null pointer minus 0x1");
}

static void in_page_error_names_the_status_behind_it(void **state)
{
    (void)state;
    const uint64_t parameters[] = {0, 0x7ff812340000, 0xc000009c};
    struct bt_exception_meaning m = describe(BT_ARCH_X64, 0xc0000006, 3, parameters);
    assert_string_equal(m.name, "STATUS_IN_PAGE_ERROR");
    assert_string_equal(m.meaning, "read from 0x7ff812340000, and the page could not be read: "
                                   "STATUS_DEVICE_DATA_ERROR");
}

static void fast_fail_names_its_code(void **state)
{
    (void)state;
    const uint64_t parameters[] = {7};
    struct bt_exception_meaning m = describe(BT_ARCH_X64, 0xc0000409, 1, parameters);
    assert_string_equal(m.name, "STATUS_STACK_BUFFER_OVERRUN");
    assert_non_null(strstr(m.meaning, "fast fail 7, FAST_FAIL_FATAL_APP_EXIT"));
    const uint64_t unknown[] = {0x12345};
    m = describe(BT_ARCH_X64, 0xc0000409, 1, unknown);
    assert_string_equal(m.meaning, "fast fail 74565");
}

static void language_exceptions_are_named(void **state)
{
    (void)state;
    const uint64_t cpp[] = {0x19930520, 0x12f000, 0x140002000, 0x140000000};
    struct bt_exception_meaning m = describe(BT_ARCH_X64, 0xe06d7363, 4, cpp);
    assert_string_equal(m.name, "CPP_EXCEPTION");
    assert_non_null(m.meaning);
    const uint64_t clr[] = {0x80070002};
    m = describe(BT_ARCH_X64, 0xe0434352, 1, clr);
    assert_string_equal(m.name, "CLR_EXCEPTION");
    assert_non_null(strstr(m.meaning, ".NET exception, "));
}

static void other_codes_have_the_text_of_the_knowledge(void **state)
{
    (void)state;
    static const struct {
        uint32_t code;
        const char *name;
    } rows[] = {
        {0xc00000fd, "STATUS_STACK_OVERFLOW"},
        {0xc0000374, "STATUS_HEAP_CORRUPTION"},
        {0x80000003, "STATUS_BREAKPOINT"},
        {0xc0000094, "STATUS_INTEGER_DIVIDE_BY_ZERO"},
        {0xc000001d, "STATUS_ILLEGAL_INSTRUCTION"},
        {0xc0000420, "STATUS_ASSERTION_FAILURE"},
        {0x0517a7ed, "CRASHPAD_SIMULATED"},
        {0x406d1388, "MS_VC_THREAD_NAME"},
    };
    for (size_t i = 0; i < BT_COUNT(rows); i++) {
        struct bt_exception_meaning m = describe(BT_ARCH_X64, rows[i].code, 0, NULL);
        assert_string_equal(m.name, rows[i].name);
        assert_non_null(m.meaning);
        assert_null(m.hint);
    }
}

static void unknown_code_stays_without_a_name(void **state)
{
    (void)state;
    struct bt_exception_meaning m = describe(BT_ARCH_X64, 0xe0424242, 0, NULL);
    assert_null(m.name);
    assert_non_null(strstr(m.meaning, "defines itself"));
    m = describe(BT_ARCH_X64, 0xc7654321, 0, NULL);
    assert_null(m.name);
    assert_null(m.meaning);
}

static void report_of_the_c_library_wins(void **state)
{
    (void)state;
    f.crash.assertion = (struct bt_assertion){.kind = "invalid parameter",
                                              .expression = "format != nullptr",
                                              .function = "common_vfprintf",
                                              .file = "output.cpp",
                                              .line = 32};
    struct bt_exception_meaning m = describe(BT_ARCH_X64, 0xc000000d, 0, NULL);
    assert_string_equal(m.name, "STATUS_INVALID_PARAMETER");
    assert_string_equal(
        m.meaning, "invalid parameter: format != nullptr in common_vfprintf (output.cpp:32)");
}

static void codes_mean_signals_and_mach_exceptions_elsewhere(void **state)
{
    (void)state;
    struct bt_exception_meaning meaning;
    const struct bt_scene scene = {.kb = f.kb, .crash = &f.crash, .arena = f.arena};
    f.crash.system.platform = BT_PLATFORM_LINUX;
    f.crash.exception =
        (struct bt_exception){.present = true, .code = 11, .flags = 1, .address = 8};
    assert_int_equal(bt_exception_describe(&scene, &meaning, NULL), BT_OK);
    assert_string_equal(meaning.name, "SIGSEGV / SEGV_MAPERR");
    assert_string_equal(meaning.hint, "null pointer plus 0x8");
    f.crash.system.platform = BT_PLATFORM_MACOS;
    assert_int_equal(bt_exception_describe(&scene, &meaning, NULL), BT_OK);
    assert_string_equal(meaning.name, "EXC_RESOURCE");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(access_violation_tells_what_was_done_and_where),
        cmocka_unit_test(address_of_all_ones_is_no_address_on_x64),
        cmocka_unit_test(in_page_error_names_the_status_behind_it),
        cmocka_unit_test(fast_fail_names_its_code),
        cmocka_unit_test(language_exceptions_are_named),
        cmocka_unit_test(other_codes_have_the_text_of_the_knowledge),
        cmocka_unit_test(unknown_code_stays_without_a_name),
        cmocka_unit_test_teardown(report_of_the_c_library_wins, clear_crash),
        cmocka_unit_test_teardown(codes_mean_signals_and_mach_exceptions_elsewhere,
                                  clear_crash),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
