// SPDX-License-Identifier: MIT
//
// Symbol: 64 bits: 00 u32 name, 04 u8 kind (low 4 bits, 2 function) and binding (4, 1 global),
// 06 u16 section, 08 u64 value, 10 u64 size; 32 bits: 00 name, 04 value, 08 size, 0C kind, 0E
// section.
#include "base/text.h"
#include "symbols/elf.h"
#include "symbols/name_list.h"
#include "symbols/undecorate.h"

enum {
    SECTION_SYMBOLS = 2,
    SECTION_DYNAMIC_SYMBOLS = 11,
    KIND_FUNCTION = 2,
    KIND_INDIRECT = 10, // chosen when the program is loaded
    CHUNK = 3072,       // whole symbols of both sizes
};

struct elf_symbols {
    struct bt_symbol_provider provider; // first: `self` of its functions
    const struct bt_elf *elf;
    const struct bt_elf_section *table, *strings;
    bool read;
    struct bt_name_list names;
};

static void add_symbol(struct elf_symbols *symbols, struct bt_span raw)
{
    const struct bt_elf *elf = symbols->elf;
    uint8_t info = raw.data[elf->is64 ? 4 : 12];
    uint16_t section = bt_span_u16(raw, elf->is64 ? 6 : 14);
    uint64_t value = elf->is64 ? bt_span_u64(raw, 8) : bt_span_u32(raw, 4);
    uint64_t size = elf->is64 ? bt_span_u64(raw, 16) : bt_span_u32(raw, 8);
    bool is_function = (info & 15) == KIND_FUNCTION || (info & 15) == KIND_INDIRECT;
    if (!is_function || section == 0 || value < elf->base)
        return;
    bt_name_list_add(&symbols->names, (struct bt_named_address){
                                          .rva = value - elf->base,
                                          .size = size,
                                          .name = bt_span_u32(raw, 0),
                                          .rank = info >> 4 == 1 ? 0 : 1,
                                      });
}

static enum bt_status read_names(struct elf_symbols *symbols, struct bt_error *err)
{
    const struct bt_elf *elf = symbols->elf;
    size_t stride = elf->is64 ? 24 : 16;
    uint8_t chunk[CHUNK];
    uint64_t left = symbols->table->size / stride * stride, at = symbols->table->offset;
    while (left != 0) {
        size_t part = left < sizeof chunk ? (size_t)left : sizeof chunk;
        BT_TRY(bt_source_read(elf->source, at, chunk, part, err));
        for (size_t i = 0; i < part; i += stride)
            add_symbol(symbols, (struct bt_span){.data = &chunk[i], .size = stride});
        at += part;
        left -= part;
    }
    bt_name_list_sort(&symbols->names);
    return BT_OK;
}

static enum bt_status find_in_elf(struct bt_symbol_provider *self, uint64_t rva,
                                  struct bt_arena *arena, struct bt_symbol_chain *ret,
                                  struct bt_error *err)
{
    struct elf_symbols *symbols = (struct elf_symbols *)self;
    struct bt_symbol symbol = {.kind = BT_SYMBOL_PUBLIC};
    struct bt_span raw;
    if (!symbols->read) {
        symbols->read = true;
        BT_TRY(read_names(symbols, err));
    }
    const struct bt_named_address *found = bt_name_list_find(&symbols->names, rva, 0);
    if (found == NULL)
        return BT_ABSENT;
    BT_TRY(bt_source_view(symbols->elf->source, symbols->strings->offset + found->name,
                          BT_LIMIT_NAME, arena, &raw, err));
    BT_TRY(bt_text_bytes(raw, arena, &symbol.function, err));
    BT_TRY(bt_symbol_undecorate(symbol.function, false, arena, &symbol.function, err));
    symbol.function_offset = rva - found->rva;
    ret->items[0] = symbol;
    ret->count = 1;
    return BT_OK;
}

static void close_elf(struct bt_symbol_provider *self)
{
    bt_name_list_fini(&((struct elf_symbols *)self)->names);
}

static const struct bt_elf_section *section_of_type(const struct bt_elf *elf, uint32_t type)
{
    for (size_t i = 0; i < elf->section_count; i++) {
        if (elf->sections[i].type == type)
            return &elf->sections[i];
    }
    return NULL;
}

enum bt_status bt_elf_symbols_open(const struct bt_elf *elf, struct bt_arena *arena,
                                   struct bt_symbol_provider **ret, struct bt_error *err)
{
    struct elf_symbols *symbols;
    const struct bt_elf_section *table = section_of_type(elf, SECTION_SYMBOLS);
    if (table == NULL)
        table = section_of_type(elf, SECTION_DYNAMIC_SYMBOLS);
    if (table == NULL || table->link >= elf->section_count)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "has no symbol table");
    BT_TRY(bt_arena_alloc(arena, 1, sizeof *symbols, &symbols, err));
    symbols->provider.find = find_in_elf;
    symbols->provider.close = close_elf;
    symbols->elf = elf;
    symbols->table = table;
    symbols->strings = &elf->sections[table->link];
    bt_name_list_init(&symbols->names);
    *ret = &symbols->provider;
    return BT_OK;
}
