// SPDX-License-Identifier: MIT
#include "batch/record_stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "batch/text_file.h"

enum { CHUNK = 1 << 20 };

enum layout {
    LAYOUT_UNKNOWN,
    LAYOUT_LINES,  // one record on each line
    LAYOUT_VALUES, // anywhere; commas and brackets between them are passed over
};

struct bt_record_stream {
    struct bt_text_file *file;
    char *data;
    size_t capacity;
    size_t at, end;  // what was read and not yet handed out
    uint64_t before; // bytes of the file before data[0]
    bool ended;
    struct bt_error cause; // why it ended, where that was a failure
    enum layout layout;
};

enum bt_status bt_record_stream_open(const char *path, struct bt_record_stream **ret,
                                     struct bt_error *err)
{
    struct bt_record_stream *s = calloc(1, sizeof *s);
    if (s == NULL)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    enum bt_status status = bt_text_file_open(path, &s->file, err);
    if (status == BT_OK)
        *ret = s;
    else
        free(s);
    return status;
}

void bt_record_stream_close(struct bt_record_stream *s)
{
    if (s == NULL)
        return;
    bt_text_file_close(s->file);
    free(s->data);
    free(s);
}

bool bt_record_stream_at_line_end(const struct bt_record_stream *s)
{
    return s->layout == LAYOUT_LINES && s->at < s->end && s->data[s->at] == '\n';
}

uint64_t bt_record_stream_position(const struct bt_record_stream *s)
{
    return s->before + s->at;
}

static enum bt_status make_room(struct bt_record_stream *s, struct bt_error *err)
{
    if (s->at > 0) {
        memmove(s->data, &s->data[s->at], s->end - s->at);
        s->before += s->at;
        s->end -= s->at;
        s->at = 0;
    }
    if (s->capacity - s->end >= CHUNK)
        return BT_OK;
    if (s->capacity >= 2 * BT_LIMIT_REPORT)
        return BT_FAIL(err, BT_E_LIMIT, s->before, "a record is longer than %u MiB",
                       (unsigned)(BT_LIMIT_REPORT >> 20));
    size_t capacity = s->capacity == 0 ? 2 * (size_t)CHUNK : 2 * s->capacity;
    char *data = realloc(s->data, capacity);
    if (data == NULL)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    s->data = data;
    s->capacity = capacity;
    return BT_OK;
}

// Reads on. The end of the data is no failure here, whatever its cause: what was read before is
// handed out first.
static enum bt_status read_more(struct bt_record_stream *s, struct bt_error *err)
{
    size_t got = 0;
    BT_TRY(make_room(s, err));
    enum bt_status status =
        bt_text_file_read(s->file, &s->data[s->end], CHUNK, &got, &s->cause);
    s->ended = status != BT_OK;
    s->end += got;
    return BT_OK;
}

static void skip_blanks(struct bt_record_stream *s, bool values)
{
    while (s->at < s->end) {
        char c = s->data[s->at];
        if (!bt_is_space(c) && !(values && (c == ',' || c == '[' || c == ']')))
            return;
        s->at++;
    }
}

// The first line tells: a record on one line, or the beginning of an array or of an indented
// object.
static enum layout find_layout(const char *data, size_t size)
{
    if (data[0] == '[')
        return LAYOUT_VALUES;
    size_t at = 1;
    while (at < size && (data[at] == ' ' || data[at] == '\r'))
        at++;
    return data[0] == '{' && at < size && data[at] == '\n' ? LAYOUT_VALUES : LAYOUT_LINES;
}

// The end of the value at the front; false where it is not all there.
static bool find_value_end(const struct bt_record_stream *s, size_t *ret)
{
    struct bt_json_scan scan = bt_json_scan(&s->data[s->at], s->end - s->at);
    bool whole = bt_json_skip_whole(&scan);
    if (!whole && scan.at == 0 && s->data[s->at] != '{') // no value at all: one bad character
        scan.at = 1;
    else if (!whole)
        return false;
    *ret = s->at + scan.at;
    return true;
}

static bool find_line_end(const struct bt_record_stream *s, size_t from, size_t *ret)
{
    const char *line_end = memchr(&s->data[from], '\n', s->end - from);
    if (line_end == NULL)
        return false;
    *ret = (size_t)(line_end - s->data);
    return true;
}

static struct bt_slice hand_out(struct bt_record_stream *s, size_t end)
{
    struct bt_slice record = {&s->data[s->at], end - s->at};
    while (record.size > 0 && bt_is_space(record.text[record.size - 1]))
        record.size--;
    s->at = end;
    return record;
}

// What is left when the file is at its end.
static enum bt_status finish(struct bt_record_stream *s, struct bt_slice *ret,
                             struct bt_error *err)
{
    size_t end;
    if (s->at < s->end && find_value_end(s, &end)) {
        *ret = hand_out(s, end);
        return BT_OK;
    }
    if (s->cause.status != BT_OK) {
        *err = s->cause;
        s->cause.status = BT_OK;
        s->at = s->end;
        return err->status;
    }
    if (s->at == s->end)
        return BT_ABSENT;
    uint64_t offset = bt_record_stream_position(s);
    s->end = s->at;
    return BT_FAIL(err, BT_E_TRUNCATED, offset, "the last record is cut off");
}

enum bt_status bt_record_stream_next(struct bt_record_stream *s, struct bt_slice *ret,
                                     struct bt_error *err)
{
    size_t searched = 0; // bytes from s->at on that hold no line end
    struct bt_error ignored;
    if (err == NULL)
        err = &ignored;
    for (;;) {
        skip_blanks(s, s->layout == LAYOUT_VALUES);
        if (s->layout == LAYOUT_UNKNOWN && s->at < s->end) {
            s->layout = find_layout(&s->data[s->at], s->end - s->at);
            continue;
        }
        size_t end;
        bool found = s->at < s->end &&
                     (s->layout == LAYOUT_LINES ? find_line_end(s, s->at + searched, &end)
                                                : find_value_end(s, &end));
        if (found) {
            *ret = hand_out(s, end);
            return BT_OK;
        }
        if (s->ended)
            return finish(s, ret, err);
        searched = s->end - s->at;
        BT_TRY(read_more(s, err));
    }
}
