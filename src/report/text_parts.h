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
// A line above a list.
void bt_text_heading(struct bt_page *page, const char *text);
// A whole line: label and wrapped text.
void bt_text_line(struct bt_page *page, const char *label, const char *text);

// text_stop.c: the stop with its parameters, the exception.
void bt_text_stop(struct bt_page *page, const struct bt_result *result);

// text_facts.c: when, where and on what; the culprit, what led to it, what to look at next.
void bt_text_facts(struct bt_page *page, const struct bt_result *result,
                   const struct bt_report_options *options);

// text_article.c: one article.
enum bt_text_detail {
    BT_DETAIL_TITLE,
    BT_DETAIL_SHORT, // reasons, questions, cause and fix
    BT_DETAIL_FULL,  // reasons line by line, and everything the article says
};
void bt_text_article(struct bt_page *page, const struct bt_match *match,
                     const struct bt_result *result, enum bt_text_detail detail);
void bt_text_article_title(struct bt_page *page, const struct bt_match *match);
// A labelled line below a title; none for a text that is NULL or empty.
void bt_text_article_line(struct bt_page *page, const char *label, const char *text);
// All evidence of one kind on one line; for what does not hold or is open with the reason,
// where `reasons` asks for it.
void bt_text_evidence_line(struct bt_page *page, const struct bt_match *match,
                           enum bt_truth truth, bool reasons);

// text_articles.c: the list of them.
void bt_text_articles(struct bt_page *page, const struct bt_result *result,
                      const struct bt_report_options *options);

// text_process.c: what a user minidump tells of its program beside the crash.
void bt_text_process(struct bt_page *page, const struct bt_result *result, bool explain);
// Appends a number of bytes for people: "1.9 GiB".
void bt_text_size(struct bt_buf *line, uint64_t size);

// text_stack.c
// The functions that called each other, on one line, as far as they have names and the stack
// was unwound: "crash.exe!null_write (crash.c:19) < level2 (crash.c:24) < main".
void bt_text_call_chain(struct bt_page *page, const struct bt_crash *crash);
void bt_text_stack(struct bt_page *page, const struct bt_crash *crash);
// The stacks of the threads that did not crash, shortened; nothing where they were not walked.
void bt_text_threads(struct bt_page *page, const struct bt_crash *crash);

// text_modules.c
void bt_text_modules(struct bt_page *page, const struct bt_crash *crash);

#endif
