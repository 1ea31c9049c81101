// SPDX-License-Identifier: MIT
//
// Inside of the symbols room: DWARF through libdwarf. That library may crash or loop on damaged
// files, so all of this runs in a helper process only, which never frees much and keeps what it
// has read of each compilation unit.
#ifndef BT_SYMBOLS_DWARF_H
#define BT_SYMBOLS_DWARF_H

#include <dwarf.h>
#include <libdwarf.h>

#include "base/arena.h"
#include "base/buf.h"
#include "symbols/symbols.h"

// A half-open range of addresses, as the file counts them.
struct bt_dwarf_range {
    uint64_t low, high;
};

// One range of a function or of a unit, for lists that are searched by address.
struct bt_dwarf_place {
    struct bt_dwarf_range range;
    uint64_t entry; // of a function: where it begins
    Dwarf_Off die;  // of the function or of the unit's root
};

// Places in order of address. Ranges may overlap (duplicates that a linker threw away).
struct bt_dwarf_places {
    bool read;
    struct bt_buf items; // struct bt_dwarf_place
};

struct bt_dwarf_row {
    uint64_t address;
    Dwarf_Line line;
};

// Rows of increasing address, up to an end that is an address of its own.
struct bt_dwarf_sequence {
    struct bt_dwarf_range range;
    size_t first, end; // rows
};

// One compilation unit, read as far as it was needed.
struct bt_dwarf_unit {
    Dwarf_Off offset;
    Dwarf_Die root;
    Dwarf_Half version;
    struct bt_dwarf_places functions;     // those that are no deeper than types and namespaces
    struct bt_dwarf_places all_functions; // also those inside of others
    bool has_lines, has_files;            // read, or found to be damaged
    struct bt_dwarf_row *rows;
    struct bt_buf sequences; // struct bt_dwarf_sequence, by address
    char **files;
    Dwarf_Signed file_count;
};

struct bt_dwarf {
    Dwarf_Debug debug;
    struct bt_arena *arena;
    struct bt_dwarf_places aranges; // what .debug_aranges says
    struct bt_dwarf_places units;   // what the units themselves say
    struct bt_buf opened;           // struct bt_dwarf_unit *
};

// Reads the file behind a descriptor. BT_ABSENT where it has no DWARF.
enum bt_status bt_dwarf_open(int fd, struct bt_arena *arena, struct bt_dwarf *ret,
                             struct bt_error *err) BT_MUST_USE;

// As bt_symbol_table_find, for an address as the file counts them (its preferred base
// included).
enum bt_status bt_dwarf_find(struct bt_dwarf *dwarf, uint64_t address, struct bt_arena *arena,
                             struct bt_symbol_chain *ret, struct bt_error *err) BT_MUST_USE;

// Opens a linked ELF file whose sections can be used as they stand, without reading them: they
// are mapped when they are asked for. False where the library must read the file by itself.
// `fd` stays open and `arena` lives as long as *ret.
bool bt_dwarf_map(int fd, struct bt_arena *arena, Dwarf_Handler handler, Dwarf_Debug *ret);

// Steps of bt_dwarf_find, each in a file of its own.

// The unit with the code at an address.
enum bt_status bt_dwarf_find_unit(struct bt_dwarf *dwarf, uint64_t address,
                                  struct bt_dwarf_unit **ret, struct bt_error *err) BT_MUST_USE;
// The function and the calls inlined into it, innermost first. The innermost one's line is not
// filled in.
enum bt_status bt_dwarf_find_function(struct bt_dwarf *dwarf, struct bt_dwarf_unit *unit,
                                      uint64_t address, struct bt_arena *arena,
                                      struct bt_symbol_chain *ret,
                                      struct bt_error *err) BT_MUST_USE;
// File and line of an address; nothing else of *ret is changed.
enum bt_status bt_dwarf_find_line(struct bt_dwarf *dwarf, struct bt_dwarf_unit *unit,
                                  uint64_t address, struct bt_symbol *ret,
                                  struct bt_error *err) BT_MUST_USE;
// The name of a source file by the number that attributes use, or NULL.
const char *bt_dwarf_file_name(struct bt_dwarf *dwarf, struct bt_dwarf_unit *unit,
                               uint64_t number);

// Calls `add` for each range of a DIE, whichever way the DIE has it, until it says false. False
// where the DIE has none.
bool bt_dwarf_ranges(struct bt_dwarf *dwarf, const struct bt_dwarf_unit *unit, Dwarf_Die die,
                     bool (*add)(void *self, struct bt_dwarf_range range), void *self);

// Puts places in order.
void bt_dwarf_sort_places(struct bt_dwarf_places *places);
// The place of the highest start that covers the address, or NULL.
const struct bt_dwarf_place *bt_dwarf_place_at(const struct bt_dwarf_places *places,
                                               uint64_t address);

// Visits the DIEs below `root`, parents first, without recursion. `visit` says whether to go
// below the DIE it is shown.
void bt_dwarf_walk(struct bt_dwarf *dwarf, Dwarf_Die root,
                   bool (*visit)(void *self, Dwarf_Die die, Dwarf_Half tag), void *self);

#endif
