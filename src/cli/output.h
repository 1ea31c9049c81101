// SPDX-License-Identifier: MIT
//
// Where results go: standard output or a file. Every piece is written with one call where the
// system takes it whole, so that a record is never cut in two by another process.
#ifndef BT_CLI_OUTPUT_H
#define BT_CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct bt_output {
    int fd;
    bool owned; // opened here
};

// Opens a file for writing, made new or emptied; NULL or "-" is standard output.
enum bt_status bt_output_open(const char *path, struct bt_output *ret,
                              struct bt_error *err) BT_MUST_USE;
// BT_ABSENT where the reader of a pipe has gone: nothing more is wanted, and that is no error.
enum bt_status bt_output_write(struct bt_output *output, const void *data, size_t size,
                               struct bt_error *err) BT_MUST_USE;
// Some systems report only here that a file could not be written.
enum bt_status bt_output_close(struct bt_output *output, struct bt_error *err) BT_MUST_USE;

// Formatted text to standard output. Returns an exit status, after a message where there was a
// failure. Texts of others are not made harmless here.
int bt_print(const char *format, ...) BT_PRINTF(1, 2) BT_MUST_USE;

#endif
