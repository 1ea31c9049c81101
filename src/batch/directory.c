// SPDX-License-Identifier: MIT
#include "batch/directory.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

// Room grows by doubling: a power of two is full.
static bool is_full(size_t count)
{
    return (count & (count - 1)) == 0;
}

enum bt_status bt_directory_add(struct bt_directory *directory, const char *name,
                                bool is_directory, bool is_link, struct bt_error *err)
{
    if (directory->count >= BT_LIMIT_DIRECTORY)
        return BT_FAIL(err, BT_E_LIMIT, BT_NO_OFFSET, "more than %u entries",
                       BT_LIMIT_DIRECTORY);
    if (is_full(directory->count)) {
        size_t room = directory->count == 0 ? 1 : 2 * directory->count;
        void *entries = realloc(directory->entries, room * sizeof *directory->entries);
        if (entries == NULL)
            return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
        directory->entries = entries;
    }
    char *copy = strdup(name);
    if (copy == NULL)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    directory->entries[directory->count++] =
        (struct bt_directory_entry){copy, is_directory, is_link};
    return BT_OK;
}

void bt_directory_free(struct bt_directory *directory)
{
    for (size_t i = 0; i < directory->count; i++)
        free(directory->entries[i].name);
    free(directory->entries);
    *directory = (struct bt_directory){0};
}
