// SPDX-License-Identifier: MIT
//
// File rows of an article: columns in any order, one cell a line, or run together without any
// blank between the cells.
#ifndef BT_KB_IMPORT_TABLES_H
#define BT_KB_IMPORT_TABLES_H

#include "kb/import/cells.h"
#include "kb/import/lines.h"

enum bt_status bt_import_files_read(const struct bt_import_lines *lines, struct bt_arena *arena,
                                    struct bt_import_draft *draft,
                                    struct bt_error *err) BT_MUST_USE;

void bt_import_doubt(struct bt_import_draft *draft, struct bt_arena *arena, uint32_t line,
                     const char *format, ...) BT_PRINTF(4, 5);

#endif
