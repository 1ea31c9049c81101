// SPDX-License-Identifier: MIT
#include "cli/kb_articles.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/messages.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include "crash/crash.h"
#include "kb/stop_text.h"
#include "report/article_page.h"

enum { DEFAULT_WIDTH = 100 };

struct listing {
    struct bt_buf text;
    struct bt_page page;
};

static void open_listing(struct listing *l)
{
    struct bt_terminal terminal = bt_terminal_describe();
    bt_buf_init(&l->text, BT_LIMIT_REPORT);
    l->page = (struct bt_page){
        .out = &l->text,
        .width = terminal.width != 0 && terminal.width < DEFAULT_WIDTH ? terminal.width
                                                                       : DEFAULT_WIDTH,
        .colour = terminal.colour,
        .utf8 = terminal.utf8,
    };
}

static int close_listing(struct listing *l)
{
    struct bt_error err;
    int exit_status = BT_EXIT_OUTPUT;
    if (bt_buf_status(&l->text, &err) == BT_OK)
        exit_status = bt_print("%s", bt_buf_cstr(&l->text));
    else
        bt_message("%s", err.message);
    bt_buf_fini(&l->text);
    return exit_status;
}

enum { SEARCH_WORDS = 64, SEARCH_WORD_SIZE = 128 };

struct search {
    char texts[SEARCH_WORDS][SEARCH_WORD_SIZE]; // longer words are cut
    const char *words[SEARCH_WORDS];
    size_t count;
};

// The name of a stop, and the code as a small dump writes it (0x1000007F), mean its base code.
static void add_search_word(const struct bt_kb *kb, const char *text, size_t size,
                            struct search *search)
{
    uint64_t value = 0;
    uint32_t code = 0;
    char *word = search->texts[search->count];
    size = size < SEARCH_WORD_SIZE ? size : SEARCH_WORD_SIZE - 1;
    memcpy(word, text, size);
    word[size] = '\0';
    search->words[search->count++] = word;
    bool number = bt_ieq_n(word, "0x", size < 2 ? size : 2) && bt_parse_hex(word, size, &value);
    if (bt_stop_by_name(kb, word, size, &code))
        snprintf(word, SEARCH_WORD_SIZE, "0x%" PRIX32, code);
    else if (number && value <= UINT32_MAX)
        snprintf(word, SEARCH_WORD_SIZE, "0x%" PRIX32, bt_stop_base_code((uint32_t)value));
}

// "STOP" and "Stop:", which only announce the code behind them.
static bool is_announcement(const char *word, size_t size, bool last)
{
    return !last && (size == 4 || (size == 5 && word[4] == ':')) && bt_ieq_n(word, "stop", 4);
}

// "STOP 0x7F" in quotes is two words.
static void read_search(const struct bt_kb *kb, const char *const *words, size_t count,
                        struct search *ret)
{
    ret->count = 0;
    for (size_t i = 0; i < count; i++) {
        const char *at = words[i];
        while (*(at += strspn(at, " \t")) != '\0' && ret->count < SEARCH_WORDS) {
            size_t size = strcspn(at, " \t");
            bool last = i + 1 == count && at[size] == '\0';
            if (!is_announcement(at, size, last))
                add_search_word(kb, at, size, ret);
            at += size;
        }
    }
}

int bt_kb_articles_search(const struct bt_kb *kb, const char *const *words, size_t count)
{
    struct search search;
    struct bt_kb_candidates at = {0};
    struct bt_kb_article article;
    struct listing l;
    size_t found = 0;
    read_search(kb, words, count, &search);
    open_listing(&l);
    while (bt_kb_article_next(kb, &at, &article)) {
        if (!bt_article_has_words(&article, search.words, search.count))
            continue;
        bt_article_line(&l.page, &article);
        found++;
    }
    int exit_status = close_listing(&l);
    bt_message("%zu of %zu articles", found, bt_kb_article_count(kb));
    return exit_status;
}

static bool read_code(const struct bt_kb *kb, const char *word, uint32_t *ret)
{
    struct bt_kb_status status;
    uint64_t code = 0;
    if (bt_parse_hex(word, strlen(word), &code) && code <= UINT32_MAX) {
        *ret = (uint32_t)code;
        return true;
    }
    if (bt_stop_by_name(kb, word, strlen(word), ret))
        return true;
    if (!bt_kb_status_by_name(kb, BT_KB_NTSTATUS, word, &status) &&
        !bt_kb_status_by_name(kb, BT_KB_EXCEPTION, word, &status))
        return false;
    *ret = status.value;
    return true;
}

static int list_code(const struct bt_kb *kb, uint32_t code)
{
    struct bt_kb_candidates at = {0};
    struct bt_kb_article article;
    struct listing l;
    size_t found = 0;
    open_listing(&l);
    while (bt_kb_article_next(kb, &at, &article)) {
        if (!bt_article_has_code(&article, code))
            continue;
        bt_article_line(&l.page, &article);
        found++;
    }
    int exit_status = close_listing(&l);
    bt_message("%zu of %zu articles name 0x%08X", found, bt_kb_article_count(kb), code);
    return exit_status;
}

int bt_kb_articles_list(const struct bt_kb *kb, const char *const *words, size_t count)
{
    int worst = BT_EXIT_OK;
    if (count == 0)
        return bt_kb_articles_search(kb, NULL, 0);
    for (size_t i = 0; i < count; i++) {
        uint32_t code = 0;
        if (!read_code(kb, words[i], &code))
            return bt_usage_error("kb", "\"%s\" is the code of no stop and no exception",
                                  words[i]);
        int exit_status = list_code(kb, code);
        worst = exit_status > worst ? exit_status : worst;
    }
    return worst;
}

// The part of an id that tells articles apart: "909665" of KB909665, Q909665, "kb 909665".
static const char *number_of(const char *id)
{
    const char *digits = id;
    while (bt_is_alpha(*digits) || *digits == ' ' || *digits == '-')
        digits++;
    return *digits != '\0' && strspn(digits, "0123456789") == strlen(digits) ? digits : id;
}

static bool find_article(const struct bt_kb *kb, const char *id, struct bt_kb_article *ret)
{
    struct bt_kb_candidates at = {0};
    if (bt_kb_article_find(kb, id, ret))
        return true;
    while (bt_kb_article_next(kb, &at, ret)) {
        if (bt_ieq(ret->id, id) || bt_ieq(number_of(ret->id), number_of(id)))
            return true;
    }
    return false;
}

// One character too many, too few, other, or two that change places.
static bool is_slip(const char *a, const char *b)
{
    size_t m = strlen(a), n = strlen(b), front = 0, back = 0;
    size_t shorter = m < n ? m : n, longer = m < n ? n : m;
    while (front < shorter && bt_lower(a[front]) == bt_lower(b[front]))
        front++;
    while (back < shorter - front && bt_lower(a[m - 1 - back]) == bt_lower(b[n - 1 - back]))
        back++;
    size_t between = longer - front - back;
    bool swapped = m == n && between == 2 && bt_lower(a[front]) == bt_lower(b[front + 1]) &&
                   bt_lower(a[front + 1]) == bt_lower(b[front]);
    return longer - shorter <= 1 && (between <= 1 || swapped);
}

// "no such article; did you mean KB909665?"
static void tell_missing(const struct bt_kb *kb, const char *id)
{
    enum { SUGGESTIONS = 4 };
    struct bt_kb_candidates at = {0};
    struct bt_kb_article article;
    struct bt_buf message;
    uint32_t code = 0;
    size_t near = 0;
    bt_buf_init(&message, 4096);
    bt_buf_text(&message, "no such article");
    while (near < SUGGESTIONS && bt_kb_article_next(kb, &at, &article)) {
        if (is_slip(number_of(article.id), number_of(id)))
            bt_buf_printf(&message, "%s%s", near++ == 0 ? "; did you mean " : ", ", article.id);
    }
    if (near != 0)
        bt_buf_char(&message, '?');
    else if (strlen(id) > 2 && bt_ieq_n(id, "0x", 2) && read_code(kb, id, &code))
        bt_buf_printf(&message, ", but a code; \"bugtriage kb list %s\" lists what names it",
                      id);
    else
        bt_buf_text(&message, "; \"bugtriage kb search\" finds by words");
    bt_message_about(id, bt_buf_cstr(&message));
    bt_buf_fini(&message);
}

int bt_kb_articles_show(const struct bt_kb *kb, const char *const *words, size_t count)
{
    struct listing l;
    bool missing = false;
    if (count == 0)
        return bt_usage_error("kb", "show needs the id of an article");
    open_listing(&l);
    for (size_t i = 0; i < count; i++) {
        struct bt_kb_article article;
        if (find_article(kb, words[i], &article)) {
            bt_article_full(&l.page, &article);
            bt_page_gap(&l.page);
        } else {
            tell_missing(kb, words[i]);
            missing = true;
        }
    }
    int exit_status = close_listing(&l);
    return exit_status == BT_EXIT_OK && missing ? BT_EXIT_KB : exit_status;
}
