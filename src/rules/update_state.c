// SPDX-License-Identifier: MIT
#include "rules/update_state.h"

#include <string.h>

#include "base/text.h"

// Updates that supersede each other: a chain is as long as the history of a file, a loop is a
// mistake of an author.
enum { MOST_LINKS = 32 };

// The number of "KB2792165" or "Q243852"; false for anything else.
static bool read_number(const char *id, uint32_t *ret)
{
    uint64_t number;
    size_t prefix = bt_ieq_n(id, "q", 1) ? 1 : 2;
    if (prefix == 2 && (strlen(id) < 2 || !bt_ieq_n(id, "kb", 2)))
        return false;
    if (!bt_is_digit(id[prefix]) || !bt_parse_u64(&id[prefix], strlen(&id[prefix]), &number) ||
        number > UINT32_MAX)
        return false;
    *ret = (uint32_t)number;
    return true;
}

static const struct bt_update *find_update(const struct bt_machine *machine, uint32_t number)
{
    size_t low = 0, high = machine->update_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (machine->updates[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < machine->update_count && machine->updates[low].number == number;
    return found ? &machine->updates[low] : NULL;
}

// Ids that are looked for, each once, in the order in which they were found.
struct chain {
    const char *ids[MOST_LINKS];
    size_t count;
};

static void add_id(struct chain *chain, const char *id)
{
    for (size_t i = 0; i < chain->count; i++) {
        if (bt_ieq(chain->ids[i], id))
            return;
    }
    if (chain->count < MOST_LINKS)
        chain->ids[chain->count++] = id;
}

static void add_successors(struct chain *chain, const struct bt_kb_article *article)
{
    struct bt_kb_link link;
    for (size_t i = 0; bt_kb_link_at(article->links, i, &link); i++) {
        if (strcmp(link.kind, "superseded-by") == 0)
            add_id(chain, link.target);
    }
}

static void say(struct bt_fix *fix, enum bt_listed listed, const char *id,
                const struct bt_update *update)
{
    fix->listed = listed;
    fix->listed_update = id;
    fix->listed_line = update != NULL ? update->line : 0;
}

void bt_find_listed(const struct bt_facts *facts, const struct bt_kb_article *article,
                    struct bt_fix *ret)
{
    const struct bt_machine *machine = &facts->crash->machine;
    struct chain chain = {.ids = {article->id}, .count = 1};
    uint32_t number;
    bool update = article->fix_kind != NULL && (strcmp(article->fix_kind, "hotfix") == 0 ||
                                                strcmp(article->fix_kind, "update") == 0);
    if (machine->updates_source == NULL || !update || !read_number(article->id, &number))
        return;
    for (size_t i = 0; i < chain.count; i++) {
        struct bt_kb_article next;
        const struct bt_update *found =
            read_number(chain.ids[i], &number) ? find_update(machine, number) : NULL;
        if (found != NULL) {
            say(ret, i == 0 ? BT_LISTED_YES : BT_LISTED_SUCCESSOR, chain.ids[i], found);
            return;
        }
        if (i == 0)
            add_successors(&chain, article);
        else if (bt_kb_article_find(facts->kb, chain.ids[i], &next))
            add_successors(&chain, &next);
    }
    say(ret, BT_LISTED_NO, article->id, NULL);
}
