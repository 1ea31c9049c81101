// SPDX-License-Identifier: MIT
//
// Any bytes through everything: the same way that a file named on the command line takes, with
// the built-in knowledge, to both kinds of report.
#include <stdlib.h>
#include <string.h>

#include <bugtriage/kb.h>
#include <bugtriage/report.h>
#include <bugtriage/triage.h>

#include "json_check.h"

#include "fuzz_check.h"

// Nothing in a report can move a terminal's cursor or speak to it.
static void require_harmless(const char *text)
{
    for (const char *p = text; *p != '\0'; p++)
        require(*p == '\n' || ((unsigned char)*p >= 0x20 && (unsigned char)*p < 0x7f));
}

static void make_reports(const struct bt_triage *triage)
{
    const struct bt_report_options everything = {
        .explain = true, .all = true, .modules = true, .stack = true};
    struct bt_error err;
    char *json, *text;
    size_t size;
    require(bt_report_make(triage, BT_REPORT_FORMAT_JSON, NULL, &json, &size, &err) == BT_OK);
    require(json_is_well_formed(json, size));
    require(bt_report_make(triage, BT_REPORT_FORMAT_TEXT, &everything, &text, &size, &err) ==
            BT_OK);
    require(strlen(text) == size && size > 0);
    require_harmless(text);
    bt_report_free(json);
    bt_report_free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct bt_kb *kb;
    struct bt_triage *triage;
    struct bt_error err;
    if (kb == NULL) {
        kb = bt_kb_new();
        require(kb != NULL && bt_kb_add_builtin(kb, &err) == BT_OK);
    }
    require(bt_triage_bytes(kb, data, size, "fuzz.dmp", NULL, &triage, &err) == BT_OK);
    make_reports(triage);
    bt_triage_free(triage);
    return 0;
}
