// SPDX-License-Identifier: MIT
//
// The sections of a text report; inside the report room only.
#ifndef BT_REPORT_TEXT_PARTS_H
#define BT_REPORT_TEXT_PARTS_H

#include "report/page.h"
#include "report/report.h"

enum { BT_TEXT_LABEL = 10 }; // column after a label such as "Culprit"

// A label at the start of a line, then the column after it.
void bt_text_label(struct bt_page *page, const char *label);
// A whole line: label and wrapped text.
void bt_text_line(struct bt_page *page, const char *label, const char *text);

// text_crash.c: stop, parameters, exception; when, where and on what; culprit.
void bt_text_stop(struct bt_page *page, const struct bt_result *result);
void bt_text_facts(struct bt_page *page, const struct bt_result *result,
                   const struct bt_report_options *options);

// text_articles.c
void bt_text_articles(struct bt_page *page, const struct bt_result *result,
                      const struct bt_report_options *options);

// text_lists.c
void bt_text_stack(struct bt_page *page, const struct bt_crash *crash);
void bt_text_modules(struct bt_page *page, const struct bt_crash *crash);

#endif
