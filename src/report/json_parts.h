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
void bt_json_verdict(struct bt_json *json, const struct bt_result *result);
// "matches": those that fit, and with `all` the others too.
void bt_json_matches(struct bt_json *json, const struct bt_match_list *matches, bool all);

// "module" and "offset" of an address: null where no loaded module holds it.
void bt_json_place(struct bt_json *json, const struct bt_crash *crash, bt_va address);

#endif
