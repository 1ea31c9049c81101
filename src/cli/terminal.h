// SPDX-License-Identifier: MIT
//
// What the screen can show. The only place, with terminal_*.c, that looks at the environment.
#ifndef BT_CLI_TERMINAL_H
#define BT_CLI_TERMINAL_H

#include <stdbool.h>

struct bt_terminal {
    bool is_terminal; // standard output is one
    bool colour;      // ... that shows colours, and NO_COLOR does not forbid them
    bool utf8;        // the locale's characters are UTF-8
    unsigned width;   // columns; 0 where it is no terminal
};

// Describes standard output. Sets the locale of characters, and nothing else of the locale.
struct bt_terminal bt_terminal_describe(void);

// Whether standard error is a terminal on which a line can be written anew.
bool bt_terminal_shows_progress(void);
// Its columns; 0 where that is not known.
unsigned bt_terminal_progress_width(void);

#endif
