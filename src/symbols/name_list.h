// SPDX-License-Identifier: MIT
//
// Inside of the symbols room: names at addresses and nothing more, as symbol tables have them.
#ifndef BT_SYMBOLS_NAME_LIST_H
#define BT_SYMBOLS_NAME_LIST_H

#include "base/buf.h"
#include "symbols/symbols.h"

struct bt_named_address {
    uint64_t rva;
    uint64_t size; // 0 unknown: up to the next name
    uint64_t name; // where it is: for the owner of the list
    uint32_t section;
    uint32_t rank; // of several names for an address the lowest counts
};

struct bt_name_list {
    struct bt_buf items; // struct bt_named_address
};

void bt_name_list_init(struct bt_name_list *list);
void bt_name_list_fini(struct bt_name_list *list);
// Adds a name, at most BT_LIMIT_SYMBOL_RECORDS of them.
void bt_name_list_add(struct bt_name_list *list, struct bt_named_address name);
void bt_name_list_sort(struct bt_name_list *list);

// The last name at or before `rva` in the same section whose size, where it has one, reaches
// the address. NULL where there is none.
const struct bt_named_address *bt_name_list_find(const struct bt_name_list *list, uint64_t rva,
                                                 uint32_t section);

// Of entries that lie in each other, the innermost one that holds `rva`: at most
// BT_NAME_LIST_NESTED that begin before it are looked at. Lists with `rank` = size have the
// larger of two that begin together first. NULL where there is none.
enum { BT_NAME_LIST_NESTED = 256 };
const struct bt_named_address *bt_name_list_find_inside(const struct bt_name_list *list,
                                                        uint64_t rva);

#endif
