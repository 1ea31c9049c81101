// SPDX-License-Identifier: MIT
//
// The parts of a record, one function each; inside the report room only.
#ifndef BT_REPORT_JSON_PARTS_H
#define BT_REPORT_JSON_PARTS_H

#include "report/json_writer.h"
#include "verdict/result.h"

// "crash": null where nothing was read.
void bt_json_crash(struct bt_json *json, const struct bt_result *result);
// "verdict" and "signature".
// Process, thread and assertion of a crash.
void bt_json_process(struct bt_json *json, const struct bt_crash *crash);
// What programs and writers attached to a dump: comment, annotations, names of handles.
void bt_json_attached(struct bt_json *json, const struct bt_crash *crash);
// The memory of the machine.
void bt_json_memory_use(struct bt_json *json, const struct bt_memory_use *use);
// A span of time (units of 100 ns) in whole seconds.
void bt_json_seconds(struct bt_json *json, const char *key, struct bt_opt64 ticks);
void bt_json_verdict(struct bt_json *json, const struct bt_result *result);
// "matches": those that fit, and with `all` the others too.
void bt_json_matches(struct bt_json *json, const struct bt_match_list *matches, bool all);

// "module" and "offset" of an address: null where no loaded module holds it.
void bt_json_place(struct bt_json *json, const struct bt_crash *crash, bt_va address);

#endif
