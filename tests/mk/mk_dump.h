// SPDX-License-Identifier: MIT
//
// The dump under construction: a list of pieces, each with its bytes, the fields that can be
// named in it, the section of the text that fills it, and its place in the file, in the memory
// of the target, or both.
//
// Building goes through these steps (mk_build.c): the layout functions add pieces and fill in
// the counts and offsets that belong there; then the statements of the text are applied over
// them, so that every field can be forced to any value; then the pieces are joined; then the
// edits of the text change the file.
#ifndef BT_MK_DUMP_H
#define BT_MK_DUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "mk_era.h"
#include "mk_field.h"
#include "mk_machine.h"
#include "mk_script.h"

// The file offset of a piece that exists only in memory that other pieces carry.
#define MK_NOWHERE UINT64_MAX

struct mk_piece {
    struct mk_piece *next;
    const struct mk_section *section; // its statements fill the piece; NULL: none do
    struct mk_fields fields;
    uint8_t *data; // NULL: a marker
    uint64_t size;
    uint64_t offset;  // in the file, or MK_NOWHERE
    uint64_t address; // in the target, where has_address
    bool has_address;
    bool carries_memory; // the file lets a reader find `address` here
};

struct mk_dump {
    struct bt_arena *arena;
    struct mk_script script;
    const struct mk_machine *machine;
    struct mk_era era;
    const char *kind; // "triage", "header", "minidump"
    uint64_t build;
    bool writer_b; // the second of the two section orders
    struct mk_piece *pieces, *last_piece;
    uint64_t end;       // where the next piece goes
    unsigned depth;     // of values that refer to values
    struct bt_buf file; // the result
};

// One kind of section. Each mk_<part>.c has a table of its own; mk_build.c lists the tables.
struct mk_kind {
    const char *name;
    enum { MK_UNNAMED, MK_NAMED, MK_EITHER } naming;
    // Words that may stand before '=' beside the names of fields, blank-separated. They steer
    // the layout and are no bytes. NULL: none. "*": anything, the part checks it itself.
    const char *properties;
    // The fields of a section of this kind, or NULL.
    struct mk_fields (*fields)(const struct mk_dump *dump);
};

const struct mk_kind *mk_kind_find(const char *name);

// --- properties of sections

// A property or the default; `section` may be NULL. Fails where the value cannot be computed.
enum bt_status mk_number(struct mk_dump *dump, const struct mk_section *section,
                         const char *key, uint64_t default_value, uint64_t *ret,
                         struct bt_error *err) BT_MUST_USE;
// A property that is text in quotes, or the default (which may be NULL).
enum bt_status mk_text(struct mk_dump *dump, const struct mk_section *section, const char *key,
                       const char *default_value, const char **ret,
                       struct bt_error *err) BT_MUST_USE;
// The only section of a kind without a name, or NULL; the next one of a kind after `previous`.
const struct mk_section *mk_the(const struct mk_dump *dump, const char *kind);
const struct mk_section *mk_next(const struct mk_dump *dump, const char *kind,
                                 const struct mk_section *previous);
// How many bytes the "+offset = ..." lines of a section reach.
enum bt_status mk_extent(struct mk_dump *dump, const struct mk_section *section, uint64_t *ret,
                         struct bt_error *err) BT_MUST_USE;

// --- pieces

// What a new piece holds before anything is written to it.
enum mk_fill { MK_FILL_ZERO, MK_FILL_PAGE };

// A new piece of `size` bytes at the end of the file. The section's `fill` property wins over
// `fill`.
enum bt_status mk_add(struct mk_dump *dump, const struct mk_section *section,
                      struct mk_fields fields, uint64_t size, enum mk_fill fill,
                      struct mk_piece **ret, struct bt_error *err) BT_MUST_USE;
// The same inside another piece, `offset` bytes from its start: written over it.
enum bt_status mk_add_inside(struct mk_dump *dump, const struct mk_piece *outer,
                             uint64_t offset, const struct mk_section *section,
                             struct mk_fields fields, uint64_t size, enum mk_fill fill,
                             struct mk_piece **ret, struct bt_error *err) BT_MUST_USE;
// A piece without bytes of its own: marks a place. The caller may set its size.
enum bt_status mk_add_marker(struct mk_dump *dump, const struct mk_section *section,
                             struct mk_piece **ret, struct bt_error *err) BT_MUST_USE;
// A piece without a place in the file.
enum bt_status mk_add_floating(struct mk_dump *dump, const struct mk_section *section,
                               struct mk_fields fields, uint64_t size, enum mk_fill fill,
                               struct mk_piece **ret, struct bt_error *err) BT_MUST_USE;
// The first piece that a section fills, or NULL.
struct mk_piece *mk_piece_of(const struct mk_dump *dump, const struct mk_section *section);
// Moves the end of the file up to a multiple of `to`.
void mk_align(struct mk_dump *dump, uint64_t to);

// Writes a computed field. The name must be one of the piece's fields; one that lies outside
// of a piece that was made shorter is left out.
void mk_put(const struct mk_dump *dump, struct mk_piece *piece, const char *field,
            uint64_t value);
void mk_put_text(const struct mk_dump *dump, struct mk_piece *piece, const char *field,
                 const char *text);

// --- memory of the target (mk_memory.c)

// Gives a piece its address: the `at` property of its section.
enum bt_status mk_locate(struct mk_dump *dump, struct mk_piece *piece,
                         struct bt_error *err) BT_MUST_USE;
// Whether every byte of a range is carried by some piece.
bool mk_is_carried(const struct mk_dump *dump, uint64_t address, uint64_t size);
// Adds the trap frames, contexts, exception records and data that have an address.
enum bt_status mk_add_records(struct mk_dump *dump, struct bt_error *err) BT_MUST_USE;
// Writes a floating piece into every piece that carries its address.
void mk_join_memory(const struct mk_dump *dump, const struct mk_piece *record);

#endif
