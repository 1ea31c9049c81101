// SPDX-License-Identifier: MIT
//
// One arena per dump, one per knowledge image: everything read from an input lives there and is
// freed at once. Growth is capped, so no count in a file can fill the machine.
#ifndef BT_BASE_ARENA_H
#define BT_BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct bt_arena;

// A new arena that holds at most `limit` bytes. Out of memory gives NULL.
struct bt_arena *bt_arena_new(uint64_t limit);
void bt_arena_free(struct bt_arena *arena); // NULL is accepted

// `count` zeroed objects of `size` bytes, aligned for any type; valid until the arena is freed.
// BT_E_LIMIT past the arena's limit, BT_E_NOMEM when the system has no more. A zero-sized
// request gives a valid pointer.
enum bt_status bt_arena_alloc(struct bt_arena *arena, uint64_t count, size_t size, void *ret,
                              struct bt_error *err) BT_MUST_USE;

// Bytes that the caller fills, all of them: they are not cleared. Otherwise as bt_arena_alloc.
enum bt_status bt_arena_space(struct bt_arena *arena, uint64_t size, void *ret,
                              struct bt_error *err) BT_MUST_USE;

// A NUL-terminated copy of `size` bytes of text. Embedded NULs are kept: callers that read text
// from a dump go through base/text.h, which removes them.
enum bt_status bt_arena_text(struct bt_arena *arena, const char *text, size_t size,
                             const char **ret, struct bt_error *err) BT_MUST_USE;

// printf into the arena.
enum bt_status bt_arena_printf(struct bt_arena *arena, const char **ret, struct bt_error *err,
                               const char *format, ...) BT_PRINTF(4, 5) BT_MUST_USE;

// Bytes handed out so far.
uint64_t bt_arena_used(const struct bt_arena *arena);

#endif
