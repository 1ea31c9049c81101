// SPDX-License-Identifier: MIT
#include "batch/group.h"

#include <string.h>

#include "batch/record_stream.h"
#include "batch/tally_impl.h"

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

static uint64_t count_records(const struct bt_tally *tally)
{
    return tally->run.records + tally->run.too_old + tally->run.undated;
}

enum bt_status bt_group_add_file(struct bt_tally *tally, const char *path, struct bt_error *err)
{
    uint64_t records = count_records(tally), damaged = tally->run.damaged;
    BT_TRY(for_each_record(tally, path, add_record, err));
    // Some other file, not one of ours that was damaged.
    if (count_records(tally) == records && tally->run.damaged != damaged)
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET, "holds no records");
    return BT_OK;
}

// A baseline of another major says "group" of something else.
static enum bt_status check_baseline_schema(struct bt_slice schema, struct bt_error *err)
{
    static const char *const known[] = {"bugtriage.record/1", "bugtriage.groups/1"};
    for (size_t i = 0; i < BT_COUNT(known); i++) {
        if (bt_slice_is(schema, known[i]))
            return BT_OK;
    }
    return BT_FAIL(err, BT_E_UNSUPPORTED, BT_NO_OFFSET,
                   "has schema %.*s, and this program reads %s and %s",
                   (int)(schema.size < 64 ? schema.size : 64), schema.text, known[0], known[1]);
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
        } else if (bt_slice_is(key, "schema") && bt_json_peek(&s) == BT_JSON_STRING) {
            BT_TRY(check_baseline_schema(bt_json_take_text(&s), err));
            tally->baseline_known = true;
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
    if (group.text == NULL)
        return BT_OK;
    tally->baseline_known = true;
    return bt_tally_baseline(tally, group, err);
}

static enum bt_status add_known_line(struct bt_tally *tally, struct bt_slice record,
                                     struct bt_error *err)
{
    tally->baseline_seen = true;
    return add_known(tally, record, err);
}

enum bt_status bt_group_add_baseline(struct bt_tally *tally, const char *path,
                                     struct bt_error *err)
{
    bt_tally_has_baseline(tally);
    BT_TRY(for_each_record(tally, path, add_known_line, err));
    if (tally->baseline_seen && !tally->baseline_known)
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET,
                       "holds neither records nor what group writes as json or ndjson");
    return BT_OK;
}
