// SPDX-License-Identifier: MIT
#include "batch/directory.h"

#include <windows.h>

#include <string.h>

#include "batch/wide.h"

enum { NAME_BYTES = 4 * MAX_PATH };

bool bt_is_directory(const char *path)
{
    wchar_t wide[BT_WIDE_PATH];
    if (!bt_wide_path(path, wide))
        return false;
    DWORD attributes = GetFileAttributesW(wide);
    return attributes != INVALID_FILE_ATTRIBUTES &&
           (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

// There is no sandbox that would have to know.
bool bt_leads_out(const char *root, const char *path)
{
    (void)root;
    (void)path;
    return false;
}

static enum bt_status add_entry(struct bt_directory *directory, const WIN32_FIND_DATAW *found,
                                struct bt_error *err)
{
    char name[NAME_BYTES];
    bool is_directory = (found->dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
    bool is_link = (found->dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0;
    if (WideCharToMultiByte(CP_UTF8, 0, found->cFileName, -1, name, sizeof name, NULL, NULL) ==
        0)
        return BT_OK;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return BT_OK;
    return bt_directory_add(directory, name, is_directory, is_link, err);
}

enum bt_status bt_directory_read(const char *path, struct bt_directory *ret,
                                 struct bt_error *err)
{
    struct bt_directory directory = {0};
    wchar_t pattern[BT_WIDE_PATH];
    WIN32_FIND_DATAW found;
    if (!bt_wide_path(path, pattern) || wcslen(pattern) + 3 > BT_WIDE_PATH)
        return BT_FAIL(err, BT_E_IO, BT_NO_OFFSET, "the path is too long or no valid UTF-8");
    wcscat(pattern, L"\\*");
    HANDLE search = FindFirstFileW(pattern, &found);
    if (search == INVALID_HANDLE_VALUE)
        return BT_FAIL(err, BT_E_IO, BT_NO_OFFSET, "cannot open the directory (error %u)",
                       (unsigned)GetLastError());
    enum bt_status status = BT_OK;
    do
        status = add_entry(&directory, &found, err);
    while (status == BT_OK && FindNextFileW(search, &found));
    FindClose(search);
    if (status == BT_OK)
        *ret = directory;
    else
        bt_directory_free(&directory);
    return status;
}
