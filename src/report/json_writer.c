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

// A text that stands for itself in quotes, between two short ones, in one piece: nearly all
// keys and values are such.
static void write_plain(struct bt_json *json, const char *before, const char *text, size_t size,
                        const char *behind)
{
    size_t front = strlen(before), back = strlen(behind);
    char *space = bt_buf_space(json->out, front + size + back);
    if (space == NULL)
        return;
    memcpy(space, before, front);
    memcpy(&space[front], text, size);
    memcpy(&space[front + size], behind, back);
}

static void write_string(struct bt_json *json, const char *text)
{
    size_t size = strlen(text);
    if (bt_is_plain_json(text, size)) {
        write_plain(json, "\"", text, size, "\"");
        return;
    }
    bt_buf_char(json->out, '"');
    bt_escape_json(json->out, text, size);
    bt_buf_char(json->out, '"');
}

// Everything that stands before a value: comma, line break, key.
static void begin_value(struct bt_json *json, const char *key)
{
    size_t size = key != NULL ? strlen(key) : 0;
    bool comma = json->depth > 0 && !json->first;
    json->first = false;
    if (json->indent == 0 && key != NULL && bt_is_plain_json(key, size)) {
        write_plain(json, comma ? ",\"" : "\"", key, size, "\":");
        return;
    }
    if (comma)
        bt_buf_char(json->out, ',');
    if (json->depth > 0)
        break_line(json);
    if (key == NULL)
        return;
    write_string(json, key);
    bt_buf_text(json->out, json->indent == 0 ? ":" : ": ");
}

static void open_bracket(struct bt_json *json, const char *key, char bracket)
{
    begin_value(json, key);
    bt_buf_char(json->out, bracket);
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
    begin_value(json, key);
    bt_buf_text(json->out, "null");
}

void bt_json_bool(struct bt_json *json, const char *key, bool value)
{
    begin_value(json, key);
    bt_buf_text(json->out, value ? "true" : "false");
}

static void write_hex(struct bt_json *json, const char *key, uint64_t value, unsigned least)
{
    begin_value(json, key);
    bt_buf_add(json->out, "\"0x", 3);
    bt_buf_digits(json->out, value, 16, least);
    bt_buf_char(json->out, '"');
}

void bt_json_number(struct bt_json *json, const char *key, uint64_t value)
{
    begin_value(json, key);
    bt_buf_digits(json->out, value, 10, 1);
}

void bt_json_signed(struct bt_json *json, const char *key, int64_t value)
{
    begin_value(json, key);
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
    begin_value(json, key);
    write_string(json, text);
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
