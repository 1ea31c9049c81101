// SPDX-License-Identifier: MIT
//
// Adds records up. Memory grows with the number of different problems, machines and articles,
// never with the number of records; only the table of single dumps, where it is asked for, has
// a line for each, up to a limit.
#ifndef BT_BATCH_TALLY_H
#define BT_BATCH_TALLY_H

#include "batch/record.h"
#include "report/run.h"

struct bt_tally;

struct bt_tally_options {
    struct bt_opt64 since; // bt_filetime: older records, and those without a time, are left out
    // Which folder above a dump names its machine: 1 is the folder it lies in. 0: none, only
    // records that tell their machine have one.
    unsigned machine_folder;
    bool rows;     // keep a line for each dump
    bool examples; // keep one dump of each problem in more detail
    bool redact;   // machines get numbers for names, paths lose their folders
};

enum bt_status bt_tally_new(const struct bt_tally_options *options, struct bt_tally **ret,
                            struct bt_error *err) BT_MUST_USE;
void bt_tally_free(struct bt_tally *tally); // NULL is accepted

// One record. Text that is no record is counted as damaged. BT_E_UNSUPPORTED: the record has a
// schema that this program does not read, or another than the records before it: two meanings
// must not be added up. BT_E_NOMEM and BT_E_LIMIT: there are too many different things.
enum bt_status bt_tally_add(struct bt_tally *tally, const char *text, size_t size,
                            struct bt_error *err) BT_MUST_USE;

// One signature that was known before: problems with another one are new. Once for each, before
// bt_tally_finish.
enum bt_status bt_tally_baseline(struct bt_tally *tally, struct bt_slice group,
                                 struct bt_error *err) BT_MUST_USE;
// A baseline was given, even if it is empty.
void bt_tally_has_baseline(struct bt_tally *tally);

// The sums so far. Everything in *ret lives as long as the tally, and further records may not
// be added.
enum bt_status bt_tally_finish(struct bt_tally *tally, struct bt_run *ret,
                               struct bt_error *err) BT_MUST_USE;

#endif
