// SPDX-License-Identifier: MIT
#include "memory/memory.h"

#include <inttypes.h>

#include "base/limits.h"
#include "base/text.h"

enum bt_status bt_memory_read(const struct bt_memory *memory, bt_va va, void *buf, size_t size,
                              struct bt_error *err)
{
    size_t got = memory->read_some(memory, va, buf, size);
    if (got == size)
        return BT_OK;
    return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "address 0x%" PRIx64 " is not in the dump",
                   va + got);
}

enum bt_status bt_memory_view(const struct bt_memory *memory, bt_va va, uint64_t size,
                              uint64_t limit, struct bt_arena *arena, struct bt_span *ret,
                              struct bt_error *err)
{
    if (size > limit)
        return BT_FAIL(err, BT_E_LIMIT, BT_NO_OFFSET,
                       "%" PRIu64 " bytes at address 0x%" PRIx64 " are more than %" PRIu64,
                       size, va, limit);
    uint8_t *bytes;
    BT_TRY(bt_arena_alloc(arena, size, 1, &bytes, err));
    BT_TRY(bt_memory_read(memory, va, bytes, (size_t)size, err));
    *ret = (struct bt_span){.data = bytes, .size = (size_t)size, .file_offset = BT_NO_OFFSET};
    return BT_OK;
}

enum bt_status bt_memory_u16(const struct bt_memory *memory, bt_va va, uint16_t *ret,
                             struct bt_error *err)
{
    uint8_t raw[2];
    BT_TRY(bt_memory_read(memory, va, raw, sizeof raw, err));
    *ret = bt_le16(raw);
    return BT_OK;
}

enum bt_status bt_memory_u32(const struct bt_memory *memory, bt_va va, uint32_t *ret,
                             struct bt_error *err)
{
    uint8_t raw[4];
    BT_TRY(bt_memory_read(memory, va, raw, sizeof raw, err));
    *ret = bt_le32(raw);
    return BT_OK;
}

enum bt_status bt_memory_u64(const struct bt_memory *memory, bt_va va, uint64_t *ret,
                             struct bt_error *err)
{
    uint8_t raw[8];
    BT_TRY(bt_memory_read(memory, va, raw, sizeof raw, err));
    *ret = bt_le64(raw);
    return BT_OK;
}

enum bt_status bt_memory_pointer(const struct bt_memory *memory, bt_va va, bt_va *ret,
                                 struct bt_error *err)
{
    if (memory->is64)
        return bt_memory_u64(memory, va, ret, err);
    uint32_t narrow;
    BT_TRY(bt_memory_u32(memory, va, &narrow, err));
    *ret = narrow;
    return BT_OK;
}

enum bt_status bt_memory_unicode_string(const struct bt_memory *memory, bt_va va,
                                        struct bt_arena *arena, const char **ret,
                                        struct bt_error *err)
{
    uint16_t length; // in bytes
    bt_va text;
    BT_TRY(bt_memory_u16(memory, va, &length, err));
    BT_TRY(bt_memory_pointer(memory, va + (memory->is64 ? 8 : 4), &text, err));
    struct bt_span raw;
    BT_TRY(bt_memory_view(memory, text, length, UINT64_C(2) * BT_LIMIT_NAME, arena, &raw, err));
    return bt_text_utf16(raw, arena, ret, err);
}
