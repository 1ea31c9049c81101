// SPDX-License-Identifier: MIT
#include "triage/beside.h"

#include <string.h>

#include "base/text.h"
#include "io/source.h"
#include "verdict/signature.h"
#include "verdict/wer_report.h"

const char bt_error_report_name[] = "Report.wer";

// Reports are a few KiB; a file that is larger is none.
enum { REPORT_MAX = 1 << 20 };

static enum bt_status read_report(const char *path, struct bt_arena *arena,
                                  struct bt_wer_report *ret, struct bt_error *err)
{
    struct bt_source *source;
    struct bt_span bytes;
    BT_TRY(bt_source_open(path, &source, err));
    enum bt_status st = BT_E_LIMIT;
    if (bt_source_has(source, REPORT_MAX, 1))
        bt_error_set(err, st, BT_NO_OFFSET, "larger than an error report can be");
    else
        st = bt_source_view(source, 0, REPORT_MAX, arena, &bytes, err);
    if (st == BT_OK)
        st = bt_wer_report_parse(bytes, arena, ret, err);
    bt_source_close(source);
    return st;
}

static enum bt_status path_beside(const char *dump_path, struct bt_arena *arena,
                                  const char **ret, struct bt_error *err)
{
    size_t folder = (size_t)(bt_basename(dump_path) - dump_path);
    return bt_arena_printf(arena, ret, err, "%.*s%s", (int)folder, dump_path,
                           bt_error_report_name);
}

enum bt_status bt_join_error_report(const char *report_path, const char *dump_path,
                                    struct bt_crash *crash, struct bt_arena *arena,
                                    struct bt_signature *signature, struct bt_error *err)
{
    struct bt_wer_report report;
    struct bt_error reason = {.status = BT_OK};
    const char *path = report_path;
    if (path == NULL)
        BT_TRY(path_beside(dump_path, arena, &path, err));
    enum bt_status st = read_report(path, arena, &report, &reason);
    if (st != BT_OK) {
        if (report_path != NULL)
            bt_note(crash, arena, "no-error-report", BT_NO_OFFSET, "%s: %s", path,
                    reason.message);
        return st == BT_E_NOMEM ? st : BT_OK;
    }
    if (!bt_wer_report_fits(&report, crash)) {
        if (report_path != NULL)
            bt_note(crash, arena, "other-error-report", BT_NO_OFFSET,
                    "%s is about another crash: its code or parameters differ", path);
        return BT_OK;
    }
    signature->vendor_bucket = report.bucket;
    if (report.bucket == NULL)
        return BT_OK;
    return bt_failure_id_hash(report.bucket, BT_BUCKET_KERNEL, arena, &signature->vendor_hash,
                              err);
}
