// SPDX-License-Identifier: MIT
#include "verdict/system_modules.h"

#include <string.h>

#include "base/attributes.h"
#include "base/text.h"

static bool starts_with_any(const char *text, const char *const *prefixes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t size = strlen(prefixes[i]);
        if (strlen(text) >= size && bt_ieq_n(text, prefixes[i], size))
            return true;
    }
    return false;
}

// Below the Windows folder, wherever that is: "C:\Windows\System32\ntdll.dll".
static bool is_below_windows(const char *path)
{
    static const char *const folders[] = {":\\Windows\\", ":\\WINNT\\", "\\SystemRoot\\"};
    for (size_t i = 0; i < BT_COUNT(folders); i++) {
        size_t size = strlen(folders[i]);
        for (const char *p = path; strlen(p) >= size; p++) {
            if (bt_ieq_n(p, folders[i], size))
                return true;
            if (p - path > 4)
                break;
        }
    }
    return false;
}

// Writers that keep no paths, and runtime libraries that programs bring along.
static const char *const windows_names[] = {
    "ntdll.dll",   "kernel32.dll", "kernelbase.dll", "user32.dll", "gdi32",
    "win32u.dll",  "ucrtbase",     "vcruntime",      "msvcr",      "msvcp",
    "mfc",         "combase.dll",  "ole32.dll",      "rpcrt4.dll", "ws2_32.dll",
    "wow64",       "advapi32.dll", "sechost.dll",    "msvcrt.dll", "clr.dll",
    "coreclr.dll", "mscorwks.dll",
};

static const char *const apple_folders[] = {"/System/", "/usr/lib/", "/Library/Apple/"};

static const char *const android_folders[] = {"/system/", "/system_ext/", "/apex/", "/vendor/",
                                              "/odm/"};

static const char *const linux_folders[] = {
    "/lib/", "/lib32/", "/lib64/", "/usr/lib/", "/usr/lib32/", "/usr/lib64/", "/usr/libx32/"};

static const char *const unix_names[] = {
    "libc.",
    "libc-",
    "ld-",
    "ld.so",
    "libpthread.",
    "libpthread-",
    "libstdc++",
    "libgcc_s",
    "linux-gate",
    "linux-vdso",
    "libm.",
    "libm-",
    "libSystem.",
    "dyld",
    "libsystem_",
    "libc++",
    "libdl.",
    "libdl-",
    "[vdso]",
    "libobjc.",
    "libart.",
    "linker",
    "app_process",
    "librt.",
    "librt-",
    "libresolv.",
    "libdispatch.",
    "libasan.",
    "libtsan.",
    "libclang_rt.",
    "libc_malloc_debug.",
};

// Programs lie in folders of their own below /usr/lib, libraries of the system beside each
// other or in the folder of an architecture: "/usr/lib/x86_64-linux-gnu/libc.so.6".
static bool is_linux_library(const char *path)
{
    for (size_t i = 0; i < BT_COUNT(linux_folders); i++) {
        size_t size = strlen(linux_folders[i]);
        if (!bt_starts_with(path, linux_folders[i]))
            continue;
        const char *slash = strchr(path + size, '/');
        if (slash == NULL || strstr(path + size, "-linux-") != NULL)
            return true;
    }
    return false;
}

// Applications that come with the system lie in its folders, too.
static bool is_android_system(const char *path)
{
    return starts_with_any(path, android_folders, BT_COUNT(android_folders)) &&
           strstr(path, "/app/") == NULL && strstr(path, "/priv-app/") == NULL;
}

bool bt_is_system_module(enum bt_platform platform, const struct bt_module *module)
{
    const char *name = module->name != NULL ? module->name : "";
    const char *path = module->path != NULL ? module->path : "";
    switch (platform) {
    case BT_PLATFORM_WINDOWS:
        return is_below_windows(path) ||
               starts_with_any(name, windows_names, BT_COUNT(windows_names));
    case BT_PLATFORM_MACOS:
    case BT_PLATFORM_IOS:
        // The simulator's system lies in a folder of the developer's tools.
        if (starts_with_any(path, apple_folders, BT_COUNT(apple_folders)) ||
            strstr(path, "/RuntimeRoot/") != NULL)
            return true;
        break;
    case BT_PLATFORM_ANDROID:
        if (is_android_system(path))
            return true;
        break;
    case BT_PLATFORM_LINUX:
        if (is_linux_library(path))
            return true;
        break;
    case BT_PLATFORM_UNKNOWN:
        break;
    }
    return starts_with_any(name, unix_names, BT_COUNT(unix_names));
}
