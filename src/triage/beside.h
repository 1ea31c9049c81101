// SPDX-License-Identifier: MIT
//
// What lies beside a dump: Windows Error Reporting leaves its report in the folder of the dump
// that it sends, and with it, sometimes, the vendor's own verdict.
#ifndef BT_TRIAGE_BESIDE_H
#define BT_TRIAGE_BESIDE_H

#include "base/arena.h"
#include "verdict/result.h"

extern const char bt_error_report_name[]; // of the file

// Reads the report `report_path`, or, where that is NULL, "Report.wer" in the folder of the
// dump. Where it is about this crash its bucket is kept in the signature. A report that is not
// there, not one, or about another crash adds nothing, but one that was given by name and does
// not fit becomes a note. Fails only when the arena is full.
enum bt_status bt_join_error_report(const char *report_path, const char *dump_path,
                                    struct bt_crash *crash, struct bt_arena *arena,
                                    struct bt_signature *signature,
                                    struct bt_error *err) BT_MUST_USE;

#endif
