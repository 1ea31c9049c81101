// SPDX-License-Identifier: MIT
//
// The part of the public interface that joins rooms which do not know each other.
#include <bugtriage/report.h>

#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "report/report.h"
#include "triage/triage.h"

enum bt_status bt_report_make(const struct bt_triage *triage, enum bt_report_format format,
                              const struct bt_report_options *options, char **ret,
                              size_t *ret_size, struct bt_error *err)
{
    static const struct bt_report_options defaults;
    const struct bt_result *result = bt_triage_result(triage);
    struct bt_buf out;
    bt_buf_init(&out, BT_LIMIT_REPORT);
    if (options == NULL)
        options = &defaults;
    if (format == BT_REPORT_FORMAT_JSON)
        bt_report_json(result, options, &out);
    else
        bt_report_text(result, options, &out);
    enum bt_status status = bt_buf_status(&out, err);
    if (status != BT_OK) {
        bt_buf_fini(&out);
        return status;
    }
    *ret = out.data; // a report is never empty, so there is memory to hand over
    if (ret_size != NULL)
        *ret_size = out.size;
    return BT_OK;
}

void bt_report_free(char *report)
{
    free(report);
}
