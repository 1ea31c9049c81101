// SPDX-License-Identifier: MIT
#include "verdict/event_list.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "verdict/list_text.h"

struct reader {
    struct bt_event_list *list;
    struct bt_list_text text;
    struct bt_arena *arena;
    struct bt_error *err;
};

static struct bt_piece skip_blanks(struct bt_piece piece)
{
    while (piece.size > 0 && bt_is_space(piece.text[0]))
        piece = bt_piece_from(piece, 1);
    return piece;
}

// "0x9f": takes it off the piece.
static bool take_number(struct bt_piece *piece, uint64_t *ret)
{
    enum { PREFIX = 2, MOST = 16 };
    size_t digits = PREFIX;
    if (!bt_piece_starts(*piece, "0x"))
        return false;
    while (digits < piece->size && bt_is_hex(piece->text[digits]))
        digits++;
    if (digits - PREFIX > MOST || !bt_parse_hex(piece->text, digits, ret))
        return false;
    *piece = bt_piece_from(*piece, digits);
    return true;
}

static bool take_character(struct bt_piece *piece, char c)
{
    *piece = skip_blanks(*piece);
    if (piece->size == 0 || piece->text[0] != c)
        return false;
    *piece = skip_blanks(bt_piece_from(*piece, 1));
    return true;
}

// "0x0000009f (0x3, 0x..., 0x..., 0x...)"
static bool take_stop(struct bt_piece *piece, struct bt_crash_event *ret)
{
    uint64_t code;
    if (!take_number(piece, &code) || code > UINT32_MAX || !take_character(piece, '('))
        return false;
    ret->code = (uint32_t)code;
    for (size_t i = 0; i < BT_COUNT(ret->parameters); i++) {
        bool last = i + 1 == BT_COUNT(ret->parameters);
        if (!take_number(piece, &ret->parameters[i]) ||
            !take_character(piece, last ? ')' : ','))
            return false;
    }
    return true;
}

static enum bt_status keep(const struct reader *r, struct bt_piece piece, const char **ret)
{
    struct bt_span raw = {.data = (const uint8_t *)piece.text, .size = piece.size};
    if (piece.size == 0 || piece.size > BT_LIMIT_NAME)
        return BT_OK;
    return bt_text_bytes(raw, r->arena, ret, r->err);
}

static bool is_drive(struct bt_piece piece)
{
    return piece.size > 3 && bt_is_alpha(piece.text[0]) && piece.text[1] == ':' &&
           piece.text[2] == '\\';
}

// The path ends with the sentence: "C:\Windows\MEMORY.DMP. Report Id: ...".
static enum bt_status take_dump(const struct reader *r, struct bt_piece piece,
                                struct bt_crash_event *event)
{
    for (size_t i = 0; i < piece.size; i++) {
        struct bt_piece path = bt_piece_from(piece, i);
        if (!is_drive(path))
            continue;
        size_t end = bt_piece_find(path, ".dmp");
        if (end == path.size)
            return BT_OK;
        path.size = end + strlen(".dmp");
        return keep(r, path, &event->dump);
    }
    return BT_OK;
}

// "022113-23456-01", or a GUID since Windows 8: digits, letters and dashes at the end.
static enum bt_status take_report_id(const struct reader *r, struct bt_piece piece,
                                     struct bt_crash_event *event)
{
    while (piece.size > 0 &&
           (piece.text[piece.size - 1] == '.' || piece.text[piece.size - 1] == '"' ||
            bt_is_space(piece.text[piece.size - 1])))
        piece.size--;
    size_t start = piece.size, dashes = 0;
    while (start > 0 && (bt_is_hex(piece.text[start - 1]) || piece.text[start - 1] == '-'))
        dashes += piece.text[--start] == '-';
    return dashes >= 2 ? keep(r, bt_piece_from(piece, start), &event->report_id) : BT_OK;
}

static enum bt_status take_line(struct reader *r, struct bt_piece line)
{
    for (size_t i = 0; i < line.size; i++) {
        struct bt_crash_event event = {.line = r->text.line};
        struct bt_piece rest = bt_piece_from(line, i);
        if (line.text[i] != '0' || !take_stop(&rest, &event))
            continue;
        if (r->list->count == BT_LIMIT_SIDE_EVENTS)
            return BT_OK;
        BT_TRY(take_dump(r, rest, &event));
        BT_TRY(take_report_id(r, rest, &event));
        r->list->events[r->list->count++] = event;
        return BT_OK;
    }
    return BT_OK;
}

enum bt_status bt_event_list_parse(struct bt_span bytes, struct bt_arena *arena,
                                   struct bt_event_list *ret, struct bt_error *err)
{
    struct reader r = {.list = ret, .arena = arena, .err = err};
    struct bt_piece line;
    *ret = (struct bt_event_list){0};
    BT_TRY(bt_list_text_open(bytes, arena, &r.text, err));
    BT_TRY(bt_arena_alloc(arena, BT_LIMIT_SIDE_EVENTS, sizeof *ret->events, &ret->events, err));
    while (bt_list_text_next(&r.text, &line))
        BT_TRY(take_line(&r, line));
    return ret->count != 0 ? BT_OK : BT_ABSENT;
}

const struct bt_crash_event *bt_event_list_find(const struct bt_event_list *list,
                                                const struct bt_crash *crash)
{
    const struct bt_stop *stop = &crash->stop;
    uint64_t mask = stop->parameter_bits == 32 ? UINT32_MAX : UINT64_MAX;
    if (!stop->present || stop->parameter_count < 4)
        return NULL;
    for (size_t i = 0; i < list->count; i++) {
        const struct bt_crash_event *event = &list->events[i];
        bool same = event->code == stop->raw || event->code == stop->code;
        for (size_t k = 0; k < 4; k++)
            same = same && (event->parameters[k] & mask) == (stop->parameters[k] & mask);
        if (same)
            return event;
    }
    return NULL;
}
