// SPDX-License-Identifier: MIT
//
// A page map made of runs: consecutive pages that stand one after the other in the file.
#ifndef BT_MEMORY_PAGE_RUNS_H
#define BT_MEMORY_PAGE_RUNS_H

#include "memory/physical.h"

struct bt_page_runs;

// An empty list in the arena.
enum bt_status bt_page_runs_new(struct bt_arena *arena, struct bt_page_runs **ret,
                                struct bt_error *err) BT_MUST_USE;
// Pages [first, first + count) stand at `offset` of the file. A count of 0 is ignored; pages
// that no processor can address are BT_E_CORRUPT, more than BT_LIMIT_RUNS runs BT_E_LIMIT (what
// was added before stays usable).
enum bt_status bt_page_runs_add(struct bt_page_runs *runs, uint64_t first, uint64_t count,
                                uint64_t offset, struct bt_error *err) BT_MUST_USE;
// Sorts the runs and settles overlaps: a page that two runs name belongs to the one that begins
// first. Must be called once after the last add and before the first find.
void bt_page_runs_seal(struct bt_page_runs *runs);

struct bt_page_map *bt_page_runs_map(struct bt_page_runs *runs);

// Pages that the sealed list holds, and how many of them do not lie wholly before `end`, the
// size of the file.
uint64_t bt_page_runs_pages(const struct bt_page_runs *runs);
uint64_t bt_page_runs_missing(const struct bt_page_runs *runs, uint64_t end);

#endif
