// SPDX-License-Identifier: MIT
//
// Any text after the first line of a Breakpad symbol file.
#include <stdlib.h>
#include <string.h>

#include "symbols/breakpad.h"
#include "symbols/breakpad_rules.h"
#include "symbols/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char first_line[] = "MODULE windows x86_64 "
                                 "11111111111111111111111111111111A a.pdb\n";

static bool no_register(void *self, const char *name, uint64_t *ret)
{
    (void)self;
    *ret = 0x1000;
    return name[0] == 'r';
}

static size_t no_memory(const struct bt_memory *self, bt_va va, void *buf, size_t size)
{
    (void)self;
    memset(buf, (int)(va & 0xff), size);
    return size;
}

static void follow(const struct bt_unwind_rules *rules)
{
    static const char *const names[] = {".cfa", ".ra", "rbp", "rsp"};
    const struct bt_memory memory = {.read_some = no_memory, .is64 = true};
    uint64_t value;
    for (size_t i = 0; i < BT_COUNT(names); i++)
        (void)!bt_unwind_rules_apply(rules, names[i], no_register, NULL, &memory, &value, NULL);
}

static void look_up(struct bt_source *source, struct bt_arena *arena)
{
    static const uint32_t places[] = {0, 0x1000, 0x1016, 0x1040, 0x2050};
    struct bt_symbol_module module = {.name = "a.exe", .pdb_age = 10};
    struct bt_symbol_table table = {.arena = arena, .opened = true};
    memset(module.pdb_guid, 0x11, sizeof module.pdb_guid);
    if (bt_breakpad_open(source, &module, arena, &table.breakpad, NULL) != BT_OK)
        abort();
    for (size_t i = 0; i < BT_COUNT(places); i++) {
        struct bt_symbol_provider *provider = &table.breakpad->provider;
        struct bt_symbol_chain chain;
        struct bt_unwind_rules rules;
        (void)!provider->find(provider, places[i], arena, &chain, NULL);
        if (bt_symbol_table_rules(&table, places[i], arena, &rules, NULL) == BT_OK)
            follow(&rules);
        struct bt_windows_frame frame;
        (void)!bt_symbol_table_windows_frame(&table, places[i], arena, &frame, NULL);
    }
    table.breakpad->provider.close(&table.breakpad->provider);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bt_source *source;
    size_t line = sizeof first_line - 1;
    uint8_t *text = malloc(line + size);
    struct bt_arena *arena = bt_arena_new(UINT64_C(64) << 20);
    if (text != NULL && arena != NULL) {
        memcpy(text, first_line, line);
        memcpy(text + line, data, size);
        struct bt_span bytes = {.data = text, .size = line + size};
        if (bt_source_open_memory(bytes, &source, NULL) == BT_OK) {
            look_up(source, arena);
            bt_source_close(source);
        }
    }
    bt_arena_free(arena);
    free(text);
    return 0;
}
