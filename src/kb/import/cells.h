// SPDX-License-Identifier: MIT
//
// One cell of a table of files: what it holds follows from how it is written, in any column.
// Over sixty orders of columns have been seen.
#ifndef BT_KB_IMPORT_CELLS_H
#define BT_KB_IMPORT_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

struct bt_import_cell {
    const char *text;
    size_t size;
};

// The length of a name of an executable file at the start of text[0..size): letters, digits and
// a few signs up to a known extension; 0 where there is none.
size_t bt_import_file_name(const char *text, size_t size);

// "10/22/05", "10/22/2005", "22-Oct-2005", "Oct-22-2005".
bool bt_import_cell_date(struct bt_import_cell c, bt_filetime *ret);
// "09:52p", "3:28pm", "16:12": minutes since midnight; seconds are read over.
bool bt_import_cell_clock(struct bt_import_cell c, unsigned *ret_minutes);
bool bt_import_is_version(struct bt_import_cell c);
// "333,312", "50688", "932KB", in bytes.
bool bt_import_cell_size(struct bt_import_cell c, uint32_t *ret);
// As our articles write it; NULL where the cell is no platform.
const char *bt_import_cell_platform(struct bt_import_cell c);

#endif
