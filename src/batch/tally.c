// SPDX-License-Identifier: MIT
#include "batch/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "batch/example.h"
#include "batch/place.h"
#include "batch/tally_impl.h"

static const unsigned READABLE_SCHEMA = 1;

// Makes room for one more element in an array that the tally owns.
static enum bt_status make_room(void *array, size_t count, size_t size, size_t *capacity,
                                struct bt_error *err)
{
    if (count < *capacity)
        return BT_OK;
    void *old;
    memcpy(&old, array, sizeof old);
    size_t more = *capacity != 0 ? *capacity * 2 : 16;
    if (more > SIZE_MAX / size)
        return BT_FAIL(err, BT_E_LIMIT, BT_NO_OFFSET, "too many different things");
    void *grown = realloc(old, more * size);
    if (grown == NULL)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    memcpy(array, &grown, sizeof grown);
    *capacity = more;
    return BT_OK;
}

void bt_tally_span(struct bt_opt64 time, struct bt_opt64 *first, struct bt_opt64 *last)
{
    if (!time.known)
        return;
    if (!first->known || time.value < first->value)
        *first = time;
    if (!last->known || time.value > last->value)
        *last = time;
}

enum bt_status bt_tally_new(const struct bt_tally_options *options, struct bt_tally **ret,
                            struct bt_error *err)
{
    struct bt_tally *t = calloc(1, sizeof *t);
    struct bt_arena *arena = bt_arena_new(BT_LIMIT_TALLY);
    if (t == NULL || arena == NULL) {
        free(t);
        bt_arena_free(arena);
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    }
    t->options = *options;
    t->arena = arena;
    t->run.since = options->since;
    struct bt_intern *sets[] = {&t->group_names, &t->articles, &t->knowledge, &t->baseline};
    for (size_t i = 0; i < BT_COUNT(sets); i++)
        bt_intern_init(sets[i], arena);
    struct bt_tally_kind *kinds[] = {&t->drivers, &t->machines, &t->systems, &t->unreadable};
    for (size_t i = 0; i < BT_COUNT(kinds); i++) {
        bt_intern_init(&kinds[i]->spellings, arena);
        bt_intern_init(&kinds[i]->names, arena);
    }
    bt_pairs_init(&t->seen, BT_LIMIT_TALLY_PAIRS);
    bt_buf_init(&t->text, BT_LIMIT_REPORT);
    *ret = t;
    return BT_OK;
}

static void free_kind(struct bt_tally_kind *kind)
{
    bt_intern_fini(&kind->spellings);
    bt_intern_fini(&kind->names);
    free(kind->ids);
    free(kind->counts);
}

void bt_tally_free(struct bt_tally *t)
{
    if (t == NULL)
        return;
    for (size_t i = 0; i < t->group_names.count; i++)
        free(t->groups[i].links);
    free(t->groups);
    free(t->rows);
    free(t->article_titles);
    free(t->article_urls);
    bt_intern_fini(&t->group_names);
    bt_intern_fini(&t->articles);
    bt_intern_fini(&t->knowledge);
    bt_intern_fini(&t->baseline);
    free_kind(&t->drivers);
    free_kind(&t->machines);
    free_kind(&t->systems);
    free_kind(&t->unreadable);
    bt_pairs_fini(&t->seen);
    bt_buf_fini(&t->text);
    bt_arena_free(t->arena);
    free(t);
}

// A string of a record without its escapes. The result may lie in t->text.
static struct bt_slice plain(struct bt_tally *t, struct bt_slice raw)
{
    if (raw.text == NULL || memchr(raw.text, '\\', raw.size) == NULL)
        return raw;
    bt_buf_clear(&t->text);
    bt_json_decode(raw, &t->text);
    return (struct bt_slice){bt_buf_cstr(&t->text), t->text.size};
}

// A lasting copy of a string of a record; NULL for one that is not there.
static enum bt_status keep(struct bt_tally *t, struct bt_slice raw, const char **ret,
                           struct bt_error *err)
{
    *ret = NULL;
    struct bt_slice text = plain(t, raw);
    return text.text != NULL ? bt_arena_text(t->arena, text.text, text.size, ret, err) : BT_OK;
}

// The number of the thing that is spelt like this for the first time: that of another spelling
// in other letters, or a new one.
static enum bt_status add_spelling(struct bt_tally *t, struct bt_tally_kind *kind,
                                   struct bt_slice name, uint32_t *ret, struct bt_error *err)
{
    size_t known = kind->names.count;
    char *folded;
    BT_TRY(bt_arena_alloc(t->arena, name.size + 1, 1, &folded, err));
    for (size_t i = 0; i < name.size; i++)
        folded[i] = bt_lower(name.text[i]);
    BT_TRY(make_room(&kind->counts, known, sizeof *kind->counts, &kind->capacity, err));
    BT_TRY(bt_intern_add(&kind->names, (struct bt_slice){folded, name.size}, ret, err));
    if (*ret != known)
        return BT_OK;
    kind->counts[known] = (struct bt_tally_count){0};
    if (t->options.redact && kind == &t->machines)
        return bt_arena_printf(t->arena, &kind->counts[known].name, err, "machine %zu",
                               known + 1);
    return bt_arena_text(t->arena, name.text, name.size, &kind->counts[known].name, err);
}

// Where a dump lies, as people read it: without its folders where those are not to be shown,
// and with the name inside an archive.
static enum bt_status keep_place(struct bt_tally *t, const struct bt_record *r,
                                 const char **ret, struct bt_error *err)
{
    const char *member = NULL;
    BT_TRY(keep(t, r->path, ret, err));
    BT_TRY(keep(t, r->member, &member, err));
    return bt_place_text(t->arena, t->options.redact, member, ret, err);
}

// Counts one dump of the thing that is called `name`, whatever the case of its letters.
static enum bt_status count_name(struct bt_tally *t, struct bt_tally_kind *kind,
                                 struct bt_slice raw, struct bt_opt64 time, uint32_t *ret,
                                 struct bt_error *err)
{
    struct bt_slice name = plain(t, raw);
    size_t known = kind->spellings.count;
    uint32_t spelling;
    BT_TRY(make_room(&kind->ids, known, sizeof *kind->ids, &kind->ids_capacity, err));
    BT_TRY(bt_intern_add(&kind->spellings, name, &spelling, err));
    if (spelling == known)
        BT_TRY(add_spelling(t, kind, name, &kind->ids[spelling], err));
    *ret = kind->ids[spelling];
    struct bt_tally_count *count = &kind->counts[*ret];
    count->dumps++;
    bt_tally_span(time, &count->first, &count->last);
    return BT_OK;
}

// The folder `level` steps above a file: "HOST1" of "share/HOST1/Minidump/a.dmp" at level 2.
static struct bt_slice folder_above(struct bt_slice path, unsigned level)
{
    size_t end = path.size;
    for (unsigned i = 0; i <= level; i++) {
        size_t start = end;
        while (start > 0 && path.text[start - 1] != '/' && path.text[start - 1] != '\\')
            start--;
        if (i == level)
            return (struct bt_slice){end > start ? &path.text[start] : NULL, end - start};
        end = start;
        while (end > 0 && (path.text[end - 1] == '/' || path.text[end - 1] == '\\'))
            end--;
    }
    return (struct bt_slice){0};
}

static struct bt_slice find_machine(const struct bt_tally *t, const struct bt_record *r)
{
    if (r->machine.text != NULL || t->options.machine_folder == 0 || r->path.text == NULL)
        return r->machine;
    struct bt_slice name = folder_above(r->path, t->options.machine_folder);
    return bt_slice_is(name, ".") || bt_slice_is(name, "..") ? (struct bt_slice){0} : name;
}

static enum bt_status add_article(struct bt_tally *t, const struct bt_record_match *m,
                                  uint32_t *ret, struct bt_error *err)
{
    size_t known = t->articles.count;
    if (known == t->article_capacity) {
        size_t capacity = t->article_capacity;
        BT_TRY(make_room(&t->article_urls, known, sizeof *t->article_urls, &capacity, err));
        BT_TRY(make_room(&t->article_titles, known, sizeof *t->article_titles,
                         &t->article_capacity, err));
    }
    BT_TRY(bt_intern_add(&t->articles, plain(t, m->article), ret, err));
    if (*ret != known)
        return BT_OK;
    t->article_titles[known] = t->article_urls[known] = NULL;
    BT_TRY(keep(t, m->title, &t->article_titles[known], err));
    return keep(t, m->url, &t->article_urls[known], err);
}

static enum bt_status find_link(struct bt_tally_group *group, uint32_t article,
                                struct bt_tally_link **ret, struct bt_error *err)
{
    for (size_t i = 0; i < group->link_count; i++) {
        if (group->links[i].article == article) {
            *ret = &group->links[i];
            return BT_OK;
        }
    }
    BT_TRY(make_room(&group->links, group->link_count, sizeof *group->links,
                     &group->link_capacity, err));
    *ret = &group->links[group->link_count++];
    **ret = (struct bt_tally_link){.article = article};
    return BT_OK;
}

static enum bt_status count_matches(struct bt_tally *t, const struct bt_record *r,
                                    struct bt_tally_group *group, struct bt_error *err)
{
    for (size_t i = 0; i < r->match_count; i++) {
        const struct bt_record_match *m = &r->matches[i];
        uint32_t article;
        struct bt_tally_link *link;
        BT_TRY(add_article(t, m, &article, err));
        BT_TRY(find_link(group, article, &link, err));
        link->by_fit[m->fit]++;
        if (m->fit > link->best)
            link->best = m->fit;
        link->has_fix |= m->has_fix;
        if (m->has_fix)
            link->by_fix[m->fix]++;
    }
    t->run.with_article += r->match_count != 0;
    return BT_OK;
}

// A problem that was not met before.
static enum bt_status start_group(struct bt_tally *t, const struct bt_record *r,
                                  const char *text, size_t size, struct bt_tally_group *group,
                                  struct bt_error *err)
{
    BT_TRY(keep(t, r->code, &group->code, err));
    BT_TRY(keep(t, r->code_name, &group->code_name, err));
    BT_TRY(keep(t, r->culprit, &group->culprit, err));
    BT_TRY(keep(t, r->company, &group->company, err));
    if (t->options.examples && t->group_names.count <= BT_LIMIT_TALLY_EXAMPLES)
        BT_TRY(bt_example_read(text, size, t->options.redact, t->arena, &group->example, err));
    return BT_OK;
}

static enum bt_status add_group(struct bt_tally *t, const struct bt_record *r, const char *text,
                                size_t size, uint32_t *ret, struct bt_error *err)
{
    size_t known = t->group_names.count;
    BT_TRY(make_room(&t->groups, known, sizeof *t->groups, &t->group_capacity, err));
    t->groups[known] = (struct bt_tally_group){0};
    BT_TRY(bt_intern_add(&t->group_names, plain(t, r->group), ret, err));
    struct bt_tally_group *group = &t->groups[*ret];
    if (*ret == known)
        BT_TRY(start_group(t, r, text, size, group, err));
    group->dumps++;
    bt_tally_span(r->time, &group->first, &group->last);
    return count_matches(t, r, group, err);
}

// Counts the machine of a crash once for its problem.
static enum bt_status count_machine(struct bt_tally *t, uint32_t group, uint32_t machine,
                                    struct bt_error *err)
{
    bool is_new;
    enum bt_status st = bt_pairs_add(&t->seen, (uint64_t)machine << 32 | group, &is_new);
    if (st == BT_E_LIMIT) {
        t->groups[group].machines_cut = true;
        return BT_OK;
    }
    if (st != BT_OK)
        return BT_FAIL(err, st, BT_NO_OFFSET, "out of memory");
    t->groups[group].machines += is_new;
    t->machines.counts[machine].problems += is_new;
    return BT_OK;
}

static void count_day(struct bt_tally *t, struct bt_opt64 time)
{
    bt_filetime start = bt_filetime_from_civil(
        (struct bt_civil){.year = BT_TALLY_FIRST_YEAR, .month = 1, .day = 1});
    if (!time.known || time.value < start) {
        t->run.without_time++;
        return;
    }
    uint64_t day = (time.value - start) / (86400 * BT_TICKS_PER_SECOND);
    if (day < BT_TALLY_DAYS)
        t->days[day]++;
    bt_tally_span(time, &t->run.first, &t->run.last);
}

// "Windows Server 2008 SP2, x64"
static enum bt_status count_system(struct bt_tally *t, const struct bt_record *r,
                                   struct bt_error *err)
{
    char name[128];
    uint32_t id;
    size_t size = 0;
    struct bt_slice parts[] = {plain(t, r->system), r->service_pack, r->architecture};
    static const char *const before[] = {"", " SP", ", "};
    for (size_t i = 0; i < BT_COUNT(parts); i++) {
        size_t gap = strlen(before[i]);
        if (parts[i].text == NULL || parts[i].size + gap > sizeof name - size)
            continue;
        memcpy(&name[size], before[i], gap);
        memcpy(&name[size + gap], parts[i].text, parts[i].size);
        size += gap + parts[i].size;
    }
    if (r->system.text == NULL)
        return BT_OK;
    return count_name(t, &t->systems, (struct bt_slice){name, size}, r->time, &id, err);
}

static enum bt_status count_crash(struct bt_tally *t, const struct bt_record *r,
                                  const char *text, size_t size, uint32_t machine,
                                  uint32_t *ret_group, struct bt_error *err)
{
    uint32_t driver;
    t->run.crashes++;
    BT_TRY(add_group(t, r, text, size, ret_group, err));
    if (machine != BT_INTERN_NONE)
        BT_TRY(count_machine(t, *ret_group, machine, err));
    if (r->culprit.text != NULL && r->culprit.size != 0) {
        BT_TRY(count_name(t, &t->drivers, r->culprit, r->time, &driver, err));
        if (t->drivers.counts[driver].detail == NULL)
            BT_TRY(keep(t, r->company, &t->drivers.counts[driver].detail, err));
    }
    count_day(t, r->time);
    return count_system(t, r, err);
}

static enum bt_status count_unreadable(struct bt_tally *t, const struct bt_record *r,
                                       struct bt_error *err)
{
    struct bt_slice why = r->problem.text != NULL  ? r->problem
                          : r->status.text != NULL ? r->status
                                                   : (struct bt_slice){"unknown", 7};
    uint32_t id;
    BT_TRY(count_name(t, &t->unreadable, why, r->time, &id, err));
    if (t->unreadable.counts[id].detail == NULL)
        BT_TRY(keep_place(t, r, &t->unreadable.counts[id].detail, err));
    return BT_OK;
}

static enum bt_status add_row(struct bt_tally *t, const struct bt_record *r, uint32_t group,
                              uint32_t machine, struct bt_error *err)
{
    if (!t->options.rows)
        return BT_OK;
    if (t->row_count >= BT_LIMIT_RUN_ROWS) {
        t->run.rows_dropped++;
        return BT_OK;
    }
    BT_TRY(make_room(&t->rows, t->row_count, sizeof *t->rows, &t->row_capacity, err));
    struct bt_run_row *row = &t->rows[t->row_count];
    *row = (struct bt_run_row){
        .time = r->time,
        .machine = machine != BT_INTERN_NONE ? t->machines.counts[machine].name : NULL,
        .group = group != BT_INTERN_NONE ? group : BT_RUN_NO_PROBLEM,
    };
    BT_TRY(keep_place(t, r, &row->path, err));
    BT_TRY(keep(t, r->status, &row->status, err));
    BT_TRY(keep(t, r->problem, &row->problem, err));
    if (r->match_count != 0) {
        uint32_t article;
        BT_TRY(add_article(t, &r->matches[0], &article, err));
        row->article = bt_intern_text(&t->articles, article);
        row->has_fix = r->matches[0].has_fix;
        row->fix = r->matches[0].fix;
    }
    t->row_count++;
    return BT_OK;
}

// A status that this program does not know is that of a newer one, and no reason to worry.
static enum bt_read_status count_status(struct bt_tally *t, struct bt_slice name)
{
    enum bt_read_status status = BT_READ_CRASHED;
    while (status > BT_READ_OK && !bt_slice_is(name, bt_read_status_name(status)))
        status--;
    t->run.by_status[status]++;
    return status;
}

static enum bt_status check_schema(struct bt_tally *t, unsigned schema, struct bt_error *err)
{
    if (t->schema == 0)
        t->schema = schema;
    if (schema != t->schema)
        return BT_FAIL(err, BT_E_UNSUPPORTED, BT_NO_OFFSET,
                       "records of schema %u and %u cannot be added up", t->schema, schema);
    if (schema != READABLE_SCHEMA)
        return BT_FAIL(err, BT_E_UNSUPPORTED, BT_NO_OFFSET,
                       "the records have schema %u, this program reads %u", schema,
                       READABLE_SCHEMA);
    return BT_OK;
}

// Whether --since leaves the record out.
static bool is_left_out(struct bt_tally *t, const struct bt_record *r)
{
    if (!t->options.since.known)
        return false;
    if (!r->time.known) {
        t->run.undated++;
        return true;
    }
    if (r->time.value < t->options.since.value) {
        t->run.too_old++;
        return true;
    }
    return false;
}

enum bt_status bt_tally_add(struct bt_tally *t, const char *text, size_t size,
                            struct bt_error *err)
{
    struct bt_record r;
    uint32_t kb, group = BT_INTERN_NONE, machine = BT_INTERN_NONE;
    if (!bt_record_read(text, size, &r) || r.schema == 0) {
        t->run.damaged++;
        return BT_OK;
    }
    BT_TRY(check_schema(t, r.schema, err));
    if (is_left_out(t, &r))
        return BT_OK;
    t->run.records++;
    enum bt_read_status status = count_status(t, r.status);
    if (r.kb_version.text != NULL)
        BT_TRY(bt_intern_add(&t->knowledge, plain(t, r.kb_version), &kb, err));
    struct bt_slice name = find_machine(t, &r);
    if (name.text != NULL)
        BT_TRY(count_name(t, &t->machines, name, r.time, &machine, err));
    if (r.group.text != NULL)
        BT_TRY(count_crash(t, &r, text, size, machine, &group, err));
    else if (status >= BT_READ_UNREADABLE)
        BT_TRY(count_unreadable(t, &r, err));
    else
        t->run.without_crash++;
    return add_row(t, &r, group, machine, err);
}

void bt_tally_has_baseline(struct bt_tally *t)
{
    t->run.has_baseline = true;
}

enum bt_status bt_tally_baseline(struct bt_tally *t, struct bt_slice group,
                                 struct bt_error *err)
{
    uint32_t id;
    t->run.has_baseline = true;
    return bt_intern_add(&t->baseline, plain(t, group), &id, err);
}
