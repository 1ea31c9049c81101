// SPDX-License-Identifier: MIT
#include "cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/messages.h"
#include "cli/process.h"
#include "cli/terminal.h"

enum {
    PAUSE = 200,        // milliseconds between two lines
    COUNT_AHEAD = 10,   // milliseconds of that for counting inputs, many times faster than
    COUNTED_AHEAD = 64, // any scan; so many between two looks at the clock
    WARM_UP = 2000,     // no guess of the end before that
    RECENT = 2000,      // an input that was told of before that is read no more
};

void bt_progress_start(struct bt_progress *progress, const struct bt_inputs_options *inputs)
{
    *progress = (struct bt_progress){.shown = bt_terminal_shows_progress(),
                                     .started = bt_process_milliseconds()};
    // A list that comes through a pipe can be read only once.
    bool countable = inputs->list == NULL || strcmp(inputs->list, "-") != 0;
    if (progress->shown && countable && bt_inputs_open(inputs, &progress->ahead, NULL) != BT_OK)
        progress->ahead = NULL;
}

static void count_ahead(struct bt_progress *progress)
{
    struct bt_job_input input;
    uint64_t end = bt_process_milliseconds() + COUNT_AHEAD;
    for (unsigned i = 1; progress->ahead != NULL; i++) {
        if (i % COUNTED_AHEAD == 0 && bt_process_milliseconds() >= end)
            break;
        if (bt_inputs_next(progress->ahead, &input, NULL) != BT_ABSENT) {
            progress->total++;
            continue;
        }
        progress->total_known = true;
        bt_inputs_close(progress->ahead);
        progress->ahead = NULL;
    }
}

void bt_progress_unpacking(struct bt_progress *progress, const char *path, uint64_t position,
                           uint64_t whole)
{
    const char *name = bt_basename(path);
    size_t size = strlen(name);
    if (!progress->shown)
        return;
    // The end of a name tells more than its beginning.
    bool cut = size >= sizeof progress->unpacked;
    if (cut)
        name += size - sizeof progress->unpacked + 4;
    while (cut && (*name & 0xc0) == 0x80) // not within a character
        name++;
    snprintf(progress->unpacked, sizeof progress->unpacked, "%s%s", cut ? "..." : "", name);
    progress->position = position;
    progress->whole = whole;
    progress->told = bt_process_milliseconds();
}

// "big.zip: 45 % unpacked"
static void write_unpacking(const struct bt_progress *progress, struct bt_buf *line)
{
    const char *name =
        strcmp(progress->unpacked, "-") == 0 ? "standard input" : progress->unpacked;
    if (progress->whole != 0 && progress->position <= progress->whole)
        bt_buf_printf(line, "%s: %u %% unpacked", name,
                      (unsigned)(progress->position * 100 / progress->whole));
    else
        bt_buf_printf(line, "%s: %" PRIu64 " MiB read", name, progress->position >> 20);
}

// "1,200 of 10,000, 850/s, 10 s left; 300 with an article, 17 not readable"
static void write_counts(const struct bt_progress *progress,
                         const struct bt_progress_counts *counts, uint64_t elapsed,
                         struct bt_buf *line)
{
    uint64_t rate = elapsed != 0 ? counts->done * 1000 / elapsed : 0;
    bt_buf_printf(line, "%" PRIu64, counts->done);
    if (progress->total_known)
        bt_buf_printf(line, " of %" PRIu64, progress->total);
    bt_buf_printf(line, ", %" PRIu64 "/s", rate);
    if (progress->total_known && elapsed >= WARM_UP && rate != 0 &&
        progress->total >= counts->done) {
        char left[BT_TIME_TEXT_SIZE];
        bt_duration_text((progress->total - counts->done) / rate, left);
        bt_buf_printf(line, ", %s left", left);
    }
    bt_buf_printf(line, "; %" PRIu64 " with an article, %" PRIu64 " not readable",
                  counts->matched, counts->failed);
}

static void write_line(const struct bt_progress *progress,
                       const struct bt_progress_counts *counts, uint64_t now,
                       struct bt_buf *line)
{
    bool unpacks = progress->told != 0 && now - progress->told < RECENT;
    bool alone = progress->total_known && progress->total == 1;
    if (!alone || !unpacks)
        write_counts(progress, counts, now - progress->started, line);
    if (!alone && unpacks)
        bt_buf_text(line, "; ");
    if (unpacks)
        write_unpacking(progress, line);
}

void bt_progress_update(struct bt_progress *progress, const struct bt_progress_counts *counts)
{
    struct bt_buf line;
    if (!progress->shown)
        return;
    uint64_t now = bt_process_milliseconds();
    if (now - progress->updated < PAUSE)
        return;
    progress->updated = now;
    count_ahead(progress);
    bt_buf_init(&line, 1024);
    write_line(progress, counts, now, &line);
    bt_message_status(bt_buf_cstr(&line));
    bt_buf_fini(&line);
}

void bt_progress_end(struct bt_progress *progress)
{
    bt_inputs_close(progress->ahead);
    progress->ahead = NULL;
    if (progress->shown)
        bt_message_status("");
}
