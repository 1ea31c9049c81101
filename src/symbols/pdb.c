// SPDX-License-Identifier: MIT
//
// Info stream: 00 u32 version, 04 u32 signature (a time), 08 u32 age, 0C GUID, 1C named
// streams: u32 bytes of names, the names, then a hash table of u32 pairs {offset of the name,
// stream}: u32 count, u32 capacity, bit set of used slots, bit set of deleted ones (each a u32
// count of words and the words), and the pairs.
#include "symbols/pdb.h"

#include <inttypes.h>
#include <string.h>

#include "symbols/identity.h"
#include "symbols/undecorate.h"

enum { INFO_SIZE = 0x1c, INFO_MAX = 1 << 20 };

struct pdb_info {
    uint32_t signature, age;
    uint8_t guid[16];
};

static enum bt_status skip_bit_set(struct bt_cursor *at, struct bt_error *err)
{
    uint32_t words;
    BT_TRY(bt_cursor_u32(at, &words, err));
    return bt_cursor_skip(at, (uint64_t)words * 4, err);
}

// The stream of file names, which procedures' lines refer to.
static enum bt_status find_names_stream(struct bt_span info, uint32_t *ret,
                                        struct bt_error *err)
{
    static const char wanted[] = "/names";
    struct bt_cursor at = bt_cursor_at(info);
    struct bt_span names, name;
    uint32_t name_bytes, count, capacity;
    BT_TRY(bt_cursor_skip(&at, INFO_SIZE, err));
    BT_TRY(bt_cursor_u32(&at, &name_bytes, err));
    BT_TRY(bt_cursor_take(&at, name_bytes, &names, err));
    BT_TRY(bt_cursor_u32(&at, &count, err));
    BT_TRY(bt_cursor_u32(&at, &capacity, err));
    BT_TRY(skip_bit_set(&at, err));
    BT_TRY(skip_bit_set(&at, err));
    for (uint32_t i = 0; i < count; i++) {
        uint32_t offset, stream;
        BT_TRY(bt_cursor_u32(&at, &offset, err));
        BT_TRY(bt_cursor_u32(&at, &stream, err));
        if (bt_span_sub(names, offset, sizeof wanted, &name, NULL) == BT_OK &&
            memcmp(name.data, wanted, sizeof wanted) == 0) {
            *ret = stream;
            return BT_OK;
        }
    }
    return BT_ABSENT;
}

static enum bt_status read_info(struct bt_pdb *pdb, struct pdb_info *ret, struct bt_error *err)
{
    uint64_t size = bt_msf_size(&pdb->msf, BT_MSF_PDB_INFO);
    struct bt_span info;
    if (size < INFO_SIZE)
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET, "has no identity");
    BT_TRY(bt_msf_view(&pdb->msf, BT_MSF_PDB_INFO, 0, size < INFO_MAX ? size : INFO_MAX,
                       pdb->arena, &info, err));
    ret->signature = bt_span_u32(info, 4);
    ret->age = bt_span_u32(info, 8);
    memcpy(ret->guid, info.data + 0xc, sizeof ret->guid);
    // Without it there are names of functions still.
    if (find_names_stream(info, &pdb->names_stream, NULL) != BT_OK)
        pdb->names_stream = BT_MSF_NO_STREAM;
    return BT_OK;
}

static enum bt_status check_build(const struct pdb_info *info,
                                  const struct bt_symbol_module *module, struct bt_error *err)
{
    char guid[BT_GUID_TEXT_SIZE];
    bool same;
    if (bt_guid_is_known(module->pdb_guid))
        same = memcmp(info->guid, module->pdb_guid, sizeof info->guid) == 0;
    else
        same = module->pdb_stamp.known && info->signature == module->pdb_stamp.value;
    if (same)
        return BT_OK;
    bt_guid_text(info->guid, guid);
    return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "belongs to another build (GUID %s)", guid);
}

// The age counts the links that wrote to the file; which of the two places holds the image's
// depends on the linker.
static enum bt_status check_age(const struct pdb_info *info, uint32_t debug_age,
                                const struct bt_symbol_module *module, struct bt_error *err)
{
    if (debug_age == module->pdb_age || info->age == module->pdb_age)
        return BT_OK;
    return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET,
                   "belongs to another link of the same build (age %" PRIu32 ", not %" PRIu32
                   ")",
                   debug_age, module->pdb_age);
}

// What a unit tells of an address: a chain, or at least file and line in its only item.
static enum bt_status ask_unit(struct bt_pdb *pdb, struct bt_pdb_address at,
                               struct bt_arena *arena, struct bt_symbol_chain *ret,
                               struct bt_error *err)
{
    struct bt_pdb_unit *unit;
    struct bt_symbol line = {0};
    BT_TRY(bt_pdb_find_unit(pdb, at, &unit, err));
    enum bt_status st = bt_pdb_find_procedure(pdb, unit, at, arena, ret, err);
    if (bt_pdb_find_line(pdb, unit, at, arena, &line, st == BT_OK ? err : NULL) == BT_OK) {
        struct bt_symbol *outermost = &ret->items[ret->count - 1];
        outermost->file = line.file;
        outermost->line = line.line;
    }
    return st;
}

static enum bt_status find_in_pdb(struct bt_symbol_provider *self, uint64_t rva,
                                  struct bt_arena *arena, struct bt_symbol_chain *ret,
                                  struct bt_error *err)
{
    struct bt_pdb *pdb = (struct bt_pdb *)self;
    struct bt_pdb_address at;
    struct bt_symbol_chain chain = {.count = 1};
    struct bt_symbol *symbol = &chain.items[0];
    BT_TRY(bt_pdb_locate(pdb, rva, &at, err));
    enum bt_status st = ask_unit(pdb, at, arena, &chain, err);
    // A damaged unit leaves the publics.
    if (st != BT_OK && bt_pdb_find_public(pdb, at, arena, symbol, NULL) == BT_OK)
        BT_TRY(
            bt_symbol_undecorate(symbol->function, pdb->is_x86, arena, &symbol->function, err));
    if (symbol->function == NULL && symbol->file == NULL)
        return st == BT_OK ? BT_ABSENT : st;
    *ret = chain;
    return BT_OK;
}

static void close_pdb(struct bt_symbol_provider *self)
{
    struct bt_pdb *pdb = (struct bt_pdb *)self;
    bt_name_list_fini(&pdb->frame_data);
    bt_name_list_fini(&pdb->fpo_data);
}

enum bt_status bt_pdb_open(struct bt_source *source, const struct bt_symbol_module *module,
                           const struct bt_image *image, struct bt_arena *arena,
                           struct bt_symbol_provider **ret, struct bt_error *err)
{
    struct bt_pdb *pdb;
    struct pdb_info info;
    uint32_t age = 0;
    BT_TRY(bt_arena_alloc(arena, 1, sizeof *pdb, &pdb, err));
    pdb->provider.find = find_in_pdb;
    pdb->provider.close = close_pdb;
    bt_name_list_init(&pdb->frame_data);
    bt_name_list_init(&pdb->fpo_data);
    pdb->arena = arena;
    BT_TRY(bt_msf_open(source, arena, &pdb->msf, err));
    BT_TRY(read_info(pdb, &info, err));
    BT_TRY(check_build(&info, module, err));
    BT_TRY(bt_pdb_read_layout(pdb, image, &age, err));
    BT_TRY(check_age(&info, age, module, err));
    *ret = &pdb->provider;
    return BT_OK;
}
