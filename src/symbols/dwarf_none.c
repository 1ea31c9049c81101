// SPDX-License-Identifier: MIT
//
// For builds without libdwarf, and for systems where it could not be kept in a process of its
// own.
#include "symbols/provider.h"

enum bt_status bt_dwarf_provider_open(const char *path, uint64_t base, struct bt_arena *arena,
                                      struct bt_symbol_provider **ret, struct bt_error *err)
{
    (void)path;
    (void)base;
    (void)arena;
    (void)ret;
    return BT_FAIL(err, BT_E_UNSUPPORTED, BT_NO_OFFSET,
                   "has DWARF debug information, which this build does not read");
}
