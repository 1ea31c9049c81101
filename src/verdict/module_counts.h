// SPDX-License-Identifier: MIT
//
// How often each module was met: on a stack, in samples. Inside the verdict room only.
#ifndef BT_VERDICT_MODULE_COUNTS_H
#define BT_VERDICT_MODULE_COUNTS_H

#include "base/buf.h"
#include "crash/crash.h"

// Modules beyond that are not counted: real stacks and samples have a dozen.
enum { BT_COUNTED_MODULES = 32 };

struct bt_module_counts {
    struct {
        const struct bt_module *module;
        size_t count;
    } items[BT_COUNTED_MODULES];
    size_t used;
};

// Counts a module once more; `counts` is all zero at first.
void bt_module_counts_add(struct bt_module_counts *counts, const struct bt_module *module);
// Puts the one that was met most often first; of equals the one that was met first.
void bt_module_counts_sort(struct bt_module_counts *counts);
// Appends " a.sys 12, b.sys 3".
void bt_module_counts_write(const struct bt_module_counts *counts, struct bt_buf *out);

#endif
