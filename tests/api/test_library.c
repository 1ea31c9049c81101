// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <string.h>

#include <bugtriage/kb.h>
#include <bugtriage/report.h>
#include <bugtriage/triage.h>
#include <bugtriage/version.h>

static int fail(const char *what, const struct bt_error *err)
{
    fprintf(stderr, "%s: %s (%s)\n", what, err->message, bt_status_name(err->status));
    return 1;
}

static int check(int holds, const char *what)
{
    if (!holds)
        fprintf(stderr, "does not hold: %s\n", what);
    return !holds;
}

int main(void)
{
    const struct bt_stop_question question = {
        .code = 0xd1, .parameters = {0x28, 2, 0, 0}, .parameter_count = 4};
    struct bt_error err = {.status = BT_OK};
    struct bt_triage *triage;
    char *text, *json;
    size_t json_size;
    struct bt_kb *kb = bt_kb_new();
    if (kb == NULL || bt_kb_add_builtin(kb, &err) != BT_OK)
        return fail("built-in knowledge", &err);
    if (bt_triage_stop(kb, &question, &triage, &err) != BT_OK)
        return fail("triage", &err);
    if (bt_report_make(triage, BT_REPORT_FORMAT_TEXT, NULL, &text, NULL, &err) != BT_OK ||
        bt_report_make(triage, BT_REPORT_FORMAT_JSON, NULL, &json, &json_size, &err) != BT_OK)
        return fail("report", &err);
    int failures = check(strcmp(bt_version(), BUGTRIAGE_VERSION) == 0, "version");
    failures += check(strstr(text, "DRIVER_IRQL_NOT_LESS_OR_EQUAL") != NULL, "name in text");
    failures += check(strstr(text, "null pointer plus 0x28") != NULL, "hint in text");
    failures += check(json_size == strlen(json), "size of the record");
    failures += check(json[0] == '{' && json[json_size - 1] == '}', "record is one object");
    bt_report_free(json);
    bt_report_free(text);
    bt_triage_free(triage);
    bt_kb_free(kb);
    return failures != 0;
}
