// SPDX-License-Identifier: MIT
//
// From an address to function, file and line, with the symbol files at hand. Nothing is ever
// downloaded. A file counts only when its identity is the module's: time stamp and size of a
// PE image, GUID and age of a PDB, build id of an ELF image. One that has the right name and
// the wrong identity is refused, and the refusal is told.
//
// The store itself is public (bugtriage/symbols.h). Lazy: a path is first looked at when an
// address of a module is asked for, a symbol file is read only where the address leads, and a
// file that is not there is not looked for again. Not for several threads.
#ifndef BT_SYMBOLS_SYMBOLS_H
#define BT_SYMBOLS_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bugtriage/symbols.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/optional.h"
#include "image/pe.h"

// How a name was found, which is how far it may be trusted.
enum bt_symbol_kind {
    BT_SYMBOL_FUNCTION, // debug information says that the function covers the address
    BT_SYMBOL_PUBLIC,   // the nearest name before the address; it may have an unnamed neighbour
    BT_SYMBOL_EXPORT,   // the nearest export: most functions have none, so often a neighbour
};

struct bt_symbol {
    const char *function;     // NULL: only file and line are known
    uint64_t function_offset; // bytes from its start; of an inlined call, from where it begins
    const char *file;         // as the compiler wrote it; NULL unknown
    uint32_t line;            // 0 unknown
    enum bt_symbol_kind kind;
    bool inlined; // a call that was compiled into the next one of the chain
};

// The functions that one address stands for, innermost first; the last one is not inlined.
struct bt_symbol_chain {
    struct bt_symbol items[BT_LIMIT_INLINES];
    size_t count;
};

// What identifies a module. Everything but the name may be missing.
struct bt_symbol_module {
    const char *name; // base name or path
    struct bt_opt32 timestamp;
    uint64_t size;             // of the image in memory; 0 unknown
    const char *pdb_name;      // base name or path
    uint8_t pdb_guid[16];      // as stored (little-endian GUID); all zero: unknown
    struct bt_opt32 pdb_stamp; // of a symbol file from before there were GUIDs
    uint32_t pdb_age;
    const char *build_id; // hexadecimal; ELF and Mach-O images
};

// Begins a new dump: bt_symbols_problem tells of the modules that are asked for from here on.
void bt_symbols_begin(struct bt_symbols *symbols);
// The problems of the modules asked for since then, in that order; NULL past the last one.
const char *bt_symbols_problem(const struct bt_symbols *symbols, size_t index);

// What is known of one module's code.
struct bt_symbol_table;

// The table of a module, made when it is first asked for. Never NULL on success; where no file
// fits it finds nothing. Valid until the next call.
enum bt_status bt_symbols_table(struct bt_symbols *symbols,
                                const struct bt_symbol_module *module,
                                struct bt_symbol_table **ret, struct bt_error *err) BT_MUST_USE;

// The functions at an RVA (address minus base of the module). For a return address ask for the
// byte before it. BT_ABSENT where nothing is known; other failures are those of this process:
// a damaged symbol file becomes a problem of the table. The texts are in `arena`.
enum bt_status bt_symbol_table_find(struct bt_symbol_table *table, uint64_t rva,
                                    struct bt_arena *arena, struct bt_symbol_chain *ret,
                                    struct bt_error *err) BT_MUST_USE;

// The RVA at which the function at an RVA starts, by the frame tables of the module's file.
// BT_ABSENT where they do not tell.
enum bt_status bt_symbol_table_function_start(struct bt_symbol_table *table, uint64_t rva,
                                              uint64_t *ret, struct bt_error *err) BT_MUST_USE;

// What kept a file from being used: "D:/sym/app.pdb belongs to another build (GUID ...)". At
// most BT_LIMIT_SYMBOL_PROBLEMS; more are dropped. Texts live as long as the table.
size_t bt_symbol_table_problem_count(const struct bt_symbol_table *table);
const char *bt_symbol_table_problem(const struct bt_symbol_table *table, size_t index);

// The module's image file, as it would be in memory at base 0, or NULL: for what a dump left
// out of it. Lives as long as the table.
const struct bt_image *bt_symbol_table_image(struct bt_symbol_table *table);

#endif
