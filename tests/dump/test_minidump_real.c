// SPDX-License-Identifier: MIT
//
// Facts of real user minidumps of Windows, Breakpad, Crashpad and LLDB's tests, found with
// other programs (an independent reader in Python, skelsec's minidump, lldb). The dumps are not
// part of the project: BUGTRIAGE_REAL_DUMPS names the folder that has them, and without it the
// test is skipped.
#include "minidump_bytes.h"

#include <stdio.h>

struct fact {
    const char *file;
    enum bt_arch arch;
    enum bt_platform platform;
    const char *version; // NULL: the dump has it as text only
    bool has_exception;
    uint32_t code;
    bt_va address;
    size_t modules, threads;
    const char *first[3]; // modules
};

static const struct fact facts[] = {
    {"electron-node-minidump__windows.dmp",
     BT_ARCH_X64,
     BT_PLATFORM_WINDOWS,
     "10.0.14393",
     true,
     0xc0000005,
     0x7ff7215f8da4,
     58,
     14,
     {"electron.exe", "ntdll.dll", "kernel32.dll"}},
    {"getsentry-symbolic__mini~2.dmp",
     BT_ARCH_X86,
     BT_PLATFORM_WINDOWS,
     "10.0.14393",
     true,
     0xc0000005,
     0x2a2a3d,
     17,
     4,
     {"crash.exe", "ntdll.dll", "kernel32.dll"}},
    {"getsentry-symbolicator__macos-no-fp.dmp",
     BT_ARCH_ARM64,
     BT_PLATFORM_MACOS,
     "15.7.4",
     true,
     0x1,
     0x1,
     332,
     3,
     {"sentry_example", "libsentry.dylib", "libz.1.dylib"}},
    {"google-breakpad__ascii_read_av.dmp",
     BT_ARCH_X86,
     BT_PLATFORM_WINDOWS,
     "6.1.7600",
     true,
     0xc0000005,
     0xd6a6cd,
     26,
     2,
     {"crashme.exe", "ntdll.dll", "kernel32.dll"}},
    {"google-breakpad__linux_divide_by_zero.dmp",
     BT_ARCH_X64,
     BT_PLATFORM_LINUX,
     NULL,
     true,
     0x8,
     0x401f27,
     8,
     1,
     {"driver", "libm-2.19.so", "libc-2.19.so"}},
    {"google-breakpad__minidump1.dmp",
     BT_ARCH_X86,
     BT_PLATFORM_WINDOWS,
     "5.1.2600",
     true,
     0xc0000005,
     0x20a1515,
     111,
     9,
     {"firefox.exe", "ntdll.dll", "kernel32.dll"}},
    {"google-breakpad__minidump2.dmp",
     BT_ARCH_X86,
     BT_PLATFORM_WINDOWS,
     "5.1.2600",
     true,
     0xc0000005,
     0x40429e,
     13,
     2,
     {"test_app.exe", "ntdll.dll", "kernel32.dll"}},
    {"google-breakpad__minidump_crashpad_annotation.dmp",
     BT_ARCH_X64,
     BT_PLATFORM_IOS,
     "16.2.0",
     true,
     0x43506e78,
     0x1030e9c34,
     354,
     7,
     {"dyld_sim", "ios_crash_xcuitests", "UIKit"}},
    {"google-breakpad__thread_name_list.dmp",
     BT_ARCH_X86,
     BT_PLATFORM_WINDOWS,
     "10.0.17763",
     true,
     0xc0000005,
     0x4015fd,
     17,
     6,
     {"allocer32.exe", "ntd1l.dll", "kern3l32.dll"}},
    {"google-breakpad__tiny-exe-fastfail.dmp",
     BT_ARCH_X64,
     BT_PLATFORM_WINDOWS,
     "10.0.19042",
     true,
     0xc0000409,
     0x7ff75355af42,
     21,
     4,
     {"tiny.exe", "ntdll.dll", "kernel32.dll"}},
    {"google-breakpad__tiny-exe-with-cet-xsave-x86.dmp",
     BT_ARCH_X86,
     BT_PLATFORM_WINDOWS,
     "10.0.22631",
     false,
     0,
     0,
     19,
     3,
     {"tiny.exe", "ntdll.dll", "kernel32.dll"}},
    {"google-breakpad__tiny-exe-with-cet-xsave.dmp",
     BT_ARCH_X64,
     BT_PLATFORM_WINDOWS,
     "10.0.22000",
     false,
     0,
     0,
     25,
     1,
     {"tiny.exe", "ntdll.dll", "KERNEL32.DLL"}},
    {"llvm-mirror-lldb__fizzbuzz_no_heap.dmp",
     BT_ARCH_X86,
     BT_PLATFORM_WINDOWS,
     "6.1.7601",
     true,
     0xc0000005,
     0x164d14,
     6,
     1,
     {"fizzbuzz.exe", "ntdll.dll", "kernel32.dll"}},
    {"llvm-mirror-lldb__linux-x86_64.dmp",
     BT_ARCH_X64,
     BT_PLATFORM_LINUX,
     NULL,
     true,
     0xb,
     0x0,
     10,
     1,
     {"linux-x86_64", "linux-x86_64", "libm-2.19.so"}},
    {"llvm-mirror-lldb__sigsegv.dmp",
     BT_ARCH_X64,
     BT_PLATFORM_WINDOWS,
     "10.0.16299",
     true,
     0xc0000005,
     0x7ff7a13110d9,
     4,
     1,
     {"sigsegv.exe", "ntdll.dll", "kernel32.dll"}},
    {"maculator-KSP_vanilla_Crash_240318__crash.dmp",
     BT_ARCH_X64,
     BT_PLATFORM_WINDOWS,
     "10.0.16299",
     true,
     0xc0000005,
     0x7ff6eeadc6f0,
     89,
     47,
     {"KSP_x64.exe", "ntdll.dll", "kernel32.dll"}},
    {"rizinorg-rizin-testbins__calc.dmp",
     BT_ARCH_X64,
     BT_PLATFORM_WINDOWS,
     "6.1.7601",
     true,
     0x80000003,
     0x7776ae10,
     28,
     5,
     {"calc.exe", "ntdll.dll", "kernel32.dll"}},
    {"rust-minidump-rust-minidump__invalid-parameter.dmp",
     BT_ARCH_X64,
     BT_PLATFORM_WINDOWS,
     "10.0.17134",
     true,
     0xc000000d,
     0x0,
     31,
     6,
     {"CrashTest.exe", "ntdll.dll", "kernel32.dll"}},
    {"rust-minidump-rust-minidump__linux-mini.dmp",
     BT_ARCH_X64,
     BT_PLATFORM_LINUX,
     NULL,
     true,
     0xb,
     0x45,
     8,
     1,
     {"crash", "libm-2.23.so", "libc-2.23.so"}},
    {"rust-minidump-rust-minidump__simple-crashpad.dmp",
     BT_ARCH_X64,
     BT_PLATFORM_MACOS,
     "10.15.7",
     true,
     0x0,
     0x7fff6f41333a,
     40,
     1,
     {"crashy", "libSystem.B.dylib", "libcache.dylib"}},
};

static void assert_fact(const struct fact *fact, const struct bt_dump *dump)
{
    const struct bt_crash *crash = dump->crash;
    assert_int_equal(crash->status, BT_READ_OK);
    assert_int_equal(crash->format, BT_FORMAT_USER_MINIDUMP);
    assert_int_equal(crash->system.arch, fact->arch);
    assert_int_equal(crash->system.platform, fact->platform);
    if (fact->version != NULL)
        assert_string_equal(crash->system.version, fact->version);
    assert_int_equal(crash->exception.present, fact->has_exception);
    assert_int_equal(crash->exception.code, fact->code);
    assert_int_equal(crash->exception.address, fact->address);
    assert_int_equal(crash->module_count, fact->modules);
    assert_int_equal(crash->thread_count, fact->threads);
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(crash->modules[i].name, fact->first[i]);
    if (!fact->has_exception)
        return;
    // The stack of the thread that crashed is there, and its instruction lies in an image.
    uint64_t word;
    assert_true(crash->crashing_thread.known);
    assert_non_null(bt_module_at(crash, dump->context.ip));
    assert_int_equal(bt_memory_u64(dump->memory, dump->context.sp, &word, NULL), BT_OK);
}

static void real_minidumps_are_read_as_others_read_them(void **state)
{
    (void)state;
    const char *folder = getenv("BUGTRIAGE_REAL_DUMPS");
    size_t seen = 0;
    for (size_t i = 0; folder != NULL && i < BT_COUNT(facts); i++) {
        char path[1024];
        struct bt_source *source;
        struct bt_dump dump;
        snprintf(path, sizeof path, "%s/%s", folder, facts[i].file);
        if (bt_source_open(path, &source, NULL) != BT_OK)
            continue;
        struct bt_arena *arena = bt_arena_new(BT_LIMIT_ARENA);
        print_message("%s\n", facts[i].file);
        assert_int_equal(bt_dump_read(source, arena, &dump, NULL), BT_OK);
        assert_fact(&facts[i], &dump);
        bt_arena_free(arena);
        bt_source_close(source);
        seen++;
    }
    if (seen == 0) {
        print_message("no real minidumps: set BUGTRIAGE_REAL_DUMPS to their folder\n");
        skip();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_minidumps_are_read_as_others_read_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
