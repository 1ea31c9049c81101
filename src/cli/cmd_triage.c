// SPDX-License-Identifier: MIT
//
// bugtriage [OPTION]... PATH...
#include <stdlib.h>

#include "batch/shard.h"
#include "cli/cli.h"
#include "cli/load_kb.h"
#include "cli/load_symbols.h"
#include "cli/messages.h"
#include "cli/output.h"
#include "cli/triage_run.h"

static const char *look_up(const char *name)
{
    return getenv(name);
}

static int parse_shard(const struct bt_options *options, struct bt_shard *ret)
{
    struct bt_error err;
    *ret = (struct bt_shard){0};
    if (options->shard == NULL || bt_shard_parse(options->shard, look_up, ret, &err) == BT_OK)
        return BT_GO_ON;
    return bt_usage_error("", "%s", err.message);
}

static int run_with_symbols(const struct bt_options *options, const struct bt_kb *kb,
                            const struct bt_shard *shard)
{
    struct bt_resumption resumption;
    struct bt_symbols *symbols = NULL;
    int exit_status = bt_resumption_start(options, &resumption);
    if (exit_status != BT_GO_ON)
        return exit_status;
    exit_status = BT_EXIT_OUTPUT;
    if (bt_load_symbols(options, &symbols))
        exit_status = bt_triage_run(options, kb, symbols, shard, &resumption);
    bt_symbols_free(symbols);
    bt_resumption_end(&resumption);
    return exit_status;
}

int bt_cmd_triage(int argc, char **argv)
{
    struct bt_options options;
    struct bt_shard shard;
    int exit_status = bt_options_parse("", argc, argv, &options);
    if (exit_status != BT_GO_ON)
        return exit_status;
    if (options.argument_count == 0 && options.files_from == NULL)
        return bt_usage_error("", "no dump was named");
    const char *refused =
        bt_output_refuse(options.output, options.arguments, options.argument_count);
    if (refused != NULL)
        return bt_usage_error("", "%s %s", options.output, refused);
    exit_status = parse_shard(&options, &shard);
    if (exit_status != BT_GO_ON)
        return exit_status;
    struct bt_kb *kb = bt_load_kb(&options);
    if (kb == NULL)
        return BT_EXIT_KB;
    exit_status = run_with_symbols(&options, kb, &shard);
    bt_kb_free(kb);
    return exit_status;
}
