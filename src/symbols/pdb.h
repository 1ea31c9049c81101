// SPDX-License-Identifier: MIT
//
// Inside of the symbols room: the parts of a PDB that lead from an address to names and lines.
// Offsets are known from PDBs of Microsoft's and LLVM's linkers and were checked against the
// answers of llvm-pdbutil and llvm-symbolizer.
#ifndef BT_SYMBOLS_PDB_H
#define BT_SYMBOLS_PDB_H

#include "symbols/msf.h"
#include "symbols/name_list.h"
#include "symbols/provider.h"

// PDBs speak of section numbers (from 1) and offsets in them, not of RVAs.
struct bt_pdb_address {
    uint16_t segment;
    uint32_t offset;
};

struct bt_pdb_section {
    uint32_t rva, size;
};

// Where the code of a unit (one object file) lies.
struct bt_pdb_contribution {
    struct bt_pdb_address start;
    uint32_t size;
    uint16_t unit;
};

// The symbols and lines of one object file: one stream, read when first needed.
struct bt_pdb_unit {
    uint16_t stream; // BT_MSF_NO_STREAM: none was kept
    uint32_t symbol_bytes, old_line_bytes, line_bytes;
    bool loaded; // also where reading failed: the spans are then empty
    struct bt_span symbols, lines;
};

struct bt_pdb {
    struct bt_symbol_provider provider; // first: `self` of its functions
    struct bt_arena *arena;
    struct bt_msf msf;
    bool is_x86;
    uint16_t publics_stream, records_stream;
    uint32_t names_stream; // BT_MSF_NO_STREAM: none
    // Programs whose code was rearranged after linking: from the address in the image to the
    // one that the records speak of. BT_MSF_NO_STREAM: the same.
    uint16_t map_stream;
    const struct bt_pdb_section *sections; // as the records count them
    size_t section_count;
    struct bt_pdb_contribution *contributions; // by address
    size_t contribution_count;
    struct bt_pdb_unit *units;
    size_t unit_count;
    // How functions of x86 lay out their frames; `name` of an entry is the offset of its
    // record.
    uint16_t frame_data_stream, fpo_data_stream;
    bool frames_indexed;
    struct bt_name_list frame_data, fpo_data;
};

// Compares addresses: -1, 0, 1.
int bt_pdb_compare(struct bt_pdb_address a, struct bt_pdb_address b);

// Reads the debug information stream (DBI): streams, sections, contributions, units. *ret_age
// is the stream's own age.
enum bt_status bt_pdb_read_layout(struct bt_pdb *pdb, const struct bt_image *image,
                                  uint32_t *ret_age, struct bt_error *err) BT_MUST_USE;

// The address that the records use for an RVA of the image. BT_ABSENT in no section, or for
// code that was added after linking.
enum bt_status bt_pdb_locate(const struct bt_pdb *pdb, uint64_t rva, struct bt_pdb_address *ret,
                             struct bt_error *err) BT_MUST_USE;

// The last public symbol at or before an address in its section.
enum bt_status bt_pdb_find_public(const struct bt_pdb *pdb, struct bt_pdb_address at,
                                  struct bt_arena *arena, struct bt_symbol *ret,
                                  struct bt_error *err) BT_MUST_USE;

// The unit that an address belongs to, its stream read; BT_ABSENT where none was kept.
enum bt_status bt_pdb_find_unit(struct bt_pdb *pdb, struct bt_pdb_address at,
                                struct bt_pdb_unit **ret, struct bt_error *err) BT_MUST_USE;
// The procedure of a unit that covers an address, and the calls inlined into it there, of which
// the procedure's own line is not known yet: *ret is filled from the innermost call out.
enum bt_status bt_pdb_find_procedure(const struct bt_pdb *pdb, const struct bt_pdb_unit *unit,
                                     struct bt_pdb_address at, struct bt_arena *arena,
                                     struct bt_symbol_chain *ret,
                                     struct bt_error *err) BT_MUST_USE;
// Adds the inlined calls at `target`, an offset into the procedure whose records follow in
// `records`, in front of what *ret has.
enum bt_status bt_pdb_find_inlined(const struct bt_pdb *pdb, const struct bt_pdb_unit *unit,
                                   struct bt_cursor records, uint32_t target,
                                   struct bt_arena *arena, struct bt_symbol_chain *ret,
                                   struct bt_error *err) BT_MUST_USE;
// The name of a function by its number in the item stream, with its scope.
enum bt_status bt_pdb_function_name(const struct bt_pdb *pdb, uint32_t item_number,
                                    struct bt_arena *arena, const char **ret,
                                    struct bt_error *err) BT_MUST_USE;

// Source file and line of an address; changes nothing else of *ret.
enum bt_status bt_pdb_find_line(const struct bt_pdb *pdb, const struct bt_pdb_unit *unit,
                                struct bt_pdb_address at, struct bt_arena *arena,
                                struct bt_symbol *ret, struct bt_error *err) BT_MUST_USE;
// The next part of a unit's lines; BT_ABSENT after the last one.
enum bt_status bt_pdb_next_part(struct bt_cursor *at, uint32_t *ret_kind, struct bt_span *ret,
                                struct bt_error *err) BT_MUST_USE;
// The name of a source file by its offset in the files part of a unit's lines.
enum bt_status bt_pdb_file_name(const struct bt_pdb *pdb, const struct bt_pdb_unit *unit,
                                uint32_t file, struct bt_arena *arena, const char **ret,
                                struct bt_error *err) BT_MUST_USE;

#endif
