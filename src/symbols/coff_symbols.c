// SPDX-License-Identifier: MIT
//
// What GNU tools leave in a PE file: a COFF symbol table, which names also the assembly parts
// of the C library that no debug information covers, and DWARF in sections whose long names are
// in the table's strings.
//
// File header: 08 u32 offset of the table, 0C u32 count. Symbol, 18 bytes: 00 name of up to 8
// characters, or u32 0 and u32 offset in the strings, 08 u32 value (in its section), 0C u16
// section (from 1), 0E u16 type (20 function), 10 u8 class (2 external, 3 static), 11 u8 how
// many of the following 18 bytes belong to it. Strings: u32 bytes with this count, then the
// names.
#include "symbols/name_list.h"

#include <string.h>

#include "base/text.h"
#include "symbols/provider.h"
#include "symbols/undecorate.h"

enum {
    SYMBOL_SIZE = 18,
    SHORT_NAME = 8,
    TYPE_FUNCTION = 0x20,
    CLASS_EXTERNAL = 2,
    CLASS_STATIC = 3,
    MACHINE_X86 = 0x14c,
    CHUNK = 4096,
    NT_OFFSET = 0x3c,
    NT_SYMBOLS = 0x0c,      // from the NT signature
    NT_SYMBOL_COUNT = 0x10, // likewise
};

struct coff {
    struct bt_symbol_provider provider; // first: `self` of its functions
    struct bt_source *source;
    const struct bt_image *image;
    uint64_t symbols, strings; // offsets in the file
    uint32_t count;
    bool sorted; // the names are read
    struct bt_name_list names;
};

static enum bt_status find_tables(struct coff *coff, struct bt_error *err)
{
    uint8_t raw[8];
    BT_TRY(bt_source_read(coff->source, NT_OFFSET, raw, 4, err));
    uint32_t nt = bt_le32(raw);
    BT_TRY(bt_source_read(coff->source, (uint64_t)nt + NT_SYMBOLS, raw, sizeof raw, err));
    coff->symbols = bt_le32(raw);
    coff->count = bt_le32(raw + 4);
    coff->strings = coff->symbols + (uint64_t)coff->count * SYMBOL_SIZE;
    if (coff->symbols == 0 || !bt_source_has(coff->source, coff->strings, 4))
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "has no symbol table");
    return BT_OK;
}

static enum bt_status read_string(const struct coff *coff, uint64_t offset,
                                  struct bt_arena *arena, const char **ret,
                                  struct bt_error *err)
{
    struct bt_span raw;
    BT_TRY(
        bt_source_view(coff->source, coff->strings + offset, BT_LIMIT_NAME, arena, &raw, err));
    return bt_text_bytes(raw, arena, ret, err);
}

// The section names "/4" stand for longer ones.
static bool has_dwarf(const struct coff *coff, struct bt_arena *arena)
{
    for (unsigned i = 0; i < coff->image->section_count; i++) {
        const char *name = coff->image->sections[i].name;
        uint64_t offset;
        if (*name != '/' || !bt_parse_u64(name + 1, strlen(name + 1), &offset) ||
            read_string(coff, offset, arena, &name, NULL) != BT_OK)
            continue;
        if (strcmp(name, ".debug_info") == 0)
            return true;
    }
    return false;
}

// Labels inside of functions and names of sections are no functions.
static bool is_name(const uint8_t *symbol)
{
    uint8_t kind = symbol[16];
    if (kind != CLASS_EXTERNAL && kind != CLASS_STATIC)
        return false;
    return symbol[0] != '.' && symbol[17] == 0;
}

static void add_symbol(struct coff *coff, const uint8_t *symbol, uint64_t index)
{
    uint16_t section = bt_le16(symbol + 12);
    bool is_function = bt_le16(symbol + 14) == TYPE_FUNCTION;
    if (section == 0 || section > coff->image->section_count ||
        (!is_function && !is_name(symbol)))
        return;
    const struct bt_image_section *in = &coff->image->sections[section - 1];
    if ((in->flags & (BT_SECTION_CODE | BT_SECTION_EXECUTE)) == 0)
        return;
    bt_name_list_add(&coff->names, (struct bt_named_address){
                                       .rva = (uint64_t)in->rva + bt_le32(symbol + 8),
                                       .name = index,
                                       .section = section,
                                       .rank = (is_function ? 0u : 2u) +
                                               (symbol[16] == CLASS_EXTERNAL ? 0u : 1u),
                                   });
}

static enum bt_status read_names(struct coff *coff, struct bt_error *err)
{
    uint8_t chunk[CHUNK / SYMBOL_SIZE * SYMBOL_SIZE];
    uint32_t skip = 0;
    for (uint32_t i = 0; i < coff->count;) {
        uint32_t left = coff->count - i, part = sizeof chunk / SYMBOL_SIZE;
        if (part > left)
            part = left;
        BT_TRY(bt_source_read(coff->source, coff->symbols + (uint64_t)i * SYMBOL_SIZE, chunk,
                              (size_t)part * SYMBOL_SIZE, err));
        for (uint32_t k = 0; k < part; k++) {
            const uint8_t *symbol = &chunk[(size_t)k * SYMBOL_SIZE];
            if (skip != 0) {
                skip--;
                continue;
            }
            add_symbol(coff, symbol, i + k);
            skip = symbol[17];
        }
        i += part;
    }
    bt_name_list_sort(&coff->names);
    return BT_OK;
}

static enum bt_status read_name(const struct coff *coff, uint64_t index, struct bt_arena *arena,
                                const char **ret, struct bt_error *err)
{
    uint8_t raw[SHORT_NAME];
    BT_TRY(bt_source_read(coff->source, coff->symbols + index * SYMBOL_SIZE, raw, sizeof raw,
                          err));
    if (bt_le32(raw) == 0)
        return read_string(coff, bt_le32(raw + 4), arena, ret, err);
    struct bt_span span = {.data = raw, .size = sizeof raw, .file_offset = BT_NO_OFFSET};
    return bt_text_bytes(span, arena, ret, err);
}

static uint32_t section_number(const struct bt_image *image, uint64_t rva)
{
    for (unsigned i = 0; i < image->section_count; i++) {
        if (&image->sections[i] == bt_image_section_at(image, rva))
            return i + 1;
    }
    return 0;
}

static enum bt_status find_in_coff(struct bt_symbol_provider *self, uint64_t rva,
                                   struct bt_arena *arena, struct bt_symbol_chain *ret,
                                   struct bt_error *err)
{
    struct coff *coff = (struct coff *)self;
    struct bt_symbol symbol = {.kind = BT_SYMBOL_PUBLIC};
    if (!coff->sorted) {
        coff->sorted = true;
        BT_TRY(read_names(coff, err));
    }
    const struct bt_named_address *found =
        bt_name_list_find(&coff->names, rva, section_number(coff->image, rva));
    if (found == NULL)
        return BT_ABSENT;
    BT_TRY(read_name(coff, found->name, arena, &symbol.function, err));
    BT_TRY(bt_symbol_undecorate(symbol.function, coff->image->machine == MACHINE_X86, arena,
                                &symbol.function, err));
    symbol.function_offset = rva - found->rva;
    ret->items[0] = symbol;
    ret->count = 1;
    return BT_OK;
}

static void close_coff(struct bt_symbol_provider *self)
{
    struct coff *coff = (struct coff *)self;
    bt_name_list_fini(&coff->names);
}

enum bt_status bt_coff_open(struct bt_source *source, const struct bt_image *image,
                            struct bt_arena *arena, struct bt_symbol_provider **ret,
                            bool *ret_has_dwarf, struct bt_error *err)
{
    struct coff *coff;
    *ret_has_dwarf = false;
    BT_TRY(bt_arena_alloc(arena, 1, sizeof *coff, &coff, err));
    coff->provider.find = find_in_coff;
    coff->provider.close = close_coff;
    coff->source = source;
    coff->image = image;
    bt_name_list_init(&coff->names);
    BT_TRY(find_tables(coff, err));
    *ret_has_dwarf = has_dwarf(coff, arena);
    *ret = &coff->provider;
    return BT_OK;
}
