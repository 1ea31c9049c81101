// SPDX-License-Identifier: MIT
#include "cli/options.h"

#include <getopt.h>
#include <string.h>

#include <bugtriage/version.h>

#include "base/attributes.h"
#include "base/names.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/help.h"
#include "cli/load_kb.h"
#include "cli/messages.h"
#include "cli/output.h"

// Long options without a short form; above every character.
enum {
    OPTION_FORMAT = 256,
    OPTION_EXPLAIN,
    OPTION_ALL,
    OPTION_MODULES,
    OPTION_STACK,
    OPTION_KB,
    OPTION_SYMBOLS,
    OPTION_HASH,
    OPTION_ERROR_REPORT,
    OPTION_WIDTH,
    OPTION_NO_COLOR,
    OPTION_EXIT_ZERO,
    OPTION_DECIMAL,
    OPTION_ARCH,
    OPTION_BUILD,
};

static const struct option triage_options[] = {
    {"format", required_argument, NULL, OPTION_FORMAT},
    {"output", required_argument, NULL, 'o'},
    {"explain", no_argument, NULL, OPTION_EXPLAIN},
    {"all", no_argument, NULL, OPTION_ALL},
    {"modules", no_argument, NULL, OPTION_MODULES},
    {"stack", no_argument, NULL, OPTION_STACK},
    {"kb", required_argument, NULL, OPTION_KB},
    {"symbols", required_argument, NULL, OPTION_SYMBOLS},
    {"images", required_argument, NULL, OPTION_SYMBOLS},
    {"hash", no_argument, NULL, OPTION_HASH},
    {"error-report", required_argument, NULL, OPTION_ERROR_REPORT},
    {"width", required_argument, NULL, OPTION_WIDTH},
    {"no-color", no_argument, NULL, OPTION_NO_COLOR},
    {"exit-zero", no_argument, NULL, OPTION_EXIT_ZERO},
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

static const struct option explain_options[] = {
    {"decimal", no_argument, NULL, OPTION_DECIMAL},
    {"arch", required_argument, NULL, OPTION_ARCH},
    {"build", required_argument, NULL, OPTION_BUILD},
    {"format", required_argument, NULL, OPTION_FORMAT},
    {"output", required_argument, NULL, 'o'},
    {"explain", no_argument, NULL, OPTION_EXPLAIN},
    {"all", no_argument, NULL, OPTION_ALL},
    {"kb", required_argument, NULL, OPTION_KB},
    {"width", required_argument, NULL, OPTION_WIDTH},
    {"no-color", no_argument, NULL, OPTION_NO_COLOR},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

static const struct bt_name format_names[] = {
    {BT_FORMAT_TEXT, "text"},
    {BT_FORMAT_JSON, "json"},
    {BT_FORMAT_NDJSON, "ndjson"},
};

static int refuse(const char *command, const char *what, const char *value)
{
    return bt_usage_error(command, "%s \"%s\"", what, value);
}

static int set_format(const char *command, struct bt_options *options)
{
    uint32_t value;
    if (!bt_name_find(format_names, BT_COUNT(format_names), optarg, &value))
        return refuse(command, "unknown format", optarg);
    options->format = (enum bt_format_option)value;
    return BT_GO_ON;
}

static int set_width(const char *command, struct bt_options *options)
{
    uint64_t value;
    if (!bt_parse_u64(optarg, strlen(optarg), &value) || value < 40 || value > 1000)
        return refuse(command, "the width must be 40 to 1000, not", optarg);
    options->width = (unsigned)value;
    return BT_GO_ON;
}

static int add_kb(const char *command, struct bt_options *options)
{
    if (options->kb_count == BT_OPTION_KB_FILES)
        return refuse(command, "too many knowledge files at", optarg);
    options->kb_files[options->kb_count++] = optarg;
    return BT_GO_ON;
}

// Both kinds of files are looked for in all places: what a place holds is seen from the files.
static int add_symbols(const char *command, struct bt_options *options)
{
    if (options->symbol_count == BT_OPTION_SYMBOL_PATHS)
        return refuse(command, "too many places for symbols at", optarg);
    options->symbol_paths[options->symbol_count++] = optarg;
    return BT_GO_ON;
}

static int print_version(const struct bt_options *options)
{
    struct bt_kb *kb = bt_load_kb(options);
    if (kb == NULL)
        return BT_EXIT_KB;
    int exit_status = bt_print("bugtriage %s\nknowledge %s, %zu articles\n", bt_version(),
                               bt_kb_version(kb), bt_kb_article_count(kb));
    bt_kb_free(kb);
    return exit_status;
}

static int set_flag(int option, struct bt_options *options)
{
    switch (option) {
    case OPTION_EXPLAIN:
        options->explain = true;
        break;
    case OPTION_ALL:
        options->all = true;
        break;
    case OPTION_MODULES:
        options->modules = true;
        break;
    case OPTION_STACK:
        options->stack = true;
        break;
    case OPTION_ERROR_REPORT:
        options->error_report = optarg;
        break;
    case OPTION_HASH:
        options->hash = true;
        break;
    case OPTION_NO_COLOR:
        options->no_color = true;
        break;
    case OPTION_EXIT_ZERO:
        options->exit_zero = true;
        break;
    case OPTION_DECIMAL:
        options->decimal = true;
        break;
    case 'q':
        options->quiet = true;
        break;
    default:
        break;
    }
    return BT_GO_ON;
}

static int apply(const char *command, int option, const char *word, struct bt_options *options)
{
    switch (option) {
    case OPTION_FORMAT:
        return set_format(command, options);
    case OPTION_WIDTH:
        return set_width(command, options);
    case OPTION_KB:
        return add_kb(command, options);
    case OPTION_SYMBOLS:
        return add_symbols(command, options);
    case OPTION_ARCH:
        options->architecture = optarg;
        return BT_GO_ON;
    case OPTION_BUILD:
        options->build = optarg;
        return BT_GO_ON;
    case 'o':
        options->output = optarg;
        return BT_GO_ON;
    case 'h':
        return bt_print("%s", *command != '\0' ? bt_help_explain : bt_help_triage);
    case 'V':
        return print_version(options);
    case ':':
        return refuse(command, "a value is missing after", word);
    case '?':
        return refuse(command, "unknown or ambiguous option", word);
    default:
        return set_flag(option, options);
    }
}

int bt_options_parse(const char *command, int argc, char **argv, struct bt_options *ret)
{
    bool triage = *command == '\0';
    const struct option *table = triage ? triage_options : explain_options;
    const char *letters = triage ? ":o:qhV" : ":o:hV";
    *ret = (struct bt_options){0};
    opterr = 0; // messages are ours
    optind = 1;
    for (;;) {
        int at = optind;
        int option = getopt_long(argc, argv, letters, table, NULL);
        if (option == -1)
            break;
        // The word that holds the option: getopt moves on only after its last letter.
        const char *word = argv[optind > at ? optind - 1 : at];
        int result = apply(command, option, word, ret);
        if (result != BT_GO_ON)
            return result;
    }
    ret->arguments = argv + optind;
    ret->argument_count = (size_t)(argc - optind);
    return BT_GO_ON;
}
