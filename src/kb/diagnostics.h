// SPDX-License-Identifier: MIT
//
// What the compiler of knowledge has to say, as `file:line:column: error: message` lines. It
// goes on after an error, so that an author sees all of them at once, up to
// BT_LIMIT_DIAGNOSTICS.
#ifndef BT_KB_DIAGNOSTICS_H
#define BT_KB_DIAGNOSTICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/limits.h"

struct bt_kb_place {
    const char *file;
    uint32_t line, column; // from 1; 0 where no place in the file is meant
};

struct bt_kb_diagnostic {
    struct bt_kb_place place; // `file` is owned
    bool warning;
    char *message; // owned
};

struct bt_kb_diagnostics {
    struct bt_kb_diagnostic items[BT_LIMIT_DIAGNOSTICS];
    size_t count;
    size_t errors, warnings; // all of them, kept or not
};

void bt_kb_diagnostics_init(struct bt_kb_diagnostics *diagnostics);
void bt_kb_diagnostics_fini(struct bt_kb_diagnostics *diagnostics);

void bt_kb_complain(struct bt_kb_diagnostics *diagnostics, struct bt_kb_place place,
                    const char *format, ...) BT_PRINTF(3, 4);
void bt_kb_warn(struct bt_kb_diagnostics *diagnostics, struct bt_kb_place place,
                const char *format, ...) BT_PRINTF(3, 4);

// Appends all lines in the order of files and places, and a last one for those not kept.
void bt_kb_diagnostics_print(struct bt_kb_diagnostics *diagnostics, struct bt_buf *out);

#endif
