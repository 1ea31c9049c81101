// SPDX-License-Identifier: MIT
//
// What the commands of the program share: exit statuses and their entry points.
#ifndef BT_CLI_CLI_H
#define BT_CLI_CLI_H

// The contract with scripts (docs: README, "Exit status"); never renumbered.
enum bt_exit {
    BT_EXIT_OK = 0,
    BT_EXIT_INPUT = 1,  // an input could not be read; its record says why
    BT_EXIT_USAGE = 2,  // the command line is wrong
    BT_EXIT_KB = 3,     // the knowledge base cannot be used
    BT_EXIT_OUTPUT = 4, // output could not be written, or the program itself cannot go on
};

// argv[0] is the name of the command (the program's own name for triage).
int bt_cmd_triage(int argc, char **argv);
int bt_cmd_explain(int argc, char **argv);
int bt_cmd_group(int argc, char **argv);
int bt_cmd_kb(int argc, char **argv);

#endif
