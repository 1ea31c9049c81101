// SPDX-License-Identifier: MIT
//
// Report.wer: what Windows Error Reporting wrote about a crash, and sometimes the vendor's own
// verdict, found with symbols on their side.
//
// The file is UTF-16LE text with a byte order mark, "key=value" lines; the layout is known from
// published examples, so unknown keys and missing ones are normal.
#ifndef BT_VERDICT_WER_REPORT_H
#define BT_VERDICT_WER_REPORT_H

#include "base/arena.h"
#include "base/span.h"
#include "crash/crash.h"

struct bt_wer_report {
    const char *event_type; // "BlueScreen", "LiveKernelEvent", "APPCRASH"; NULL
    struct bt_opt32 code;   // Sig[0] of a kernel report
    uint64_t parameters[4];
    unsigned parameter_count;
    const char *bucket; // Response.BucketId; NULL: the vendor has not answered
    const char *report_id;
    const char *dump;     // base name of a .dmp among its files; NULL
    struct bt_opt64 time; // bt_filetime of EventTime
};

// BT_ABSENT where the bytes are no such report.
enum bt_status bt_wer_report_parse(struct bt_span bytes, struct bt_arena *arena,
                                   struct bt_wer_report *ret, struct bt_error *err) BT_MUST_USE;

// Whether a report is about this crash: the same code (with or without the flag of the
// small-dump variants) and the same parameters.
bool bt_wer_report_fits(const struct bt_wer_report *report, const struct bt_crash *crash);

#endif
