// SPDX-License-Identifier: MIT
//
// Inside of the symbols room: one kind of symbol file, opened. Each kind embeds this struct as
// its first member, lives in the arena of its table and is closed with it.
#ifndef BT_SYMBOLS_PROVIDER_H
#define BT_SYMBOLS_PROVIDER_H

#include "io/source.h"
#include "symbols/symbols.h"
#include "symbols/windows_frame.h"

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

// As bt_symbol_table_windows_frame, of a provider that bt_pdb_open made.
enum bt_status bt_pdb_windows_frame(struct bt_symbol_provider *self, uint64_t rva,
                                    struct bt_arena *arena, struct bt_windows_frame *ret,
                                    struct bt_error *err) BT_MUST_USE;

// DWARF in the PE or ELF file at `path`, read in a helper process; `base` is the address that
// the file gives its first byte in memory. BT_E_UNSUPPORTED where this build cannot. Whether
// the file has any shows when it is asked.
enum bt_status bt_dwarf_provider_open(const char *path, uint64_t base, struct bt_arena *arena,
                                      struct bt_symbol_provider **ret,
                                      struct bt_error *err) BT_MUST_USE;

// The symbol table of a PE image that GNU tools linked (COFF). BT_ABSENT where it has none;
// *ret_has_dwarf tells in any case whether it has DWARF. Borrows `source`.
enum bt_status bt_coff_open(struct bt_source *source, const struct bt_image *image,
                            struct bt_arena *arena, struct bt_symbol_provider **ret,
                            bool *ret_has_dwarf, struct bt_error *err) BT_MUST_USE;

// The exports of an image. BT_ABSENT where it has none. Borrows `image`.
enum bt_status bt_exports_open(const struct bt_image *image, struct bt_arena *arena,
                               struct bt_symbol_provider **ret,
                               struct bt_error *err) BT_MUST_USE;

#endif
