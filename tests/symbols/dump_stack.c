// SPDX-License-Identifier: MIT
//
// Prints the crashing stack of a user minidump with the symbols at hand, for tests that know
// what it has to be:
//
//   dump_stack DUMP PLACE...
//
// One line per frame: "number|trust|module+offset|function+offset|file|line|inlined", unknown
// parts are "?". Refused symbol files go to standard error.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "dump/dump.h"
#include "io/source.h"
#include "stack/stack.h"
#include "symbols/symbols.h"

static void check(enum bt_status st, const struct bt_error *err)
{
    if (st == BT_OK)
        return;
    fprintf(stderr, "dump_stack: %s\n", err->message);
    exit(1);
}

static void print_frame(const struct bt_frame *f, size_t number)
{
    printf("%zu|%s|", number, bt_trust_name(f->trust));
    if (f->module != NULL)
        printf("%s+0x%" PRIx64 "|", f->module->name, f->address - f->module->base);
    else
        printf("?+0x%" PRIx64 "|", f->address);
    printf("%s+0x%" PRIx64 "|%s|%" PRIu32 "|%s\n", f->function != NULL ? f->function : "?",
           f->function_offset, f->file != NULL ? f->file : "?", f->line,
           f->inlined ? "inlined" : "");
}

int main(int argc, char **argv)
{
    struct bt_error err = {.status = BT_OK};
    struct bt_arena *arena = bt_arena_new(BT_LIMIT_ARENA);
    struct bt_symbols *symbols;
    struct bt_source *source;
    struct bt_dump dump = {0};
    struct bt_frame *frames;
    size_t count;
    if (argc < 2)
        return 2;
    check(bt_symbols_new(&symbols, &err), &err);
    for (int i = 2; i < argc; i++)
        check(bt_symbols_add_path(symbols, argv[i], &err), &err);
    check(bt_source_open(argv[1], &source, &err), &err);
    check(bt_dump_read(source, arena, &dump, &err), &err);
    struct bt_stack_input input = {
        .memory = dump.memory,
        .registers = dump.has_context ? &dump.context : NULL,
        .scan_from = dump.crash->stack.start,
        .scan_end = dump.crash->stack.end,
        .symbols = symbols,
    };
    check(bt_stack_walk(&input, dump.crash, arena, &frames, &count, &err), &err);
    for (size_t i = 0; i < count; i++)
        print_frame(&frames[i], i);
    const char *problem;
    for (size_t i = 0; (problem = bt_symbols_problem(symbols, i)) != NULL; i++)
        fprintf(stderr, "%s\n", problem);
    bt_source_close(source);
    bt_symbols_free(symbols);
    bt_arena_free(arena);
    return 0;
}
