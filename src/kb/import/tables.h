// SPDX-License-Identifier: MIT
//
// File rows of an article: columns in any order, one cell a line, or run together without any
// blank between the cells.
#ifndef BT_KB_IMPORT_TABLES_H
#define BT_KB_IMPORT_TABLES_H

#include "kb/import/lines.h"

enum bt_status bt_import_files_read(const struct bt_import_lines *lines, struct bt_arena *arena,
                                    struct bt_import_draft *draft,
                                    struct bt_error *err) BT_MUST_USE;

// The length of a name of an executable file at the start of text[0..size): letters, digits and
// a few signs up to a known extension; 0 where there is none.
size_t bt_import_file_name(const char *text, size_t size);

void bt_import_doubt(struct bt_import_draft *draft, struct bt_arena *arena, uint32_t line,
                     const char *format, ...) BT_PRINTF(4, 5);

#endif
