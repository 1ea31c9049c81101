// SPDX-License-Identifier: MIT
//
// One run over inputs: readers, results, progress, closing line.
#ifndef BT_CLI_TRIAGE_RUN_H
#define BT_CLI_TRIAGE_RUN_H

#include <bugtriage/symbols.h>

#include "batch/shard.h"
#include "cli/options.h"
#include "cli/resumption.h"
#include "kb/kb.h"

// Returns the exit status.
int bt_triage_run(const struct bt_options *options, const struct bt_kb *kb,
                  struct bt_symbols *symbols, const struct bt_shard *shard,
                  const struct bt_resumption *resumption);

#endif
