// SPDX-License-Identifier: MIT
#include "cli/triage_run.h"

#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "batch/directory.h"
#include "batch/inputs.h"
#include "batch/interrupt.h"
#include "batch/scan.h"
#include "cli/cli.h"
#include "cli/messages.h"
#include "cli/printer.h"
#include "cli/process.h"
#include "cli/progress.h"
#include "cli/readable.h"

struct run {
    const struct bt_options *options;
    struct bt_printer printer;
    struct bt_inputs *inputs;
    struct bt_progress progress;
    struct bt_progress_counts counts;
    uint64_t dumps;    // dumps, and things that were named and are none
    uint64_t recorded; // in archives, by the run before
    uint64_t passed;   // files below a directory that are no dumps
};

// A message about an input. The path of it is what --redact is to keep out.
static void tell_about(const struct run *run, const char *path, const char *message)
{
    bt_message_about(run->options->redact ? bt_basename(path) : path, message);
}

// A list that cannot be read, or a directory beyond a limit, counts as an unreadable input, and
// the others go on.
static enum bt_status next_input(void *self, struct bt_job_input *ret)
{
    struct run *run = self;
    struct bt_error err;
    enum bt_status status;
    while ((status = bt_inputs_next(run->inputs, ret, &err)) != BT_OK) {
        if (status == BT_ABSENT)
            return BT_ABSENT;
        tell_about(run, ret->path, err.message);
        run->dumps++;
        run->counts.failed++;
        if (status == BT_E_NOMEM)
            return status;
    }
    return BT_OK;
}

// An input that the system did not let us open is told on standard error; in text that is all
// there is to say. A record there is always. What a report on standard output says is not
// repeated on the screen, but beside records every unreadable input is told.
static enum bt_status take_item(void *self, const char *path, const struct bt_job_item *item)
{
    struct run *run = self;
    bool unreadable = item->status >= BT_READ_UNREADABLE;
    bool text = strcmp(run->options->format->name, "text") == 0;
    if (item->notice) {
        tell_about(run, path, item->message);
        return BT_OK;
    }
    run->counts.done++;
    if (item->passed_over) {
        run->passed++;
        return BT_OK;
    }
    if (item->recorded) {
        run->recorded++;
        return BT_OK;
    }
    run->dumps++;
    run->counts.failed += unreadable;
    run->counts.matched += item->matched;
    if (item->unopened || (unreadable && !text))
        tell_about(run, path, item->message);
    if (item->size == 0 || (item->unopened && text))
        return BT_OK;
    return bt_printer_add_text(&run->printer, item->text, item->size);
}

static enum bt_status flush_items(void *self)
{
    return bt_printer_flush(&((struct run *)self)->printer);
}

static void show_unpacking(void *self, const char *path, uint64_t position, uint64_t whole)
{
    struct run *run = self;
    bt_progress_unpacking(&run->progress, path, position, whole);
}

static bool go_on(void *self)
{
    struct run *run = self;
    bt_progress_update(&run->progress, &run->counts);
    return !bt_interrupt_pending();
}

// One dump gives one JSON object, everything else an array: a directory is several whatever it
// holds.
static bool are_several(const struct bt_options *options)
{
    return options->argument_count != 1 || options->files_from != NULL ||
           bt_is_directory(options->arguments[0]);
}

static void add_count(struct bt_buf *line, uint64_t count, const char *one, const char *many)
{
    if (count != 0)
        bt_buf_printf(line, "; %" PRIu64 " %s", count, count == 1 ? one : many);
}

static void write_closing_line(const struct run *run)
{
    struct bt_buf line;
    struct bt_inputs_left_out left_out = bt_inputs_left_out(run->inputs);
    bt_buf_init(&line, 4096);
    bt_buf_printf(&line, "%" PRIu64 " dump%s, %" PRIu64 " could not be read", run->dumps,
                  run->dumps == 1 ? "" : "s", run->counts.failed);
    add_count(&line, run->passed, "other file passed over", "other files passed over");
    add_count(&line, left_out.recorded + run->recorded, "recorded before", "recorded before");
    add_count(&line, left_out.links_out, "link out of its directory not followed",
              "links out of their directory not followed");
    add_count(&line, left_out.links_empty, "link to a directory or to nothing not followed",
              "links to directories or to nothing not followed");
    if (bt_interrupt_pending())
        bt_buf_text(&line, "; interrupted");
    bt_message("%s", bt_buf_cstr(&line));
    bt_buf_fini(&line);
}

static enum bt_status scan(struct run *run, const struct bt_job *job)
{
    const struct bt_options *options = run->options;
    struct bt_error err;
    struct bt_scan_options scan = {
        .job = job,
        .workers = options->jobs != 0 ? options->jobs : bt_process_processors(),
        .timeout_seconds = options->timeout_seconds,
        .memory = options->memory,
        .unordered = options->unordered,
        .wake_fd = bt_interrupt_fd(),
    };
    struct bt_scan_events events = {.self = run,
                                    .next = next_input,
                                    .item = take_item,
                                    .flush = flush_items,
                                    .unpacking = show_unpacking,
                                    .tick = go_on};
    err.message[0] = '\0';
    enum bt_status status = bt_scan_run(&scan, &events, &err);
    if (status != BT_OK && status != BT_ABSENT && err.message[0] != '\0')
        bt_message("%s", err.message);
    return status;
}

// Scans, and ends the document. BT_ABSENT: the reader of the output has gone.
static enum bt_status scan_and_print(struct run *run, struct bt_job *job, bool several)
{
    job->report = run->printer.report;
    enum bt_status status = scan(run, job);
    bt_progress_end(&run->progress);
    enum bt_printer_end end = status != BT_OK          ? BT_PRINTER_FAILED
                              : bt_interrupt_pending() ? BT_PRINTER_INTERRUPTED
                                                       : BT_PRINTER_COMPLETE;
    enum bt_status closed = bt_printer_close(&run->printer, end);
    if (status == BT_OK)
        status = closed;
    if (status == BT_OK && (bt_interrupt_pending() || (several && !run->options->quiet)))
        write_closing_line(run);
    return status;
}

static int choose_exit(const struct run *run, enum bt_status status)
{
    enum { SIGNALLED = 128 }; // what a shell reports for a process that a signal has ended
    if (status == BT_ABSENT)  // the reader of the pipe has seen enough
        return BT_EXIT_OK;
    if (status != BT_OK)
        return BT_EXIT_OUTPUT;
    if (bt_interrupt_pending())
        return SIGNALLED + bt_interrupt_signal();
    return run->counts.failed != 0 && !run->options->exit_zero ? BT_EXIT_INPUT : BT_EXIT_OK;
}

static int open_and_scan(struct run *run, struct bt_job *job,
                         const struct bt_inputs_options *inputs,
                         const struct bt_resumption *resumption)
{
    struct bt_error err;
    bool several = are_several(run->options);
    if (bt_inputs_open(inputs, &run->inputs, &err) != BT_OK) {
        bt_message_about(inputs->list, err.message);
        return BT_EXIT_INPUT;
    }
    int exit_status = BT_EXIT_OUTPUT;
    const uint64_t *keep = resumption->in_place ? &resumption->keep : NULL;
    if (bt_printer_open(run->options, several, keep, &run->printer) == BT_OK) {
        bt_interrupt_watch();
        bt_progress_start(&run->progress, inputs);
        exit_status = choose_exit(run, scan_and_print(run, job, several));
    }
    bt_inputs_close(run->inputs);
    return exit_status;
}

static int run_in_arena(const struct bt_options *options, const struct bt_kb *kb,
                        struct bt_symbols *symbols, const struct bt_shard *shard,
                        const struct bt_resumption *resumption, struct bt_arena *arena)
{
    struct run run = {.options = options};
    struct bt_error err;
    struct bt_inputs_options inputs = {
        .paths = options->arguments,
        .path_count = options->argument_count,
        .list = options->files_from,
        .list_nul = options->list_nul,
        .inside_only = !options->no_sandbox && options->files_from == NULL,
        .shard = *shard,
        .resume = resumption->resume,
    };
    struct bt_job job = {
        .kb = kb,
        .symbols = symbols,
        .error_report = options->error_report,
        .update_list = options->update_list,
        .format = options->format,
        .resume = resumption->resume,
        .hash = options->hash,
        .threads = options->threads,
        .redact = options->redact,
        .sandboxed = !options->no_sandbox,
    };
    if (bt_readable_find(options, arena, &job.sandbox, &err) != BT_OK) {
        bt_message("%s", err.message);
        return BT_EXIT_OUTPUT;
    }
    return open_and_scan(&run, &job, &inputs, resumption);
}

int bt_triage_run(const struct bt_options *options, const struct bt_kb *kb,
                  struct bt_symbols *symbols, const struct bt_shard *shard,
                  const struct bt_resumption *resumption)
{
    struct bt_arena *arena = bt_arena_new(BT_LIMIT_ARENA);
    if (arena == NULL) {
        bt_message("out of memory");
        return BT_EXIT_OUTPUT;
    }
    int exit_status = run_in_arena(options, kb, symbols, shard, resumption, arena);
    bt_arena_free(arena);
    return exit_status;
}
