// SPDX-License-Identifier: MIT
//
// Rows that have to be in order in the image, whatever order their files come in; and the names
// of status values, which conditions may use.
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "kb/compiler.h"
#include "kb/image.h"

void bt_kb_stage_row(struct bt_kb_compiler *c, enum bt_kb_section section, const char *key,
                     struct bt_kb_place place, const uint32_t *words)
{
    struct bt_kb_stage *stage = &c->stages[section];
    if (stage->count == stage->capacity) {
        size_t capacity = stage->capacity == 0 ? 64 : stage->capacity * 2;
        struct bt_kb_staged *rows = realloc(stage->rows, capacity * sizeof *rows);
        if (rows == NULL) {
            c->out_of_memory = true;
            return;
        }
        stage->rows = rows;
        stage->capacity = capacity;
    }
    struct bt_kb_staged *row = &stage->rows[stage->count];
    *row = (struct bt_kb_staged){.place = place};
    memcpy(row->words, words, bt_kb_layout[section].words * sizeof *words);
    if (key != NULL && bt_arena_text(c->arena, key, strlen(key), &row->key, NULL) != BT_OK) {
        c->out_of_memory = true;
        return;
    }
    stage->count++;
}

static int compare_places(struct bt_kb_place a, struct bt_kb_place b)
{
    int order = strcmp(a.file, b.file);
    if (order == 0 && a.line != b.line)
        order = a.line < b.line ? -1 : 1;
    return order;
}

static int compare_by_number(const void *a, const void *b)
{
    const struct bt_kb_staged *x = a, *y = b;
    if (x->words[0] != y->words[0])
        return x->words[0] < y->words[0] ? -1 : 1;
    return compare_places(x->place, y->place);
}

static int compare_by_text(const void *a, const void *b)
{
    const struct bt_kb_staged *x = a, *y = b;
    int order = strcmp(x->key, y->key);
    return order != 0 ? order : compare_places(x->place, y->place);
}

static int compare_by_wide(const void *a, const void *b)
{
    const struct bt_kb_staged *x = a, *y = b;
    uint64_t p = (uint64_t)x->words[2] << 32 | x->words[1];
    uint64_t q = (uint64_t)y->words[2] << 32 | y->words[1];
    if (p != q)
        return p < q ? -1 : 1;
    return compare_places(x->place, y->place);
}

static bool is_duplicate(enum bt_kb_order_kind order, const struct bt_kb_staged *a,
                         const struct bt_kb_staged *b)
{
    if (order == ORDER_NUMBER)
        return a->words[0] == b->words[0];
    return order == ORDER_TEXT && strcmp(a->key, b->key) == 0;
}

void bt_kb_flush_stage(struct bt_kb_compiler *c, enum bt_kb_section section, const char *what)
{
    struct bt_kb_stage *stage = &c->stages[section];
    enum bt_kb_order_kind order = bt_kb_layout[section].order;
    int (*compare)(const void *, const void *) = compare_by_number;
    if (order == ORDER_TEXT || order == ORDER_TEXT_LOOSE)
        compare = compare_by_text;
    else if (order == ORDER_WIDE_LOOSE)
        compare = compare_by_wide;
    if (stage->count != 0)
        qsort(stage->rows, stage->count, sizeof *stage->rows, compare);
    for (size_t i = 0; i < stage->count; i++) {
        const struct bt_kb_staged *row = &stage->rows[i];
        const struct bt_kb_staged *before = i > 0 ? &stage->rows[i - 1] : NULL;
        if (before != NULL && is_duplicate(order, before, row))
            bt_kb_complain(c->diagnostics, row->place, "%s is already in %s:%u", what,
                           before->place.file, before->place.line);
        else
            bt_kb_writer_row(&c->writer, section, row->words);
    }
    free(stage->rows);
    *stage = (struct bt_kb_stage){0};
}

// --- Status names

void bt_kb_add_status_name(struct bt_kb_compiler *c, const char *name, uint32_t value)
{
    if (c->status_name_count == c->status_name_capacity) {
        size_t capacity = c->status_name_capacity == 0 ? 4096 : c->status_name_capacity * 2;
        struct bt_kb_status_name *names = realloc(c->status_names, capacity * sizeof *names);
        if (names == NULL) {
            c->out_of_memory = true;
            return;
        }
        c->status_names = names;
        c->status_name_capacity = capacity;
    }
    const char *copy = NULL;
    if (bt_arena_text(c->arena, name, strlen(name), &copy, NULL) != BT_OK) {
        c->out_of_memory = true;
        return;
    }
    c->status_names[c->status_name_count++] =
        (struct bt_kb_status_name){.name = copy, .value = value};
    c->status_names_sorted = false;
}

static int compare_names(const void *a, const void *b)
{
    const struct bt_kb_status_name *x = a, *y = b;
    int order = bt_casecmp(x->name, y->name);
    if (order == 0 && x->value != y->value)
        order = x->value < y->value ? -1 : 1;
    return order;
}

bool bt_kb_status_value(struct bt_kb_compiler *c, const char *name, uint32_t *ret)
{
    if (!c->status_names_sorted && c->status_name_count != 0) {
        qsort(c->status_names, c->status_name_count, sizeof *c->status_names, compare_names);
        c->status_names_sorted = true;
    }
    size_t low = 0, high = c->status_name_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (bt_casecmp(c->status_names[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == c->status_name_count || !bt_ieq(c->status_names[low].name, name))
        return false;
    *ret = c->status_names[low].value;
    return true;
}

const char *bt_kb_status_suggest(const struct bt_kb_compiler *c, const char *name)
{
    const char **names = calloc(c->status_name_count + 1, sizeof(const char *));
    if (names == NULL)
        return NULL;
    for (size_t i = 0; i < c->status_name_count; i++)
        names[i] = c->status_names[i].name;
    struct bt_kb_words words = {names, c->status_name_count};
    const char *best = bt_kb_word_suggest(&words, name);
    free(names);
    return best;
}
