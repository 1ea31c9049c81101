// SPDX-License-Identifier: MIT
#include "kb/diagnostics.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

void bt_kb_diagnostics_init(struct bt_kb_diagnostics *diagnostics)
{
    memset(diagnostics, 0, sizeof *diagnostics);
}

static void free_item(struct bt_kb_diagnostic *item)
{
    free((void *)(uintptr_t)item->place.file);
    free(item->message);
}

void bt_kb_diagnostics_fini(struct bt_kb_diagnostics *diagnostics)
{
    for (size_t i = 0; i < diagnostics->count; i++)
        free_item(&diagnostics->items[i]);
    bt_kb_diagnostics_init(diagnostics);
}

static char *copy_of(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    if (copy != NULL)
        memcpy(copy, text, size);
    return copy;
}

// Where the list is full an error takes the place of a warning; NULL where there is no room.
static struct bt_kb_diagnostic *find_room(struct bt_kb_diagnostics *diagnostics, bool warning)
{
    if (diagnostics->count < BT_LIMIT_DIAGNOSTICS)
        return &diagnostics->items[diagnostics->count++];
    for (size_t i = 0; i < diagnostics->count && !warning; i++) {
        if (diagnostics->items[i].warning) {
            free_item(&diagnostics->items[i]);
            return &diagnostics->items[i];
        }
    }
    return NULL;
}

static BT_PRINTF(4, 0) void add(struct bt_kb_diagnostics *diagnostics, struct bt_kb_place place,
                                bool warning, const char *format, va_list args)
{
    if (warning)
        diagnostics->warnings++;
    else
        diagnostics->errors++;
    struct bt_kb_diagnostic *item = find_room(diagnostics, warning);
    if (item == NULL)
        return;
    char message[512];
    vsnprintf(message, sizeof message, format, args);
    // Sources may be hostile: nothing in a message may move a terminal's cursor.
    for (char *p = message; *p != '\0'; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = '?';
    }
    *item = (struct bt_kb_diagnostic){.place = place, .warning = warning};
    item->place.file = copy_of(place.file != NULL ? place.file : "?");
    item->message = copy_of(message);
}

void bt_kb_complain(struct bt_kb_diagnostics *diagnostics, struct bt_kb_place place,
                    const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(diagnostics, place, false, format, args);
    va_end(args);
}

void bt_kb_warn(struct bt_kb_diagnostics *diagnostics, struct bt_kb_place place,
                const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(diagnostics, place, true, format, args);
    va_end(args);
}

static int compare_places(const void *a, const void *b)
{
    const struct bt_kb_diagnostic *x = a, *y = b;
    int order = strcmp(x->place.file ? x->place.file : "", y->place.file ? y->place.file : "");
    if (order != 0)
        return order;
    if (x->place.line != y->place.line)
        return x->place.line < y->place.line ? -1 : 1;
    if (x->place.column != y->place.column)
        return x->place.column < y->place.column ? -1 : 1;
    return strcmp(x->message ? x->message : "", y->message ? y->message : "");
}

void bt_kb_diagnostics_print(struct bt_kb_diagnostics *diagnostics, struct bt_buf *out)
{
    qsort(diagnostics->items, diagnostics->count, sizeof diagnostics->items[0], compare_places);
    for (size_t i = 0; i < diagnostics->count; i++) {
        const struct bt_kb_diagnostic *item = &diagnostics->items[i];
        if (item->place.file == NULL || item->message == NULL)
            continue; // out of memory when it was added
        bt_buf_text(out, item->place.file);
        if (item->place.line != 0)
            bt_buf_printf(out, ":%u:%u", item->place.line, item->place.column);
        bt_buf_printf(out, ": %s: %s\n", item->warning ? "warning" : "error", item->message);
    }
    size_t all = diagnostics->errors + diagnostics->warnings;
    if (all > diagnostics->count)
        bt_buf_printf(out, "%zu more are not shown\n", all - diagnostics->count);
}
