// SPDX-License-Identifier: MIT
//
// The text side of mkdump: files of "[section]" lines, "key = value" lines and edits become
// lists of sections, statements and edits. Nothing is interpreted here but the structure; the
// language is described in README.md.
#ifndef BT_MK_SCRIPT_H
#define BT_MK_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"

// Where a line stands, for messages.
struct mk_place {
    const char *file;
    unsigned line;
};

struct mk_statement {
    struct mk_statement *next;
    struct mk_place place;
    const char *key;   // "base", "BugCheckCode", "+0x28"
    const char *value; // the text after '=', trimmed
    bool is_default;   // from the defaults of the machine: may be inapplicable without error
};

// All statements of one [kind name], in order, however often the section was opened.
struct mk_section {
    struct mk_section *next;
    struct mk_place place;
    const char *kind;
    const char *name; // NULL for a section without a name
    bool is_default;  // only the defaults mention it
    struct mk_statement *first, *last;
};

enum mk_verb {
    MK_PATCH,    // patch OFFSET = BYTES
    MK_XOR,      // xor OFFSET = BYTES
    MK_APPEND,   // append = BYTES
    MK_TRUNCATE, // truncate SIZE
    MK_EXTEND,   // extend SIZE
    MK_ZERO,     // zero [FROM] [= SIZE]
};

// A change of the finished file. Edits happen in the order of the text.
struct mk_edit {
    struct mk_edit *next;
    struct mk_place place;
    enum mk_verb verb;
    const char *where; // the text between the verb and '=', may be empty
    const char *value; // NULL where there is no '='
};

struct mk_script {
    struct bt_arena *arena;
    struct mk_section *sections, *last_section;
    struct mk_edit *edits, *last_edit;
    struct mk_section *current; // the section that is open
    bool is_default;            // the text being read is the defaults
    bool only_dump;             // keep only the [dump] section (to learn the machine first)
    unsigned include_depth;
};

void mk_script_init(struct mk_script *script, struct bt_arena *arena);

// Adds a file, with what it includes, or a text. Messages start with "file:line: ".
enum bt_status mk_script_read(struct mk_script *script, const char *path,
                              struct bt_error *err) BT_MUST_USE;
enum bt_status mk_script_parse(struct mk_script *script, const char *file, const char *text,
                               struct bt_error *err) BT_MUST_USE;

// The section that a reference names: a section's name, or the kind of one without a name, or
// what an `as` line calls it. NULL where there is none. `ref` need not be NUL-terminated.
struct mk_section *mk_script_find(const struct mk_script *script, const char *ref, size_t size);
// The last statement for a key, or NULL. `section` may be NULL.
const struct mk_statement *mk_section_get(const struct mk_section *section, const char *key);

// "file:line: " and the message.
void mk_error_at(struct mk_place place, struct bt_error *err, const char *format, ...)
    BT_PRINTF(3, 4);
#define MK_FAIL(place, err, ...) (mk_error_at((place), (err), __VA_ARGS__), BT_E_SYNTAX)

#endif
