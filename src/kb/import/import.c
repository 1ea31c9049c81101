// SPDX-License-Identifier: MIT
#include "kb/import/import.h"

#include <string.h>

#include "kb/import/article_facts.h"
#include "kb/import/lines.h"
#include "kb/import/tables.h"

static bool begins_with(struct bt_span text, const char *bytes, size_t size)
{
    return text.size >= size && memcmp(text.data, bytes, size) == 0;
}

// The mark that some editors put in front of UTF-8 goes; what is no text is refused.
static enum bt_status check_text(struct bt_span *text, struct bt_error *err)
{
    enum { HEAD = 4096 };
    if (begins_with(*text, "\xff\xfe", 2) || begins_with(*text, "\xfe\xff", 2))
        return BT_FAIL(err, BT_E_UNSUPPORTED, 0, "UTF-16 text: save it as UTF-8");
    if (text->size != 0 && memchr(text->data, 0, text->size < HEAD ? text->size : HEAD) != NULL)
        return BT_FAIL(err, BT_ABSENT, 0, "no text: it holds zero bytes");
    if (begins_with(*text, "\xef\xbb\xbf", 3))
        return bt_span_sub(*text, 3, text->size - 3, text, err);
    return BT_OK;
}

enum bt_status bt_import_read(const struct bt_kb *kb, struct bt_span text,
                              struct bt_arena *arena, struct bt_import_draft *ret,
                              struct bt_error *err)
{
    struct bt_import_lines lines;
    BT_TRY(check_text(&text, err));
    *ret = (struct bt_import_draft){.shape = bt_import_shape_of(text)};
    BT_TRY(bt_import_lines_make(text, ret->shape, arena, &lines, err));
    struct bt_import_work w = {.kb = kb, .lines = &lines, .arena = arena, .draft = ret};
    bt_import_stops(&w);
    if (ret->shape == BT_SHAPE_UNKNOWN && ret->stop_count == 0)
        return BT_FAIL(err, BT_ABSENT, 0,
                       "no known shape of an article, and no stop code in it");
    BT_TRY(bt_import_title(&w, err));
    BT_TRY(bt_import_sections(&w, err));
    BT_TRY(bt_import_applies(&w, err));
    BT_TRY(bt_import_files_read(&lines, arena, ret, err));
    BT_TRY(bt_import_drivers(&w, err));
    return bt_import_install(&w, err);
}
