// SPDX-License-Identifier: MIT
#include "report/json_writer.h"

#include <string.h>

#include "report/escape.h"

void bt_json_init(struct bt_json *json, struct bt_buf *out, unsigned indent, unsigned nesting)
{
    *json = (struct bt_json){.out = out, .indent = indent, .nesting = nesting, .first = true};
}

static void break_line(struct bt_json *json)
{
    if (json->indent == 0)
        return;
    bt_buf_char(json->out, '\n');
    bt_buf_fill(json->out, ' ', (size_t)json->indent * (json->nesting + json->depth));
}

// Everything that stands before a value (comma, line break, key), and room for `size` bytes of
// the value, which the caller fills at once; NULL where there is none. In one piece where all
// is on one line: records are thousands of short values.
static char *begin_value(struct bt_json *json, const char *key, size_t size)
{
    bool comma = json->depth > 0 && !json->first;
    json->first = false;
    if (json->indent != 0) {
        if (comma)
            bt_buf_char(json->out, ',');
        if (json->depth > 0)
            break_line(json);
        comma = false;
    }
    size_t key_size = key != NULL ? strlen(key) : 0;
    size_t blank = json->indent != 0;
    size_t front = comma + (key != NULL ? key_size + 3 + blank : 0);
    char *at = bt_buf_space(json->out, front + size);
    if (at == NULL)
        return NULL;
    if (comma)
        *at++ = ',';
    if (key == NULL)
        return at;
    *at++ = '"';
    memcpy(at, key, key_size);
    memcpy(&at[key_size], "\": ", 2 + blank);
    return &at[key_size + 2 + blank];
}

static void write_word(struct bt_json *json, const char *key, const char *word, size_t size)
{
    char *at = begin_value(json, key, size);
    if (at != NULL)
        memcpy(at, word, size);
}

static void open_bracket(struct bt_json *json, const char *key, char bracket)
{
    write_word(json, key, &bracket, 1);
    json->depth++;
    json->first = true;
}

static void close_bracket(struct bt_json *json, char bracket)
{
    bool empty = json->first;
    json->depth--;
    json->first = false;
    if (!empty)
        break_line(json);
    bt_buf_char(json->out, bracket);
}

void bt_json_object(struct bt_json *json, const char *key)
{
    open_bracket(json, key, '{');
}

void bt_json_end_object(struct bt_json *json)
{
    close_bracket(json, '}');
}

void bt_json_array(struct bt_json *json, const char *key)
{
    open_bracket(json, key, '[');
}

void bt_json_end_array(struct bt_json *json)
{
    close_bracket(json, ']');
}

void bt_json_null(struct bt_json *json, const char *key)
{
    write_word(json, key, "null", 4);
}

void bt_json_bool(struct bt_json *json, const char *key, bool value)
{
    write_word(json, key, value ? "true" : "false", value ? 4 : 5);
}

static void write_hex(struct bt_json *json, const char *key, uint64_t value, unsigned least)
{
    write_word(json, key, "\"0x", 3);
    bt_buf_digits(json->out, value, 16, least);
    bt_buf_char(json->out, '"');
}

void bt_json_number(struct bt_json *json, const char *key, uint64_t value)
{
    (void)begin_value(json, key, 0);
    bt_buf_digits(json->out, value, 10, 1);
}

void bt_json_signed(struct bt_json *json, const char *key, int64_t value)
{
    (void)begin_value(json, key, 0);
    if (value < 0)
        bt_buf_char(json->out, '-');
    bt_buf_digits(json->out, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 10, 1);
}

void bt_json_text(struct bt_json *json, const char *key, const char *text)
{
    if (text == NULL) {
        bt_json_null(json, key);
        return;
    }
    size_t size = strlen(text);
    bool plain = bt_is_plain_json(text, size); // nearly all are
    char *at = begin_value(json, key, plain ? size + 2 : 1);
    if (at == NULL)
        return;
    *at = '"';
    if (plain) {
        memcpy(&at[1], text, size);
        at[size + 1] = '"';
        return;
    }
    bt_escape_json(json->out, text, size);
    bt_buf_char(json->out, '"');
}

void bt_json_hex(struct bt_json *json, const char *key, uint64_t value)
{
    write_hex(json, key, value, 1);
}

void bt_json_code(struct bt_json *json, const char *key, uint32_t value)
{
    write_hex(json, key, value, 8);
}

void bt_json_texts(struct bt_json *json, const char *key, const char **texts, size_t count)
{
    bt_json_array(json, key);
    for (size_t i = 0; i < count; i++)
        bt_json_text(json, NULL, texts[i]);
    bt_json_end_array(json);
}

void bt_json_opt_number(struct bt_json *json, const char *key, struct bt_opt32 value)
{
    if (value.known)
        bt_json_number(json, key, value.value);
    else
        bt_json_null(json, key);
}

void bt_json_opt_number64(struct bt_json *json, const char *key, struct bt_opt64 value)
{
    if (value.known)
        bt_json_number(json, key, value.value);
    else
        bt_json_null(json, key);
}

void bt_json_opt_hex(struct bt_json *json, const char *key, struct bt_opt64 value)
{
    if (value.known)
        bt_json_hex(json, key, value.value);
    else
        bt_json_null(json, key);
}

void bt_json_opt_code(struct bt_json *json, const char *key, struct bt_opt32 value)
{
    if (value.known)
        bt_json_code(json, key, value.value);
    else
        bt_json_null(json, key);
}

void bt_json_opt_version(struct bt_json *json, const char *key, struct bt_opt64 version)
{
    char text[BT_FILE_VERSION_TEXT_SIZE];
    if (version.known)
        bt_file_version_text(version.value, text);
    bt_json_text(json, key, version.known ? text : NULL);
}

void bt_json_opt_time(struct bt_json *json, const char *key, struct bt_opt64 filetime)
{
    char text[BT_TIME_TEXT_SIZE];
    bool known = filetime.known && bt_filetime_is_plausible(filetime.value);
    if (known)
        bt_filetime_iso(filetime.value, text);
    bt_json_text(json, key, known ? text : NULL);
}
