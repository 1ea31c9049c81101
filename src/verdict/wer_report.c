// SPDX-License-Identifier: MIT
#include "verdict/wer_report.h"

#include <string.h>

#include "base/text.h"

enum { LINES_MAX = 10000 };

struct line {
    const char *key, *value;
    size_t key_size, value_size;
};

// Splits the next line off *text.
static bool next_line(const char **text, struct line *ret)
{
    const char *p = *text;
    if (*p == '\0')
        return false;
    size_t size = strcspn(p, "\r\n");
    const char *equals = memchr(p, '=', size);
    *ret = (struct line){.key = p, .key_size = size};
    if (equals != NULL) {
        ret->key_size = (size_t)(equals - p);
        ret->value = equals + 1;
        ret->value_size = size - ret->key_size - 1;
    }
    *text = p + size + strspn(p + size, "\r\n");
    return true;
}

static bool has_key(const struct line *line, const char *key)
{
    return line->value != NULL && line->key_size == strlen(key) &&
           bt_ieq_n(line->key, key, line->key_size);
}

// "Sig[3].Value" gives 3.
static bool signature_index(const struct line *line, unsigned *ret)
{
    if (line->value == NULL || line->key_size != strlen("Sig[0].Value") ||
        !bt_ieq_n(line->key, "Sig[", 4) || !bt_ieq_n(line->key + 5, "].Value", 7) ||
        !bt_is_digit(line->key[4]))
        return false;
    *ret = (unsigned)(line->key[4] - '0');
    return true;
}

static bool ends_with_dump(const struct line *line)
{
    return line->value != NULL && line->value_size > 4 &&
           bt_ieq_n(line->value + line->value_size - 4, ".dmp", 4);
}

static enum bt_status keep_dump_name(const struct line *line, struct bt_arena *arena,
                                     struct bt_wer_report *report, struct bt_error *err)
{
    const char *path;
    BT_TRY(bt_arena_text(arena, line->value, line->value_size, &path, err));
    report->dump = bt_basename(path);
    return BT_OK;
}

static enum bt_status take_line(const struct line *line, struct bt_arena *arena,
                                struct bt_wer_report *report, struct bt_error *err)
{
    unsigned index;
    uint64_t value;
    if (has_key(line, "EventType"))
        return bt_arena_text(arena, line->value, line->value_size, &report->event_type, err);
    if (has_key(line, "Response.BucketId") && line->value_size != 0)
        return bt_arena_text(arena, line->value, line->value_size, &report->bucket, err);
    if (has_key(line, "ReportIdentifier"))
        return bt_arena_text(arena, line->value, line->value_size, &report->report_id, err);
    if (has_key(line, "EventTime")) {
        if (bt_parse_u64(line->value, line->value_size, &value))
            report->time = bt_some64(value);
    } else if (signature_index(line, &index) && index <= 4 &&
               bt_parse_hex(line->value, line->value_size, &value)) {
        if (index == 0 && value <= UINT32_MAX)
            report->code = bt_some32((uint32_t)value);
        else if (index != 0 && index == report->parameter_count + 1)
            report->parameters[report->parameter_count++] = value;
    } else if (ends_with_dump(line)) {
        return keep_dump_name(line, arena, report, err);
    }
    return BT_OK;
}

static enum bt_status decode_text(struct bt_span bytes, struct bt_arena *arena,
                                  const char **ret, struct bt_error *err)
{
    struct bt_span body;
    if (bytes.size >= 2 && bytes.data[0] == 0xff && bytes.data[1] == 0xfe) {
        BT_TRY(bt_span_sub(bytes, 2, bytes.size - 2, &body, err));
        return bt_text_utf16(body, arena, ret, err);
    }
    return bt_text_bytes(bytes, arena, ret, err);
}

enum bt_status bt_wer_report_parse(struct bt_span bytes, struct bt_arena *arena,
                                   struct bt_wer_report *ret, struct bt_error *err)
{
    const char *text;
    struct bt_wer_report report = {0};
    struct line line;
    BT_TRY(decode_text(bytes, arena, &text, err));
    if (!next_line(&text, &line) || !has_key(&line, "Version"))
        return BT_FAIL(err, BT_ABSENT, 0, "no error report: it does not start with Version=");
    for (unsigned n = 0; n < LINES_MAX && next_line(&text, &line); n++)
        BT_TRY(take_line(&line, arena, &report, err));
    *ret = report;
    return BT_OK;
}

bool bt_wer_report_fits(const struct bt_wer_report *report, const struct bt_crash *crash)
{
    if (!crash->stop.present || !report->code.known || report->parameter_count != 4 ||
        bt_stop_base_code(report->code.value) != crash->stop.code)
        return false;
    return memcmp(report->parameters, crash->stop.parameters, sizeof report->parameters) == 0;
}
