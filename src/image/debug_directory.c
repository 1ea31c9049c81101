// SPDX-License-Identifier: MIT
#include "image/debug_directory.h"

#include <string.h>

#include "base/limits.h"
#include "base/span.h"
#include "base/text.h"

enum {
    // IMAGE_DEBUG_DIRECTORY
    ENTRY_TYPE = 0xc,
    ENTRY_DATA_SIZE = 0x10,
    ENTRY_DATA_RVA = 0x14,
    ENTRY_SIZE = 0x1c,

    TYPE_CODEVIEW = 2,
    TYPE_REPRO = 16,

    RSDS_MAGIC = 0x53445352,
    RSDS_GUID = 4,
    RSDS_AGE = 0x14,
    RSDS_NAME = 0x18,

    NB10_MAGIC = 0x3031424e, // Visual C++ 6 and before
    NB10_SIGNATURE = 8,
    NB10_AGE = 0xc,
    NB10_NAME = 0x10,
};

static enum bt_status take_name(struct bt_span raw, size_t at, struct bt_arena *arena,
                                struct bt_debug_directory *debug, struct bt_error *err)
{
    struct bt_span name;
    BT_TRY(bt_span_sub(raw, at, raw.size - at, &name, err));
    return bt_text_bytes(name, arena, &debug->pdb_name, err);
}

static enum bt_status decode_codeview(struct bt_span raw, struct bt_arena *arena,
                                      struct bt_debug_directory *debug, struct bt_error *err)
{
    if (bt_span_has(raw, 0, RSDS_NAME) && bt_span_u32(raw, 0) == RSDS_MAGIC) {
        debug->has_guid = true;
        memcpy(debug->guid, raw.data + RSDS_GUID, sizeof debug->guid);
        debug->age = bt_span_u32(raw, RSDS_AGE);
        return take_name(raw, RSDS_NAME, arena, debug, err);
    }
    if (bt_span_has(raw, 0, NB10_NAME) && bt_span_u32(raw, 0) == NB10_MAGIC) {
        debug->signature = bt_span_u32(raw, NB10_SIGNATURE);
        debug->age = bt_span_u32(raw, NB10_AGE);
        return take_name(raw, NB10_NAME, arena, debug, err);
    }
    return BT_OK;
}

static enum bt_status read_codeview(const struct bt_image *image, const uint8_t *entry,
                                    struct bt_arena *arena, struct bt_debug_directory *debug,
                                    struct bt_error *err)
{
    uint32_t size = bt_le32(entry + ENTRY_DATA_SIZE);
    if (size > RSDS_NAME + BT_LIMIT_NAME)
        size = RSDS_NAME + BT_LIMIT_NAME;
    struct bt_span raw;
    enum bt_status st =
        bt_image_view_some(image, bt_le32(entry + ENTRY_DATA_RVA), size, arena, &raw, err);
    // A symbol file whose name is paged out, or points nowhere, is just not known.
    if (st == BT_ABSENT || st == BT_E_CORRUPT)
        return BT_OK;
    BT_TRY(st);
    return decode_codeview(raw, arena, debug, err);
}

enum bt_status bt_debug_directory_read(const struct bt_image *image, struct bt_arena *arena,
                                       struct bt_debug_directory *ret, struct bt_error *err)
{
    const struct bt_image_directory *directory = &image->directories[BT_IMAGE_DEBUG];
    uint32_t count = directory->size / ENTRY_SIZE;
    if (directory->rva == 0 || count == 0)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "the image has no debug directory");
    if (count > BT_LIMIT_DEBUG_ENTRIES)
        count = BT_LIMIT_DEBUG_ENTRIES;
    struct bt_debug_directory debug = {0};
    for (uint32_t i = 0; i < count; i++) {
        uint8_t entry[ENTRY_SIZE];
        BT_TRY(bt_image_read(image, directory->rva + (uint64_t)i * ENTRY_SIZE, entry,
                             sizeof entry, err));
        uint32_t type = bt_le32(entry + ENTRY_TYPE);
        if (type == TYPE_REPRO)
            debug.reproducible = true;
        if (type == TYPE_CODEVIEW && debug.pdb_name == NULL)
            BT_TRY(read_codeview(image, entry, arena, &debug, err));
    }
    *ret = debug;
    return BT_OK;
}
