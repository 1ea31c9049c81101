// SPDX-License-Identifier: MIT
#include "image/function_table.h"

#include "base/span.h"

enum {
    // x64 RUNTIME_FUNCTION: u32 begin, u32 end, u32 unwind information; ARM64: u32 begin, u32
    // packed unwind data or the RVA of it.
    ENTRY_X64 = 12,
    ENTRY_ARM64 = 8,

    INDIRECT = 1, // in the unwind word of x64: it names another entry
};

static enum bt_status read_entry(const struct bt_image *image, uint64_t rva, unsigned size,
                                 struct bt_function *ret, struct bt_error *err)
{
    uint8_t raw[ENTRY_X64];
    BT_TRY(bt_image_read(image, rva, raw, size, err));
    ret->begin = bt_le32(raw);
    ret->end = size == ENTRY_X64 ? bt_le32(raw + 4) : 0;
    ret->unwind = bt_le32(raw + size - 4);
    return BT_OK;
}

// The last entry that begins at or before `rva`.
static enum bt_status search(const struct bt_image *image, uint64_t rva, unsigned size,
                             struct bt_function *ret, struct bt_error *err)
{
    const struct bt_image_directory *table = &image->directories[BT_IMAGE_EXCEPTIONS];
    uint32_t low = 0, high = table->size / size;
    if (table->rva == 0 || high == 0)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "the image has no unwind tables");
    struct bt_function best = {.found = false};
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        struct bt_function entry = {.found = true};
        BT_TRY(read_entry(image, table->rva + (uint64_t)middle * size, size, &entry, err));
        if (entry.begin <= rva) {
            best = entry;
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *ret = best;
    return BT_OK;
}

enum bt_status bt_function_find_x64(const struct bt_image *image, uint64_t rva,
                                    struct bt_function *ret, struct bt_error *err)
{
    struct bt_function entry = {.found = false};
    BT_TRY(search(image, rva, ENTRY_X64, &entry, err));
    if (entry.found && rva >= entry.end)
        entry = (struct bt_function){.found = false};
    if (entry.found && entry.unwind & INDIRECT) {
        uint32_t other = entry.unwind & ~(uint32_t)INDIRECT;
        BT_TRY(read_entry(image, other, ENTRY_X64, &entry, err));
        if (entry.unwind & INDIRECT)
            return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET,
                           "the function at RVA 0x%x stands for one that stands for another",
                           entry.begin);
    }
    *ret = entry;
    return BT_OK;
}

enum bt_status bt_function_find_arm64(const struct bt_image *image, uint64_t rva,
                                      struct bt_function *ret, struct bt_error *err)
{
    return search(image, rva, ENTRY_ARM64, ret, err);
}
