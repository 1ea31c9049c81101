// SPDX-License-Identifier: MIT
//
// Event logs exported as text: the entries that Windows writes at the start after a crash
// (source BugCheck or WER-SystemErrorReporting, event 1001). Their sentence is translated, its
// numbers are not:
//   ... bugcheck was: 0x0000009f (0x0000000000000003, 0x..., 0x..., 0x...). A dump was saved
//   in: C:\Windows\MEMORY.DMP. Report Id: 022113-23456-01.
#ifndef BT_VERDICT_EVENT_LIST_H
#define BT_VERDICT_EVENT_LIST_H

#include "base/arena.h"
#include "base/span.h"
#include "crash/crash.h"

struct bt_crash_event {
    uint32_t code; // as written
    uint64_t parameters[4];
    uint32_t line;         // where the code stands, from 1
    const char *dump;      // path of the dump, NULL
    const char *report_id; // NULL
};

struct bt_event_list {
    struct bt_crash_event *events; // in the order of the text
    size_t count;
};

// BT_ABSENT where no crash is told of.
enum bt_status bt_event_list_parse(struct bt_span bytes, struct bt_arena *arena,
                                   struct bt_event_list *ret, struct bt_error *err) BT_MUST_USE;

// The event of this crash: the same code, with or without the flag of small dumps, and the same
// parameters; NULL where there is none.
const struct bt_crash_event *bt_event_list_find(const struct bt_event_list *list,
                                                const struct bt_crash *crash);

#endif
