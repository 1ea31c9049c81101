// SPDX-License-Identifier: MIT
//
// The options of `bugtriage PATH...` and of `bugtriage explain`.
#ifndef BT_CLI_OPTIONS_H
#define BT_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

enum bt_format_option {
    BT_FORMAT_TEXT,
    BT_FORMAT_JSON,
    BT_FORMAT_NDJSON,
};

enum { BT_OPTION_KB_FILES = 16 };

struct bt_options {
    enum bt_format_option format;
    const char *output;                       // NULL: standard output
    const char *kb_files[BT_OPTION_KB_FILES]; // over the built-in knowledge, in this order
    size_t kb_count;
    unsigned width; // 0: not given
    bool explain, all, modules, stack;
    bool no_color, exit_zero, hash, quiet;
    bool decimal;             // explain: numbers are decimal
    const char *architecture; // explain; NULL
    const char *build;        // explain; NULL
    char **arguments;         // what is left: paths, or code and parameters
    size_t argument_count;
};

enum bt_options_result {
    BT_OPTIONS_RUN,   // go on
    BT_OPTIONS_DONE,  // help or version was printed
    BT_OPTIONS_WRONG, // a message was printed: BT_EXIT_USAGE
    BT_OPTIONS_KB,    // --version could not load the knowledge: BT_EXIT_KB
};

// `command` is "" for triage, else "explain". Options may stand before and after arguments,
// unless POSIXLY_CORRECT is set; "--" ends them.
enum bt_options_result bt_options_parse(const char *command, int argc, char **argv,
                                        struct bt_options *ret);

#endif
