// SPDX-License-Identifier: MIT
//
// How to get from a function to its caller, as STACK CFI lines of a Breakpad symbol file tell
// it, or the frame tables of an image (cfi.h) put into the same words: for each register an
// expression in reverse Polish notation over the registers of the function, ".cfa" (the stack
// pointer before the call) and memory. ".ra" is the return address.
#ifndef BT_SYMBOLS_BREAKPAD_RULES_H
#define BT_SYMBOLS_BREAKPAD_RULES_H

#include "memory/memory.h"
#include "symbols/symbols.h"

enum { BT_UNWIND_RULES = 40 };

struct bt_unwind_rule {
    const char *name;       // "rbx", ".cfa", ".ra"; a '$' in front is dropped
    const char *expression; // ".cfa -16 + ^"
};

struct bt_unwind_rules {
    struct bt_unwind_rule items[BT_UNWIND_RULES];
    size_t count;
    bool signal_frame; // what it leads to stands at its instruction, not at a return address
};

// The rules in force at an RVA. BT_ABSENT where the module has no such files, or they have none
// for this address. The texts are in `arena`.
enum bt_status bt_symbol_table_rules(struct bt_symbol_table *table, uint64_t rva,
                                     struct bt_arena *arena, struct bt_unwind_rules *ret,
                                     struct bt_error *err) BT_MUST_USE;

// The value of a register by name; false where it is not known.
typedef bool bt_register_reader(void *self, const char *name, uint64_t *ret);

// The value that the rules give a register of the caller, or ".cfa" or ".ra". BT_ABSENT where
// there is no rule for it, or what it needs is not known.
enum bt_status bt_unwind_rules_apply(const struct bt_unwind_rules *rules, const char *name,
                                     bt_register_reader *read, void *self,
                                     const struct bt_memory *memory, uint64_t *ret,
                                     struct bt_error *err) BT_MUST_USE;

#endif
