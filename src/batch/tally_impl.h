// SPDX-License-Identifier: MIT
//
// What tally.c adds up and tally_finish.c sorts; for these two files only.
#ifndef BT_BATCH_TALLY_IMPL_H
#define BT_BATCH_TALLY_IMPL_H

#include "base/clock.h"
#include "base/limits.h"
#include "batch/intern.h"
#include "batch/tally.h"
#include "crash/crash.h"

enum {
    BT_TALLY_FIRST_YEAR = 1990,
    BT_TALLY_DAYS = BT_RUN_YEARS * 366, // 1990 to 2099, what bt_filetime_is_plausible accepts
};

// An article among the dumps of one problem.
struct bt_tally_link {
    uint32_t article; // number in tally.articles
    enum bt_fit best;
    bool has_fix;
    uint64_t by_fit[BT_FIT_FIXED + 1];
    uint64_t by_fix[BT_FIX_INSTALLED + 1];
};

struct bt_tally_group {
    uint64_t dumps;
    uint32_t machines;
    bool machines_cut;
    struct bt_opt64 first, last;
    const char *code, *code_name, *culprit, *company;
    struct bt_tally_link *links;
    size_t link_count, link_capacity;
    struct bt_run_example *example;
};

struct bt_tally_count {
    const char *name, *detail;
    uint64_t dumps;
    size_t problems;
    struct bt_opt64 first, last;
};

// A kind of thing that is counted by name, in whatever case: most names come again in the very
// letters they had before, so the spelling is looked up first.
struct bt_tally_kind {
    struct bt_intern spellings;
    uint32_t *ids; // by number of the spelling: number of the name
    size_t ids_capacity;
    struct bt_intern names;        // lower case
    struct bt_tally_count *counts; // by number of the name
    size_t capacity;
};

struct bt_tally {
    struct bt_tally_options options;
    struct bt_arena *arena;
    unsigned schema;   // of the first record; 0: none yet
    struct bt_run run; // the plain numbers
    struct bt_intern group_names, articles, knowledge, baseline;
    bool baseline_seen, baseline_known; // a value was read; it was one of ours
    const char **article_titles, **article_urls; // by number in articles
    size_t article_capacity;
    struct bt_tally_group *groups; // by number in group_names
    size_t group_capacity;
    struct bt_tally_kind drivers, machines, systems, unreadable;
    struct bt_pairs seen; // machine << 32 | group
    uint32_t days[BT_TALLY_DAYS];
    struct bt_run_row *rows;
    size_t row_count, row_capacity;
    struct bt_buf text; // scratch
};

// Makes *first and *last span `time`, where it is known.
void bt_tally_span(struct bt_opt64 time, struct bt_opt64 *first, struct bt_opt64 *last);

#endif
