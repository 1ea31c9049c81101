// SPDX-License-Identifier: MIT
#include "batch/resume.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "batch/intern.h"
#include "batch/record.h"
#include "batch/record_stream.h"

struct bt_resume {
    struct bt_arena *arena;
    struct bt_intern paths;
    uint32_t *times; // by number of the path: records of it
    size_t capacity; // of times
    struct bt_buf text;
};

enum bt_status bt_resume_new(struct bt_resume **ret, struct bt_error *err)
{
    struct bt_resume *r = calloc(1, sizeof *r);
    struct bt_arena *arena = bt_arena_new(BT_LIMIT_RESUME);
    if (r == NULL || arena == NULL) {
        free(r);
        bt_arena_free(arena);
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    }
    r->arena = arena;
    bt_intern_init(&r->paths, arena);
    bt_buf_init(&r->text, BT_LIMIT_REPORT);
    *ret = r;
    return BT_OK;
}

void bt_resume_free(struct bt_resume *r)
{
    if (r == NULL)
        return;
    bt_intern_fini(&r->paths);
    free(r->times);
    bt_buf_fini(&r->text);
    bt_arena_free(r->arena);
    free(r);
}

static enum bt_status count_path(struct bt_resume *r, struct bt_slice path,
                                 struct bt_error *err)
{
    uint32_t id;
    size_t known = r->paths.count;
    BT_TRY(bt_intern_add(&r->paths, path, &id, err));
    if (id == r->capacity) {
        size_t capacity = r->capacity == 0 ? 256 : 2 * r->capacity;
        uint32_t *times = realloc(r->times, capacity * sizeof *times);
        if (times == NULL)
            return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
        r->times = times;
        r->capacity = capacity;
    }
    if (id == known)
        r->times[id] = 0;
    r->times[id]++;
    return BT_OK;
}

// BT_ABSENT: the line is no record.
static enum bt_status add_record(struct bt_resume *r, struct bt_slice text,
                                 struct bt_error *err)
{
    struct bt_record record;
    if (!bt_record_read(text.text, text.size, &record) || record.schema == 0 ||
        record.path.text == NULL)
        return BT_ABSENT;
    bt_buf_clear(&r->text);
    bt_json_decode(record.path, &r->text);
    if (record.member.text != NULL) {
        bt_buf_char(&r->text, '\0');
        bt_json_decode(record.member, &r->text);
    }
    BT_TRY(bt_buf_status(&r->text, err));
    return count_path(r, (struct bt_slice){bt_buf_cstr(&r->text), r->text.size}, err);
}

static enum bt_status add_records(struct bt_resume *r, struct bt_record_stream *stream,
                                  uint64_t *ret_whole, struct bt_error *err)
{
    struct bt_slice text;
    bool good = false, bad = false;
    for (;;) {
        enum bt_status status = bt_record_stream_next(stream, &text, err);
        if (status == BT_ABSENT || status == BT_E_TRUNCATED)
            break;
        BT_TRY(status);
        // A line without an end may be a record that was cut where it looks whole.
        if (!bt_record_stream_at_line_end(stream)) {
            bad = true;
            continue;
        }
        status = add_record(r, text, err);
        if (status != BT_OK && status != BT_ABSENT)
            return status;
        good |= status == BT_OK;
        bad |= status == BT_ABSENT;
        *ret_whole = bt_record_stream_position(stream) + 1;
    }
    if (bad && !good && *ret_whole != 0)
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET,
                       "holds no records: only NDJSON can be resumed");
    return BT_OK;
}

enum bt_status bt_resume_add(struct bt_resume *r, const char *path, uint64_t *ret_whole,
                             struct bt_error *err)
{
    struct bt_record_stream *stream;
    *ret_whole = 0;
    BT_TRY(bt_record_stream_open(path, &stream, err));
    enum bt_status status = add_records(r, stream, ret_whole, err);
    bt_record_stream_close(stream);
    return status;
}

// A record is valid UTF-8 whatever the file is called.
void bt_resume_recorded_name(const char *name, struct bt_buf *out)
{
    for (size_t left = strlen(name); left != 0;) {
        uint32_t code_point;
        size_t size = bt_utf8_decode(name, left, &code_point);
        bt_buf_utf8(out, code_point);
        name += size;
        left -= size;
    }
}

static uint32_t find(const struct bt_resume *r, const char *path, const char *member)
{
    struct bt_buf key;
    bt_buf_init(&key, 4 * BT_LIMIT_PATH + 1);
    bt_resume_recorded_name(path, &key);
    if (member != NULL) {
        bt_buf_char(&key, '\0');
        bt_buf_text(&key, member);
    }
    uint32_t id = bt_intern_find(&r->paths, (struct bt_slice){bt_buf_cstr(&key), key.size});
    bt_buf_fini(&key);
    return id;
}

bool bt_resume_has(const struct bt_resume *r, const char *path, const char *member)
{
    return find(r, path, member) != BT_INTERN_NONE;
}

uint32_t bt_resume_times(const struct bt_resume *r, const char *path)
{
    uint32_t id = find(r, path, NULL);
    return id != BT_INTERN_NONE ? r->times[id] : 0;
}

uint64_t bt_resume_count(const struct bt_resume *r)
{
    return r->paths.count;
}
