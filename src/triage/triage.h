// SPDX-License-Identifier: MIT
//
// The pipeline for one input: source -> dump -> what Windows kept in memory -> names from the
// knowledge -> meaning of the stop -> fault, stack and objects -> articles -> culprit. It is
// the one entry that the program and the public interface (bugtriage/triage.h, implemented
// here) share.
#ifndef BT_TRIAGE_TRIAGE_H
#define BT_TRIAGE_TRIAGE_H

#include <bugtriage/triage.h>

#include "io/source.h"
#include "triage/side_files.h"
#include "verdict/result.h"

// Where bytes come from, as reports say it. Only `path` must be there.
struct bt_place {
    const char *path;
    const char *member;               // name inside an archive
    const char *container;            // "zip", "zip/gzip": what it was packed in
    uint64_t size;                    // bytes, for reports; 0: those of the source
    const struct bt_side_files *side; // found beside it; NULL: nothing is looked at
};

// Triage of an open source, which is borrowed until the function returns.
enum bt_status bt_triage_source(const struct bt_kb *kb, struct bt_source *source,
                                const struct bt_place *place,
                                const struct bt_triage_options *options, struct bt_triage **ret,
                                struct bt_error *err) BT_MUST_USE;

// The result for an input that could not be opened: unreadable, with `reason` as its problem.
enum bt_status bt_triage_unopened(const struct bt_kb *kb, const struct bt_place *place,
                                  const struct bt_error *reason, struct bt_triage **ret,
                                  struct bt_error *err) BT_MUST_USE;

// The result for an input of which nothing but this problem is known: `status` is
// BT_READ_UNREADABLE, BT_READ_TIMEOUT or BT_READ_CRASHED, `message` says what happened.
enum bt_status bt_triage_stopped(const struct bt_kb *kb, const struct bt_place *place,
                                 enum bt_read_status status, enum bt_problem_code code,
                                 const char *message, struct bt_triage **ret,
                                 struct bt_error *err) BT_MUST_USE;

// Everything that is known; valid until bt_triage_free.
const struct bt_result *bt_triage_result(const struct bt_triage *triage);

#endif
