// SPDX-License-Identifier: MIT
//
// An arena for each test of a file: set up with open_arena, torn down with close_arena.
#ifndef BT_TESTS_TEST_ARENA_H
#define BT_TESTS_TEST_ARENA_H

#include "base/arena.h"
#include "base/limits.h"

static struct bt_arena *arena;

static inline int open_arena(void **state)
{
    (void)state;
    arena = bt_arena_new(BT_LIMIT_ARENA);
    return arena == NULL;
}

static inline int close_arena(void **state)
{
    (void)state;
    bt_arena_free(arena);
    return 0;
}

#endif
