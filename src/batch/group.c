// SPDX-License-Identifier: MIT
#include "batch/group.h"

#include "batch/record_stream.h"

typedef enum bt_status handle_record(struct bt_tally *tally, struct bt_slice record,
                                     struct bt_error *err);

static enum bt_status for_each_record(struct bt_tally *tally, const char *path,
                                      handle_record *handle, struct bt_error *err)
{
    struct bt_record_stream *stream;
    struct bt_slice record;
    BT_TRY(bt_record_stream_open(path, &stream, err));
    enum bt_status st;
    while ((st = bt_record_stream_next(stream, &record, err)) == BT_OK) {
        st = handle(tally, record, err);
        if (st != BT_OK)
            break;
    }
    bt_record_stream_close(stream);
    return st == BT_ABSENT ? BT_OK : st;
}

static enum bt_status add_record(struct bt_tally *tally, struct bt_slice record,
                                 struct bt_error *err)
{
    return bt_tally_add(tally, record.text, record.size, err);
}

enum bt_status bt_group_add_file(struct bt_tally *tally, const char *path, struct bt_error *err)
{
    return for_each_record(tally, path, add_record, err);
}

// One element of "groups", or a line of the same as NDJSON: its "group" is the signature. In a
// record that is "signature": { "group" }.
static enum bt_status add_group(struct bt_tally *tally, struct bt_json_scan *s,
                                struct bt_error *err)
{
    struct bt_slice key, group = {0};
    if (!bt_json_enter_object(s))
        return BT_OK;
    while (bt_json_next_key(s, &key)) {
        if (bt_slice_is(key, "group"))
            group = bt_json_take_text(s);
        else
            bt_json_skip(s);
    }
    return group.text != NULL ? bt_tally_baseline(tally, group, err) : BT_OK;
}

static enum bt_status add_known(struct bt_tally *tally, struct bt_slice record,
                                struct bt_error *err)
{
    struct bt_json_scan s = bt_json_scan(record.text, record.size);
    struct bt_slice key, group = {0};
    if (!bt_json_enter_object(&s))
        return BT_OK;
    while (bt_json_next_key(&s, &key)) {
        if (bt_slice_is(key, "group")) {
            group = bt_json_take_text(&s);
        } else if (bt_slice_is(key, "signature")) {
            BT_TRY(add_group(tally, &s, err));
        } else if (bt_slice_is(key, "groups") && bt_json_peek(&s) == BT_JSON_ARRAY) {
            bt_json_enter_array(&s);
            while (bt_json_next_item(&s))
                BT_TRY(add_group(tally, &s, err));
        } else {
            bt_json_skip(&s);
        }
    }
    return group.text != NULL ? bt_tally_baseline(tally, group, err) : BT_OK;
}

enum bt_status bt_group_add_baseline(struct bt_tally *tally, const char *path,
                                     struct bt_error *err)
{
    bt_tally_has_baseline(tally);
    return for_each_record(tally, path, add_known, err);
}
