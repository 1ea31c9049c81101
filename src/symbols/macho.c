// SPDX-License-Identifier: MIT
//
// Header: 00 magic, 10 u32 count of load commands, 14 u32 their size; 1c bytes, 20 of 64 bits.
// Load command: 00 u32 kind, 04 u32 size; then
//   1 segment, 19 segment of 64 bits: 08 name (16 bytes), 18 address
//   1b UUID: 08 its 16 bytes
// Source: mach-o/loader.h as LLVM publishes it (llvm/BinaryFormat/MachO.h).
#include "symbols/macho.h"

#include <string.h>

#include "base/span.h"
#include "base/text.h"

enum {
    COMMANDS_MAX = 512,
    COMMAND_SIZE = 0x20,
    SEGMENT = 0x01,
    SEGMENT_64 = 0x19,
    UUID = 0x1b,
};

static const uint32_t MAGIC_32 = 0xfeedface, MAGIC_64 = 0xfeedfacf;
static const uint32_t MAGIC_SEVERAL = 0xbebafeca; // stored with the high byte first

static bool is_named(struct bt_span command, const char *name)
{
    return strncmp((const char *)command.data + 8, name, 16) == 0;
}

static void read_command(struct bt_span command, struct bt_macho *macho)
{
    const uint32_t kind = bt_span_u32(command, 0);
    if (kind == UUID) {
        memcpy(macho->id, command.data + 8, BT_MACHO_ID_SIZE);
        macho->has_id = true;
    } else if (kind == SEGMENT || kind == SEGMENT_64) {
        if (is_named(command, "__TEXT"))
            macho->base = bt_span_word(command, 0x18, kind == SEGMENT_64);
        macho->has_dwarf = macho->has_dwarf || is_named(command, "__DWARF");
    }
}

bool bt_macho_is_one(struct bt_source *source)
{
    uint8_t bytes[4];
    if (bt_source_read(source, 0, bytes, sizeof bytes, NULL) != BT_OK)
        return false;
    const uint32_t magic = bt_le32(bytes);
    return magic == MAGIC_32 || magic == MAGIC_64 || magic == MAGIC_SEVERAL;
}

enum bt_status bt_macho_read(struct bt_source *source, struct bt_macho *ret,
                             struct bt_error *err)
{
    uint8_t bytes[COMMAND_SIZE];
    struct bt_span raw = {.data = bytes, .size = sizeof bytes};
    *ret = (struct bt_macho){.base = 0};
    BT_TRY(bt_source_read(source, 0, bytes, sizeof bytes, err));
    const uint32_t magic = bt_span_u32(raw, 0);
    if (magic == MAGIC_SEVERAL)
        return BT_FAIL(err, BT_E_UNSUPPORTED, 0, "holds images of several processors");
    if (magic != MAGIC_32 && magic != MAGIC_64)
        return BT_FAIL(err, BT_E_CORRUPT, 0, "no Mach-O file");
    const uint32_t count = bt_span_u32(raw, 0x10);
    uint64_t at = magic == MAGIC_64 ? 0x20 : 0x1c;
    for (uint32_t i = 0; i < count && i < COMMANDS_MAX; i++) {
        if (bt_source_read(source, at, bytes, sizeof bytes, NULL) != BT_OK)
            break;
        const uint32_t size = bt_span_u32(raw, 4);
        if (size < 8)
            break;
        read_command(raw, ret);
        at += size;
    }
    return BT_OK;
}

bool bt_macho_has_id(const struct bt_macho *macho, const char *text)
{
    uint64_t byte;
    if (!macho->has_id || strlen(text) != (size_t)2 * BT_MACHO_ID_SIZE)
        return false;
    for (size_t i = 0; i < BT_MACHO_ID_SIZE; i++) {
        if (!bt_parse_hex(text + 2 * i, 2, &byte) || byte != macho->id[i])
            return false;
    }
    return true;
}
