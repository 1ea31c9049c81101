// SPDX-License-Identifier: MIT
#include <inttypes.h>
#include <string.h>

#include "report/text_parts.h"

// Articles that only get their title line without --explain.
enum { SHORT_BRIEFS = 5 };

// Articles alike that are told of without --explain, and open facts of each.
enum { SHORT_ALIKE = 8, CONDITIONS = 2 };

// Gaps that are counted in articles alike, and those that are told of.
enum { GAPS = 32, TOLD_GAPS = 3 };

// So many facts more put a possible article in front of another.
enum { LEAD = 3 };

// Whether `match` stands as well as the first: with the same word and, as long as both are only
// possible, with about as many facts (the parameters that an article names count as facts too).
static bool is_alike(const struct bt_match *first, const struct bt_match *match)
{
    if (match->fit != first->fit)
        return false;
    if (first->fit == BT_FIT_POSSIBLE)
        return first->facts < match->facts + LEAD;
    return first->facts == match->facts && first->narrowness == match->narrowness;
}

// How many articles lead the list alike: they fit this stop code and its parameters, and what
// would put one of them first is not known. 0: the first one is the best.
static size_t count_alike(const struct bt_match_list *matches)
{
    size_t alike = 1;
    if (matches->same_signature < 2)
        return 0;
    while (alike < matches->fitting && is_alike(&matches->items[0], &matches->items[alike]))
        alike++;
    return alike > 1 ? alike : 0;
}

static bool is_open_in(const struct bt_match *match, const char *fact)
{
    for (size_t i = 0; i < match->evidence_count; i++) {
        if (match->evidence[i].result == BT_UNKNOWN &&
            strcmp(match->evidence[i].fact, fact) == 0)
            return true;
    }
    return false;
}

// Articles that lead the list alike.
struct alike {
    const struct bt_match *items;
    size_t count;
};

// In how many of them a fact is open.
static size_t count_open(const struct alike *alike, const char *fact)
{
    size_t open = 0;
    for (size_t i = 0; i < alike->count; i++)
        open += is_open_in(&alike->items[i], fact);
    return open;
}

// Whether this fact, once known, speaks of this article and not of all: one that decides, or
// one that no other article waits for. That a fix may be there already is open everywhere.
static bool is_dividing(const struct alike *alike, const struct bt_evidence *evidence)
{
    if (evidence->result != BT_UNKNOWN)
        return false;
    size_t open = count_open(alike, evidence->fact);
    return open == 1 || (evidence->decides && open < alike->count);
}

// Whether something stands with this article that tells it from others.
static bool can_be_told_apart(const struct alike *alike, const struct bt_match *match)
{
    for (size_t i = 0; i < match->evidence_count; i++) {
        if (is_dividing(alike, &match->evidence[i]))
            return true;
    }
    return match->ask_count != 0;
}

// "if   Windows is NT 4.0 · netbt.sys is loaded": what is open of this one and not of them all;
// the first question to ask where that is little.
static void write_condition(struct bt_page *page, const struct alike *alike,
                            const struct bt_match *match)
{
    struct bt_buf line;
    size_t told = 0;
    bt_buf_init(&line, page->out->limit);
    for (size_t i = 0; i < match->evidence_count && told < CONDITIONS; i++) {
        if (!is_dividing(alike, &match->evidence[i]))
            continue;
        bt_buf_text(&line, told++ != 0 ? bt_page_separator(page) : "");
        bt_buf_text(&line, match->evidence[i].fact);
    }
    bt_text_article_line(page, "if", bt_buf_cstr(&line));
    bt_buf_fini(&line);
    if (told < CONDITIONS && match->ask_count != 0)
        bt_text_article_line(page, "ask", match->ask[0]);
}

// What is not known, by how many articles wait for it.
struct gap {
    const char *what; // as the evidence tells it
    size_t articles;
};

static void add_gap(struct gap *gaps, size_t *count, const char *what)
{
    size_t i = 0;
    if (strcmp(what, BT_DETAIL_UNSAID) == 0)
        return;
    while (i < *count && strcmp(gaps[i].what, what) != 0)
        i++;
    if (i == GAPS)
        return;
    if (i == *count)
        gaps[(*count)++] = (struct gap){.what = what};
    gaps[i].articles++;
}

// Whether an earlier line of the same article waits for the same.
static bool is_repeated(const struct alike *alike, const struct bt_match *match, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        const struct bt_evidence *evidence = &match->evidence[i];
        if (is_dividing(alike, evidence) && evidence->detail != NULL &&
            strcmp(evidence->detail, match->evidence[index].detail) == 0)
            return true;
    }
    return false;
}

static size_t find_gaps(const struct alike *alike, struct gap *ret)
{
    size_t count = 0;
    for (size_t i = 0; i < alike->count; i++) {
        const struct bt_match *match = &alike->items[i];
        for (size_t k = 0; k < match->evidence_count; k++) {
            const struct bt_evidence *evidence = &match->evidence[k];
            if (evidence->detail != NULL && is_dividing(alike, evidence) &&
                !is_repeated(alike, match, k))
                add_gap(ret, &count, evidence->detail);
        }
    }
    return count;
}

// "Because   the system is not known (11 of 12) · there is no stack: a dump would tell (7)":
// what divides the most comes first.
static void write_gaps(struct bt_page *page, const struct alike *alike)
{
    struct gap gaps[GAPS];
    struct bt_buf line;
    size_t count = find_gaps(alike, gaps);
    bt_buf_init(&line, page->out->limit);
    for (size_t told = 0; told < TOLD_GAPS; told++) {
        struct gap *most = NULL;
        for (size_t i = 0; i < count; i++) {
            if (gaps[i].articles > (most != NULL ? most->articles : 1))
                most = &gaps[i];
        }
        if (most == NULL)
            break;
        bt_buf_printf(&line, "%s%s (%zu", told != 0 ? bt_page_separator(page) : "", most->what,
                      most->articles);
        if (told == 0)
            bt_buf_printf(&line, " of %zu", alike->count);
        bt_buf_text(&line, ")");
        most->articles = 0;
    }
    if (line.size != 0)
        bt_text_line(page, "Because", bt_buf_cstr(&line));
    bt_buf_fini(&line);
}

static void write_alike_heading(struct bt_page *page, const struct alike *alike)
{
    struct bt_buf line;
    size_t apart = 0;
    for (size_t i = 0; i < alike->count; i++)
        apart += can_be_told_apart(alike, &alike->items[i]);
    bt_buf_init(&line, page->out->limit);
    bt_buf_printf(&line, "%zu articles fit alike; ", alike->count);
    if (apart == alike->count)
        bt_buf_text(&line, "what tells them apart stands with each:");
    else if (apart != 0)
        bt_buf_printf(&line, "%zu of them %s something that tells %s apart:", apart,
                      apart == 1 ? "asks for" : "ask for", apart == 1 ? "it" : "them");
    else
        bt_buf_text(&line, "nothing that they ask for tells them apart:");
    bt_page_gap(page);
    bt_page_wrap(page, 2, bt_buf_cstr(&line));
    bt_page_end(page);
    bt_buf_fini(&line);
    write_gaps(page, alike);
}

// Articles alike, none of them in front of the others, with what tells them apart. Returns how
// many it told of.
static size_t write_alike(struct bt_page *page, const struct bt_match_list *matches,
                          size_t count)
{
    struct alike alike = {.items = matches->items, .count = count};
    size_t shown = count < SHORT_ALIKE ? count : SHORT_ALIKE;
    write_alike_heading(page, &alike);
    for (size_t i = 0; i < shown; i++) {
        bt_text_article_title(page, &alike.items[i]);
        write_condition(page, &alike, &alike.items[i]);
    }
    return shown;
}

static void write_rest(struct bt_page *page, const struct bt_result *result, size_t shown,
                       bool all)
{
    const struct bt_match_list *matches = &result->matches;
    size_t hidden = matches->fitting - shown;
    if (hidden != 0) {
        bt_page_putf(page, BT_STYLE_DIM, "%zu more possible (--explain)", hidden);
        bt_page_end(page);
    }
    size_t misfits = matches->misfits, listed = matches->count - matches->fitting;
    bool fewer = all && listed < misfits;
    // That most articles on an exception do not fit is no news for a dump.
    if (!result->crash->stop.present &&
        ((result->input.path != NULL && !all) || result->crash->exception.code_unknown))
        return;
    uint32_t code =
        result->crash->stop.present ? result->crash->stop.code : result->crash->exception.code;
    if (matches->fitting + misfits == 0)
        bt_page_putf(page, BT_STYLE_DIM, "No article of the knowledge base mentions 0x%" PRIX32,
                     code);
    else if (misfits != 0 && !all)
        bt_page_putf(page, BT_STYLE_DIM, "%zu %s%s 0x%" PRIX32 " %s not fit (--all shows why)",
                     misfits, matches->fitting != 0 ? "more " : "",
                     misfits == 1 ? "article on" : "articles on", code,
                     misfits == 1 ? "does" : "do");
    else if (fewer)
        bt_page_putf(page, BT_STYLE_DIM, "%zu more articles on 0x%" PRIX32 " do not fit",
                     misfits - listed, code);
    else
        return;
    bt_page_end(page);
}

// The articles that fit; returns how many it told of.
static size_t write_fitting(struct bt_page *page, const struct bt_result *result,
                            const struct bt_report_options *options)
{
    const struct bt_match_list *matches = &result->matches;
    size_t alike = options->explain || options->all ? 0 : count_alike(matches);
    if (alike != 0)
        return write_alike(page, matches, alike);
    size_t briefs = 0;
    for (size_t i = 0; i < matches->fitting; i++) {
        enum bt_text_detail detail = options->explain ? BT_DETAIL_FULL
                                     : i == 0         ? BT_DETAIL_SHORT
                                                      : BT_DETAIL_TITLE;
        if (detail == BT_DETAIL_TITLE && !options->all && ++briefs > SHORT_BRIEFS)
            return i;
        if (detail != BT_DETAIL_TITLE || i == 1)
            bt_page_gap(page);
        bt_text_article(page, &matches->items[i], result, detail);
    }
    return matches->fitting;
}

void bt_text_articles(struct bt_page *page, const struct bt_result *result,
                      const struct bt_report_options *options)
{
    const struct bt_match_list *matches = &result->matches;
    size_t shown = write_fitting(page, result, options);
    for (size_t i = matches->fitting; options->all && i < matches->count; i++) {
        if (i == matches->fitting)
            bt_page_gap(page);
        bt_text_article_title(page, &matches->items[i]);
        bt_text_evidence_line(page, &matches->items[i], BT_FALSE, true);
    }
    bt_page_gap(page);
    write_rest(page, result, shown, options->all);
}
