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
#include "verdict/result.h"

// Triage of an open source, which is borrowed until the function returns. `path` stands in
// reports; `member` is the name inside an archive or NULL.
enum bt_status bt_triage_source(const struct bt_kb *kb, struct bt_source *source,
                                const char *path, const char *member,
                                const struct bt_triage_options *options, struct bt_triage **ret,
                                struct bt_error *err) BT_MUST_USE;

// The result for an input that could not be opened: unreadable, with `reason` as its problem.
enum bt_status bt_triage_unopened(const struct bt_kb *kb, const char *path,
                                  const struct bt_error *reason, struct bt_triage **ret,
                                  struct bt_error *err) BT_MUST_USE;

// The result for an input whose reading did not come to an end: `status` is BT_READ_TIMEOUT or
// BT_READ_CRASHED, `message` says what happened.
enum bt_status bt_triage_stopped(const struct bt_kb *kb, const char *path,
                                 enum bt_read_status status, const char *message,
                                 struct bt_triage **ret, struct bt_error *err) BT_MUST_USE;

// Everything that is known; valid until bt_triage_free.
const struct bt_result *bt_triage_result(const struct bt_triage *triage);

#endif
