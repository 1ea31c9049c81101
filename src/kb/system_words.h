// SPDX-License-Identifier: MIT
//
// Systems as people write them: "Windows Server 2003, Service Pack 1", "Windows 10 22H2",
// "2003 SP1". Inside the kb room only.
#ifndef BT_KB_SYSTEM_WORDS_H
#define BT_KB_SYSTEM_WORDS_H

#include "kb/machine_text.h"

// Looks at the words of one line. The first system that the text names is taken; a second that
// differs makes it unclear which is meant: `ret->system` is emptied, and *unclear set.
void bt_system_words_read(const char *line, size_t size, struct bt_machine_text *ret,
                          bool *unclear);

#endif
