// SPDX-License-Identifier: MIT
#include "verdict/system_modules.h"

#include <string.h>

#include "base/text.h"

// How far into a path of Windows its folder may begin: "C:", "\??\C:".
enum { DRIVE_MAX = 5 };

static bool begins_at(const char *text, const char *start)
{
    size_t size = strlen(start);
    return strlen(text) >= size && bt_ieq_n(text, start, size);
}

static bool holds(const char *path, const char *part)
{
    for (const char *p = path; *p != '\0'; p++) {
        if (begins_at(p, part))
            return true;
    }
    return false;
}

static bool is_in_folder(const char *path, const char *folder, bool is_windows)
{
    for (size_t i = 0; i <= (is_windows ? DRIVE_MAX : 0); i++) {
        if (begins_at(path + i, folder))
            return true;
        if (path[i] == '\0')
            break;
    }
    return false;
}

// Programs lie in folders of their own below /usr/lib, libraries of the system beside each
// other or in the folder of an architecture: "/usr/lib/x86_64-linux-gnu/libc.so.6".
static bool is_library(const char *path, const char *folder)
{
    if (!begins_at(path, folder))
        return false;
    const char *rest = path + strlen(folder);
    return strchr(rest, '/') == NULL || strstr(rest, "-linux-") != NULL;
}

static bool is_at(const struct bt_kb_system_place *place, const char *path, const char *name,
                  bool is_windows)
{
    switch (place->kind) {
    case BT_KB_PLACE_NAME:
        return begins_at(name, place->text);
    case BT_KB_PLACE_FOLDER:
        return is_in_folder(path, place->text, is_windows);
    case BT_KB_PLACE_LIBRARIES:
        return is_library(path, place->text);
    case BT_KB_PLACE_INSIDE:
    case BT_KB_PLACE_PROGRAM:
        return holds(path, place->text);
    case BT_KB_PLACE_KINDS:
        break;
    }
    return false;
}

// A place that says "a program after all" overrules the others of its system.
static bool is_of(const struct bt_kb *kb, enum bt_kb_place_system system, const char *path,
                  const char *name)
{
    struct bt_kb_system_place place;
    bool found = false;
    for (size_t i = 0; bt_kb_system_place_at(kb, system, i, &place); i++) {
        if (!is_at(&place, path, name, system == BT_KB_PLACE_WINDOWS))
            continue;
        if (place.kind == BT_KB_PLACE_PROGRAM)
            return false;
        found = true;
    }
    return found;
}

bool bt_is_system_module(const struct bt_kb *kb, enum bt_platform platform,
                         const struct bt_module *module)
{
    const char *name = module->name != NULL ? module->name : "";
    const char *path = module->path != NULL ? module->path : "";
    bool own = false;
    switch (platform) {
    case BT_PLATFORM_WINDOWS:
        return is_of(kb, BT_KB_PLACE_WINDOWS, path, name);
    case BT_PLATFORM_MACOS:
    case BT_PLATFORM_IOS:
        own = is_of(kb, BT_KB_PLACE_APPLE, path, name);
        break;
    case BT_PLATFORM_ANDROID:
        own = is_of(kb, BT_KB_PLACE_ANDROID, path, name);
        break;
    case BT_PLATFORM_LINUX:
        own = is_of(kb, BT_KB_PLACE_LINUX, path, name);
        break;
    case BT_PLATFORM_UNKNOWN:
        break;
    }
    return own || is_of(kb, BT_KB_PLACE_UNIX, path, name);
}

bool bt_is_system_copy(const struct bt_kb *kb, const char *name)
{
    return is_of(kb, BT_KB_PLACE_KERNEL, "", name);
}
