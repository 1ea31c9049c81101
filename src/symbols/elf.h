// SPDX-License-Identifier: MIT
//
// Inside of the symbols room: what is needed of an ELF file (32 and 64 bits, little-endian):
// its build id, where its first byte is in memory, whether it has DWARF, and its symbol table.
#ifndef BT_SYMBOLS_ELF_H
#define BT_SYMBOLS_ELF_H

#include "io/source.h"
#include "symbols/provider.h"

enum { BT_ELF_ID_SIZE = 64, BT_ELF_SECTIONS = 256 };

struct bt_elf_section {
    uint32_t name, type, link;
    uint64_t flags; // SHF_*
    uint64_t address, offset, size;
};

struct bt_elf {
    struct bt_source *source; // borrowed
    bool is64;
    uint16_t type;    // ET_*
    uint16_t machine; // EM_*
    uint64_t base;    // address of the first segment, rounded down to its page
    uint8_t id[BT_ELF_ID_SIZE];
    size_t id_size; // 0: the file has no build id
    bool has_dwarf;
    struct bt_elf_section sections[BT_ELF_SECTIONS];
    size_t section_count;
    uint16_t names; // index of the section with the names of sections
};

// BT_E_CORRUPT where the file is no ELF file of these kinds.
enum bt_status bt_elf_open(struct bt_source *source, struct bt_arena *arena,
                           struct bt_elf **ret, struct bt_error *err) BT_MUST_USE;

// The beginning of a section's name, as much as fits with a NUL; false where it cannot be read.
bool bt_elf_section_name(const struct bt_elf *elf, const struct bt_elf_section *section,
                         char *ret, size_t size);

// The section of this name that has content in this file, or NULL.
const struct bt_elf_section *bt_elf_find_section(const struct bt_elf *elf, const char *name);

// Whether the build id is the one that `text` has in hexadecimal. A dump may know only its
// first 16 bytes.
bool bt_elf_has_id(const struct bt_elf *elf, const char *text);

// The name of the file that its debug information was moved to (section .gnu_debuglink),
// without folders; BT_ABSENT where it says none.
enum bt_status bt_elf_debug_link(const struct bt_elf *elf, struct bt_arena *arena,
                                 const char **ret, struct bt_error *err) BT_MUST_USE;

// The functions of its symbol table, or else of its dynamic one. BT_ABSENT where it has
// neither. Borrows `elf`.
enum bt_status bt_elf_symbols_open(const struct bt_elf *elf, struct bt_arena *arena,
                                   struct bt_symbol_provider **ret,
                                   struct bt_error *err) BT_MUST_USE;

#endif
