// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include "io/folder.h"

// "path\*" in the system's characters, or NULL.
static wchar_t *widen_pattern(const char *path)
{
    int size = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, NULL, 0);
    wchar_t *wide = size > 0 ? calloc((size_t)size + 2, sizeof *wide) : NULL;
    if (wide == NULL)
        return NULL;
    MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, wide, size);
    wcscat(wide, L"\\*");
    return wide;
}

// Names that are no Unicode are left out: nobody could ask for them.
static bool hand_on(const WIN32_FIND_DATAW *entry, bool (*add)(void *self, const char *name),
                    void *self)
{
    char name[4 * MAX_PATH];
    if (WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, entry->cFileName, -1, name,
                            (int)sizeof name, NULL, NULL) == 0)
        return true;
    return add(self, name);
}

enum bt_status bt_folder_list(const char *path, bool (*add)(void *self, const char *name),
                              void *self, struct bt_error *err)
{
    WIN32_FIND_DATAW entry;
    wchar_t *pattern = widen_pattern(path);
    if (pattern == NULL)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "is no folder");
    HANDLE find = FindFirstFileW(pattern, &entry);
    DWORD code = GetLastError();
    free(pattern);
    if (find == INVALID_HANDLE_VALUE)
        return code == ERROR_ACCESS_DENIED
                   ? BT_FAIL_OS(err, EACCES, "cannot be listed")
                   : BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "is no folder");
    while (hand_on(&entry, add, self) && FindNextFileW(find, &entry) != 0)
        continue;
    FindClose(find);
    return BT_OK;
}
