// SPDX-License-Identifier: MIT
#include "report/article_page.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

enum { ID_COLUMNS = 12, CODE_COLUMNS = 24, LABEL_COLUMNS = 12 };

static void put_codes(struct bt_page *page, const struct bt_kb_article *article, size_t most)
{
    struct bt_kb_clause clause;
    size_t shown = 0;
    uint32_t last = 0;
    for (size_t i = 0; bt_kb_clause_at(article->clauses, i, &clause); i++) {
        if (shown != 0 && clause.code == last)
            continue;
        if (shown == most) {
            bt_page_put(page, BT_STYLE_DIM, " ...");
            return;
        }
        if (clause.any_code)
            bt_page_putf(page, BT_STYLE_STRONG, "%sany", shown != 0 ? " " : "");
        else
            bt_page_putf(page, BT_STYLE_STRONG, "%s0x%" PRIX32, shown != 0 ? " " : "",
                         clause.code);
        last = clause.code;
        shown++;
    }
    if (shown == 0)
        bt_page_put(page, BT_STYLE_DIM, "any code");
}

void bt_article_line(struct bt_page *page, const struct bt_kb_article *article)
{
    bt_page_put(page, BT_STYLE_PLAIN, article->id);
    bt_page_to(page, ID_COLUMNS);
    bt_page_put(page, BT_STYLE_PLAIN, " ");
    put_codes(page, article, 3);
    bt_page_to(page, ID_COLUMNS + CODE_COLUMNS);
    bt_page_put(page, BT_STYLE_PLAIN, " ");
    bt_page_wrap(page, ID_COLUMNS + CODE_COLUMNS + 1, article->title);
    bt_page_end(page);
}

static void put_field(struct bt_page *page, const char *label, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return;
    bt_page_put(page, BT_STYLE_DIM, label);
    bt_page_to(page, LABEL_COLUMNS);
    bt_page_wrap(page, LABEL_COLUMNS, text);
    bt_page_end(page);
}

static void put_texts(struct bt_page *page, const char *label, struct bt_kb_list texts)
{
    for (size_t i = 0; i < texts.count; i++)
        put_field(page, i == 0 ? label : "", bt_kb_text(texts, i));
}

static void put_systems(struct bt_page *page, const char *label, struct bt_kb_list systems)
{
    struct bt_kb_system system;
    struct bt_buf text;
    bt_buf_init(&text, 1 << 16);
    for (size_t i = 0; bt_kb_system_at(systems, i, &system); i++)
        bt_buf_printf(&text, "%s%s", i != 0 ? ", " : "", system.text);
    put_field(page, label, bt_buf_cstr(&text));
    bt_buf_fini(&text);
}

static void put_condition(struct bt_page *page, const char *label,
                          const struct bt_kb_condition *condition)
{
    const char *expr = bt_kb_expr_source(condition->expr);
    const char *when = bt_kb_expr_source(condition->when);
    struct bt_buf text;
    bt_buf_init(&text, 1 << 16);
    bt_buf_text(&text, expr);
    if (when != NULL)
        bt_buf_printf(&text, "  (when %s)", when);
    put_field(page, label, bt_buf_cstr(&text));
    bt_buf_fini(&text);
}

static void put_conditions(struct bt_page *page, struct bt_kb_list conditions)
{
    static const char *const labels[BT_KB_CONDITION_ROLES] = {[BT_KB_STATED] = "stated",
                                                              [BT_KB_NEEDS] = "needs",
                                                              [BT_KB_PROBABLE] = "probable",
                                                              [BT_KB_STRONG] = "strong",
                                                              [BT_KB_HELPS] = "helps"};
    struct bt_kb_condition condition;
    for (size_t i = 0; bt_kb_condition_at(conditions, i, &condition); i++)
        put_condition(page, labels[condition.role], &condition);
}

static void put_clauses(struct bt_page *page, const struct bt_kb_article *article)
{
    struct bt_kb_clause clause;
    for (size_t i = 0; bt_kb_clause_at(article->clauses, i, &clause); i++) {
        char code[16];
        if (clause.any_code)
            snprintf(code, sizeof code, "any");
        else
            snprintf(code, sizeof code, "0x%" PRIX32, clause.code);
        put_field(page, clause.kinds == BT_KB_CLAUSE_STOP ? "stop" : "exception", code);
        put_conditions(page, clause.conditions);
    }
}

static void put_file(struct bt_page *page, const struct bt_kb_fix_file *file)
{
    char version[BT_FILE_VERSION_TEXT_SIZE] = "version not published";
    char date[BT_TIME_TEXT_SIZE] = "";
    char text[256];
    char size[32] = "";
    if (file->version.known)
        bt_file_version_text(file->version.value, version);
    if (file->date.known) {
        bt_filetime_text(file->date.value, date);
        date[file->date_only ? 10 : 16] = '\0';
    }
    if (file->size.known)
        snprintf(size, sizeof size, "%" PRIu32 " bytes", file->size.value);
    snprintf(text, sizeof text, "%s  %s  %s  %s  %s%s", file->name, version,
             file->platform != NULL ? file->platform : "", size, date,
             file->cures ? "" : "  (only comes along)");
    put_field(page, "file", text);
}

static void put_fix(struct bt_page *page, const struct bt_kb_article *article)
{
    struct bt_kb_fix_file file;
    put_field(page, "fix", article->fix_kind);
    put_field(page, "note", article->fix_note);
    put_field(page, "requires", article->requires_text);
    put_systems(page, "installs on", article->requires_systems);
    put_systems(page, "fixed in", article->fixed_in);
    put_field(page, "restart", article->restart);
    put_field(page, "replaces", article->replaces);
    for (size_t i = 0; bt_kb_fix_file_at(article->files, i, &file); i++)
        put_file(page, &file);
}

void bt_article_full(struct bt_page *page, const struct bt_kb_article *article)
{
    struct bt_kb_link link;
    bt_page_put(page, BT_STYLE_STRONG, article->id);
    bt_page_put(page, BT_STYLE_PLAIN, "  ");
    bt_page_wrap(page, LABEL_COLUMNS, article->title);
    bt_page_end(page);
    put_field(page, "url", article->url);
    put_systems(page, "applies", article->systems);
    put_clauses(page, article);
    put_conditions(page, article->conditions);
    put_field(page, "cap", article->cap_reason);
    put_field(page, "symptoms", article->symptoms);
    put_field(page, "cause", article->cause);
    put_field(page, "resolution", article->resolution);
    put_field(page, "workaround", article->workaround);
    put_texts(page, "ask", article->ask);
    put_fix(page, article);
    for (size_t i = 0; bt_kb_link_at(article->links, i, &link); i++)
        put_field(page, link.kind, link.target);
    put_texts(page, "keywords", article->keywords);
    char source[512];
    snprintf(source, sizeof source, "%s (%s)", article->source, article->layer);
    put_field(page, "source", source);
}

// --- Search

static bool holds(const char *text, const char *word)
{
    if (text == NULL)
        return false;
    size_t size = strlen(word);
    for (size_t left = strlen(text); left >= size; left--, text++) {
        if (bt_ieq_n(text, word, size))
            return true;
    }
    return false;
}

static bool texts_hold(struct bt_kb_list texts, const char *word)
{
    for (size_t i = 0; i < texts.count; i++) {
        if (holds(bt_kb_text(texts, i), word))
            return true;
    }
    return false;
}

static bool conditions_hold(struct bt_kb_list conditions, const char *word)
{
    struct bt_kb_condition condition;
    for (size_t i = 0; bt_kb_condition_at(conditions, i, &condition); i++) {
        if (holds(bt_kb_expr_source(condition.expr), word))
            return true;
    }
    return false;
}

bool bt_article_has_code(const struct bt_kb_article *article, uint32_t code)
{
    struct bt_kb_clause clause;
    for (size_t i = 0; bt_kb_clause_at(article->clauses, i, &clause); i++) {
        if (clause.code == code)
            return true;
    }
    return false;
}

static bool has_code(const struct bt_kb_article *article, const char *word)
{
    uint64_t code;
    return word[0] == '0' && bt_lower(word[1]) == 'x' &&
           bt_parse_hex(word, strlen(word), &code) && code <= UINT32_MAX &&
           bt_article_has_code(article, (uint32_t)code);
}

static bool clauses_hold(const struct bt_kb_article *article, const char *word)
{
    struct bt_kb_clause clause;
    for (size_t i = 0; bt_kb_clause_at(article->clauses, i, &clause); i++) {
        if (conditions_hold(clause.conditions, word))
            return true;
    }
    return false;
}

static bool files_hold(const struct bt_kb_article *article, const char *word)
{
    struct bt_kb_fix_file file;
    for (size_t i = 0; bt_kb_fix_file_at(article->files, i, &file); i++) {
        if (holds(file.name, word))
            return true;
    }
    return false;
}

static bool has_word(const struct bt_kb_article *a, const char *word)
{
    return has_code(a, word) || holds(a->id, word) || holds(a->title, word) ||
           holds(a->symptoms, word) || holds(a->cause, word) || holds(a->resolution, word) ||
           holds(a->workaround, word) || texts_hold(a->keywords, word) ||
           texts_hold(a->ask, word) || conditions_hold(a->conditions, word) ||
           clauses_hold(a, word) || files_hold(a, word);
}

bool bt_article_has_words(const struct bt_kb_article *article, const char *const *words,
                          size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!has_word(article, words[i]))
            return false;
    }
    return true;
}
