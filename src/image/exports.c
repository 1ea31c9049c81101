// SPDX-License-Identifier: MIT
#include "image/exports.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/span.h"

enum {
    // IMAGE_EXPORT_DIRECTORY
    EXPORT_OWN_NAME = 0xc, // u32 RVA
    EXPORT_FUNCTION_COUNT = 0x14,
    EXPORT_NAME_COUNT = 0x18,
    EXPORT_FUNCTIONS = 0x1c, // u32 RVA by index
    EXPORT_NAMES = 0x20,     // u32 RVA of the name
    EXPORT_ORDINALS = 0x24,  // u16 index into the functions, for each name
    EXPORT_SIZE = 0x28,
};

struct export_tables {
    struct bt_span functions, names, ordinals;
};

// What is there of a table of `count` entries of `stride` bytes; empty where nothing is.
static enum bt_status view_table(const struct bt_image *image, uint32_t rva, uint32_t count,
                                 unsigned stride, struct bt_arena *arena, struct bt_span *ret,
                                 struct bt_error *err)
{
    *ret = (struct bt_span){0};
    if (rva >= image->size)
        return BT_OK;
    uint64_t room = (image->size - rva) / stride;
    uint64_t used = count < room ? count : room;
    enum bt_status st = bt_image_view_some(image, rva, used * stride, arena, ret, err);
    return st == BT_ABSENT ? BT_OK : st;
}

static int compare_exports(const void *a, const void *b)
{
    const struct bt_export *x = a, *y = b;
    if (x->rva != y->rva)
        return x->rva < y->rva ? -1 : 1;
    return x->name_rva < y->name_rva ? -1 : x->name_rva > y->name_rva;
}

static bool is_forwarder(const struct bt_image *image, uint32_t rva)
{
    const struct bt_image_directory *directory = &image->directories[BT_IMAGE_EXPORTS];
    return rva >= directory->rva && rva - directory->rva < directory->size;
}

static size_t collect(const struct bt_image *image, const struct export_tables *tables,
                      struct bt_export *items, size_t capacity)
{
    size_t count = 0;
    for (size_t i = 0; i < capacity; i++) {
        if (!bt_span_has(tables->names, i * 4, 4) || !bt_span_has(tables->ordinals, i * 2, 2))
            break;
        size_t function = bt_span_u16(tables->ordinals, i * 2);
        if (!bt_span_has(tables->functions, function * 4, 4))
            continue;
        uint32_t rva = bt_span_u32(tables->functions, function * 4);
        if (rva == 0 || rva >= image->size || is_forwarder(image, rva))
            continue;
        items[count++] =
            (struct bt_export){.rva = rva, .name_rva = bt_span_u32(tables->names, i * 4)};
    }
    return count;
}

enum bt_status bt_exports_read(const struct bt_image *image, struct bt_arena *arena,
                               struct bt_exports *ret, struct bt_error *err)
{
    const struct bt_image_directory *directory = &image->directories[BT_IMAGE_EXPORTS];
    if (directory->rva == 0 || directory->size == 0)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "the image exports nothing");
    uint8_t raw[EXPORT_SIZE];
    BT_TRY(bt_image_read(image, directory->rva, raw, sizeof raw, err));
    uint32_t names = bt_le32(raw + EXPORT_NAME_COUNT);
    uint32_t functions = bt_le32(raw + EXPORT_FUNCTION_COUNT);
    if (names > BT_LIMIT_EXPORTS)
        names = BT_LIMIT_EXPORTS;
    if (functions > BT_LIMIT_EXPORTS)
        functions = BT_LIMIT_EXPORTS;
    struct export_tables tables;
    BT_TRY(view_table(image, bt_le32(raw + EXPORT_FUNCTIONS), functions, 4, arena,
                      &tables.functions, err));
    BT_TRY(view_table(image, bt_le32(raw + EXPORT_NAMES), names, 4, arena, &tables.names, err));
    BT_TRY(view_table(image, bt_le32(raw + EXPORT_ORDINALS), names, 2, arena, &tables.ordinals,
                      err));
    size_t capacity = tables.names.size / 4;
    struct bt_export *items;
    BT_TRY(bt_arena_alloc(arena, capacity, sizeof *items, &items, err));
    size_t count = collect(image, &tables, items, capacity);
    if (count != 0)
        qsort(items, count, sizeof *items, compare_exports);
    *ret = (struct bt_exports){.items = items, .count = count};
    return BT_OK;
}

enum bt_status bt_exports_own_name(const struct bt_image *image, struct bt_arena *arena,
                                   const char **ret, struct bt_error *err)
{
    const struct bt_image_directory *directory = &image->directories[BT_IMAGE_EXPORTS];
    uint8_t rva[4];
    if (directory->rva == 0 || directory->size < EXPORT_SIZE)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "the image exports nothing");
    BT_TRY(bt_image_read(image, directory->rva + EXPORT_OWN_NAME, rva, sizeof rva, err));
    return bt_image_text(image, bt_le32(rva), arena, ret, err);
}

// How many exports are before `rva`.
static size_t count_before(const struct bt_exports *exports, uint64_t rva)
{
    size_t low = 0, high = exports->count; // what is below `low` is before `rva`
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (exports->items[middle].rva < rva)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct bt_export *bt_exports_nearest(const struct bt_image *image,
                                           const struct bt_exports *exports, uint64_t rva)
{
    if (rva >= image->size)
        return NULL;
    size_t behind = count_before(exports, rva + 1);
    if (behind == 0)
        return NULL;
    // Of several names for one address the first of the directory is as good as any, and the
    // same on every run. All the names of a hostile image may have one address.
    const struct bt_export *found =
        &exports->items[count_before(exports, exports->items[behind - 1].rva)];
    if (bt_image_section_at(image, found->rva) != bt_image_section_at(image, rva))
        return NULL;
    return found;
}

// Whether the text at `rva` is `name`.
static bool is_named(const struct bt_image *image, uint32_t rva, const char *name, size_t size)
{
    char text[BT_LIMIT_NAME];
    if (size > sizeof text || bt_image_read(image, rva, text, size, NULL) != BT_OK)
        return false;
    return memcmp(text, name, size) == 0;
}

enum bt_status bt_exports_find(const struct bt_image *image, const struct bt_exports *exports,
                               const char *name, uint32_t *ret, struct bt_error *err)
{
    size_t size = strlen(name) + 1;
    for (size_t i = 0; i < exports->count; i++) {
        if (is_named(image, exports->items[i].name_rva, name, size)) {
            *ret = exports->items[i].rva;
            return BT_OK;
        }
    }
    return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "the image does not export %s", name);
}
