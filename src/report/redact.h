// SPDX-License-Identifier: MIT
//
// Takes out of a result what tells who and where: user names, host names, paths, addresses of
// mail. What is left is about the machine's software: names of files, versions, addresses in
// memory.
#ifndef BT_REPORT_REDACT_H
#define BT_REPORT_REDACT_H

#include "base/arena.h"
#include "base/buf.h"
#include "verdict/result.h"

// A copy of a result without such texts. The copy shares with the original what needs no
// change, so both must stay; new texts live in `arena`.
enum bt_status bt_redact_result(const struct bt_result *result, struct bt_arena *arena,
                                const struct bt_result **ret, struct bt_error *err) BT_MUST_USE;

// Names that must not appear in any text, whatever stands around them.
enum { BT_REDACT_NAMES = 64 };
struct bt_redact_names {
    const char *names[BT_REDACT_NAMES];
    size_t sizes[BT_REDACT_NAMES];
    const char *words[BT_REDACT_NAMES]; // what is written in their place: "<user>"
    size_t count;
};

// Remembers the names of users and hosts that the paths in a text tell. The text is borrowed.
void bt_redact_collect(struct bt_redact_names *names, const char *text);
// The same for a text that is a path, also a relative one; NULL is accepted.
void bt_redact_collect_path(struct bt_redact_names *names, const char *path);
// Remembers one name.
void bt_redact_add(struct bt_redact_names *names, const char *name, size_t size,
                   const char *word);

// Appends a text: paths become "<path>" and their last part, remembered names their word,
// addresses of mail "<address>".
void bt_redact_text(const struct bt_redact_names *names, const char *text, struct bt_buf *out);

#endif
