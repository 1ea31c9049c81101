// SPDX-License-Identifier: MIT
//
// Exceptions of Linux, Android, macOS and iOS, and the type of a C++ exception: the parts that
// need no knowledge.
#include "verdict/exception.h"

#include "test.h"

static struct bt_arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = bt_arena_new(1 << 20);
    return arena == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    bt_arena_free(arena);
    return 0;
}

struct row {
    enum bt_arch arch;
    uint32_t code, flags;
    bt_va address;
    const char *name;
    const char *meaning;
    bool has_target;
};

static void check_row(const struct row *row, const struct bt_exception_meaning *got)
{
    if (row->name == NULL)
        assert_null(got->name);
    else
        assert_string_equal(got->name, row->name);
    if (row->meaning == NULL)
        assert_null(got->meaning);
    else
        assert_string_equal(got->meaning, row->meaning);
    assert_int_equal(got->target.known, row->has_target);
    if (row->has_target)
        assert_int_equal(got->target.value, row->address);
}

static struct bt_crash crash_of(enum bt_platform platform, const struct row *row)
{
    return (struct bt_crash){
        .system = {.platform = platform, .arch = row->arch},
        .exception = {
            .present = true, .code = row->code, .flags = row->flags, .address = row->address}};
}

static void signals_are_named_with_their_codes(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {BT_ARCH_X64, 11, 1, 0x45, "SIGSEGV / SEGV_MAPERR",
         "access to 0x45, where nothing is mapped", true},
        {BT_ARCH_ARM64, 11, 2, 0x7000, "SIGSEGV / SEGV_ACCERR",
         "access to 0x7000, which its protection forbids", true},
        // Older Breakpad leaves the code out.
        {BT_ARCH_X64, 11, 0, 0x45, "SIGSEGV", "access to 0x45", true},
        // The kernel has no address to give.
        {BT_ARCH_X64, 11, 0x80, 0, "SIGSEGV",
         "access through a pointer that is no address: the processor does not tell its value",
         false},
        {BT_ARCH_X64, 8, 1, 0x401f27, "SIGFPE / FPE_INTDIV", "integer division by zero", false},
        {BT_ARCH_X64, 6, (uint32_t)-6, 0, "SIGABRT", "the program ended itself (abort)", false},
        {BT_ARCH_X64, 4, 1, 0x10, "SIGILL / ILL_ILLOPC", "illegal instruction", false},
        {BT_ARCH_X64, 7, 1, 0x13, "SIGBUS / BUS_ADRALN", "misaligned address", true},
        {BT_ARCH_X64, 0xffffffff, 0, 0, "DUMP_REQUESTED",
         "the program asked for a dump; there was no crash", false},
        {BT_ARCH_X64, 77, 0, 0, NULL, NULL, false},
    };
    for (size_t i = 0; i < BT_COUNT(rows); i++) {
        struct bt_crash crash = crash_of(BT_PLATFORM_LINUX, &rows[i]);
        struct bt_exception_meaning got = {0};
        assert_int_equal(bt_exception_posix(&crash, arena, &got, NULL), BT_OK);
        check_row(&rows[i], &got);
    }
}

static void signal_without_an_address_is_no_null_pointer(void **state)
{
    (void)state;
    struct bt_crash crash = {.exception = {.present = true, .code = 11}};
    struct bt_exception_meaning got = {0};
    crash.system.platform = BT_PLATFORM_LINUX;
    assert_int_equal(bt_exception_posix(&crash, arena, &got, NULL), BT_OK);
    assert_string_equal(got.meaning, "bad access to memory");
    assert_false(got.target.known);
    crash.format = BT_FORMAT_USER_MINIDUMP; // a dump tells it
    assert_int_equal(bt_exception_posix(&crash, arena, &got, NULL), BT_OK);
    assert_string_equal(got.meaning, "access to 0x0");
    assert_true(got.target.known);
}

static void forbidden_system_call_is_told_by_number(void **state)
{
    (void)state;
    struct row row = {BT_ARCH_X64, 31, 1, 0x7f0000001000, NULL, NULL, false};
    struct bt_crash crash = crash_of(BT_PLATFORM_ANDROID, &row);
    struct bt_exception_meaning got = {0};
    crash.exception.parameters[0] = 425;
    crash.exception.parameter_count = 2;
    assert_int_equal(bt_exception_posix(&crash, arena, &got, NULL), BT_OK);
    assert_string_equal(got.name, "SIGSYS / SYS_SECCOMP");
    assert_string_equal(got.meaning, "system call that the sandbox forbids: number 425");
}

static void mach_exceptions_are_named_with_their_codes(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {BT_ARCH_ARM64, 1, 1, 0x1, "EXC_BAD_ACCESS / KERN_INVALID_ADDRESS",
         "access to 0x1, where nothing is mapped", true},
        {BT_ARCH_X64, 1, 13, 0, "EXC_BAD_ACCESS / EXC_I386_GPFLT",
         "access through a pointer that is no address, or to misaligned data: the processor "
         "does "
         "not tell its value",
         false},
        // The same number means nothing on another processor.
        {BT_ARCH_ARM64, 1, 13, 0x10, "EXC_BAD_ACCESS", "access to 0x10", true},
        {BT_ARCH_ARM64, 1, 0x101, 0x13, "EXC_BAD_ACCESS / EXC_ARM_DA_ALIGN",
         "access to 0x13, which is misaligned", true},
        {BT_ARCH_X64, 2, 1, 0, "EXC_BAD_INSTRUCTION / EXC_I386_INVOP",
         "illegal instruction, often a trap that the compiler put in", false},
        {BT_ARCH_X64, 3, 1, 0, "EXC_ARITHMETIC / EXC_I386_DIV", "integer division by zero",
         false},
        {BT_ARCH_X64, 6, 2, 0, "EXC_BREAKPOINT / EXC_I386_BPT", "breakpoint", false},
        {BT_ARCH_X64, 5, 0x10002, 0, "EXC_SOFTWARE / EXC_UNIX_ABORT",
         "the program ended itself (abort)", false},
        {BT_ARCH_X64, 11, UINT32_C(3) << 29, 0, "EXC_RESOURCE",
         "the process used more than its limit: memory", false},
        {BT_ARCH_X64, 12, UINT32_C(2) << 29 | 1, 0, "EXC_GUARD",
         "misuse of a file descriptor that is guarded", false},
        {BT_ARCH_X64, 0x43507378, 0, 0, "CRASHPAD_SIMULATED",
         "the program asked for a dump; there was no crash", false},
        {BT_ARCH_X64, 99, 0, 0, NULL, NULL, false},
    };
    for (size_t i = 0; i < BT_COUNT(rows); i++) {
        struct bt_crash crash = crash_of(BT_PLATFORM_MACOS, &rows[i]);
        struct bt_exception_meaning got = {0};
        assert_int_equal(bt_exception_mach(&crash, arena, &got, NULL), BT_OK);
        check_row(&rows[i], &got);
    }
}

static void end_by_a_signal_is_taken_out_of_the_mach_codes(void **state)
{
    (void)state;
    struct row row = {BT_ARCH_X64, 0, 0, 0x7fff6f41333a, NULL, NULL, false};
    struct bt_crash crash = crash_of(BT_PLATFORM_MACOS, &row);
    struct bt_exception_meaning got = {0};
    crash.exception.parameters[0] = 10;
    crash.exception.parameters[1] = 0x6000000;
    crash.exception.parameter_count = 3;
    assert_int_equal(bt_exception_mach(&crash, arena, &got, NULL), BT_OK);
    assert_string_equal(got.name, "EXC_CRASH / SIGABRT");
    assert_string_equal(got.meaning, "the program ended itself (abort)");
}

static void uncaught_objective_c_exception_tells_its_reason(void **state)
{
    (void)state;
    struct bt_annotation annotations[] = {
        {.source = "crashpad", .value = "no key"},
        {.source = "crashpad", .key = "exceptionReason", .value = "index 42 beyond bounds"},
        {.source = "crashpad", .key = "exceptionName", .value = "NSRangeException"},
    };
    struct row row = {BT_ARCH_X64, 0x43506e78, 0, 0, NULL, NULL, false};
    struct bt_crash crash = crash_of(BT_PLATFORM_IOS, &row);
    struct bt_exception_meaning got = {0};
    crash.annotations = annotations;
    crash.annotation_count = 3;
    assert_int_equal(bt_exception_mach(&crash, arena, &got, NULL), BT_OK);
    assert_string_equal(got.name, "NSException");
    assert_string_equal(got.meaning, "nobody caught NSRangeException: index 42 beyond bounds");
}

// ---- the type of a C++ exception, from a tiny image

struct image_memory {
    struct bt_memory memory; // first
    bt_va base;
    uint8_t bytes[0x400];
};

static size_t read_image(const struct bt_memory *self, bt_va va, void *buf, size_t size)
{
    const struct image_memory *image = (const struct image_memory *)self;
    if (va < image->base || va - image->base >= sizeof image->bytes)
        return 0;
    size_t at = (size_t)(va - image->base);
    size_t part = sizeof image->bytes - at < size ? sizeof image->bytes - at : size;
    memcpy(buf, image->bytes + at, part);
    return part;
}

static void put32(struct image_memory *image, size_t at, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        image->bytes[at + i] = (uint8_t)(value >> (8 * i));
}

// ThrowInfo at 0x100, array at 0x200, type at 0x240, descriptor at 0x300.
static struct image_memory image_that_throws(bool is64, const char *decorated)
{
    struct image_memory image = {.memory = {.read_some = read_image, .is64 = is64},
                                 .base = is64 ? 0x140000000 : 0x400000};
    uint32_t add = is64 ? 0 : (uint32_t)image.base;
    put32(&image, 0x10c, 0x200 + add);
    put32(&image, 0x200, 1);
    put32(&image, 0x204, 0x240 + add);
    put32(&image, 0x244, 0x300 + add);
    memcpy(image.bytes + 0x300 + (is64 ? 16 : 8), decorated, strlen(decorated) + 1);
    return image;
}

static enum bt_status thrown_type(const struct image_memory *image, const char **ret)
{
    struct bt_crash crash = {
        .system.arch = image->memory.is64 ? BT_ARCH_X64 : BT_ARCH_X86,
        .exception = {.present = true,
                      .code = 0xe06d7363,
                      .parameter_count = image->memory.is64 ? 4 : 3,
                      .parameters = {0x19930520, 0x12f000, image->base + 0x100, image->base}}};
    return bt_exception_cpp_type(&crash, &image->memory, arena, ret, NULL);
}

static void thrown_type_is_read_from_the_image(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {".?AVbad_alloc@std@@", "std::bad_alloc"},
        {".?AUinner@outer@space@@", "space::outer::inner"},
        {".?AVplain@@", "plain"},
        {".H", ".H"},
        {".?AV?$wrap@H@@", ".?AV?$wrap@H@@"},
    };
    for (size_t i = 0; i < BT_COUNT(rows); i++) {
        for (int is64 = 0; is64 < 2; is64++) {
            struct image_memory image = image_that_throws(is64 != 0, rows[i][0]);
            const char *type;
            assert_int_equal(thrown_type(&image, &type), BT_OK);
            assert_string_equal(type, rows[i][1]);
        }
    }
}

static void thrown_type_that_is_not_in_the_dump_is_absent(void **state)
{
    (void)state;
    struct image_memory image = image_that_throws(true, ".?AVbad_alloc@std@@");
    const char *type;
    put32(&image, 0x204, 0x7ffff000); // outside
    assert_int_equal(thrown_type(&image, &type), BT_ABSENT);
    image = image_that_throws(true, "no decorated name");
    assert_int_equal(thrown_type(&image, &type), BT_ABSENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signals_are_named_with_their_codes),
        cmocka_unit_test(signal_without_an_address_is_no_null_pointer),
        cmocka_unit_test(forbidden_system_call_is_told_by_number),
        cmocka_unit_test(mach_exceptions_are_named_with_their_codes),
        cmocka_unit_test(end_by_a_signal_is_taken_out_of_the_mach_codes),
        cmocka_unit_test(uncaught_objective_c_exception_tells_its_reason),
        cmocka_unit_test(thrown_type_is_read_from_the_image),
        cmocka_unit_test(thrown_type_that_is_not_in_the_dump_is_absent),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
