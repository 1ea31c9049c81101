// SPDX-License-Identifier: MIT
//
// Writes JSON into a buffer as it goes. The output is always well-formed UTF-8, whatever text
// is handed in; keys are written in the order of the calls, as they are: they are names of
// ours. Inside an array `key` is NULL.
#ifndef BT_REPORT_JSON_WRITER_H
#define BT_REPORT_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/optional.h"
#include "base/version_number.h"

struct bt_json {
    struct bt_buf *out; // borrowed; carries the failure, if there is one
    unsigned indent;    // spaces a level; 0: everything on one line
    unsigned depth;
    unsigned nesting; // levels around the first value, for the indentation only
    bool first;       // nothing was written yet in the innermost object or array
};

// `nesting`: levels that the first value stands inside of already, for its indentation.
void bt_json_init(struct bt_json *json, struct bt_buf *out, unsigned indent, unsigned nesting);

void bt_json_object(struct bt_json *json, const char *key);
void bt_json_end_object(struct bt_json *json);
void bt_json_array(struct bt_json *json, const char *key);
void bt_json_end_array(struct bt_json *json);

void bt_json_null(struct bt_json *json, const char *key);
void bt_json_bool(struct bt_json *json, const char *key, bool value);
void bt_json_number(struct bt_json *json, const char *key, uint64_t value);
void bt_json_signed(struct bt_json *json, const char *key, int64_t value);
void bt_json_text(struct bt_json *json, const char *key, const char *text); // NULL: null
// An array of texts.
void bt_json_texts(struct bt_json *json, const char *key, const char **texts, size_t count);

// Hexadecimal strings, because readers lose 64-bit integers: "0x1f", "0x0000007e".
void bt_json_hex(struct bt_json *json, const char *key, uint64_t value);
void bt_json_code(struct bt_json *json, const char *key, uint32_t value);

// null where the value is not known.
void bt_json_opt_number(struct bt_json *json, const char *key, struct bt_opt32 value);
void bt_json_opt_number64(struct bt_json *json, const char *key, struct bt_opt64 value);
void bt_json_opt_hex(struct bt_json *json, const char *key, struct bt_opt64 value);
void bt_json_opt_code(struct bt_json *json, const char *key, struct bt_opt32 value);
void bt_json_opt_version(struct bt_json *json, const char *key, struct bt_opt64 version);
// "2009-11-02T08:14:55Z"; null also for a time that cannot be one (year 1990 to 2099).
void bt_json_opt_time(struct bt_json *json, const char *key, struct bt_opt64 filetime);

#endif
