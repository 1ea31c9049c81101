// SPDX-License-Identifier: MIT
//
// bugtriage [OPTION]... PATH...
#include <string.h>

#include "base/text.h"
#include "cli/cli.h"
#include "cli/directory.h"
#include "cli/load_kb.h"
#include "cli/load_symbols.h"
#include "cli/messages.h"
#include "cli/printer.h"
#include "cli/walk.h"
#include "triage/triage.h"

enum { STANDARD_INPUT = 0 };

struct run {
    const struct bt_options *options;
    const struct bt_kb *kb;
    struct bt_symbols *symbols; // NULL: none
    struct bt_printer printer;
    size_t inputs;     // dumps, and things that were named and are none
    size_t unreadable; // of those
    size_t passed;     // files below a directory that are no dumps
};

static bool is_unreadable(const struct bt_result *result)
{
    return result->crash->status >= BT_READ_UNREADABLE;
}

// Below a directory, dumps are recognised by their content; only a name that says "dump" makes
// an empty or damaged file worth a record.
static bool is_named_like_a_dump(const char *path)
{
    static const char *const suffixes[] = {".dmp",    ".mdmp",    ".hdmp",    ".kdmp",
                                           ".dmp.gz", ".mdmp.gz", ".hdmp.gz", ".kdmp.gz"};
    for (size_t i = 0; i < BT_COUNT(suffixes); i++) {
        if (bt_iends_with(path, suffixes[i]))
            return true;
    }
    return false;
}

// An input that the system did not let us open is told on standard error; in text that is all
// there is to say. A record there is always. What a report on standard output says is not
// repeated on the screen, but beside records every unreadable input is told.
static enum bt_status report(struct run *run, const char *path, bool found,
                             const struct bt_result *result)
{
    bool unreadable = is_unreadable(result);
    bool unopened = unreadable && result->crash->problem.code == BT_PROBLEM_IO;
    bool text = run->options->format == BT_FORMAT_TEXT;
    if (found && unreadable && !is_named_like_a_dump(path)) {
        run->passed++;
        return BT_OK;
    }
    run->inputs++;
    run->unreadable += unreadable;
    if (unopened || (unreadable && !text))
        bt_message_about(path, result->crash->problem.message);
    return unopened && text ? BT_OK : bt_printer_add(&run->printer, result);
}

// One input; `found` below a directory, or else named on the command line.
static enum bt_status triage_path(struct run *run, const char *path, bool found)
{
    const struct bt_triage_options options = {.hash = run->options->hash,
                                              .symbols = run->symbols,
                                              .error_report = run->options->error_report};
    struct bt_triage *triage;
    struct bt_error err;
    enum bt_status status =
        !found && strcmp(path, "-") == 0
            ? bt_triage_stream(run->kb, STANDARD_INPUT, path, &options, &triage, &err)
            : bt_triage_file(run->kb, path, &options, &triage, &err);
    if (status != BT_OK) {
        bt_message_about(path, err.message);
        return status;
    }
    status = report(run, path, found, bt_triage_result(triage));
    bt_triage_free(triage);
    return status;
}

// A directory that cannot be read counts as an unreadable input, and the others go on.
static enum bt_status skip_directory(struct run *run, const char *path,
                                     const struct bt_error *err)
{
    bt_message_about(path, err->message);
    run->inputs++;
    run->unreadable++;
    return err->status == BT_E_NOMEM ? BT_E_NOMEM : BT_OK;
}

static enum bt_status triage_directory(struct run *run, const char *root)
{
    struct bt_walk *walk;
    struct bt_error err;
    if (bt_walk_open(root, &walk, &err) != BT_OK)
        return skip_directory(run, root, &err);
    enum bt_status status = BT_OK;
    while (status == BT_OK) {
        const char *path;
        enum bt_status next = bt_walk_next(walk, &path, &err);
        if (next == BT_ABSENT)
            break;
        status = next == BT_OK ? triage_path(run, path, true) : skip_directory(run, path, &err);
    }
    bt_walk_close(walk);
    return status;
}

static enum bt_status triage_all(struct run *run)
{
    for (size_t i = 0; i < run->options->argument_count; i++) {
        const char *path = run->options->arguments[i];
        BT_TRY(bt_is_directory(path) ? triage_directory(run, path)
                                     : triage_path(run, path, false));
    }
    return BT_OK;
}

// One dump gives one JSON object, everything else an array: a directory is several whatever it
// holds.
static bool are_several(const struct bt_options *options)
{
    return options->argument_count != 1 || bt_is_directory(options->arguments[0]);
}

static void write_closing_line(const struct run *run)
{
    bt_message("%zu dump%s, %zu could not be read%s", run->inputs, run->inputs == 1 ? "" : "s",
               run->unreadable, run->passed != 0 ? "; other files passed over" : "");
}

static int run_triage(struct run *run)
{
    bool several = are_several(run->options);
    if (bt_printer_open(run->options, several, &run->printer) != BT_OK)
        return BT_EXIT_OUTPUT;
    enum bt_status status = triage_all(run);
    bool complete = status == BT_OK;
    enum bt_status closed = bt_printer_close(&run->printer, complete);
    if (complete)
        status = closed;
    if (status == BT_ABSENT) // the reader of the pipe has seen enough
        return BT_EXIT_OK;
    if (status != BT_OK)
        return BT_EXIT_OUTPUT;
    if (several && !run->options->quiet)
        write_closing_line(run);
    return run->unreadable != 0 && !run->options->exit_zero ? BT_EXIT_INPUT : BT_EXIT_OK;
}

int bt_cmd_triage(int argc, char **argv)
{
    struct bt_options options;
    int exit_status = bt_options_parse("", argc, argv, &options);
    if (exit_status != BT_GO_ON)
        return exit_status;
    if (options.argument_count == 0)
        return bt_usage_error("", "no dump was named");
    struct bt_kb *kb = bt_load_kb(&options);
    if (kb == NULL)
        return BT_EXIT_KB;
    struct run run = {.options = &options, .kb = kb};
    exit_status = BT_EXIT_OUTPUT;
    if (bt_load_symbols(&options, &run.symbols))
        exit_status = run_triage(&run);
    bt_symbols_free(run.symbols);
    bt_kb_free(kb);
    return exit_status;
}
