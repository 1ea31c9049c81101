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

static const char *const unix_folders[] = {
    "/lib/",    "/lib64/", "/usr/lib/",        "/usr/lib64/",
    "/system/", "/apex/",  "/System/Library/", "/vendor/",
};

static const char *const unix_names[] = {
    "libc.",  "libc-",      "ld-",        "ld.so", "libpthread", "libstdc++",
    "libgcc", "linux-gate", "linux-vdso", "libm.", "libm-",      "libSystem",
    "dyld",   "libsystem_", "libc++",     "libdl", "[vdso]",     "libobjc",
};

bool bt_is_system_module(enum bt_platform platform, const struct bt_module *module)
{
    const char *name = module->name != NULL ? module->name : "";
    const char *path = module->path != NULL ? module->path : "";
    if (platform == BT_PLATFORM_WINDOWS)
        return is_below_windows(path) ||
               starts_with_any(name, windows_names, BT_COUNT(windows_names));
    return starts_with_any(path, unix_folders, BT_COUNT(unix_folders)) ||
           starts_with_any(name, unix_names, BT_COUNT(unix_names));
}
