// SPDX-License-Identifier: MIT
#include <inttypes.h>
#include <string.h>

#include "report/text_parts.h"

static void write_heading(struct bt_page *page, const char *text)
{
    bt_page_gap(page);
    bt_page_put(page, BT_STYLE_STRONG, text);
    bt_page_end(page);
}

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
    bt_page_putf(page, BT_STYLE_DIM, "  [%s]", bt_trust_name(frame->trust));
    bt_page_end(page);
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
    for (size_t i = 0; i < count && i < most; i++)
        write_frame(page, &frames[i], i, digits);
    if (count > most) {
        bt_page_putf(page, BT_STYLE_DIM, "  %zu more", count - most);
        bt_page_end(page);
    }
}

void bt_text_stack(struct bt_page *page, const struct bt_crash *crash)
{
    write_heading(page, "Stack");
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

// The widest name of a list, within reason: a hostile name must not push the page apart.
static size_t name_column(const struct bt_page *page, const struct bt_crash *crash)
{
    size_t widest = 12;
    for (size_t i = 0; i < crash->module_count; i++) {
        size_t columns = bt_page_columns(page, crash->modules[i].name);
        if (columns > widest && columns <= 32)
            widest = columns;
    }
    return 2 + widest + 2;
}

static void write_range(struct bt_page *page, size_t column, const char *name, bt_va base,
                        bt_va end)
{
    bt_page_put(page, BT_STYLE_PLAIN, "  ");
    bt_page_put(page, BT_STYLE_PLAIN, name);
    bt_page_put(page, BT_STYLE_PLAIN, " ");
    bt_page_to(page, column);
    if (end != 0)
        bt_page_putf(page, BT_STYLE_PLAIN, "0x%" PRIx64 "-0x%" PRIx64, base, end - 1);
    else
        bt_page_putf(page, BT_STYLE_PLAIN, "0x%" PRIx64, base);
}

static void write_module(struct bt_page *page, const struct bt_module *module, size_t column)
{
    char version[BT_FILE_VERSION_TEXT_SIZE];
    bt_va end = module->size != 0 ? module->base + module->size : 0;
    write_range(page, column, module->name, module->base, end);
    if (module->timestamp.known)
        bt_page_putf(page, BT_STYLE_DIM, "  stamp %08" PRIx32, module->timestamp.value);
    if (module->file_version.known) {
        bt_file_version_text(module->file_version.value, version);
        bt_page_putf(page, BT_STYLE_PLAIN, "  %s", version);
    }
    if (module->company != NULL)
        bt_page_putf(page, BT_STYLE_PLAIN, "  %s", module->company);
    bt_page_end(page);
}

void bt_text_modules(struct bt_page *page, const struct bt_crash *crash)
{
    size_t column = name_column(page, crash);
    write_heading(page, "Modules");
    for (size_t i = 0; i < crash->module_count; i++)
        write_module(page, &crash->modules[i], column);
    if (crash->unloaded_count == 0)
        return;
    write_heading(page, "Unloaded modules");
    for (size_t i = 0; i < crash->unloaded_count; i++) {
        const struct bt_unloaded_module *module = &crash->unloaded[i];
        write_range(page, column, module->name, module->base, module->end);
        bt_page_end(page);
    }
}
