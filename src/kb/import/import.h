// SPDX-License-Identifier: MIT
//
// Reads the text of a vendor's knowledge-base article in the shapes that such texts come in and
// drafts an article of ours: the facts, each with the line it was read from, and what is in
// doubt. Prose is only marked, as an excerpt for the author to restate; it is never taken over.
#ifndef BT_KB_IMPORT_IMPORT_H
#define BT_KB_IMPORT_IMPORT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/optional.h"
#include "kb/kb.h"

enum bt_import_shape {
    BT_SHAPE_UNKNOWN,
    BT_SHAPE_CLASSIC,    // "DOCUMENT:Q243852 ..." header block
    BT_SHAPE_CLASSIC_MD, // the same with YAML front matter and tabs
    BT_SHAPE_HTM,        // 2003 to 2008: title ends with "(909665)"
    BT_SHAPE_FLATTENED,  // 2009 to 2012: "Article ID: ..." and headings glued to words
    BT_SHAPE_CELLS,      // since 2013: one table cell a paragraph
    BT_SHAPE_SUPPORT_MD, // Markdown with "Original KB number"
    BT_SHAPE_MIRROR,     // copies with "View products that this article applies to"
    BT_SHAPE_WIKI,       // "Microsoft KB Archive/n"
};

enum {
    BT_IMPORT_STOPS = 32,
    BT_IMPORT_NAMES = 64,
    BT_IMPORT_FILES = 256,
    BT_IMPORT_DOUBTS = 64,
    BT_IMPORT_SECTIONS = 32,
};

// A text with the line of the source (from 1) that it was read from.
struct bt_import_text {
    const char *text;
    uint32_t line;
};

struct bt_import_stop {
    uint32_t code;
    unsigned count; // parameters written
    bool known[4];
    uint64_t parameters[4];
    bool vary;     // the text says that the parameters differ from case to case
    bool repaired; // the digits were wrong
    uint32_t line;
};

struct bt_import_file {
    const char *name;
    const char *version;  // NULL: not given
    const char *platform; // as our articles write it; NULL: not given
    struct bt_opt32 size; // bytes
    struct bt_opt64 date; // bt_filetime
    bool date_only;
    bool named_in_table; // in a table of files, and not in a sentence
    uint32_t line;
};

struct bt_import_section {
    const char *heading; // canonical: "symptoms", "cause", "resolution", ...
    uint32_t first_line, last_line;
    const char *excerpt; // the first words, for the author to restate
};

struct bt_import_draft {
    enum bt_import_shape shape;
    const char *id; // "KB909665", "Q243852"; NULL: the text has no number
    struct bt_import_text title;
    struct bt_import_text applies[BT_IMPORT_NAMES];
    size_t applies_count;
    struct bt_import_stop stops[BT_IMPORT_STOPS];
    size_t stop_count;
    struct bt_import_text drivers[BT_IMPORT_NAMES];
    size_t driver_count;
    struct bt_import_file files[BT_IMPORT_FILES];
    size_t file_count;
    struct bt_import_text requires_text, restart, replaces, fixed_in;
    struct bt_import_section sections[BT_IMPORT_SECTIONS];
    size_t section_count;
    struct bt_import_text doubts[BT_IMPORT_DOUBTS];
    size_t doubt_count;
};

// Reads one text. BT_ABSENT where it is no text, or no article of any known shape that names no
// stop; BT_E_LIMIT for a text over BT_LIMIT_SOURCE_FILE, BT_E_UNSUPPORTED for one in UTF-16.
// Everything in the draft lives in the arena.
enum bt_status bt_import_read(const struct bt_kb *kb, struct bt_span text,
                              struct bt_arena *arena, struct bt_import_draft *ret,
                              struct bt_error *err) BT_MUST_USE;

// Writes a draft in the source form of an article.
void bt_import_write(const struct bt_import_draft *draft, struct bt_buf *out);

const char *bt_import_shape_name(enum bt_import_shape shape);

#endif
