// SPDX-License-Identifier: MIT
//
// The work of a reader process on one input: triage, and the result made into the bytes that
// are to be written.
#ifndef BT_BATCH_JOB_H
#define BT_BATCH_JOB_H

#include <bugtriage/symbols.h>

#include "batch/job_item.h"
#include "batch/pool.h"
#include "batch/resume.h"
#include "batch/sandbox.h"
#include "crash/crash.h"
#include "kb/kb.h"
#include "report/formats.h"
#include "triage/side_files.h"

struct bt_job {
    const struct bt_kb *kb;
    struct bt_symbols *symbols; // NULL: none; each reader has a copy of its own
    const char *error_report;   // Report.wer of the crash; NULL: one beside the dump
    const char *update_list;    // of the machine; NULL: one beside the dump
    const struct bt_output_format *format;
    struct bt_report_options report;
    const struct bt_resume *resume; // members recorded before are left out; NULL: none
    bool threads;                   // walk the stacks of all threads
    bool hash;                      // compute the SHA-256 of each input
    bool redact; // names of users and hosts, and paths, stay out of what is written
    bool sandboxed;
    struct bt_sandbox sandbox;
    struct bt_side_files *side; // what a reader has found beside the dump before; at first NULL
};

// For bt_pool_options: the context is a struct bt_job.
enum bt_status bt_job_prepare(void *job, struct bt_error *err);
void bt_job_work(void *job, const char *question, size_t size, struct bt_pool_reply *reply);

// The answer for an input whose reader did not come back, as the reader would have written it:
// about the file in an archive that `where` tells of, or about the input (NULL).
void bt_job_failed(struct bt_job *job, const struct bt_job_input *input,
                   const struct bt_job_note *where, enum bt_read_status status,
                   const char *message, struct bt_buf *answer);

#endif
