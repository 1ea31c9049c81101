// SPDX-License-Identifier: MIT
//
// What Breakpad adds on every system (its minidump_format.h).
//
// MDRawBreakpadInfo: 00 u32 validity (1: first id, 2: second), 04 u32 thread that wrote the
//   dump, 08 u32 thread that asked for it.
// MDRawAssertionInfo, 776 bytes: 000 expression, 100 function, 200 file: UTF-16[128] each,
//   300 u32 line, 304 u32 type (1 invalid parameter, 2 pure virtual call).
#include "base/text.h"
#include "dump/user/minidump.h"

enum { BREAKPAD_INFO_SIZE = 12, ASSERTION_SIZE = 0x308, ASSERTION_TEXT_SIZE = 0x100 };

enum bt_status bt_md_breakpad_info(struct bt_minidump *md, struct bt_span stream,
                                   struct bt_error *err)
{
    if (stream.size < BREAKPAD_INFO_SIZE)
        return BT_FAIL(err, BT_E_TRUNCATED, stream.file_offset, "%zu bytes, expected %d",
                       stream.size, BREAKPAD_INFO_SIZE);
    uint32_t validity = bt_span_u32(stream, 0);
    if ((validity & 1) != 0)
        md->writing_thread = bt_some32(bt_span_u32(stream, 4));
    if ((validity & 2) != 0)
        md->requesting_thread = bt_some32(bt_span_u32(stream, 8));
    return BT_OK;
}

static enum bt_status text_at(struct bt_minidump *md, struct bt_span stream, size_t at,
                              const char **ret, struct bt_error *err)
{
    struct bt_span raw;
    const char *text;
    BT_TRY(bt_span_sub(stream, at, ASSERTION_TEXT_SIZE, &raw, err));
    BT_TRY(bt_text_utf16(raw, md->arena, &text, err));
    if (*text != '\0')
        *ret = text;
    return BT_OK;
}

enum bt_status bt_md_assertion(struct bt_minidump *md, struct bt_span stream,
                               struct bt_error *err)
{
    struct bt_assertion found = {0};
    if (stream.size < ASSERTION_SIZE)
        return BT_FAIL(err, BT_E_TRUNCATED, stream.file_offset, "%zu bytes, expected %d",
                       stream.size, ASSERTION_SIZE);
    BT_TRY(text_at(md, stream, 0x000, &found.expression, err));
    BT_TRY(text_at(md, stream, 0x100, &found.function, err));
    BT_TRY(text_at(md, stream, 0x200, &found.file, err));
    found.line = bt_span_u32(stream, 0x300);
    uint32_t type = bt_span_u32(stream, 0x304);
    bool empty = found.expression == NULL && found.function == NULL && found.file == NULL;
    if (empty && type == 0)
        return BT_ABSENT; // written with every dump, filled in by a handler of the C library
    found.kind = type == 1   ? "invalid parameter"
                 : type == 2 ? "pure virtual call"
                             : "assertion";
    md->crash->assertion = found;
    return BT_OK;
}
