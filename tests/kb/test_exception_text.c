// SPDX-License-Identifier: MIT
//
// The crash of a program, as logs, reports and people write it.
#include "kb/exception_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/attributes.h"
#include "kb/kb.h"

#include "test.h"

static struct bt_kb *kb;

enum { UNKNOWN = -1 };

struct expectation {
    const char *text;
    const char *form;
    bool clear;
    const char *platform;
    int64_t code;
    uint32_t flags;
    unsigned parameter_count;
    uint64_t parameters[2];
    int64_t address;
    const char *process, *module;
    bt_file_version module_version;
    int64_t module_stamp, offset;
};

static const struct expectation expectations[] = {
    {.text = "Faulting application name: shop.exe, version: 3.2.1.0, time stamp: 0x5f3a2b1c\r\n"
             "Faulting module name: prices.dll, version: 2.1.4.0, time stamp: 0x5e0a1b2c\r\n"
             "Exception code: 0xc0000005\r\nFault offset: 0x0000000000001234\r\n"
             "Faulting process id: 0x1a2c\r\n",
     .form = "event 1000",
     .clear = true,
     .code = 0xc0000005,
     .address = UNKNOWN,
     .process = "shop.exe",
     .module = "prices.dll",
     .module_version = UINT64_C(0x0002000100040000),
     .module_stamp = 0x5e0a1b2c,
     .offset = 0x1234},
    // Without a module the offset is the address.
    {.text = "Faulting application shop.exe, version 3.2.1.0, time stamp 0x5f3a2b1c, faulting "
             "module unknown, version 0.0.0.0, time stamp 0x00000000, exception code "
             "0xc0000005, fault offset 0x41414141, process id 0x6a4",
     .form = "event 1000",
     .clear = true,
     .code = 0xc0000005,
     .address = 0x41414141,
     .process = "shop.exe",
     .module = "",
     .module_stamp = UNKNOWN,
     .offset = UNKNOWN},
    // XP names no code.
    {.text = "Faulting application shop.exe, version 3.2.1.0, faulting module prices.dll, "
             "version 2.1.4.0, fault address 0x00001234.",
     .form = "event 1000",
     .clear = true,
     .code = UNKNOWN,
     .address = UNKNOWN,
     .process = "shop.exe",
     .module = "prices.dll",
     .module_version = UINT64_C(0x0002000100040000),
     .module_stamp = UNKNOWN,
     .offset = 0x1234},
    // All in one line; empty fields at the end.
    {.text = "Event Name: APPCRASH Response: Not available Problem signature: P1: shop.exe "
             "P2: 3.2.1.0 P3: 5f3a2b1c P4: prices.dll P5: 2.1.4.0 P6: 5e0a1b2c P7: c0000005 "
             "P8: 00001234 P9:  P10:  Attached files:",
     .form = "APPCRASH",
     .clear = true,
     .code = 0xc0000005,
     .address = UNKNOWN,
     .process = "shop.exe",
     .module = "prices.dll",
     .module_version = UINT64_C(0x0002000100040000),
     .module_stamp = 0x5e0a1b2c,
     .offset = 0x1234},
    // BEX has code and offset the other way round, and a parameter.
    {.text = "P1: shop.exe\nP2: 3.2.1.0\nP3: 5f3a2b1c\nP4: ucrtbase.dll\nP5: 10.0.19041.789\n"
             "P6: 2bd748bf\nP7: 000000000007286e\nP8: c0000409\nP9: 0000000000000007\nP10: \n",
     .form = "BEX",
     .clear = true,
     .code = 0xc0000409,
     .parameter_count = 1,
     .parameters = {7},
     .address = UNKNOWN,
     .process = "shop.exe",
     .module = "ucrtbase.dll",
     .module_version = UINT64_C(0x000a00004a610315),
     .module_stamp = 0x2bd748bf,
     .offset = 0x7286e},
    // The error signature of XP tells no code.
    {.text = "Error Signature\nAppName: shop.exe AppVer: 3.2.1.0 ModName: prices.dll\n"
             "ModVersion: 2.1.4.0 Offset:00001234\n",
     .form = "error signature",
     .clear = true,
     .code = UNKNOWN,
     .address = UNKNOWN,
     .process = "shop.exe",
     .module = "prices.dll",
     .module_version = UINT64_C(0x0002000100040000),
     .module_stamp = UNKNOWN,
     .offset = 0x1234},
    {.text = "EventType=BEX\nSig[0].Name=Application Name\nSig[0].Value=shop.exe\n"
             "Sig[1].Value=3.2.1.0\nSig[2].Value=5f3a2b1c\nSig[3].Name=Fault Module Name\n"
             "Sig[3].Value=StackHash_2264\nSig[4].Value=0.0.0.0\nSig[5].Value=00000000\n"
             "Sig[6].Name=Exception Offset\nSig[6].Value=41414141\n"
             "Sig[7].Name=Exception Code\nSig[7].Value=c0000005\nSig[8].Value=00000008\n",
     .form = "BEX",
     .clear = true,
     .code = 0xc0000005,
     .parameter_count = 1,
     .parameters = {8},
     .address = 0x41414141,
     .process = "shop.exe",
     .module = "",
     .module_stamp = UNKNOWN,
     .offset = UNKNOWN},
    {.text =
         "shop.exe - Application Error\nThe instruction at \"0x77f83aed\" referenced memory "
         "at \"0x00000010\". The memory could not be \"written\".",
     .form = "message box",
     .clear = true,
     .code = 0xc0000005,
     .parameter_count = 2,
     .parameters = {1, 0x10},
     .address = 0x77f83aed,
     .process = "shop.exe",
     .module = "",
     .module_stamp = UNKNOWN,
     .offset = UNKNOWN},
    {.text = "        App: C:\\Program Files\\Shop\\shop.exe (pid=1234)\n"
             "        When: 1/2/2003 @ 10:11:12.123\n"
             "        Exception number: c0000005 (access violation)\n",
     .form = "Dr. Watson",
     .clear = true,
     .code = 0xc0000005,
     .address = UNKNOWN,
     .process = "shop.exe",
     .module = "",
     .module_stamp = UNKNOWN,
     .offset = UNKNOWN},
    {.text = "Unhandled exception at 0x00007FF6F2B11234 (prices.dll) in shop.exe: 0xC0000005: "
             "Access violation reading location 0x0000000000000010.",
     .form = "debugger",
     .clear = true,
     .code = 0xc0000005,
     .parameter_count = 2,
     .parameters = {0, 0x10},
     .address = 0x7ff6f2b11234,
     .process = "shop.exe",
     .module = "prices.dll",
     .module_stamp = UNKNOWN,
     .offset = UNKNOWN},
    {.text = "ExceptionAddress: 6f2b1234 (prices+0x00001234)\n   ExceptionCode: c0000005 "
             "(Access violation)\nNumberParameters: 2\n   Parameter[0]: 00000001\n   "
             "Parameter[1]: 00000010\n",
     .form = "debugger",
     .clear = false,
     .code = 0xc0000005,
     .parameter_count = 2,
     .parameters = {1, 0x10},
     .address = 0x6f2b1234,
     .process = "",
     .module = "",
     .module_stamp = UNKNOWN,
     .offset = UNKNOWN},
    {.text = "Crash reason:  EXCEPTION_ACCESS_VIOLATION_WRITE\nCrash address: 0x10\n\nThread 0 "
             "(crashed)\n 0  prices.dll + 0x1234\n",
     .form = "reader of minidumps",
     .clear = true,
     .code = 0xc0000005,
     .parameter_count = 2,
     .parameters = {1, 0x10},
     .address = UNKNOWN,
     .process = "",
     .module = "prices.dll",
     .module_stamp = UNKNOWN,
     .offset = 0x1234},
    {.text = "Crash reason:  SIGSEGV /SEGV_MAPERR\nCrash address: 0x45\n",
     .form = "reader of minidumps",
     .clear = true,
     .platform = "linux",
     .code = 11,
     .flags = 1,
     .address = 0x45,
     .process = "",
     .module = "",
     .module_stamp = UNKNOWN,
     .offset = UNKNOWN},
    {.text = "[ 12.3] shopd[4321]: segfault at 10 ip 00007f12a0001234 sp 00007ffd0a0b0c0d "
             "error 7 in libprices.so[7f12a0000000+21000]",
     .form = "kernel log",
     .clear = true,
     .platform = "linux",
     .code = 11,
     .flags = 2,
     .address = 0x10,
     .process = "shopd",
     .module = "libprices.so",
     .module_stamp = UNKNOWN,
     .offset = UNKNOWN},
};

static void check(const struct expectation *e)
{
    struct bt_exception_text found;
    if (!bt_exception_text_read(kb, e->text, strlen(e->text), &found))
        fail_msg("nothing was found in: %s", e->text);
    assert_string_equal(found.form, e->form);
    assert_int_equal(found.clear, e->clear);
    assert_string_equal(found.platform, e->platform != NULL ? e->platform : "windows");
    assert_int_equal(found.code_known ? (int64_t)found.code : UNKNOWN, e->code);
    assert_int_equal(found.flags, e->flags);
    assert_int_equal(found.parameter_count, e->parameter_count);
    for (unsigned i = 0; i < e->parameter_count; i++)
        assert_int_equal(found.parameters[i], e->parameters[i]);
    assert_int_equal(found.address.known ? (int64_t)found.address.value : UNKNOWN, e->address);
    assert_string_equal(found.process.name, e->process);
    assert_string_equal(found.module.name, e->module);
    assert_int_equal(found.module.version.value, e->module_version);
    assert_int_equal(found.module.stamp.known ? (int64_t)found.module.stamp.value : UNKNOWN,
                     e->module_stamp);
    assert_int_equal(found.offset.known ? (int64_t)found.offset.value : UNKNOWN, e->offset);
}

static void reports_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < BT_COUNT(expectations); i++)
        check(&expectations[i]);
}

// A text may end anywhere: no field may be read beyond its end.
static void cut_reports_do_no_harm(void **state)
{
    (void)state;
    for (size_t i = 0; i < BT_COUNT(expectations); i++) {
        const char *text = expectations[i].text;
        for (size_t size = 0; size < strlen(text); size++) {
            struct bt_exception_text found;
            char *cut = malloc(size + 1);
            assert_non_null(cut);
            memcpy(cut, text, size);
            (void)bt_exception_text_read(kb, cut, size, &found);
            free(cut);
        }
    }
}

static void a_net_event_gives_class_and_method(void **state)
{
    (void)state;
    static const char text[] =
        "Application: shop.exe\nFramework Version: v4.0.30319\nDescription: The process was "
        "terminated due to an unhandled exception.\nException Info: "
        "System.NullReferenceException\n   at Shop.Prices.Sum(System.Int32)\n";
    struct bt_exception_text found;
    assert_true(bt_exception_text_read(kb, text, sizeof text - 1, &found));
    assert_int_equal(found.code, 0xe0434352);
    assert_string_equal(found.process.name, "shop.exe");
    assert_string_equal(found.type, "System.NullReferenceException");
    assert_string_equal(found.method, "Shop.Prices.Sum");
}

static void other_texts_are_no_crash_of_a_program(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "The quick brown fox",
        "STOP: 0x0000007E (0xC0000005, 0x804D8F52, 0xF8A5B6C0, 0xF8A5B3BC)",
        "Event Name: BlueScreen\nP1: 9f\nP2: 3\nP3: fffffa8004c0a060\n",
        "The computer has rebooted from a bugcheck.",
        "Application: shop.exe started",
    };
    for (size_t i = 0; i < BT_COUNT(texts); i++) {
        struct bt_exception_text found;
        assert_false(bt_exception_text_read(kb, texts[i], strlen(texts[i]), &found));
    }
}

static void names_give_codes(void **state)
{
    (void)state;
    static const struct {
        const char *name, *platform;
        uint32_t code;
        unsigned parameters;
        uint64_t parameter;
    } names[] = {
        {"STATUS_ACCESS_VIOLATION", "windows", 0xc0000005, 0, 0},
        {"exception_access_violation_read", "windows", 0xc0000005, 0, 0},
        {"EXCEPTION_INT_DIVIDE_BY_ZERO", "windows", 0xc0000094, 0, 0},
        {"EXCEPTION_STACK_OVERFLOW", "windows", 0xc00000fd, 0, 0},
        {"EXCEPTION_GUARD_PAGE", "windows", 0x80000001, 0, 0},
        {"CPP_EXCEPTION", "windows", 0xe06d7363, 0, 0},
        {"FAST_FAIL_CORRUPT_LIST_ENTRY", "windows", 0xc0000409, 1, 3},
        {"SIGSEGV", "linux", 11, 0, 0},
        {"EXC_BAD_ACCESS", "macos", 1, 0, 0},
    };
    struct bt_exception_text found;
    for (size_t i = 0; i < BT_COUNT(names); i++) {
        assert_true(bt_exception_by_name(kb, names[i].name, &found));
        assert_int_equal(found.code, names[i].code);
        assert_string_equal(found.platform, names[i].platform);
        assert_int_equal(found.parameter_count, names[i].parameters);
        assert_int_equal(found.parameters[0], names[i].parameter);
    }
    assert_false(bt_exception_by_name(kb, "STATUS_NO_SUCH_THING_AT_ALL", &found));
    assert_false(bt_exception_by_name(kb, "", &found));
}

int main(void)
{
    struct bt_error err;
    kb = bt_kb_new();
    if (kb == NULL || bt_kb_add_builtin(kb, &err) != BT_OK)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports_are_read),
        cmocka_unit_test(cut_reports_do_no_harm),
        cmocka_unit_test(a_net_event_gives_class_and_method),
        cmocka_unit_test(other_texts_are_no_crash_of_a_program),
        cmocka_unit_test(names_give_codes),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    bt_kb_free(kb);
    return failed;
}
