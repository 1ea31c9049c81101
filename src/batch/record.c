// SPDX-License-Identifier: MIT
#include "batch/record.h"

#include <stddef.h>
#include <string.h>

#include "base/attributes.h"
#include "base/text.h"

// One key of an object that is read: a text that goes into the record as it is, or something
// that a function reads. `read` gets the whole record.
struct field {
    const char *key;
    size_t key_size;
    size_t text_at; // where in the record, for `read` NULL
    void (*read)(struct bt_json_scan *s, struct bt_record *r);
};

#define TEXT(key, member)                                                                      \
    {                                                                                          \
        key, sizeof(key) - 1, offsetof(struct bt_record, member), NULL                         \
    }
#define PART(key, function)                                                                    \
    {                                                                                          \
        key, sizeof(key) - 1, 0, function                                                      \
    }

static const struct field *find_field(const struct field *fields, size_t count,
                                      struct bt_slice key)
{
    for (size_t i = 0; i < count; i++) {
        if (key.size == fields[i].key_size && key.text[0] == fields[i].key[0] &&
            memcmp(key.text, fields[i].key, key.size) == 0)
            return &fields[i];
    }
    return NULL;
}

static void read_field(struct bt_json_scan *s, const struct field *field, struct bt_record *r)
{
    if (field == NULL) {
        bt_json_skip(s);
    } else if (field->read != NULL) {
        field->read(s, r);
    } else {
        struct bt_slice text = bt_json_take_text(s);
        memcpy((char *)r + field->text_at, &text, sizeof text);
    }
}

static void read_object(struct bt_json_scan *s, const struct field *fields, size_t count,
                        struct bt_record *r)
{
    struct bt_slice key;
    if (!bt_json_enter_object(s))
        return;
    while (bt_json_next_key(s, &key))
        read_field(s, find_field(fields, count, key), r);
}

#define READ_OBJECT(s, fields, r) read_object((s), (fields), BT_COUNT(fields), (r))

static void read_schema(struct bt_json_scan *s, struct bt_record *r)
{
    static const char prefix[] = "bugtriage.record/";
    struct bt_slice name = bt_json_take_text(s);
    uint64_t major;
    size_t at = sizeof prefix - 1;
    if (name.size > at && memcmp(name.text, prefix, at) == 0 &&
        bt_parse_u64(&name.text[at], name.size - at, &major) && major <= 1000)
        r->schema = (unsigned)major;
}

static void read_kb(struct bt_json_scan *s, struct bt_record *r)
{
    static const struct field fields[] = {TEXT("version", kb_version)};
    READ_OBJECT(s, fields, r);
}

static void read_tool(struct bt_json_scan *s, struct bt_record *r)
{
    static const struct field fields[] = {PART("kb", read_kb)};
    READ_OBJECT(s, fields, r);
}

static void read_size(struct bt_json_scan *s, struct bt_record *r)
{
    bt_json_take_number(s, &r->size);
}

static void read_input(struct bt_json_scan *s, struct bt_record *r)
{
    static const struct field fields[] = {
        TEXT("path", path),
        TEXT("member", member),
        TEXT("sha256", sha256),
        PART("size", read_size),
    };
    READ_OBJECT(s, fields, r);
}

static void read_machine(struct bt_json_scan *s, struct bt_record *r)
{
    static const struct field fields[] = {TEXT("name", machine)};
    READ_OBJECT(s, fields, r);
}

static void read_problem(struct bt_json_scan *s, struct bt_record *r)
{
    static const struct field fields[] = {
        TEXT("code", problem),
        TEXT("message", problem_message),
    };
    READ_OBJECT(s, fields, r);
}

// "2009-11-02T08:14:55Z"
static void read_time(struct bt_json_scan *s, struct bt_record *r)
{
    struct bt_slice text = bt_json_take_text(s);
    char copy[BT_TIME_TEXT_SIZE];
    bt_filetime time;
    bool date_only;
    if (text.text == NULL || text.size >= sizeof copy)
        return;
    memcpy(copy, text.text, text.size);
    copy[text.size] = '\0';
    if (bt_parse_time(copy, &time, &date_only))
        r->time = bt_some64(time);
}

static void read_stop(struct bt_json_scan *s, struct bt_record *r)
{
    static const struct field fields[] = {TEXT("code", code), TEXT("name", code_name)};
    if (bt_json_peek(s) == BT_JSON_OBJECT)
        r->is_exception = false;
    READ_OBJECT(s, fields, r);
}

// Where a record has both a stop and an exception, the stop is what happened.
static void read_exception(struct bt_json_scan *s, struct bt_record *r)
{
    if (r->code.text != NULL) {
        bt_json_skip(s);
        return;
    }
    read_stop(s, r);
    r->is_exception = r->code.text != NULL;
}

static void read_process(struct bt_json_scan *s, struct bt_record *r)
{
    static const struct field fields[] = {TEXT("name", process)};
    READ_OBJECT(s, fields, r);
}

static void read_crash(struct bt_json_scan *s, struct bt_record *r)
{
    static const struct field fields[] = {
        PART("time", read_time),
        PART("stop", read_stop),
        PART("exception", read_exception),
        PART("process", read_process),
    };
    READ_OBJECT(s, fields, r);
}

static void read_service_pack(struct bt_json_scan *s, struct bt_record *r)
{
    bt_json_peek(s);
    size_t from = s->at;
    uint64_t value;
    if (bt_json_take_number(s, &value) && value != 0)
        r->service_pack = (struct bt_slice){&s->text[from], s->at - from};
}

static void read_system(struct bt_json_scan *s, struct bt_record *r)
{
    static const struct field fields[] = {
        TEXT("name", system),
        TEXT("architecture", architecture),
        PART("service_pack", read_service_pack),
    };
    READ_OBJECT(s, fields, r);
}

static void read_culprit(struct bt_json_scan *s, struct bt_record *r)
{
    static const struct field fields[] = {
        TEXT("module", culprit),
        TEXT("version", culprit_version),
        TEXT("company", company),
        TEXT("confidence", confidence),
    };
    READ_OBJECT(s, fields, r);
}

static void read_verdict(struct bt_json_scan *s, struct bt_record *r)
{
    static const struct field fields[] = {PART("culprit", read_culprit)};
    READ_OBJECT(s, fields, r);
}

static void read_signature(struct bt_json_scan *s, struct bt_record *r)
{
    static const struct field fields[] = {TEXT("group", group)};
    READ_OBJECT(s, fields, r);
}

static enum bt_fit read_fit(struct bt_slice name)
{
    for (enum bt_fit fit = BT_FIT_POSSIBLE; fit <= BT_FIT_FIXED; fit++) {
        if (bt_slice_is(name, bt_fit_name(fit)))
            return fit;
    }
    return BT_FIT_NONE;
}

static enum bt_fix_status read_fix_status(struct bt_slice name)
{
    for (enum bt_fix_status fix = BT_FIX_NEEDED; fix <= BT_FIX_INSTALLED; fix++) {
        if (bt_slice_is(name, bt_fix_status_name(fix)))
            return fix;
    }
    return BT_FIX_UNKNOWN;
}

static void read_fix(struct bt_json_scan *s, struct bt_record_match *m)
{
    struct bt_slice key;
    if (!bt_json_enter_object(s))
        return;
    m->has_fix = true;
    while (bt_json_next_key(s, &key)) {
        if (bt_slice_is(key, "status"))
            m->fix = read_fix_status(bt_json_take_text(s));
        else
            bt_json_skip(s);
    }
}

static void read_match(struct bt_json_scan *s, struct bt_record *r)
{
    struct bt_slice key;
    struct bt_record_match m = {0};
    if (!bt_json_enter_object(s))
        return;
    while (bt_json_next_key(s, &key)) {
        if (bt_slice_is(key, "article"))
            m.article = bt_json_take_text(s);
        else if (bt_slice_is(key, "title"))
            m.title = bt_json_take_text(s);
        else if (bt_slice_is(key, "url"))
            m.url = bt_json_take_text(s);
        else if (bt_slice_is(key, "verdict"))
            m.fit = read_fit(bt_json_take_text(s));
        else if (bt_slice_is(key, "fix"))
            read_fix(s, &m);
        else
            bt_json_skip(s);
    }
    if (m.article.text != NULL && m.fit != BT_FIT_NONE && r->match_count < BT_RECORD_MATCHES)
        r->matches[r->match_count++] = m;
}

static void read_matches(struct bt_json_scan *s, struct bt_record *r)
{
    if (!bt_json_enter_array(s))
        return;
    while (bt_json_next_item(s))
        read_match(s, r);
}

bool bt_record_read(const char *text, size_t size, struct bt_record *ret)
{
    // Every record has these; "machine", which few have, stands before the last of them.
    static const struct field fields[] = {
        PART("schema", read_schema),   TEXT("status", status),
        PART("tool", read_tool),       PART("input", read_input),
        PART("problem", read_problem), PART("crash", read_crash),
        PART("system", read_system),   PART("verdict", read_verdict),
        PART("matches", read_matches), PART("signature", read_signature),
        PART("machine", read_machine),
    };
    static const unsigned enough = (1u << (BT_COUNT(fields) - 1)) - 1;
    struct bt_json_scan s = bt_json_scan(text, size);
    struct bt_slice key;
    unsigned seen = 0;
    *ret = (struct bt_record){0};
    if (bt_json_peek(&s) != BT_JSON_OBJECT || !bt_json_enter_object(&s))
        return false;
    while ((seen & enough) != enough && bt_json_next_key(&s, &key)) {
        const struct field *field = find_field(fields, BT_COUNT(fields), key);
        if (field != NULL)
            seen |= 1u << (field - fields);
        read_field(&s, field, ret);
    }
    return !s.failed;
}
