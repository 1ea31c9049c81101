// SPDX-License-Identifier: MIT
#include "cli/kb_articles.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/messages.h"
#include "cli/output.h"
#include "cli/terminal.h"
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

int bt_kb_articles_search(const struct bt_kb *kb, const char *const *words, size_t count)
{
    struct bt_kb_candidates at = {0};
    struct bt_kb_article article;
    struct listing l;
    size_t found = 0;
    open_listing(&l);
    while (bt_kb_article_next(kb, &at, &article)) {
        if (!bt_article_has_words(&article, words, count))
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

// Numbers alone are enough: "909665" finds KB909665 or Q909665.
static bool find_article(const struct bt_kb *kb, const char *id, struct bt_kb_article *ret)
{
    struct bt_kb_candidates at = {0};
    if (bt_kb_article_find(kb, id, ret))
        return true;
    while (bt_kb_article_next(kb, &at, ret)) {
        const char *digits = ret->id;
        while (bt_is_alpha(*digits))
            digits++;
        if (bt_ieq(ret->id, id) || bt_ieq(digits, id))
            return true;
    }
    return false;
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
            bt_message_about(words[i],
                             "no such article; \"bugtriage kb search\" finds by words");
            missing = true;
        }
    }
    int exit_status = close_listing(&l);
    return exit_status == BT_EXIT_OK && missing ? BT_EXIT_KB : exit_status;
}
