// SPDX-License-Identifier: MIT
//
// Sets with small dense numbers for their members: texts that come up again and again in a
// million records, and pairs of such numbers. Numbers follow the order of first appearance, so
// nothing that is printed depends on the hash.
#ifndef BT_BATCH_INTERN_H
#define BT_BATCH_INTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "batch/json_scan.h"

#define BT_INTERN_NONE UINT32_MAX

struct bt_intern_slot {
    uint32_t hash;
    uint32_t id; // BT_INTERN_NONE: free
};

struct bt_intern {
    struct bt_arena *arena; // borrowed; holds the texts
    uint64_t seed;          // differs from run to run: nobody can prepare collisions
    struct bt_intern_slot *slots;
    size_t capacity;        // of slots, a power of two
    struct bt_slice *texts; // by number; each ends with a NUL that is not counted
    size_t count, texts_capacity;
};

void bt_intern_init(struct bt_intern *set, struct bt_arena *arena);
void bt_intern_fini(struct bt_intern *set);

// The number of a text, which is added when it is new (then the number is the count before).
enum bt_status bt_intern_add(struct bt_intern *set, struct bt_slice text, uint32_t *ret,
                             struct bt_error *err) BT_MUST_USE;
// The number of a text, or BT_INTERN_NONE.
uint32_t bt_intern_find(const struct bt_intern *set, struct bt_slice text);
// The text of a number; NULL for BT_INTERN_NONE.
const char *bt_intern_text(const struct bt_intern *set, uint32_t id);

// A set of 64-bit values, none of which is UINT64_MAX.
struct bt_pairs {
    uint64_t *slots;
    size_t capacity, count;
    size_t limit; // members; more are not added
};

void bt_pairs_init(struct bt_pairs *set, size_t limit);
void bt_pairs_fini(struct bt_pairs *set);
// Adds a value; *ret tells whether it is new. BT_E_LIMIT where the set is full and the value is
// not in it.
enum bt_status bt_pairs_add(struct bt_pairs *set, uint64_t value, bool *ret) BT_MUST_USE;

#endif
