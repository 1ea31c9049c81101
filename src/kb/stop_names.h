// SPDX-License-Identifier: MIT
//
// Stop codes and names that were written wrong: what was meant. Inside the kb room only.
#ifndef BT_KB_STOP_NAMES_H
#define BT_KB_STOP_NAMES_H

#include "kb/kb.h"

// Forgets the names that were gathered for the look-ups by name: the layers have changed.
void bt_stop_names_forget(struct bt_kb *kb);

bool bt_stop_is_known(const struct bt_kb *kb, uint64_t code);
// Also with the flag of small dumps: 0x1000007e.
bool bt_stop_is_known_raw(const struct bt_kb *kb, uint64_t code);

// A code of more than eight digits.
bool bt_stop_repair_long(const struct bt_kb *kb, uint64_t value, uint32_t *ret);
// A code of `digits` digits that nobody knows.
bool bt_stop_repair_short(const struct bt_kb *kb, uint64_t value, size_t digits, uint32_t *ret);

// The code whose name is the one written but for one letter. Long names only, and where one
// alone is meant.
bool bt_stop_by_similar_name(const struct bt_kb *kb, const char *name, size_t size,
                             uint32_t *ret);

#endif
