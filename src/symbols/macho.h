// SPDX-License-Identifier: MIT
//
// Inside of the symbols room: what is needed of a Mach-O file (32 and 64 bits, one processor,
// little-endian): its UUID, where it is laid out in memory, whether it has DWARF.
#ifndef BT_SYMBOLS_MACHO_H
#define BT_SYMBOLS_MACHO_H

#include "io/source.h"

enum { BT_MACHO_ID_SIZE = 16 };

struct bt_macho {
    uint64_t base; // address of the segment __TEXT, which begins with the header
    uint8_t id[BT_MACHO_ID_SIZE];
    bool has_id;
    bool has_dwarf;
};

// Whether the first bytes are those of a Mach-O file, of several processors too.
bool bt_macho_is_one(struct bt_source *source);

// BT_E_CORRUPT where the file is none of these, BT_E_UNSUPPORTED where it holds images of
// several processors.
enum bt_status bt_macho_read(struct bt_source *source, struct bt_macho *ret,
                             struct bt_error *err) BT_MUST_USE;

// Whether the UUID is the one that `text` has in hexadecimal, without dashes.
bool bt_macho_has_id(const struct bt_macho *macho, const char *text);

#endif
