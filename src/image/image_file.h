// SPDX-License-Identifier: MIT
//
// An image file as memory: its headers and sections stand at their RVAs, as the system would
// have loaded them, so that one reader serves images in dumps and images on disk. Relocations
// are not applied.
#ifndef BT_IMAGE_IMAGE_FILE_H
#define BT_IMAGE_IMAGE_FILE_H

#include "base/reader.h"
#include "image/pe.h"

// Opens the file in `reader` (borrowed, `size` bytes long): `ret` reads it with RVAs as
// addresses from base 0. BT_E_CORRUPT where it is no PE file.
enum bt_status bt_image_file_open(struct bt_reader reader, uint64_t size,
                                  struct bt_arena *arena, struct bt_image *ret,
                                  struct bt_error *err) BT_MUST_USE;

#endif
