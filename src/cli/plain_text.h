// SPDX-License-Identifier: MIT
//
// Text that people paste: from web pages, Windows consoles and East Asian systems.
#ifndef BT_CLI_PLAIN_TEXT_H
#define BT_CLI_PLAIN_TEXT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/span.h"

// Appends `bytes` to `ret`: UTF-16 becomes UTF-8, full-width characters the plain ones, blanks
// and quotation marks of every kind a blank or a quotation mark.
enum bt_status bt_plain_text(struct bt_span bytes, struct bt_arena *arena, struct bt_buf *ret,
                             struct bt_error *err) BT_MUST_USE;

#endif
