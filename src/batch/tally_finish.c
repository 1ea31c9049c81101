// SPDX-License-Identifier: MIT
//
// Sorting what was added up. Every order ends in a comparison of names, so that the same
// records give the same report.
#include <stdlib.h>
#include <string.h>

#include <bugtriage/version.h>

#include "batch/tally_impl.h"

static int compare_numbers(uint64_t a, uint64_t b) // larger first
{
    return (a < b) - (a > b);
}

static int compare_problems(const void *x, const void *y)
{
    const struct bt_run_problem *a = x;
    const struct bt_run_problem *b = y;
    int order = compare_numbers(a->dumps, b->dumps);
    if (order == 0)
        order = compare_numbers(a->last.value, b->last.value);
    return order != 0 ? order : strcmp(a->group, b->group);
}

// Articles that may help come before those whose fix is there already.
static unsigned usefulness(enum bt_fit best)
{
    return best == BT_FIT_FIXED ? 0 : (unsigned)best;
}

static int compare_articles(const void *x, const void *y)
{
    const struct bt_run_article *a = x;
    const struct bt_run_article *b = y;
    int order = compare_numbers(usefulness(a->best), usefulness(b->best));
    if (order == 0)
        order = compare_numbers(a->dumps, b->dumps);
    return order != 0 ? order : strcmp(a->id, b->id);
}

// Dumps that an article explains and whose machines still lack its fix.
static uint64_t help(const struct bt_run_article *a)
{
    uint64_t sure = a->by_fit[BT_FIT_STRONG] + a->by_fit[BT_FIT_PROBABLE];
    uint64_t installed = a->by_fix[BT_FIX_INSTALLED];
    return sure > installed ? sure - installed : 0;
}

static int compare_help(const void *x, const void *y)
{
    int order = compare_numbers(help(x), help(y));
    return order != 0 ? order : compare_articles(x, y);
}

static int compare_counts(const void *x, const void *y)
{
    const struct bt_run_count *a = x;
    const struct bt_run_count *b = y;
    int order = compare_numbers(a->dumps, b->dumps);
    return order != 0 ? order : strcmp(a->name, b->name);
}

static void sort(void *items, size_t count, size_t size,
                 int (*compare)(const void *, const void *))
{
    if (count > 1)
        qsort(items, count, size, compare);
}

static void add_up(struct bt_run_article *sum, const struct bt_tally_link *link)
{
    sum->has_fix |= link->has_fix;
    if (link->best > sum->best)
        sum->best = link->best;
    for (size_t i = 0; i < BT_COUNT(link->by_fit); i++) {
        sum->by_fit[i] += link->by_fit[i];
        sum->dumps += link->by_fit[i];
    }
    for (size_t i = 0; i < BT_COUNT(link->by_fix); i++)
        sum->by_fix[i] += link->by_fix[i];
}

static struct bt_run_article name_article(const struct bt_tally *t, uint32_t article)
{
    return (struct bt_run_article){
        .id = bt_intern_text(&t->articles, article),
        .title = t->article_titles[article],
        .url = t->article_urls[article],
    };
}

static enum bt_status finish_problem(struct bt_tally *t, uint32_t id,
                                     struct bt_run_problem *ret, struct bt_error *err)
{
    const struct bt_tally_group *g = &t->groups[id];
    struct bt_slice name = t->group_names.texts[id];
    *ret = (struct bt_run_problem){
        .group = name.text,
        .code = g->code,
        .code_name = g->code_name,
        .culprit = g->culprit,
        .company = g->company,
        .dumps = g->dumps,
        .machines = g->machines,
        .machines_cut = g->machines_cut,
        .first = g->first,
        .last = g->last,
        .is_new = t->run.has_baseline && bt_intern_find(&t->baseline, name) == BT_INTERN_NONE,
        .article_count = g->link_count,
        .example = g->example,
        .number = id,
    };
    BT_TRY(bt_arena_alloc(t->arena, g->link_count, sizeof *ret->articles, &ret->articles, err));
    for (size_t i = 0; i < g->link_count; i++) {
        ret->articles[i] = name_article(t, g->links[i].article);
        add_up(&ret->articles[i], &g->links[i]);
    }
    sort(ret->articles, g->link_count, sizeof *ret->articles, compare_articles);
    return BT_OK;
}

static enum bt_status finish_problems(struct bt_tally *t, struct bt_run *run,
                                      struct bt_error *err)
{
    size_t count = t->group_names.count;
    BT_TRY(bt_arena_alloc(t->arena, count, sizeof *run->problems, &run->problems, err));
    for (uint32_t id = 0; id < count; id++) {
        BT_TRY(finish_problem(t, id, &run->problems[id], err));
        run->new_problems += run->problems[id].is_new;
    }
    run->problem_count = count;
    sort(run->problems, count, sizeof *run->problems, compare_problems);
    for (uint32_t id = 0; id < t->baseline.count; id++)
        run->gone_problems +=
            bt_intern_find(&t->group_names, t->baseline.texts[id]) == BT_INTERN_NONE;
    return BT_OK;
}

static enum bt_status finish_articles(struct bt_tally *t, struct bt_run *run,
                                      struct bt_error *err)
{
    size_t count = t->articles.count;
    BT_TRY(bt_arena_alloc(t->arena, count, sizeof *run->articles, &run->articles, err));
    for (uint32_t id = 0; id < count; id++)
        run->articles[id] = name_article(t, id);
    for (size_t g = 0; g < t->group_names.count; g++) {
        for (size_t i = 0; i < t->groups[g].link_count; i++) {
            const struct bt_tally_link *link = &t->groups[g].links[i];
            add_up(&run->articles[link->article], link);
        }
    }
    run->article_count = count;
    sort(run->articles, count, sizeof *run->articles, compare_help);
    return BT_OK;
}

static enum bt_status finish_kind(struct bt_tally *t, const struct bt_tally_kind *kind,
                                  struct bt_run_count **ret, size_t *ret_count,
                                  struct bt_error *err)
{
    size_t count = kind->names.count;
    BT_TRY(bt_arena_alloc(t->arena, count, sizeof **ret, ret, err));
    for (size_t i = 0; i < count; i++) {
        const struct bt_tally_count *c = &kind->counts[i];
        (*ret)[i] =
            (struct bt_run_count){c->name, c->detail, c->dumps, c->problems, c->first, c->last};
    }
    sort(*ret, count, sizeof **ret, compare_counts);
    *ret_count = count;
    return BT_OK;
}

// A problem names its driver, so drivers count their problems here.
static void count_driver_problems(struct bt_tally *t)
{
    for (size_t g = 0; g < t->group_names.count; g++) {
        const char *culprit = t->groups[g].culprit;
        if (culprit == NULL)
            continue;
        uint32_t spelling =
            bt_intern_find(&t->drivers.spellings, (struct bt_slice){culprit, strlen(culprit)});
        if (spelling != BT_INTERN_NONE)
            t->drivers.counts[t->drivers.ids[spelling]].problems++;
    }
}

static void finish_days(struct bt_tally *t, struct bt_run *run)
{
    size_t first = 0, end = BT_TALLY_DAYS;
    while (first < end && t->days[first] == 0)
        first++;
    while (end > first && t->days[end - 1] == 0)
        end--;
    run->days = &t->days[first < BT_TALLY_DAYS ? first : 0];
    run->day_count = end - first;
    run->day_first = bt_filetime_from_civil(
                         (struct bt_civil){.year = BT_TALLY_FIRST_YEAR, .month = 1, .day = 1}) +
                     first * 86400 * BT_TICKS_PER_SECOND;
}

// Rows name their problem by its place in the sorted list.
static enum bt_status finish_rows(struct bt_tally *t, struct bt_run *run, struct bt_error *err)
{
    size_t *place;
    BT_TRY(bt_arena_alloc(t->arena, run->problem_count, sizeof *place, &place, err));
    for (size_t i = 0; i < run->problem_count; i++)
        place[run->problems[i].number] = i;
    for (size_t i = 0; i < t->row_count; i++) {
        if (t->rows[i].group != BT_RUN_NO_PROBLEM)
            t->rows[i].group = place[t->rows[i].group];
    }
    run->rows = t->rows;
    run->row_count = t->row_count;
    return BT_OK;
}

enum bt_status bt_tally_finish(struct bt_tally *t, struct bt_run *ret, struct bt_error *err)
{
    struct bt_run run = t->run;
    run.tool_version = bt_version();
    BT_TRY(bt_arena_alloc(t->arena, t->knowledge.count, sizeof *run.knowledge, &run.knowledge,
                          err));
    run.knowledge_count = t->knowledge.count;
    for (uint32_t i = 0; i < t->knowledge.count; i++)
        run.knowledge[i] = bt_intern_text(&t->knowledge, i);
    count_driver_problems(t);
    BT_TRY(finish_problems(t, &run, err));
    BT_TRY(finish_articles(t, &run, err));
    BT_TRY(finish_kind(t, &t->drivers, &run.drivers, &run.driver_count, err));
    BT_TRY(finish_kind(t, &t->machines, &run.machines, &run.machine_count, err));
    BT_TRY(finish_kind(t, &t->systems, &run.systems, &run.system_count, err));
    BT_TRY(finish_kind(t, &t->unreadable, &run.unreadable, &run.unreadable_count, err));
    finish_days(t, &run);
    BT_TRY(finish_rows(t, &run, err));
    *ret = run;
    return BT_OK;
}
