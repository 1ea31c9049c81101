// SPDX-License-Identifier: MIT
//
// Many inputs through the readers, results in the order of the inputs. One dump costs at most
// one result: a reader that hangs or crashes is replaced.
#ifndef BT_BATCH_SCAN_H
#define BT_BATCH_SCAN_H

#include "batch/job.h"

struct bt_scan_options {
    const struct bt_job *job;
    unsigned workers;
    unsigned timeout_seconds; // for one input; 0: any time
    uint64_t memory;          // bytes of address space of a reader; 0: any
    bool unordered;           // results as they come
    int wake_fd;              // readable: bt_scan_events.tick is called at once; -1: none
};

// Every function may end the scan by a status that is not BT_OK, which bt_scan_run returns.
struct bt_scan_events {
    void *self;
    // The next input, valid until the next call; BT_ABSENT: there are no more.
    enum bt_status (*next)(void *self, struct bt_job_input *ret);
    // One item of an input.
    enum bt_status (*item)(void *self, const char *path, const struct bt_job_item *item);
    // What `item` has kept back goes out now: the next one may take its time. NULL: it keeps
    // nothing back.
    enum bt_status (*flush)(void *self);
    // How far an input was read that is unpacked; `whole` 0: not known. NULL: nobody asks.
    void (*unpacking)(void *self, const char *path, uint64_t position, uint64_t whole);
    // Called a few times a second. False: stop, hand out what is done, in order, and end.
    bool (*tick)(void *self);
};

enum bt_status bt_scan_run(const struct bt_scan_options *options,
                           const struct bt_scan_events *events,
                           struct bt_error *err) BT_MUST_USE;

#endif
