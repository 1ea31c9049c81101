// SPDX-License-Identifier: MIT
//
// The short notation of systems: LINE [RELEASE] [SERVICE PACK] [ARCHITECTURE...] [server |
// workstation] [build N[-M]] [except ARCHITECTURE | TSE]. docs/kb-language.md lists the words.
#ifndef BT_KB_SYSTEM_H
#define BT_KB_SYSTEM_H

#include "kb/article.h"
#include "kb/words.h"

enum { BT_KB_BAD_WORD_SIZE = 32 };

// Parses a notation; `text` is kept by reference. On failure `ret_bad` is the word that was not
// understood, or empty where no product line was recognised.
bool bt_kb_parse_system(const char *text, struct bt_kb_system *ret,
                        char ret_bad[BT_KB_BAD_WORD_SIZE]);
// The names of all product lines.
const struct bt_kb_words *bt_kb_system_lines(void);

#endif
