// SPDX-License-Identifier: MIT
#include "verdict/system_modules.h"

#include "base/attributes.h"
#include "base/text.h"
#include "test.h"

struct row {
    enum bt_platform platform;
    const char *path;
    bool system;
};

// Paths as the module lists of public dumps and installations have them.
static const struct row rows[] = {
    {BT_PLATFORM_WINDOWS, "C:\\Windows\\System32\\ntdll.dll", true},
    {BT_PLATFORM_WINDOWS, "D:\\WINNT\\system32\\kernel32.dll", true},
    {BT_PLATFORM_WINDOWS, "C:\\Program Files\\Shop\\MSVCP140.dll", true},
    {BT_PLATFORM_WINDOWS, "C:\\Program Files\\Shop\\shop.exe", false},
    {BT_PLATFORM_WINDOWS, "C:\\Windowsill\\shop.exe", false},
    {BT_PLATFORM_LINUX, "/usr/lib/x86_64-linux-gnu/libc.so.6", true},
    {BT_PLATFORM_LINUX, "/lib/x86_64-linux-gnu/ld-2.19.so", true},
    {BT_PLATFORM_LINUX, "/usr/lib64/libglib-2.0.so.0", true},
    {BT_PLATFORM_LINUX, "/usr/lib/firefox/libxul.so", false},
    {BT_PLATFORM_LINUX, "/usr/lib/jvm/java-17/lib/server/libjvm.so", false},
    {BT_PLATFORM_LINUX, "/opt/shop/libc++.so.1", true},
    {BT_PLATFORM_LINUX, "/opt/shop/libdlib.so", false},
    {BT_PLATFORM_LINUX, "linux-gate.so", true},
    {BT_PLATFORM_ANDROID, "/apex/com.android.runtime/lib64/bionic/libc.so", true},
    {BT_PLATFORM_ANDROID, "/system/bin/app_process64", true},
    {BT_PLATFORM_ANDROID, "/system/app/Shop/lib/arm64/libshop.so", false},
    {BT_PLATFORM_ANDROID, "/data/app/com.shop-1/lib/arm64/libshop.so", false},
    {BT_PLATFORM_MACOS, "/usr/lib/system/libsystem_kernel.dylib", true},
    {BT_PLATFORM_MACOS, "/System/Library/Frameworks/AppKit.framework/Versions/C/AppKit", true},
    {BT_PLATFORM_MACOS, "/usr/local/lib/libssl.dylib", false},
    {BT_PLATFORM_MACOS, "/Applications/Shop.app/Contents/MacOS/Shop", false},
    {BT_PLATFORM_IOS,
     "/Library/Developer/CoreSimulator/Volumes/iOS_20C52/Library/Developer/CoreSimulator/"
     "Profiles/Runtimes/iOS 16.2.simruntime/Contents/Resources/RuntimeRoot/System/Library/"
     "PrivateFrameworks/UIKitCore.framework/UIKitCore",
     true},
    {BT_PLATFORM_IOS, "/private/var/containers/Bundle/Application/X/Shop.app/Shop", false},
};

static void system_is_told_by_folder_and_by_name(void **state)
{
    struct bt_kb *kb = *state;
    for (size_t i = 0; i < BT_COUNT(rows); i++) {
        struct bt_module module = {.path = rows[i].path, .name = bt_basename(rows[i].path)};
        if (bt_is_system_module(kb, rows[i].platform, &module) != rows[i].system)
            fail_msg("%s: expected %s", rows[i].path, rows[i].system ? "system" : "program");
    }
}

static void module_without_a_path_is_told_by_its_name(void **state)
{
    struct bt_kb *kb = *state;
    struct bt_module module = {.name = "ntdll.dll"};
    assert_true(bt_is_system_module(kb, BT_PLATFORM_WINDOWS, &module));
    module.name = "shop.dll";
    assert_false(bt_is_system_module(kb, BT_PLATFORM_WINDOWS, &module));
    module.name = NULL;
    assert_false(bt_is_system_module(kb, BT_PLATFORM_LINUX, &module));
}

static void copies_for_crash_dumps_are_the_kernels_own(void **state)
{
    struct bt_kb *kb = *state;
    assert_true(bt_is_system_copy(kb, "dump_storport.sys"));
    assert_true(bt_is_system_copy(kb, "HIBER_atapi.sys"));
    assert_false(bt_is_system_copy(kb, "dumper.sys"));
    assert_false(bt_is_system_copy(kb, "dump"));
}

static int load_knowledge(void **state)
{
    struct bt_kb *kb = bt_kb_new();
    *state = kb;
    return bt_kb_add_builtin(kb, NULL) == BT_OK ? 0 : -1;
}

static int free_knowledge(void **state)
{
    bt_kb_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(system_is_told_by_folder_and_by_name),
        cmocka_unit_test(module_without_a_path_is_told_by_its_name),
        cmocka_unit_test(copies_for_crash_dumps_are_the_kernels_own),
    };
    return cmocka_run_group_tests(tests, load_knowledge, free_knowledge);
}
