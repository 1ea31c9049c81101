// SPDX-License-Identifier: MIT
#ifndef BT_CLI_COMPRESSOR_H
#define BT_CLI_COMPRESSOR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

// Makes gzip data: the same bytes for the same input, without a name or a time in it.
struct bt_compressor;

enum bt_status bt_compressor_new(struct bt_compressor **ret, struct bt_error *err) BT_MUST_USE;
void bt_compressor_free(struct bt_compressor *compressor); // NULL is accepted

// Takes data and appends what is ready to `out`; with `end` all the rest.
enum bt_status bt_compressor_add(struct bt_compressor *compressor, const void *data,
                                 size_t size, bool end, struct bt_buf *out,
                                 struct bt_error *err) BT_MUST_USE;

#endif
