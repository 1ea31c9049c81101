// SPDX-License-Identifier: MIT
//
// Item stream (IPI) and type stream (TPI), numbered records. Header: 04 u32 bytes of the
// header, 08 u32 first number, 0C u32 number after the last, 10 u32 bytes of records, 14 u16
// hash stream, 28 u32 offset and 2C u32 bytes of a list in there that says where some of the
// records are: {u32 number, u32 offset}. Record: u16 length (without itself), u16 kind.
//   1601 function: 04 u32 scope (item), 0C name    1602 method: 04 u32 class (type), 0C name
//   1605 text: 08 text    1504, 1505 class, structure: 14 size, as a number of variable length,
//   then the name
#include <inttypes.h>

#include "base/limits.h"
#include "symbols/pdb.h"

enum {
    HEADER_SIZE = 0x38,
    PLACE_SIZE = 8,
    MOST_STEPS = 1 << 16, // the list leaves some hundred records between two places
    TYPE_STREAM = 2,
    KIND_FUNCTION = 0x1601,
    KIND_METHOD = 0x1602,
    KIND_TEXT = 0x1605,
    KIND_CLASS = 0x1504,
    KIND_STRUCTURE = 0x1505,
};

struct item {
    uint64_t at; // offset of the record in its stream
    uint16_t kind;
};

// The place to start from on the way to record `wanted`: its offset, and its number.
static void find_place(const struct bt_msf *msf, struct bt_span header, uint32_t wanted,
                       uint64_t *offset, uint32_t *number)
{
    uint8_t raw[PLACE_SIZE];
    uint32_t stream = bt_span_u16(header, 0x14), list = bt_span_u32(header, 0x28);
    uint32_t low = 0, high = bt_span_u32(header, 0x2c) / PLACE_SIZE;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        uint64_t at = list + (uint64_t)middle * PLACE_SIZE;
        if (bt_msf_read(msf, stream, at, raw, sizeof raw, NULL) != BT_OK)
            return;
        if (bt_le32(raw) > wanted) {
            high = middle;
            continue;
        }
        *number = bt_le32(raw);
        *offset = bt_le32(raw + 4);
        low = middle + 1;
    }
}

static enum bt_status find_item(const struct bt_msf *msf, uint32_t stream, uint32_t wanted,
                                struct item *ret, struct bt_error *err)
{
    uint8_t raw[HEADER_SIZE];
    BT_TRY(bt_msf_read(msf, stream, 0, raw, sizeof raw, err));
    struct bt_span header = {.data = raw, .size = sizeof raw, .file_offset = BT_NO_OFFSET};
    uint32_t number = bt_span_u32(header, 8);
    uint64_t offset = 0;
    if (wanted < number || wanted >= bt_span_u32(header, 0xc))
        return BT_ABSENT;
    find_place(msf, header, wanted, &offset, &number);
    uint64_t at = bt_span_u32(header, 4) + offset;
    for (unsigned steps = 0; steps < MOST_STEPS; steps++, number++) {
        uint8_t head[4];
        BT_TRY(bt_msf_read(msf, stream, at, head, sizeof head, err));
        if (number == wanted) {
            *ret = (struct item){.at = at, .kind = bt_le16(head + 2)};
            return BT_OK;
        }
        at += 2 + (uint64_t)bt_le16(head);
    }
    return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET,
                   "record %" PRIu32 " is not where it belongs", wanted);
}

// Bytes of a number of variable length that begins with `leaf`.
static unsigned number_size(uint16_t leaf)
{
    switch (leaf) {
    case 0x8000: // 8 bits
        return 3;
    case 0x8001: // 16 bits
    case 0x8002:
        return 4;
    case 0x8003: // 32 bits
    case 0x8004:
        return 6;
    case 0x8009: // 64 bits
    case 0x800a:
        return 10;
    default:
        return 2;
    }
}

static enum bt_status class_name(const struct bt_msf *msf, uint32_t type,
                                 struct bt_arena *arena, const char **ret, struct bt_error *err)
{
    struct item item;
    uint8_t leaf[2];
    BT_TRY(find_item(msf, TYPE_STREAM, type, &item, err));
    if (item.kind != KIND_CLASS && item.kind != KIND_STRUCTURE)
        return BT_ABSENT;
    BT_TRY(bt_msf_read(msf, TYPE_STREAM, item.at + 0x14, leaf, sizeof leaf, err));
    return bt_msf_text(msf, TYPE_STREAM, item.at + 0x14 + number_size(bt_le16(leaf)),
                       BT_LIMIT_SYMBOL_NAME, arena, ret, err);
}

static enum bt_status scope_name(const struct bt_msf *msf, uint32_t scope,
                                 struct bt_arena *arena, const char **ret, struct bt_error *err)
{
    struct item item;
    BT_TRY(find_item(msf, BT_MSF_ITEM_INFO, scope, &item, err));
    if (item.kind != KIND_TEXT)
        return BT_ABSENT;
    return bt_msf_text(msf, BT_MSF_ITEM_INFO, item.at + 8, BT_LIMIT_SYMBOL_NAME, arena, ret,
                       err);
}

enum bt_status bt_pdb_function_name(const struct bt_pdb *pdb, uint32_t item_number,
                                    struct bt_arena *arena, const char **ret,
                                    struct bt_error *err)
{
    const struct bt_msf *msf = &pdb->msf;
    const char *name, *scope = NULL;
    struct item item;
    uint8_t raw[4];
    BT_TRY(find_item(msf, BT_MSF_ITEM_INFO, item_number, &item, err));
    if (item.kind != KIND_FUNCTION && item.kind != KIND_METHOD)
        return BT_ABSENT;
    BT_TRY(bt_msf_text(msf, BT_MSF_ITEM_INFO, item.at + 0xc, BT_LIMIT_SYMBOL_NAME, arena, &name,
                       err));
    BT_TRY(bt_msf_read(msf, BT_MSF_ITEM_INFO, item.at + 4, raw, sizeof raw, err));
    enum bt_status st = item.kind == KIND_METHOD
                            ? class_name(msf, bt_le32(raw), arena, &scope, NULL)
                            : scope_name(msf, bt_le32(raw), arena, &scope, NULL);
    if (st != BT_OK || *scope == '\0') {
        *ret = name; // without its scope it is still the function's name
        return BT_OK;
    }
    return bt_arena_printf(arena, ret, err, "%s::%s", scope, name);
}
