// SPDX-License-Identifier: MIT
#include "cli/options.h"

#include <getopt.h>
#include <string.h>

#include <bugtriage/version.h>

#include "base/attributes.h"
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
    OPTION_THREADS,
    OPTION_KB,
    OPTION_SYMBOLS,
    OPTION_HASH,
    OPTION_ERROR_REPORT,
    OPTION_HOTFIXES,
    OPTION_WIDTH,
    OPTION_NO_COLOR,
    OPTION_EXIT_ZERO,
    OPTION_DECIMAL,
    OPTION_ARCH,
    OPTION_BUILD,
    OPTION_TIMEOUT,
    OPTION_MEMORY,
    OPTION_TOP,
    OPTION_MACHINE_FOLDER,
    OPTION_JIRA_PROJECT,
    OPTION_FILES_FROM,
    OPTION_SHARD,
    OPTION_RESUME,
    OPTION_UNORDERED,
    OPTION_REDACT,
    OPTION_NO_SANDBOX,
    OPTION_HELP_BATCH,
};

// Where nothing else is said: long enough for a compressed dump of a large machine, and more
// memory than a reader has ever needed.
enum { DEFAULT_TIMEOUT = 120, DEFAULT_MEMORY_MIB = 2048 };

static const struct option triage_options[] = {
    {"format", required_argument, NULL, OPTION_FORMAT},
    {"output", required_argument, NULL, 'o'},
    {"explain", no_argument, NULL, OPTION_EXPLAIN},
    {"all", no_argument, NULL, OPTION_ALL},
    {"modules", no_argument, NULL, OPTION_MODULES},
    {"stack", no_argument, NULL, OPTION_STACK},
    {"threads", no_argument, NULL, OPTION_THREADS},
    {"kb", required_argument, NULL, OPTION_KB},
    {"symbols", required_argument, NULL, OPTION_SYMBOLS},
    {"images", required_argument, NULL, OPTION_SYMBOLS},
    {"hash", no_argument, NULL, OPTION_HASH},
    {"error-report", required_argument, NULL, OPTION_ERROR_REPORT},
    {"hotfixes", required_argument, NULL, OPTION_HOTFIXES},
    {"width", required_argument, NULL, OPTION_WIDTH},
    {"no-color", no_argument, NULL, OPTION_NO_COLOR},
    {"exit-zero", no_argument, NULL, OPTION_EXIT_ZERO},
    {"quiet", no_argument, NULL, 'q'},
    {"jobs", required_argument, NULL, 'j'},
    {"timeout", required_argument, NULL, OPTION_TIMEOUT},
    {"memory", required_argument, NULL, OPTION_MEMORY},
    {"top", required_argument, NULL, OPTION_TOP},
    {"machine-folder", required_argument, NULL, OPTION_MACHINE_FOLDER},
    {"jira-project", required_argument, NULL, OPTION_JIRA_PROJECT},
    {"files-from", required_argument, NULL, OPTION_FILES_FROM},
    {"null", no_argument, NULL, '0'},
    {"shard", required_argument, NULL, OPTION_SHARD},
    {"resume", required_argument, NULL, OPTION_RESUME},
    {"unordered", no_argument, NULL, OPTION_UNORDERED},
    {"redact", no_argument, NULL, OPTION_REDACT},
    {"no-sandbox", no_argument, NULL, OPTION_NO_SANDBOX},
    {"help-batch", no_argument, NULL, OPTION_HELP_BATCH},
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

static int refuse(const char *command, const char *what, const char *value)
{
    return bt_usage_error(command, "%s \"%s\"", what, value);
}

// `explain` has one result and no dump: what is made for many, or for a dump's bytes, is no
// format of it.
static int set_format(const char *command, struct bt_options *options)
{
    const struct bt_output_format *format = bt_output_format_find(optarg);
    bool explain = *command != '\0';
    if (format == NULL || (explain && format->draw != NULL))
        return refuse(command, "unknown format", optarg);
    options->format = format;
    return BT_GO_ON;
}

static int set_number(const char *command, const char *what, uint64_t least, uint64_t most,
                      uint64_t *ret)
{
    if (bt_parse_u64(optarg, strlen(optarg), ret) && *ret >= least && *ret <= most)
        return BT_GO_ON;
    return refuse(command, what, optarg);
}

static int set_width(const char *command, struct bt_options *options)
{
    uint64_t value = 0;
    int result = set_number(command, "the width must be 40 to 1000, not", 40, 1000, &value);
    options->width = (unsigned)value;
    return result;
}

static int set_jobs(const char *command, struct bt_options *options)
{
    uint64_t value = 0;
    int result =
        set_number(command, "the number of jobs must be 1 to 256, not", 1, 256, &value);
    options->jobs = (unsigned)value;
    return result;
}

static int set_timeout(const char *command, struct bt_options *options)
{
    uint64_t value = 0;
    int result =
        set_number(command, "the time limit must be 0 to 86400 seconds, not", 0, 86400, &value);
    options->timeout_seconds = (unsigned)value;
    return result;
}

static int set_memory(const char *command, struct bt_options *options)
{
    uint64_t value = 0;
    int result = set_number(command, "the memory limit must be 0, or 128 to 1048576 MiB, not",
                            0, 1048576, &value);
    if (result == BT_GO_ON && value != 0 && value < 128)
        return refuse(command, "the memory limit must be 0, or 128 to 1048576 MiB, not",
                      optarg);
    options->memory = value << 20;
    return result;
}

static int set_machine_folder(const char *command, struct bt_options *options)
{
    uint64_t value = 0;
    int result = set_number(command, "the folder must be 1 to 32, not", 1, 32, &value);
    options->machine_folder = (unsigned)value;
    return result;
}

static int set_top(const char *command, struct bt_options *options)
{
    uint64_t value = 0;
    int result =
        set_number(command, "the number of lines must be 1 to 100000, not", 1, 100000, &value);
    options->top = (size_t)value;
    return result;
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
    case OPTION_THREADS:
        options->threads = true;
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
    case '0':
        options->list_nul = true;
        break;
    case OPTION_UNORDERED:
        options->unordered = true;
        break;
    case OPTION_REDACT:
        options->redact = true;
        break;
    case OPTION_NO_SANDBOX:
        options->no_sandbox = true;
        break;
    default:
        break;
    }
    return BT_GO_ON;
}

// Options whose value is a text that is looked at later.
static bool set_text(int option, struct bt_options *options)
{
    const struct {
        int option;
        const char **into;
    } texts[] = {{'o', &options->output},
                 {OPTION_ARCH, &options->architecture},
                 {OPTION_BUILD, &options->build},
                 {OPTION_FILES_FROM, &options->files_from},
                 {OPTION_SHARD, &options->shard},
                 {OPTION_RESUME, &options->resume},
                 {OPTION_JIRA_PROJECT, &options->project},
                 {OPTION_HOTFIXES, &options->update_list}};
    for (size_t i = 0; i < BT_COUNT(texts); i++) {
        if (texts[i].option == option) {
            *texts[i].into = optarg;
            return true;
        }
    }
    return false;
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
    case OPTION_TIMEOUT:
        return set_timeout(command, options);
    case OPTION_MEMORY:
        return set_memory(command, options);
    case OPTION_TOP:
        return set_top(command, options);
    case OPTION_MACHINE_FOLDER:
        return set_machine_folder(command, options);
    case 'j':
        return set_jobs(command, options);
    case 'h':
        return bt_print("%s", *command != '\0' ? bt_help_explain : bt_help_triage);
    case OPTION_HELP_BATCH:
        return bt_print("%s", bt_help_batch);
    case 'V':
        return print_version(options);
    case ':':
        return refuse(command, "a value is missing after", word);
    case '?':
        return refuse(command, "unknown or ambiguous option", word);
    default:
        return set_text(option, options) ? BT_GO_ON : set_flag(option, options);
    }
}

int bt_options_parse(const char *command, int argc, char **argv, struct bt_options *ret)
{
    bool triage = *command == '\0';
    const struct option *table = triage ? triage_options : explain_options;
    const char *letters = triage ? ":o:qj:0hV" : ":o:hV";
    *ret = (struct bt_options){
        .format = bt_output_format_find("text"),
        .timeout_seconds = DEFAULT_TIMEOUT,
        .memory = (uint64_t)DEFAULT_MEMORY_MIB << 20,
    };
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
