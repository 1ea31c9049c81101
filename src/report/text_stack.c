// SPDX-License-Identifier: MIT
#include <inttypes.h>

#include "base/text.h"
#include "report/text_parts.h"

enum { CHAIN_FRAMES = 6 }; // functions of the line "Stack" of a report

static void write_frame(struct bt_page *page, const struct bt_frame *frame, size_t number,
                        int digits)
{
    bt_page_putf(page, BT_STYLE_DIM, "  %2zu  ", number);
    bt_page_putf(page, BT_STYLE_PLAIN, "0x%0*" PRIx64 "  ", digits, frame->address);
    if (frame->module != NULL)
        bt_page_putf(page, BT_STYLE_PLAIN, "%s+0x%" PRIx64, frame->module->name,
                     frame->address - frame->module->base);
    else if (frame->unloaded != NULL)
        bt_page_putf(page, BT_STYLE_WARN, "%s+0x%" PRIx64 " (no longer loaded)",
                     frame->unloaded->name, frame->address - frame->unloaded->base);
    if (frame->function != NULL)
        bt_page_putf(page, BT_STYLE_PLAIN, "  %s+0x%" PRIx64, frame->function,
                     frame->function_offset);
    if (frame->origin == BT_NAME_NEAREST_EXPORT)
        bt_page_put(page, BT_STYLE_DIM, " (nearest export)");
    if (frame->file != NULL)
        bt_page_putf(page, BT_STYLE_PLAIN, "  %s:%" PRIu32, frame->file, frame->line);
    bt_page_putf(page, BT_STYLE_DIM, "  [%s%s]", bt_trust_name(frame->trust),
                 frame->interrupted ? ", interrupted" : "");
    bt_page_end(page);
}

// Kernel stacks change where an interrupt or a deferred procedure call began.
static void write_switch(struct bt_page *page, const struct bt_frame *frames, size_t i)
{
    if (!frames[i].other_stack || (i > 0 && frames[i - 1].other_stack && frames[i - 1].inlined))
        return;
    bt_page_put(page, BT_STYLE_DIM, "      another stack, on which this was interrupted:");
    bt_page_end(page);
}

// How many frames from `first` on are at the same address: a function that calls itself.
static size_t count_repeats(const struct bt_frame *frames, size_t count, size_t first)
{
    size_t repeats = 1;
    while (first + repeats < count && !frames[first].inlined &&
           frames[first + repeats].address == frames[first].address)
        repeats++;
    return repeats;
}

static void write_frames(struct bt_page *page, const struct bt_crash *crash,
                         const struct bt_frame *frames, size_t count, size_t most)
{
    const enum bt_arch arch = crash->system.arch;
    const int digits = arch == BT_ARCH_UNKNOWN || bt_arch_is64(arch) ? 16 : 8;
    if (count == 0) {
        bt_page_put(page, BT_STYLE_PLAIN, "  not known");
        bt_page_end(page);
    }
    size_t next = 0;
    for (size_t lines = 0; next < count && lines < most; lines++) {
        size_t repeats = count_repeats(frames, count, next);
        write_switch(page, frames, next);
        write_frame(page, &frames[next], next, digits);
        if (repeats > 1) {
            bt_page_putf(page, BT_STYLE_DIM, "      the same %zu times in all", repeats);
            bt_page_end(page);
        }
        next += repeats;
    }
    if (next < count) {
        bt_page_putf(page, BT_STYLE_DIM, "  %zu more", count - next);
        bt_page_end(page);
    }
}

void bt_text_stack(struct bt_page *page, const struct bt_crash *crash)
{
    bt_text_heading(page, "Stack");
    write_frames(page, crash, crash->frames, crash->frame_count, crash->frame_count);
}

void bt_text_threads(struct bt_page *page, const struct bt_crash *crash)
{
    // Of a thread that did not crash its newest frames tell what it was at.
    enum { MOST_THREADS = 200, MOST_FRAMES = 24 };
    size_t written = 0;
    for (size_t i = 0; crash->threads_walked && i < crash->thread_count; i++) {
        const struct bt_thread *thread = &crash->threads[i];
        if (crash->crashing_thread.known && crash->crashing_thread.value == i)
            continue;
        if (written++ == MOST_THREADS) {
            bt_page_gap(page);
            bt_page_putf(page, BT_STYLE_DIM, "%zu more threads (the JSON record has them)",
                         crash->thread_count - i);
            bt_page_end(page);
            return;
        }
        bt_page_gap(page);
        bt_page_putf(page, BT_STYLE_STRONG, "Thread %" PRIu32, thread->id);
        if (thread->name != NULL)
            bt_page_putf(page, BT_STYLE_STRONG, "  %s", thread->name);
        bt_page_end(page);
        write_frames(page, crash, thread->frames, thread->frame_count, MOST_FRAMES);
    }
}

static void add_frame(struct bt_buf *line, const struct bt_frame *frame,
                      const struct bt_module *above)
{
    if (frame->module != NULL && (frame->module != above || frame->function == NULL))
        bt_buf_printf(line, "%s%s", frame->module->name, frame->function != NULL ? "!" : "");
    if (frame->function != NULL)
        bt_buf_text(line, frame->function);
    else if (frame->module != NULL)
        bt_buf_printf(line, "+0x%" PRIx64, frame->address - frame->module->base);
    else
        bt_buf_printf(line, "0x%" PRIx64, frame->address);
    if (frame->file != NULL)
        bt_buf_printf(line, " (%s:%" PRIu32 ")", bt_basename(frame->file), frame->line);
}

// A frame that was found by scanning counts where unwinding goes on from it.
static bool is_trusted(const struct bt_crash *crash, size_t frame)
{
    return crash->frames[frame].trust != BT_TRUST_SCAN ||
           (frame + 1 < crash->frame_count && crash->frames[frame + 1].trust != BT_TRUST_SCAN);
}

void bt_text_call_chain(struct bt_page *page, const struct bt_crash *crash)
{
    struct bt_buf line;
    size_t named = 0, shown = 0, repeats = 0;
    bt_buf_init(&line, page->out->limit);
    for (size_t i = 0; i < crash->frame_count && shown < CHAIN_FRAMES; i += repeats, shown++) {
        if (!is_trusted(crash, i))
            break;
        repeats = count_repeats(crash->frames, crash->frame_count, i);
        bt_buf_text(&line, i != 0 ? " < " : "");
        add_frame(&line, &crash->frames[i], i != 0 ? crash->frames[i - 1].module : NULL);
        if (repeats > 1)
            bt_buf_printf(&line, " %zu times", repeats);
        named += crash->frames[i].function != NULL;
    }
    if (named > 1)
        bt_text_line(page, "Stack", bt_buf_cstr(&line));
    bt_buf_fini(&line);
}
