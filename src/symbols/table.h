// SPDX-License-Identifier: MIT
//
// Inside of the symbols room: the table of one module. It finds and checks the files that
// belong to the module and asks them in turn, best first.
#ifndef BT_SYMBOLS_TABLE_H
#define BT_SYMBOLS_TABLE_H

#include "symbols/cfi.h"
#include "symbols/finder.h"
#include "symbols/provider.h"

struct bt_breakpad;

enum { BT_TABLE_PROVIDERS = 8, BT_TABLE_SOURCES = 8, BT_TABLE_ELFS = 4 };

struct bt_symbol_table {
    struct bt_arena *arena; // owned; everything below lives in it
    struct bt_symbol_module module;
    struct bt_symbol_module asked; // as the dump says it: what the table is kept under
    struct bt_finder *finder;      // borrowed
    bool opened;
    uint64_t last_use;
    uint64_t dump, first_use; // the dump that asked for it last, and when it first did

    struct bt_source *sources[BT_TABLE_SOURCES]; // owned
    size_t source_count;
    struct bt_symbol_provider *providers[BT_TABLE_PROVIDERS];
    size_t provider_count;
    struct bt_breakpad *breakpad;   // one of the providers, which also unwinds; NULL
    struct bt_symbol_provider *pdb; // one of the providers; NULL
    const char *image_path;         // NULL: not found
    struct bt_source *image_source;
    struct bt_image image; // where the image is a PE file
    bool has_image;
    const struct bt_elf *elfs[BT_TABLE_ELFS]; // the module, and what was taken out of it
    size_t elf_count;
    bool cfi_tried;
    struct bt_cfi cfi; // empty where no file has frame tables

    const char *problems[BT_LIMIT_SYMBOL_PROBLEMS];
    size_t problem_count;
};

enum bt_status bt_symbol_table_new(const struct bt_symbol_module *module,
                                   struct bt_finder *finder, struct bt_symbol_table **ret,
                                   struct bt_error *err) BT_MUST_USE;
void bt_symbol_table_free(struct bt_symbol_table *table); // NULL is accepted

// Finds and opens the module's files, once. Fails only where memory is out.
enum bt_status bt_symbol_table_open(struct bt_symbol_table *table,
                                    struct bt_error *err) BT_MUST_USE;

// The frame tables of the module's files, read when they are first needed; empty where they
// have none.
const struct bt_cfi *bt_symbol_table_cfi(struct bt_symbol_table *table);

// Remembers why a file was not used.
void bt_symbol_table_problem_add(struct bt_symbol_table *table, const char *path,
                                 const struct bt_error *why);

#endif
