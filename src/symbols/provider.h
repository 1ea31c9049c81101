// SPDX-License-Identifier: MIT
//
// Inside of the symbols room: one kind of symbol file, opened. Each kind embeds this struct as
// its first member, lives in the arena of its table and is closed with it.
#ifndef BT_SYMBOLS_PROVIDER_H
#define BT_SYMBOLS_PROVIDER_H

#include "io/source.h"
#include "symbols/symbols.h"

struct bt_symbol_provider {
    // As bt_symbol_table_find. A failure other than BT_ABSENT means that the file is damaged
    // at the place that was asked for.
    enum bt_status (*find)(struct bt_symbol_provider *self, uint64_t rva,
                           struct bt_arena *arena, struct bt_symbol_chain *ret,
                           struct bt_error *err);
    void (*close)(struct bt_symbol_provider *self); // NULL: the arena holds everything
};

// A PDB of format 7.00, identified by its GUID (or old stamp) and age. BT_E_UNSUPPORTED names
// another format, BT_ABSENT tells that it belongs to another build. `image` may be NULL; some
// PDBs lack the section table, which is then taken from it. Borrows `source`.
enum bt_status bt_pdb_open(struct bt_source *source, const struct bt_symbol_module *module,
                           const struct bt_image *image, struct bt_arena *arena,
                           struct bt_symbol_provider **ret, struct bt_error *err) BT_MUST_USE;

#endif
