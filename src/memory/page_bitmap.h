// SPDX-License-Identifier: MIT
//
// A page map made of a bitmap: bit n says that page n is in the file, and the pages stand there
// one after the other in the order of their bits. The pages of a busy server are scattered, so
// a list of runs could grow to millions: what is kept instead is a running count for each 4 KiB
// of the bitmap, whose bits are read again where they are needed.
#ifndef BT_MEMORY_PAGE_BITMAP_H
#define BT_MEMORY_PAGE_BITMAP_H

#include "memory/physical.h"

struct bt_page_bitmap;

// The bitmap of `bits` bits at `bitmap_offset` of the file, lowest bit of each byte first, with
// the first page at `pages_offset`. Reads the bitmap once, in the arena. BT_E_TRUNCATED where
// the bitmap reaches beyond the end of the file, BT_E_LIMIT above BT_LIMIT_BITMAP.
enum bt_status bt_page_bitmap_new(struct bt_arena *arena, struct bt_reader reader,
                                  uint64_t bitmap_offset, uint64_t bits, uint64_t pages_offset,
                                  struct bt_page_bitmap **ret,
                                  struct bt_error *err) BT_MUST_USE;

struct bt_page_map *bt_page_bitmap_map(struct bt_page_bitmap *bitmap);

// Bits that are set, and how many of these pages do not lie wholly before `end`, the size of
// the file.
uint64_t bt_page_bitmap_pages(const struct bt_page_bitmap *bitmap);
uint64_t bt_page_bitmap_missing(const struct bt_page_bitmap *bitmap, uint64_t end);

#endif
