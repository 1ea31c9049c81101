// SPDX-License-Identifier: MIT
//
// The export directory, sorted by address: names for code where no symbols are at hand.
#ifndef BT_IMAGE_EXPORTS_H
#define BT_IMAGE_EXPORTS_H

#include "image/pe.h"

struct bt_export {
    uint32_t rva;
    uint32_t name_rva;
};

struct bt_exports {
    const struct bt_export *items; // by RVA, then by the order of the directory
    size_t count;
};

// The named exports. Forwarders and names without an address are left out, and so is what is
// not in the dump. BT_ABSENT where the image has none.
enum bt_status bt_exports_read(const struct bt_image *image, struct bt_arena *arena,
                               struct bt_exports *ret, struct bt_error *err) BT_MUST_USE;

// The name that the image has for itself, "ntoskrnl.exe". BT_ABSENT where it exports nothing.
enum bt_status bt_exports_own_name(const struct bt_image *image, struct bt_arena *arena,
                                   const char **ret, struct bt_error *err) BT_MUST_USE;

// The last export at or before `rva` in the same section, or NULL. The code between two exports
// may belong to a function that is not exported: the distance is the caller's to judge.
const struct bt_export *bt_exports_nearest(const struct bt_image *image,
                                           const struct bt_exports *exports, uint64_t rva);

// The RVA of an exported name, for finding what Windows exports (NtBuildNumber and the like).
// BT_ABSENT where it is not there.
enum bt_status bt_exports_find(const struct bt_image *image, const struct bt_exports *exports,
                               const char *name, uint32_t *ret,
                               struct bt_error *err) BT_MUST_USE;

#endif
