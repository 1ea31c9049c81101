// SPDX-License-Identifier: MIT
#include "io/folder.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

struct name_list {
    struct bt_buf text; // the names, each with its NUL
    size_t count, limit;
    bool cut;
};

static bool add_name(void *self, const char *name)
{
    struct name_list *list = self;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return true;
    if (list->count == list->limit) {
        list->cut = true;
        return false;
    }
    bt_buf_add(&list->text, name, strlen(name) + 1);
    list->count++;
    return list->text.status == BT_OK;
}

static int compare_names(const char *a, const char *b)
{
    int order = bt_casecmp(a, b);
    return order != 0 ? order : strcmp(a, b);
}

static int compare_entries(const void *a, const void *b)
{
    return compare_names(*(const char *const *)a, *(const char *const *)b);
}

static enum bt_status keep(const struct name_list *list, struct bt_arena *arena,
                           struct bt_folder *ret, struct bt_error *err)
{
    const char *text, **names;
    BT_TRY(bt_buf_status(&list->text, err));
    BT_TRY(bt_arena_text(arena, bt_buf_cstr(&list->text), list->text.size, &text, err));
    BT_TRY(bt_arena_alloc(arena, list->count, sizeof *names, &names, err));
    for (size_t i = 0; i < list->count; i++) {
        names[i] = text;
        text += strlen(text) + 1;
    }
    if (list->count != 0)
        qsort(names, list->count, sizeof *names, compare_entries);
    *ret = (struct bt_folder){.names = names, .count = list->count, .cut = list->cut};
    return BT_OK;
}

enum bt_status bt_folder_read(const char *path, size_t limit, struct bt_arena *arena,
                              struct bt_folder *ret, struct bt_error *err)
{
    struct name_list list = {.limit = limit};
    bt_buf_init(&list.text, (size_t)256 << 20);
    enum bt_status st = bt_folder_list(path, add_name, &list, err);
    if (st == BT_OK)
        st = keep(&list, arena, ret, err);
    bt_buf_fini(&list.text);
    return st;
}

const char *bt_folder_find(const struct bt_folder *folder, const char *name)
{
    size_t low = 0, high = folder->count; // names before `low` sort before `name`
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (bt_casecmp(folder->names[middle], name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    const char *found = NULL;
    for (; low < folder->count && bt_casecmp(folder->names[low], name) == 0; low++) {
        if (found == NULL || strcmp(folder->names[low], name) == 0)
            found = folder->names[low];
    }
    return found;
}
