// SPDX-License-Identifier: MIT
//
// Publics stream: 00 u32 bytes of the hash, 04 u32 bytes of the address map, 1C the hash, then
// the map: u32 offsets into the symbol record stream, by section and offset. Record of a public
// symbol: u16 length (without itself), u16 kind 110E, 04 u32 flags, 08 u32 offset, 0C u16
// section, 0E name. The map is searched where it stands: a big one has a million entries, of
// which a search looks at twenty.
#include "base/limits.h"
#include "symbols/pdb.h"

enum {
    PUBLICS_HEADER = 0x1c,
    RECORD_HEADER = 0xe,
    RECORD_PUBLIC = 0x110e,
    // Names of one address (folded functions): the first is taken, looking no further back.
    ALIASES = 64,
};

struct public_map {
    uint64_t offset, count;
};

static enum bt_status read_map(const struct bt_pdb *pdb, struct public_map *ret,
                               struct bt_error *err)
{
    uint8_t raw[PUBLICS_HEADER];
    if (bt_msf_size(&pdb->msf, pdb->publics_stream) < sizeof raw)
        return BT_ABSENT;
    BT_TRY(bt_msf_read(&pdb->msf, pdb->publics_stream, 0, raw, sizeof raw, err));
    ret->offset = sizeof raw + (uint64_t)bt_le32(raw);
    ret->count = bt_le32(raw + 4) / 4;
    return BT_OK;
}

// The address of an entry of the map, and where its record is.
static enum bt_status read_entry(const struct bt_pdb *pdb, const struct public_map *map,
                                 uint64_t index, struct bt_pdb_address *ret,
                                 uint32_t *ret_record, struct bt_error *err)
{
    uint8_t raw[RECORD_HEADER];
    BT_TRY(bt_msf_read(&pdb->msf, pdb->publics_stream, map->offset + index * 4, raw, 4, err));
    uint32_t record = bt_le32(raw);
    BT_TRY(bt_msf_read(&pdb->msf, pdb->records_stream, record, raw, sizeof raw, err));
    if (bt_le16(raw + 2) != RECORD_PUBLIC || bt_le16(raw) < RECORD_HEADER - 2)
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET,
                       "the map of public symbols leads to something else");
    *ret = (struct bt_pdb_address){.segment = bt_le16(raw + 0xc), .offset = bt_le32(raw + 8)};
    *ret_record = record;
    return BT_OK;
}

// The index after the last entry at or before `at`.
static enum bt_status search_map(const struct bt_pdb *pdb, const struct public_map *map,
                                 struct bt_pdb_address at, uint64_t *ret, struct bt_error *err)
{
    uint64_t low = 0, high = map->count;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        struct bt_pdb_address entry;
        uint32_t record;
        BT_TRY(read_entry(pdb, map, middle, &entry, &record, err));
        if (bt_pdb_compare(entry, at) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    *ret = low;
    return BT_OK;
}

enum bt_status bt_pdb_find_public(const struct bt_pdb *pdb, struct bt_pdb_address at,
                                  struct bt_arena *arena, struct bt_symbol *ret,
                                  struct bt_error *err)
{
    struct public_map map;
    struct bt_pdb_address start, other;
    uint64_t end = 0;
    uint32_t record, other_record;
    BT_TRY(read_map(pdb, &map, err));
    BT_TRY(search_map(pdb, &map, at, &end, err));
    if (end == 0)
        return BT_ABSENT;
    uint64_t index = end - 1;
    BT_TRY(read_entry(pdb, &map, index, &start, &record, err));
    if (start.segment != at.segment)
        return BT_ABSENT;
    for (unsigned i = 0; i < ALIASES && index != 0; i++) {
        BT_TRY(read_entry(pdb, &map, --index, &other, &other_record, err));
        if (bt_pdb_compare(other, start) != 0)
            break;
        record = other_record;
    }
    BT_TRY(bt_msf_text(&pdb->msf, pdb->records_stream, (uint64_t)record + RECORD_HEADER,
                       BT_LIMIT_SYMBOL_NAME, arena, &ret->function, err));
    ret->function_offset = at.offset - start.offset;
    ret->kind = BT_SYMBOL_PUBLIC;
    return BT_OK;
}
