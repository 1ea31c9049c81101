// SPDX-License-Identifier: MIT
#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <stdbool.h>
#include <stdlib.h>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

// One call moves no more than this; the counts are 32 bits.
enum { LARGEST_TRANSFER = 1 << 30 };

struct bt_file {
    HANDLE handle;
    bool borrowed;
    uint64_t size;
};

// The system's errors that people meet, as errno values, so that messages are the same
// everywhere.
static int errno_from_windows(DWORD code)
{
    switch (code) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_BAD_NETPATH:
    case ERROR_INVALID_NAME:
        return ENOENT;
    case ERROR_ACCESS_DENIED:
    case ERROR_SHARING_VIOLATION:
    case ERROR_LOCK_VIOLATION:
        return EACCES;
    case ERROR_NOT_ENOUGH_MEMORY:
        return ENOMEM;
    case ERROR_DISK_FULL:
        return ENOSPC;
    default:
        return EIO;
    }
}

static enum bt_status new_file(HANDLE handle, bool borrowed, uint64_t size,
                               struct bt_file **ret, struct bt_error *err)
{
    struct bt_file *file = calloc(1, sizeof *file);
    if (file == NULL) {
        if (!borrowed)
            CloseHandle(handle);
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    }
    *file = (struct bt_file){.handle = handle, .borrowed = borrowed, .size = size};
    *ret = file;
    return BT_OK;
}

static wchar_t *widen(const char *path)
{
    int size = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, NULL, 0);
    wchar_t *wide = size > 0 ? calloc((size_t)size, sizeof *wide) : NULL;
    if (wide != NULL)
        MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, wide, size);
    return wide;
}

// Adopts an open handle, or closes it and says why not.
static enum bt_status adopt_disk_file(HANDLE handle, struct bt_file **ret, struct bt_error *err)
{
    LARGE_INTEGER size;
    if (GetFileType(handle) != FILE_TYPE_DISK) {
        CloseHandle(handle);
        return BT_FAIL(err, BT_E_IO, BT_NO_OFFSET, "is a device or a pipe, not a dump");
    }
    if (!GetFileSizeEx(handle, &size)) {
        int code = errno_from_windows(GetLastError());
        CloseHandle(handle);
        return BT_FAIL_OS(err, code, "cannot be examined");
    }
    return new_file(handle, false, (uint64_t)size.QuadPart, ret, err);
}

enum bt_status bt_file_open(const char *path, struct bt_file **ret, struct bt_error *err)
{
    wchar_t *wide = widen(path);
    if (wide == NULL)
        return BT_FAIL_OS(err, ENOENT, "cannot be opened");
    DWORD attributes = GetFileAttributesW(wide);
    if (attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0) {
        free(wide);
        return BT_FAIL(err, BT_E_IO, BT_NO_OFFSET, "is a directory, not a dump");
    }
    HANDLE handle = CreateFileW(wide, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                                OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
    int code = handle == INVALID_HANDLE_VALUE ? errno_from_windows(GetLastError()) : 0;
    free(wide);
    if (handle == INVALID_HANDLE_VALUE)
        return BT_FAIL_OS(err, code, "cannot be opened");
    return adopt_disk_file(handle, ret, err);
}

enum bt_status bt_file_open_listed(const char *path, struct bt_file **ret, struct bt_error *err)
{
    return bt_file_open(path, ret, err);
}

enum bt_status bt_file_borrow(int fd, struct bt_file **ret, struct bt_error *err)
{
    _setmode(fd, _O_BINARY);
    HANDLE handle = (HANDLE)_get_osfhandle(fd);
    LARGE_INTEGER size;
    LARGE_INTEGER position;
    const LARGE_INTEGER nowhere = {.QuadPart = 0};
    if (handle == INVALID_HANDLE_VALUE || GetFileType(handle) != FILE_TYPE_DISK ||
        !GetFileSizeEx(handle, &size) ||
        !SetFilePointerEx(handle, nowhere, &position, FILE_CURRENT) || position.QuadPart != 0)
        return BT_ABSENT;
    return new_file(handle, true, (uint64_t)size.QuadPart, ret, err);
}

enum bt_status bt_file_temporary(struct bt_file **ret, struct bt_error *err)
{
    wchar_t folder[MAX_PATH + 1];
    wchar_t path[MAX_PATH + 1];
    DWORD length = GetTempPathW(MAX_PATH + 1, folder);
    if (length == 0 || length > MAX_PATH || GetTempFileNameW(folder, L"bt", 0, path) == 0)
        return BT_FAIL_OS(err, errno_from_windows(GetLastError()),
                          "no temporary file can be made");
    HANDLE handle = CreateFileW(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
                                FILE_ATTRIBUTE_TEMPORARY | FILE_FLAG_DELETE_ON_CLOSE, NULL);
    if (handle == INVALID_HANDLE_VALUE)
        return BT_FAIL_OS(err, errno_from_windows(GetLastError()),
                          "no temporary file can be made");
    return new_file(handle, false, 0, ret, err);
}

// A handle does not tell where it lies: temporary files lie in the folder for them.
uint64_t bt_file_space(const struct bt_file *file)
{
    wchar_t folder[MAX_PATH + 1];
    ULARGE_INTEGER space;
    DWORD length = GetTempPathW(MAX_PATH + 1, folder);
    (void)file;
    if (length == 0 || length > MAX_PATH || !GetDiskFreeSpaceExW(folder, &space, NULL, NULL))
        return UINT64_MAX;
    return space.QuadPart;
}

void bt_file_close(struct bt_file *file)
{
    if (file == NULL)
        return;
    if (!file->borrowed)
        CloseHandle(file->handle);
    free(file);
}

uint64_t bt_file_size(const struct bt_file *file)
{
    return file->size;
}

static OVERLAPPED overlapped_at(uint64_t offset)
{
    return (OVERLAPPED){.Offset = (DWORD)offset, .OffsetHigh = (DWORD)(offset >> 32)};
}

enum bt_status bt_file_read(struct bt_file *file, uint64_t offset, void *buf, size_t size,
                            size_t *ret, struct bt_error *err)
{
    size_t done = 0;
    while (done < size) {
        size_t part = size - done < LARGEST_TRANSFER ? size - done : (size_t)LARGEST_TRANSFER;
        OVERLAPPED where = overlapped_at(offset + done);
        DWORD got = 0;
        if (!ReadFile(file->handle, (char *)buf + done, (DWORD)part, &got, &where)) {
            DWORD code = GetLastError();
            if (code == ERROR_HANDLE_EOF)
                break;
            return BT_FAIL_OS(err, errno_from_windows(code), "cannot be read");
        }
        if (got == 0)
            break;
        done += got;
    }
    *ret = done;
    return BT_OK;
}

enum bt_status bt_file_write(struct bt_file *file, uint64_t offset, const void *data,
                             size_t size, struct bt_error *err)
{
    size_t done = 0;
    while (done < size) {
        size_t part = size - done < LARGEST_TRANSFER ? size - done : (size_t)LARGEST_TRANSFER;
        OVERLAPPED where = overlapped_at(offset + done);
        DWORD put = 0;
        if (!WriteFile(file->handle, (const char *)data + done, (DWORD)part, &put, &where))
            return BT_FAIL_OS(err, errno_from_windows(GetLastError()),
                              "the temporary file cannot be written");
        done += put;
    }
    return BT_OK;
}

enum bt_status bt_stream_read(int fd, void *buf, size_t size, size_t *ret, struct bt_error *err)
{
    unsigned part = size < LARGEST_TRANSFER ? (unsigned)size : (unsigned)LARGEST_TRANSFER;
    int got = _read(fd, buf, part);
    if (got < 0)
        return BT_FAIL_OS(err, errno, "cannot be read");
    *ret = (size_t)got;
    return BT_OK;
}
