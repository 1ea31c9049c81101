// SPDX-License-Identifier: MIT
#include <string.h>

#include "base/attributes.h"
#include "cli/cli.h"
#include "cli/process.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"explain", bt_cmd_explain},
    {"group", bt_cmd_group},
    {"kb", bt_cmd_kb},
};

int main(int argc, char **argv)
{
    bt_process_setup();
    for (size_t i = 0; argc > 1 && i < BT_COUNT(commands); i++) {
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    }
    return bt_cmd_triage(argc, argv);
}
