// SPDX-License-Identifier: MIT
//
// Where to look for symbol files and images, so that addresses get functions, files and lines:
// PDBs, DWARF in images, the images' own symbol tables and exports. Nothing is ever downloaded.
// A file is used only where it belongs to the very build that the dump names; others are
// refused, and the record's warnings say so.
#ifndef BUGTRIAGE_SYMBOLS_H
#define BUGTRIAGE_SYMBOLS_H

#include <bugtriage/api.h>
#include <bugtriage/error.h>

#ifdef __cplusplus
extern "C" {
#endif

// Places to look in, and what was found there: one store serves many dumps, and gets faster.
struct bt_symbols;

// An empty store: no places, so nothing is found.
BUGTRIAGE_API enum bt_status bt_symbols_new(struct bt_symbols **ret,
                                            struct bt_error *err) BUGTRIAGE_MUST_USE;
BUGTRIAGE_API void bt_symbols_free(struct bt_symbols *symbols); // NULL is accepted

// Adds a place to look in, after those that are there: a folder of symbol files and images, a
// symbol store (one or two tiers), or one file. Whether it exists is seen when it is needed.
BUGTRIAGE_API enum bt_status bt_symbols_add_path(struct bt_symbols *symbols, const char *path,
                                                 struct bt_error *err) BUGTRIAGE_MUST_USE;
// Adds the local places of a debugger's symbol path ("srv*C:\symbols*https://...;D:\old").
BUGTRIAGE_API enum bt_status
bt_symbols_add_debugger_path(struct bt_symbols *symbols, const char *text,
                             struct bt_error *err) BUGTRIAGE_MUST_USE;

#ifdef __cplusplus
}
#endif
#endif
