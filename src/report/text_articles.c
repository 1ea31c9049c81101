// SPDX-License-Identifier: MIT
#include <inttypes.h>
#include <string.h>

#include "report/text_parts.h"

// Articles that only get their title line without --explain.
enum { SHORT_BRIEFS = 5 };

// Articles alike that are told of without --explain, and open facts of each.
enum { SHORT_ALIKE = 8, CONDITIONS = 2 };

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

static bool is_open_in_all(const struct bt_match *matches, size_t count, const char *fact)
{
    for (size_t i = 0; i < count; i++) {
        if (!is_open_in(&matches[i], fact))
            return false;
    }
    return true;
}

// "if   Windows is NT 4.0 · netbt.sys is loaded": what is open of this one and not of them all.
static void write_condition(struct bt_page *page, const struct bt_match *alike, size_t count,
                            const struct bt_match *match)
{
    struct bt_buf line;
    size_t told = 0;
    bt_buf_init(&line, page->out->limit);
    for (size_t i = 0; i < match->evidence_count && told < CONDITIONS; i++) {
        const struct bt_evidence *evidence = &match->evidence[i];
        if (evidence->result != BT_UNKNOWN || is_open_in_all(alike, count, evidence->fact))
            continue;
        bt_buf_text(&line, told++ != 0 ? bt_page_separator(page) : "");
        bt_buf_text(&line, evidence->fact);
    }
    bt_text_article_line(page, "if", bt_buf_cstr(&line));
    bt_buf_fini(&line);
    if (told == 0 && match->ask_count != 0)
        bt_text_article_line(page, "ask", match->ask[0]);
}

// Articles alike, none of them in front of the others, with what tells them apart. Returns how
// many it told of.
static size_t write_alike(struct bt_page *page, const struct bt_match_list *matches,
                          size_t alike)
{
    size_t shown = alike < SHORT_ALIKE ? alike : SHORT_ALIKE;
    struct bt_buf line;
    bt_buf_init(&line, page->out->limit);
    bt_buf_printf(&line,
                  "%zu articles fit alike; what would tell them apart is not known:", alike);
    bt_page_gap(page);
    bt_page_wrap(page, 2, bt_buf_cstr(&line));
    bt_page_end(page);
    bt_buf_fini(&line);
    for (size_t i = 0; i < shown; i++) {
        bt_text_article_title(page, &matches->items[i]);
        write_condition(page, matches->items, alike, &matches->items[i]);
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
