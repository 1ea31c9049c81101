// SPDX-License-Identifier: MIT
//
// Lists of installed updates, as Windows' own tools print them: systeminfo (text and csv), wmic
// qfe (table, list, csv), Get-HotFix (table, list, csv), dism and Get-WindowsPackage, and
// msinfo32's files. Labels and code pages are those of the machine, so nothing depends on words
// that are translated: numbers of updates are taken from the places where these tools put them,
// and nowhere else. A number in a sentence is no update.
#ifndef BT_VERDICT_UPDATE_LIST_H
#define BT_VERDICT_UPDATE_LIST_H

#include "base/arena.h"
#include "base/span.h"
#include "crash/crash.h"

struct bt_update_list {
    const char *form; // "systeminfo", "wmic or Get-HotFix", "dism", "msinfo32"
    // What it tells of the machine that it was made on.
    const char *host; // NULL: nothing
    struct bt_opt32 build;
    enum bt_arch arch;
    struct bt_update *updates; // by number, each once; may be none
    size_t count;
};

// BT_ABSENT where the bytes are no such list, or one that names no updates, other than that of
// systeminfo.
enum bt_status bt_update_list_parse(struct bt_span bytes, struct bt_arena *arena,
                                    struct bt_update_list *ret,
                                    struct bt_error *err) BT_MUST_USE;

// NULL where the list can be one of the machine that crashed, otherwise what speaks against it.
const char *bt_update_list_refuse(const struct bt_update_list *list,
                                  const struct bt_crash *crash);

#endif
