// SPDX-License-Identifier: MIT
//
// Reading JSON that is whole in memory, forward and without copying: strings come back as views
// of the text, what nobody asks for is skipped at the speed of finding its end. Made for
// records: the reader of a million of them needs twenty fields of each and no tree.
//
// What is skipped is only checked as far as is needed to find its end.
#ifndef BT_BATCH_JSON_SCAN_H
#define BT_BATCH_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

// A view of text; never owns. `text` is NULL for "not there" and for JSON null.
struct bt_slice {
    const char *text;
    size_t size;
};

struct bt_json_scan {
    const char *text;
    size_t at, end;
    bool failed; // the text is no JSON, or another value than expected came; sticky
};

enum bt_json_kind {
    BT_JSON_BAD, // the end of the text, or nothing that starts a value
    BT_JSON_OBJECT,
    BT_JSON_ARRAY,
    BT_JSON_STRING,
    BT_JSON_NUMBER,
    BT_JSON_TRUE,
    BT_JSON_FALSE,
    BT_JSON_NULL,
};

struct bt_json_scan bt_json_scan(const char *text, size_t size);

// What comes next; moves only over blanks.
enum bt_json_kind bt_json_peek(struct bt_json_scan *scan);

// Steps into an object or an array. False, without a failure, for any other value, which is
// skipped: a record may hold null where it could hold an object.
bool bt_json_enter_object(struct bt_json_scan *scan);
bool bt_json_enter_array(struct bt_json_scan *scan);

// The next key of the object that was entered, as it stands in the text; false at its end,
// which is passed, and after a failure. The value must be read or skipped before the next call.
bool bt_json_next_key(struct bt_json_scan *scan, struct bt_slice *ret);
// Whether the array that was entered has another item; false at its end, which is passed.
bool bt_json_next_item(struct bt_json_scan *scan);

// Values. One of another kind is skipped and gives nothing: {NULL, 0}, or `ret` untouched.
struct bt_slice bt_json_take_text(struct bt_json_scan *scan); // escapes are not decoded
bool bt_json_take_number(struct bt_json_scan *scan, uint64_t *ret);
bool bt_json_take_bool(struct bt_json_scan *scan, bool *ret);
void bt_json_skip(struct bt_json_scan *scan);

// Whether the value that starts at `scan` ends before the end of the text. Moves past it.
bool bt_json_skip_whole(struct bt_json_scan *scan);

// Appends the text that a string stands for.
void bt_json_decode(struct bt_slice raw, struct bt_buf *out);

// Whether a view is exactly this text.
bool bt_slice_is(struct bt_slice slice, const char *text);

#endif
