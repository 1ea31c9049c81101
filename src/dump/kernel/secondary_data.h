// SPDX-License-Identifier: MIT
//
// Inside of the kernel dump reader: what drivers and the system append to a small dump.
#ifndef BT_DUMP_SECONDARY_DATA_H
#define BT_DUMP_SECONDARY_DATA_H

#include "dump/kernel/kernel_body.h"

// Reads the blob that begins at `offset` of the file, if there is one, and takes from it the
// name of the processor. What is damaged becomes a note.
enum bt_status bt_secondary_data_read(const struct bt_kernel_reading *r, uint64_t offset,
                                      struct bt_error *err) BT_MUST_USE;

#endif
