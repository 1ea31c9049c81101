// SPDX-License-Identifier: MIT
//
// Streams of types that a program chose itself (above FFFF). There is no layout to rely on, but
// what is in them is most often text, in UTF-16 or UTF-8: games put the message of a failed
// assertion there, others a log. Only what is text from its first to its last byte is taken.
#include "base/text.h"
#include "dump/user/minidump.h"

enum { LEAST = 4 }; // characters; fewer are as likely a number

static bool is_text_unit(uint32_t unit)
{
    return unit == '\t' || unit == '\n' || unit == '\r' || (unit >= 0x20 && unit != 0x7f);
}

// Where the text ends: at its end, or at zeros that fill the rest. 0: it is no text.
static size_t text_size(struct bt_span stream, size_t width)
{
    size_t units = stream.size / width;
    size_t narrow = 0;
    size_t end = 0;
    if (stream.size % width != 0)
        return 0;
    while (end < units) {
        uint32_t unit = width == 2 ? bt_span_u16(stream, 2 * end) : stream.data[end];
        if (unit == 0)
            break;
        if (!is_text_unit(unit))
            return 0;
        narrow += unit < 0x80;
        end++;
    }
    struct bt_span rest;
    // Pairs of any two bytes are characters of some script: most must be of this one.
    if (end < LEAST || narrow < end / 2 ||
        bt_span_sub(stream, width * end, stream.size - width * end, &rest, NULL) != BT_OK ||
        !bt_span_is_zero(rest))
        return 0;
    return width * end;
}

enum bt_status bt_md_user_text(struct bt_minidump *md, struct bt_span stream,
                               struct bt_error *err)
{
    struct bt_annotation annotation = {.source = "user-stream"};
    struct bt_span raw;
    uint64_t size = stream.size < BT_LIMIT_TEXT ? stream.size : BT_LIMIT_TEXT;
    BT_TRY(bt_span_sub(stream, 0, size, &stream, err));
    size_t wide = text_size(stream, 2);
    size_t narrow = wide == 0 ? text_size(stream, 1) : 0;
    if (wide == 0 && narrow == 0)
        return BT_ABSENT;
    BT_TRY(bt_span_sub(stream, 0, wide + narrow, &raw, err));
    if (wide != 0)
        BT_TRY(bt_text_utf16(raw, md->arena, &annotation.value, err));
    else
        BT_TRY(bt_text_bytes(raw, md->arena, &annotation.value, err));
    BT_TRY(bt_arena_printf(md->arena, &annotation.key, err, "stream-0x%x", md->stream_type));
    return bt_md_annotate(md, annotation, err);
}
