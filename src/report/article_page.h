// SPDX-License-Identifier: MIT
//
// Articles of the knowledge for people: one line each, or one in full.
#ifndef BT_REPORT_ARTICLE_PAGE_H
#define BT_REPORT_ARTICLE_PAGE_H

#include "kb/article.h"
#include "report/page.h"

// "KB909665  0x7F  2003 SP1 host of a two-node cluster ..."
void bt_article_line(struct bt_page *page, const struct bt_kb_article *article);

// Everything that the article says, and the conditions as their author wrote them.
void bt_article_full(struct bt_page *page, const struct bt_kb_article *article);

// Whether the article names a stop or an exception of this code.
bool bt_article_has_code(const struct bt_kb_article *article, uint32_t code);

// Whether every word is somewhere in the article: in its id, title, keywords, prose, files and
// conditions, or as the code of a stop or an exception ("0x7f"; "7F" beside other words does
// not count).
bool bt_article_has_words(const struct bt_kb_article *article, const char *const *words,
                          size_t count);

#endif
