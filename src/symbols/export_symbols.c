// SPDX-License-Identifier: MIT
//
// Exports, the last resort: most functions have none, so the nearest one is often a neighbour,
// and its kind says so.
#include "image/exports.h"
#include "symbols/provider.h"
#include "symbols/undecorate.h"

enum { MACHINE_X86 = 0x14c };

struct export_symbols {
    struct bt_symbol_provider provider; // first: `self` of its functions
    const struct bt_image *image;
    struct bt_exports exports;
};

static enum bt_status find_in_exports(struct bt_symbol_provider *self, uint64_t rva,
                                      struct bt_arena *arena, struct bt_symbol_chain *ret,
                                      struct bt_error *err)
{
    const struct export_symbols *symbols = (const struct export_symbols *)self;
    const struct bt_export *nearest =
        bt_exports_nearest(symbols->image, &symbols->exports, rva);
    struct bt_symbol symbol = {.kind = BT_SYMBOL_EXPORT};
    if (nearest == NULL)
        return BT_ABSENT;
    BT_TRY(bt_image_text(symbols->image, nearest->name_rva, arena, &symbol.function, err));
    BT_TRY(bt_symbol_undecorate(symbol.function, symbols->image->machine == MACHINE_X86, arena,
                                &symbol.function, err));
    symbol.function_offset = rva - nearest->rva;
    ret->items[0] = symbol;
    ret->count = 1;
    return BT_OK;
}

enum bt_status bt_exports_open(const struct bt_image *image, struct bt_arena *arena,
                               struct bt_symbol_provider **ret, struct bt_error *err)
{
    struct export_symbols *symbols;
    BT_TRY(bt_arena_alloc(arena, 1, sizeof *symbols, &symbols, err));
    symbols->provider.find = find_in_exports;
    symbols->image = image;
    BT_TRY(bt_exports_read(image, arena, &symbols->exports, err));
    *ret = &symbols->provider;
    return BT_OK;
}
