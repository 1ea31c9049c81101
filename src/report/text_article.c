// SPDX-License-Identifier: MIT
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report/text_parts.h"

enum { ARTICLE_LABEL = 13 }; // column after a label inside an article

static const char *describe_fit(enum bt_fit fit)
{
    switch (fit) {
    case BT_FIT_POSSIBLE:
        return "possible";
    case BT_FIT_PROBABLE:
        return "probable match";
    case BT_FIT_STRONG:
        return "strong match";
    case BT_FIT_FIXED:
        return "already fixed";
    case BT_FIT_NONE:
        break;
    }
    return "does not fit";
}

static enum bt_style style_of_fit(enum bt_fit fit)
{
    switch (fit) {
    case BT_FIT_STRONG:
        return BT_STYLE_BAD;
    case BT_FIT_PROBABLE:
        return BT_STYLE_WARN;
    case BT_FIT_FIXED:
        return BT_STYLE_GOOD;
    case BT_FIT_POSSIBLE:
    case BT_FIT_NONE:
        break;
    }
    return BT_STYLE_DIM;
}

// "KB977153  Stop error when a volume is unmounted               strong match"
void bt_text_article_title(struct bt_page *page, const struct bt_match *match)
{
    const char *fit = describe_fit(match->fit);
    size_t indent = bt_page_columns(page, match->article) + 2;
    size_t fit_column = page->width > 60 ? page->width - strlen(fit) : 0;
    bt_page_put(page, BT_STYLE_STRONG, match->article);
    bt_page_put(page, BT_STYLE_PLAIN, "  ");
    if (bt_page_columns(page, match->title) + indent + 2 <= fit_column) {
        bt_page_put(page, BT_STYLE_PLAIN, match->title);
        bt_page_to(page, fit_column);
        bt_page_put(page, style_of_fit(match->fit), fit);
    } else {
        bt_page_put(page, style_of_fit(match->fit), fit);
        bt_page_put(page, BT_STYLE_PLAIN, ": ");
        bt_page_wrap(page, indent, match->title);
    }
    bt_page_end(page);
}

void bt_text_article_line(struct bt_page *page, const char *label, const char *text)
{
    if (text == NULL || *text == '\0')
        return;
    bt_page_put(page, BT_STYLE_PLAIN, "  ");
    bt_page_put(page, BT_STYLE_DIM, label);
    bt_page_to(page, ARTICLE_LABEL);
    bt_page_wrap(page, ARTICLE_LABEL, text);
    bt_page_end(page);
}

static const char *label_of_truth(enum bt_truth truth)
{
    return truth == BT_TRUE ? "for" : truth == BT_FALSE ? "not so" : "open";
}

void bt_text_evidence_line(struct bt_page *page, const struct bt_match *match,
                           enum bt_truth truth, bool reasons)
{
    struct bt_buf line;
    bt_buf_init(&line, page->out->limit);
    for (size_t i = 0; i < match->evidence_count; i++) {
        const struct bt_evidence *evidence = &match->evidence[i];
        if (evidence->result != truth)
            continue;
        bt_buf_text(&line, line.size != 0 ? bt_page_separator(page) : "");
        bt_buf_text(&line, evidence->fact);
        if (truth != BT_TRUE && reasons && evidence->detail != NULL)
            bt_buf_printf(&line, " (%s)", evidence->detail);
    }
    bt_text_article_line(page, label_of_truth(truth), bt_buf_cstr(&line));
    bt_buf_fini(&line);
}

static void write_evidence_list(struct bt_page *page, const struct bt_match *match)
{
    struct bt_buf line;
    bt_buf_init(&line, page->out->limit);
    for (size_t i = 0; i < match->evidence_count; i++) {
        const struct bt_evidence *evidence = &match->evidence[i];
        bt_buf_clear(&line);
        bt_buf_text(&line, evidence->fact);
        if (evidence->detail != NULL)
            bt_buf_printf(&line, ": %s", evidence->detail);
        if (evidence->decides)
            bt_buf_text(&line, " [decides]");
        bt_text_article_line(page, label_of_truth(evidence->result), bt_buf_cstr(&line));
    }
    bt_buf_fini(&line);
}

static void write_questions(struct bt_page *page, const struct bt_match *match)
{
    for (size_t i = 0; i < match->ask_count; i++)
        bt_text_article_line(page, i == 0 ? "ask" : "", match->ask[i]);
}

static void add_item(struct bt_buf *line, const char *text)
{
    if (text == NULL)
        return;
    bt_buf_text(line, line->size != 0 ? "; " : "");
    bt_buf_text(line, text);
}

// Whether a file of a fix is one for the machine at hand.
static bool is_for_machine(const struct bt_fix_file *file, const struct bt_crash *crash)
{
    return file->platform == BT_ARCH_UNKNOWN || crash->system.arch == BT_ARCH_UNKNOWN ||
           file->platform == crash->system.arch;
}

// "ntfs.sys 6.0.6002.18005 is older than 6.0.6002.22990"
static void describe_file(const struct bt_fix_file *file, struct bt_buf *line)
{
    static const char *const relations[] = {
        [BT_FILE_NEEDED] = "is older than",
        [BT_FILE_INSTALLED] = "is at or above",
        [BT_FILE_NOT_COMPARABLE] = "is of another branch than",
    };
    char found[BT_FILE_VERSION_TEXT_SIZE], fixed[BT_FILE_VERSION_TEXT_SIZE];
    bool compared = file->state < BT_COUNT(relations) && relations[file->state] != NULL;
    bt_buf_text(line, file->name);
    if (!file->fixed_version.known) {
        bt_buf_text(line, " (version not published)");
        return;
    }
    bt_file_version_text(file->fixed_version.value, fixed);
    if (compared && file->found_version.known) {
        bt_file_version_text(file->found_version.value, found);
        bt_buf_printf(line, " %s %s", found, relations[file->state]);
    }
    bt_buf_printf(line, " %s", fixed);
}

static bool is_same_file(const struct bt_fix_file *a, const struct bt_fix_file *b)
{
    return strcmp(a->name, b->name) == 0 && a->fixed_version.known == b->fixed_version.known &&
           a->fixed_version.value == b->fixed_version.value;
}

// Without a platform the same file may stand there once for each.
static bool was_told(const struct bt_fix *fix, size_t index, const struct bt_crash *crash)
{
    for (size_t i = 0; i < index; i++) {
        if (is_for_machine(&fix->files[i], crash) &&
            is_same_file(&fix->files[i], &fix->files[index]))
            return true;
    }
    return false;
}

static void write_files(struct bt_page *page, const struct bt_fix *fix,
                        const struct bt_crash *crash)
{
    struct bt_buf line;
    bt_buf_init(&line, page->out->limit);
    for (size_t i = 0; i < fix->file_count; i++) {
        if (!is_for_machine(&fix->files[i], crash) || was_told(fix, i, crash))
            continue;
        bt_buf_text(&line, line.size != 0 ? "; " : "");
        describe_file(&fix->files[i], &line);
    }
    bt_text_article_line(page, "files", bt_buf_cstr(&line));
    bt_buf_fini(&line);
}

// One line for each file, of every platform, as the article has it.
static void write_all_files(struct bt_page *page, const struct bt_fix *fix)
{
    char date[BT_TIME_TEXT_SIZE];
    struct bt_buf line;
    bt_buf_init(&line, page->out->limit);
    for (size_t i = 0; i < fix->file_count; i++) {
        const struct bt_fix_file *file = &fix->files[i];
        bt_buf_clear(&line);
        describe_file(file, &line);
        if (file->platform != BT_ARCH_UNKNOWN)
            bt_buf_printf(&line, ", %s", bt_arch_name(file->platform));
        if (file->size.known)
            bt_buf_printf(&line, ", %" PRIu32 " bytes", file->size.value);
        if (file->date.known) {
            bt_filetime_text(file->date.value, date);
            bt_buf_printf(&line, ", %.*s", file->date_only ? 10 : 16, date);
        }
        if (file->note != NULL)
            bt_buf_printf(&line, "; %s", file->note);
        bt_text_article_line(page, i == 0 ? "files" : "", bt_buf_cstr(&line));
    }
    bt_buf_fini(&line);
}

// Kinds of fix in words; a kind that is not here stands for itself.
static const char *describe_kind(const char *kind)
{
    static const char *const words[][2] = {
        {"service-pack", "service pack"},  {"vendor", "from the vendor"},
        {"setting", "a setting"},          {"hardware", "a change of hardware"},
        {"downgrade", "an older version"}, {"none", "no fix is known"},
    };
    for (size_t i = 0; kind != NULL && i < BT_COUNT(words); i++) {
        if (strcmp(kind, words[i][0]) == 0)
            return words[i][1];
    }
    return kind;
}

static void add_conditions(struct bt_buf *line, const struct bt_fix *fix)
{
    if (fix->restart != NULL && strcmp(fix->restart, "yes") == 0)
        add_item(line, "restart needed");
    else if (fix->restart != NULL && strcmp(fix->restart, "no") == 0)
        add_item(line, "no restart");
    else if (fix->restart != NULL)
        add_item(line, "restart may be needed");
    if (fix->prerequisites != NULL) {
        add_item(line, "requires ");
        bt_buf_text(line, fix->prerequisites);
    }
    if (fix->replaces != NULL) {
        add_item(line, "replaces ");
        bt_buf_text(line, fix->replaces);
    }
}

// Whether the reasons above say it already: those of what does not hold or is open.
static bool is_told(const struct bt_match *match, const char *note)
{
    for (size_t i = 0; note != NULL && i < match->evidence_count; i++) {
        const struct bt_evidence *evidence = &match->evidence[i];
        if (evidence->result != BT_TRUE && evidence->detail != NULL &&
            strstr(evidence->detail, note) != NULL)
            return true;
    }
    return false;
}

// Whether it is installed, where that is known: the open evidence says it where it is not.
static void write_fix(struct bt_page *page, const struct bt_match *match,
                      const struct bt_crash *crash, bool full)
{
    static const char *const words[] = {
        [BT_FIX_UNKNOWN] = "",
        [BT_FIX_NEEDED] = "not installed",
        [BT_FIX_INSTALLED] = "installed",
    };
    const struct bt_fix *fix = &match->fix;
    if (!fix->present)
        return;
    struct bt_buf line;
    bt_buf_init(&line, page->out->limit);
    bt_buf_text(&line, words[fix->status]);
    add_item(&line, describe_kind(fix->kind));
    if (full || !is_told(match, fix->status_note))
        add_item(&line, fix->status_note);
    add_conditions(&line, fix);
    bt_text_article_line(page, "fix", bt_buf_cstr(&line));
    bt_buf_fini(&line);
    if (full)
        write_all_files(page, fix);
    else
        write_files(page, fix, crash);
}

static void write_reasons(struct bt_page *page, const struct bt_match *match, bool from_dump)
{
    bt_text_evidence_line(page, match, BT_TRUE, false);
    bt_text_evidence_line(page, match, BT_FALSE, true);
    // Without a dump nearly everything is open, and for the same reason.
    bt_text_evidence_line(page, match, BT_UNKNOWN, from_dump);
}

void bt_text_article(struct bt_page *page, const struct bt_match *match,
                     const struct bt_result *result, enum bt_text_detail detail)
{
    bool full = detail == BT_DETAIL_FULL;
    bt_text_article_title(page, match);
    if (detail == BT_DETAIL_TITLE)
        return;
    if (full)
        write_evidence_list(page, match);
    else
        write_reasons(page, match, result->input.path != NULL);
    bt_text_article_line(page, bt_fit_name(match->fit), match->capped);
    write_questions(page, match);
    if (full)
        bt_text_article_line(page, "symptoms", match->symptoms);
    bt_text_article_line(page, "cause", match->cause);
    if (full)
        bt_text_article_line(page, "resolution", match->resolution);
    bt_text_article_line(page, "workaround", match->workaround);
    write_fix(page, match, result->crash, full);
    if (!full)
        return;
    for (size_t i = 0; i < match->related_count; i++)
        bt_text_article_line(page, i == 0 ? "see also" : "", match->related[i]);
    bt_text_article_line(page, "link", match->url);
    bt_text_article_line(page, "source", match->source);
}
