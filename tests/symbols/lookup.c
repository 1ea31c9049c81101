// SPDX-License-Identifier: MIT
//
// Asks the symbols room and prints the answers, for tests that compare them with other
// programs' ones:
//
//   lookup [--frames|--layouts] IMAGE PLACE... -- [RVA...]
//
// IMAGE is the file that the module is said to have been loaded from; the places are searched
// as --symbols does. RVAs (hexadecimal) may also come from standard input, one a line. For each
// one, innermost first and ended by an empty line: "function+offset|file|line|kind". Problems
// go to standard error. With --frames, instead, a line with the rules to leave the function by:
// "name=expression;..." or nothing; with --layouts what is known of frames of 32-bit Windows:
// "parameters|locals|saved registers|program" or nothing. Any failure of the program itself
// ends it with status 1.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image/debug_directory.h"
#include "image/image_file.h"
#include "io/source.h"
#include "symbols/breakpad_rules.h"
#include "symbols/elf.h"
#include "symbols/macho.h"
#include "symbols/symbols.h"
#include "symbols/windows_frame.h"

static void check(enum bt_status st, const struct bt_error *err)
{
    if (st == BT_OK)
        return;
    fprintf(stderr, "lookup: %s\n", err->message);
    exit(1);
}

static struct bt_symbol_module identify(const char *path, struct bt_arena *arena)
{
    struct bt_error err = {.status = BT_OK};
    struct bt_source *source;
    struct bt_image image;
    uint64_t size;
    struct bt_symbol_module module = {.name = path};
    struct bt_debug_directory debug = {0};
    check(bt_source_open(path, &source, &err), &err);
    check(bt_source_size(source, &size, &err), &err);
    if (bt_image_file_open(bt_source_reader(source), size, arena, &image, &err) == BT_OK) {
        module.timestamp = bt_some32(image.timestamp);
        module.size = image.size;
        if (bt_debug_directory_read(&image, arena, &debug, NULL) == BT_OK) {
            module.pdb_name = debug.pdb_name;
            memcpy(module.pdb_guid, debug.guid, sizeof module.pdb_guid);
            module.pdb_age = debug.age;
        }
    }
    struct bt_elf *elf;
    if (bt_elf_open(source, arena, &elf, NULL) == BT_OK && elf->id_size != 0) {
        char *id;
        check(bt_arena_alloc(arena, 2 * elf->id_size + 1, 1, &id, &err), &err);
        for (size_t i = 0; i < elf->id_size; i++)
            snprintf(id + 2 * i, 3, "%02x", (unsigned)elf->id[i]);
        module.build_id = id;
    }
    struct bt_macho macho;
    if (bt_macho_read(source, &macho, NULL) == BT_OK && macho.has_id) {
        char *id;
        check(bt_arena_alloc(arena, 2 * BT_MACHO_ID_SIZE + 1, 1, &id, &err), &err);
        for (size_t i = 0; i < BT_MACHO_ID_SIZE; i++)
            snprintf(id + 2 * i, 3, "%02x", (unsigned)macho.id[i]);
        module.build_id = id;
    }
    bt_source_close(source);
    return module;
}

static void print_chain(const struct bt_symbol_chain *chain)
{
    static const char *const kinds[] = {"function", "public", "export"};
    for (size_t i = 0; i < chain->count; i++) {
        const struct bt_symbol *s = &chain->items[i];
        printf("%s+%" PRIx64 "|%s|%" PRIu32 "|%s%s\n", s->function != NULL ? s->function : "?",
               s->function_offset, s->file != NULL ? s->file : "?", s->line, kinds[s->kind],
               s->inlined ? ",inlined" : "");
    }
}

static void look_up(struct bt_symbols *symbols, const struct bt_symbol_module *module,
                    const char *text)
{
    struct bt_error err = {.status = BT_OK};
    struct bt_symbol_table *table;
    struct bt_symbol_chain chain;
    uint64_t rva = strtoull(text, NULL, 16);
    struct bt_arena *arena = bt_arena_new(BT_LIMIT_ARENA);
    check(bt_symbols_table(symbols, module, &table, &err), &err);
    enum bt_status st = bt_symbol_table_find(table, rva, arena, &chain, &err);
    if (st == BT_OK)
        print_chain(&chain);
    else if (st != BT_ABSENT)
        check(st, &err);
    putchar('\n');
    bt_arena_free(arena);
}

static void look_up_frame(struct bt_symbols *symbols, const struct bt_symbol_module *module,
                          const char *text)
{
    struct bt_error err = {.status = BT_OK};
    struct bt_symbol_table *table;
    struct bt_unwind_rules rules;
    struct bt_arena *arena = bt_arena_new(BT_LIMIT_ARENA);
    check(bt_symbols_table(symbols, module, &table, &err), &err);
    if (bt_symbol_table_rules(table, strtoull(text, NULL, 16), arena, &rules, NULL) == BT_OK) {
        for (size_t i = 0; i < rules.count; i++)
            printf("%s=%s;", rules.items[i].name, rules.items[i].expression);
    }
    putchar('\n');
    bt_arena_free(arena);
}

static void look_up_layout(struct bt_symbols *symbols, const struct bt_symbol_module *module,
                           const char *text)
{
    struct bt_error err = {.status = BT_OK};
    struct bt_symbol_table *table;
    struct bt_windows_frame f;
    struct bt_arena *arena = bt_arena_new(BT_LIMIT_ARENA);
    check(bt_symbols_table(symbols, module, &table, &err), &err);
    if (bt_symbol_table_windows_frame(table, strtoull(text, NULL, 16), arena, &f, NULL) ==
        BT_OK)
        printf("%" PRIu32 "|%" PRIu32 "|%" PRIu32 "|%s", f.parameters, f.locals,
               f.saved_registers, f.program != NULL ? f.program : "");
    putchar('\n');
    bt_arena_free(arena);
}

int main(int argc, char **argv)
{
    struct bt_error err = {.status = BT_OK};
    struct bt_arena *arena = bt_arena_new(BT_LIMIT_ARENA);
    struct bt_symbols *symbols;
    struct bt_symbol_table *table;
    void (*ask)(struct bt_symbols *, const struct bt_symbol_module *, const char *) = look_up;
    if (argc > 1 && strcmp(argv[1], "--frames") == 0) {
        ask = look_up_frame;
        argv++;
        argc--;
    } else if (argc > 1 && strcmp(argv[1], "--layouts") == 0) {
        ask = look_up_layout;
        argv++;
        argc--;
    }
    if (argc < 2)
        return 2;
    check(bt_symbols_new(&symbols, &err), &err);
    struct bt_symbol_module module = identify(argv[1], arena);
    int i = 2;
    for (; i < argc && strcmp(argv[i], "--") != 0; i++)
        check(bt_symbols_add_path(symbols, argv[i], &err), &err);
    bool from_input = i + 1 >= argc;
    for (i++; i < argc; i++)
        ask(symbols, &module, argv[i]);
    char line[64];
    while (from_input && fgets(line, sizeof line, stdin) != NULL)
        ask(symbols, &module, line);
    check(bt_symbols_table(symbols, &module, &table, &err), &err);
    for (size_t p = 0; p < bt_symbol_table_problem_count(table); p++)
        fprintf(stderr, "%s\n", bt_symbol_table_problem(table, p));
    bt_symbols_free(symbols);
    bt_arena_free(arena);
    return 0;
}
