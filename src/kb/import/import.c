// SPDX-License-Identifier: MIT
#include "kb/import/import.h"

#include "kb/import/article_facts.h"
#include "kb/import/lines.h"
#include "kb/import/tables.h"

enum bt_status bt_import_read(const struct bt_kb *kb, struct bt_span text,
                              struct bt_arena *arena, struct bt_import_draft *ret,
                              struct bt_error *err)
{
    struct bt_import_lines lines;
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
