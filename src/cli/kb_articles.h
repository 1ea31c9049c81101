// SPDX-License-Identifier: MIT
//
// bugtriage kb list|show|search: what the loaded knowledge says.
#ifndef BT_CLI_KB_ARTICLES_H
#define BT_CLI_KB_ARTICLES_H

#include <stddef.h>

#include "kb/kb.h"

// Each returns an exit status; messages have been told. `words` are codes of stops and
// exceptions, by number or name, for list (none: every article), ids for show, words that must
// all occur for search.
int bt_kb_articles_list(const struct bt_kb *kb, const char *const *words, size_t count);
int bt_kb_articles_show(const struct bt_kb *kb, const char *const *words, size_t count);
int bt_kb_articles_search(const struct bt_kb *kb, const char *const *words, size_t count);

#endif
