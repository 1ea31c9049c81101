// SPDX-License-Identifier: MIT
//
// The options of `bugtriage PATH...` and of `bugtriage explain`.
#ifndef BT_CLI_OPTIONS_H
#define BT_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/formats.h"

enum { BT_OPTION_KB_FILES = 16, BT_OPTION_SYMBOL_PATHS = 32 };

struct bt_options {
    const struct bt_output_format *format;    // never NULL
    const char *output;                       // NULL: standard output
    const char *kb_files[BT_OPTION_KB_FILES]; // over the built-in knowledge, in this order
    size_t kb_count;
    const char *symbol_paths[BT_OPTION_SYMBOL_PATHS]; // of --symbols and --images, in order
    size_t symbol_count;
    unsigned width; // 0: not given
    bool explain, all, modules, stack;
    bool threads; // all stacks of a process
    bool no_color, exit_zero, hash, quiet;
    const char *error_report; // NULL: one beside the dump is looked for
    const char *update_list;  // of the machine; NULL: as above
    // Many dumps.
    unsigned jobs;            // reader processes; 0: as many as processors
    unsigned timeout_seconds; // for one dump; 0: any time
    uint64_t memory;          // bytes for one reader; 0: any
    unsigned machine_folder;  // html, summary: the N-th folder above a dump names its machine
    const char *project;      // of Jira tickets; NULL: none
    size_t top;               // lines of lists; 0: as the format likes
    const char *files_from;   // a list of inputs, NULL
    bool list_nul;            // ... that end with NUL
    const char *shard;        // NULL: everything
    const char *resume;       // records of an earlier run, NULL
    bool unordered, redact, no_sandbox;
    bool decimal;             // explain: numbers are decimal
    const char *architecture; // explain; NULL
    const char *build;        // explain; NULL
    char **arguments;         // what is left: paths, or code and parameters
    size_t argument_count;
};

enum { BT_GO_ON = -1 }; // no exit status

// `command` is "" for triage, else "explain". Options may stand before and after arguments,
// unless POSIXLY_CORRECT is set; "--" ends them. Returns BT_GO_ON, or the exit status of a
// program that has said all that there is to say.
int bt_options_parse(const char *command, int argc, char **argv, struct bt_options *ret);

#endif
