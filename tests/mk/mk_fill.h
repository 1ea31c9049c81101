// SPDX-License-Identifier: MIT
//
// Applying the statements of the text to the pieces.
#ifndef BT_MK_FILL_H
#define BT_MK_FILL_H

#include "mk_dump.h"

// Checks that every section and key means something, and writes what they say.
enum bt_status mk_fill_pieces(struct mk_dump *dump, struct bt_error *err) BT_MUST_USE;

#endif
