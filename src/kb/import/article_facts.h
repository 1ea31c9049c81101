// SPDX-License-Identifier: MIT
//
// What an article says outside its tables: number and title, products, stops, drivers, how to
// install the fix. Each function reads one kind of fact; inside the import only.
#ifndef BT_KB_IMPORT_ARTICLE_FACTS_H
#define BT_KB_IMPORT_ARTICLE_FACTS_H

#include "kb/import/lines.h"

struct bt_import_work {
    const struct bt_kb *kb;
    const struct bt_import_lines *lines;
    struct bt_arena *arena;
    struct bt_import_draft *draft;
};

// Copies text[0..size) without the blanks around it into the arena.
enum bt_status bt_import_keep(const struct bt_import_work *w, const char *text, size_t size,
                              uint32_t line, struct bt_import_text *ret,
                              struct bt_error *err) BT_MUST_USE;

enum bt_status bt_import_title(const struct bt_import_work *w,
                               struct bt_error *err) BT_MUST_USE;
enum bt_status bt_import_sections(const struct bt_import_work *w,
                                  struct bt_error *err) BT_MUST_USE;
enum bt_status bt_import_applies(const struct bt_import_work *w,
                                 struct bt_error *err) BT_MUST_USE;
void bt_import_stops(const struct bt_import_work *w);
enum bt_status bt_import_drivers(const struct bt_import_work *w,
                                 struct bt_error *err) BT_MUST_USE;
enum bt_status bt_import_install(const struct bt_import_work *w,
                                 struct bt_error *err) BT_MUST_USE;

#endif
