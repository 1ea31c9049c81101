// SPDX-License-Identifier: MIT
//
// The version resource: what hotfix answers are made of.
#ifndef BT_IMAGE_VERSION_RESOURCE_H
#define BT_IMAGE_VERSION_RESOURCE_H

#include "base/optional.h"
#include "image/pe.h"

struct bt_version_resource {
    struct bt_opt64 file_version, product_version; // bt_file_version
    const char *company, *description;             // NULL where the image has no such text
    const char *original_name;                     // of the file, likewise
};

// Reads as much as is there: the numbers stand before the texts, so a page that is missing
// loses the texts first. BT_ABSENT where the image has no version or none of it is in the dump.
enum bt_status bt_version_resource_read(const struct bt_image *image, struct bt_arena *arena,
                                        struct bt_version_resource *ret,
                                        struct bt_error *err) BT_MUST_USE;

#endif
