// SPDX-License-Identifier: MIT
//
// The debug directory: which symbol file belongs to an image, and whether its time stamp is
// one.
#ifndef BT_IMAGE_DEBUG_DIRECTORY_H
#define BT_IMAGE_DEBUG_DIRECTORY_H

#include "image/pe.h"

struct bt_debug_directory {
    const char *pdb_name; // NULL: the image names no symbol file
    bool has_guid;        // RSDS: `guid`; otherwise NB10: `signature`
    uint8_t guid[16];     // as stored (little-endian GUID)
    uint32_t signature;   // time stamp of an old symbol file
    uint32_t age;
    bool reproducible; // the time stamp of the headers is a hash of the build
};

// Reads all entries. BT_ABSENT where the image has no directory or it is not in the dump.
enum bt_status bt_debug_directory_read(const struct bt_image *image, struct bt_arena *arena,
                                       struct bt_debug_directory *ret,
                                       struct bt_error *err) BT_MUST_USE;

#endif
