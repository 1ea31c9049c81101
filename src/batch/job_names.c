// SPDX-License-Identifier: MIT
#include "batch/job_names.h"

#include <string.h>

#include "base/attributes.h"
#include "base/text.h"

// The size of the one of these suffixes that a text of `size` characters ends with, or 0.
static size_t find_suffix(const char *text, size_t size, const char *const *suffixes,
                          size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(suffixes[i]);
        if (size > length && bt_ieq_n(&text[size - length], suffixes[i], length))
            return length;
    }
    return 0;
}

bool bt_is_named_like_a_dump(const char *path)
{
    static const char *const dumps[] = {".dmp", ".mdmp", ".hdmp", ".kdmp"};
    static const char *const packed[] = {".gz", ".xz", ".zst", ".bz2", ".lzma"};
    size_t size = strlen(path);
    size -= find_suffix(path, size, packed, BT_COUNT(packed));
    return find_suffix(path, size, dumps, BT_COUNT(dumps)) != 0;
}

bool bt_is_named_like_an_archive(const char *path)
{
    static const char *const archives[] = {".zip", ".7z",  ".cab",  ".rar", ".tar",
                                           ".tgz", ".txz", ".tzst", ".tbz2"};
    static const char *const packed[] = {".gz", ".xz", ".zst", ".bz2", ".lzma"};
    size_t size = strlen(path);
    return find_suffix(path, size, archives, BT_COUNT(archives)) != 0 ||
           find_suffix(path, size, packed, BT_COUNT(packed)) != 0;
}
