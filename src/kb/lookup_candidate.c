// SPDX-License-Identifier: MIT
//
// The articles that a crash may be one of, found by its codes, modules and files.
#include "base/attributes.h"
#include "base/limits.h"
#include "base/text.h"
#include "kb/article.h"
#include "kb/layers.h"
#include "kb/words.h"

enum {
    PHASE_START,
    PHASE_STOP,
    PHASE_EXCEPTION,
    PHASE_MODULE,
    PHASE_SECOND_MODULE,
    PHASE_CODELESS,
    PHASE_END
};

uint32_t bt_kb_file_hash(const char *file)
{
    uint32_t hash = 2166136261u; // FNV-1a
    for (const char *p = file; *p != '\0'; p++)
        hash = (hash ^ (uint8_t)bt_lower(*p)) * 16777619u;
    return hash != 0 ? hash : 1;
}

static void add_hash(struct bt_kb_file_set *set, uint32_t hash)
{
    set->bits[hash / 64 % BT_COUNT(set->bits)] |= UINT64_C(1) << (hash % 64);
}

static bool may_have(const struct bt_kb_file_set *set, uint32_t hash)
{
    return (set->bits[hash / 64 % BT_COUNT(set->bits)] >> (hash % 64) & 1) != 0;
}

void bt_kb_file_set_add(struct bt_kb_file_set *set, const char *file)
{
    add_hash(set, bt_kb_file_hash(file));
}

void bt_kb_file_set_add_aliases(const struct bt_kb *kb, struct bt_kb_file_set *set)
{
    for (size_t i = 0; i < kb->layer_count; i++) {
        const struct bt_kb_image *image = kb->layers[i];
        for (uint32_t row = 0; row < bt_kb_rows(image, BT_KB_ALIASES); row++) {
            const char *file = bt_kb_text_of(image, BT_KB_ALIASES, row, ALIAS_FILE);
            const char *alias = bt_kb_text_of(image, BT_KB_ALIASES, row, ALIAS_ALIAS);
            if (file != NULL && alias != NULL && may_have(set, bt_kb_file_hash(file)))
                add_hash(set, bt_kb_file_hash(alias));
        }
    }
}

// Whether an article on the stop needs one of two files, and none of them was loaded.
static bool lacks_file(const struct bt_kb_image *image, uint32_t row,
                       const struct bt_kb_file_set *files)
{
    uint32_t a = bt_kb_word(image, BT_KB_CANDIDATES, row, CANDIDATE_FILES);
    uint32_t b = bt_kb_word(image, BT_KB_CANDIDATES, row, CANDIDATE_FILES + 1);
    return a != 0 && !may_have(files, a) && (b == 0 || !may_have(files, b));
}

// Goes on to the next phase of a layer, at its first row. Where few articles are on the stop
// all are looked at, so that a report can say of each why it does not fit.
static void begin_phase(const struct bt_kb_image *image, const struct bt_kb_crash_codes *codes,
                        struct bt_kb_candidates *at)
{
    at->phase++;
    at->row = 0;
    if (at->phase == PHASE_STOP)
        at->row = bt_kb_lower_bound(image, BT_KB_CANDIDATES, codes->stop.value);
    if (at->phase == PHASE_STOP && codes->stop.known && codes->files != NULL)
        at->sift = bt_kb_lower_bound(image, BT_KB_CANDIDATES, (uint64_t)codes->stop.value + 1) -
                       at->row >
                   BT_LIMIT_EXPLAINED;
    else if (at->phase == PHASE_EXCEPTION)
        at->row = bt_kb_lower_bound(image, BT_KB_EXCEPTION_CANDIDATES, codes->exception.value);
    if (at->phase != PHASE_MODULE && at->phase != PHASE_SECOND_MODULE)
        return;
    const char *module = codes->modules[at->phase - PHASE_MODULE];
    at->row = bt_kb_rows(image, BT_KB_MODULE_CANDIDATES);
    if (!codes->exception_present || module == NULL)
        return;
    at->hash = bt_kb_file_hash(module);
    at->row = bt_kb_lower_bound(image, BT_KB_MODULE_CANDIDATES, at->hash);
}

// Whether an article was met already under the stop code of the same crash.
static bool names_stop(const struct bt_kb_image *image, uint32_t article, uint32_t code)
{
    uint32_t row = bt_kb_lower_bound(image, BT_KB_CANDIDATES, code);
    for (; row < bt_kb_rows(image, BT_KB_CANDIDATES); row++) {
        if (bt_kb_word(image, BT_KB_CANDIDATES, row, CANDIDATE_CODE) != code)
            return false;
        if (bt_kb_word(image, BT_KB_CANDIDATES, row, CANDIDATE_ARTICLE) == article)
            return true;
    }
    return false;
}

static bool next_of_stop(const struct bt_kb_image *image, const struct bt_kb_crash_codes *codes,
                         struct bt_kb_candidates *at, uint32_t *ret)
{
    const enum bt_kb_section section = BT_KB_CANDIDATES;
    while (codes->stop.known && at->row < bt_kb_rows(image, section) &&
           bt_kb_word(image, section, at->row, CANDIDATE_CODE) == codes->stop.value) {
        uint32_t row = at->row++;
        if (at->sift && lacks_file(image, row, codes->files)) {
            at->passed_over++;
            continue;
        }
        *ret = bt_kb_word(image, section, row, CANDIDATE_ARTICLE);
        return true;
    }
    return false;
}

static bool next_of_exception(const struct bt_kb_image *image,
                              const struct bt_kb_crash_codes *codes,
                              struct bt_kb_candidates *at, uint32_t *ret)
{
    const enum bt_kb_section section = BT_KB_EXCEPTION_CANDIDATES;
    unsigned wanted = codes->stop.known ? BT_KB_CLAUSE_KERNEL : BT_KB_CLAUSE_USER;
    while (codes->exception.known && at->row < bt_kb_rows(image, section)) {
        uint32_t row = at->row++;
        if (bt_kb_word(image, section, row, EXCEPTION_CANDIDATE_CODE) != codes->exception.value)
            return false;
        uint32_t article = bt_kb_word(image, section, row, EXCEPTION_CANDIDATE_ARTICLE);
        if ((bt_kb_word(image, section, row, EXCEPTION_CANDIDATE_KINDS) & wanted) == 0 ||
            (codes->stop.known && names_stop(image, article, codes->stop.value)))
            continue;
        *ret = article;
        return true;
    }
    return false;
}

// Whether an article was met already under the code of the exception.
static bool names_exception(const struct bt_kb_image *image, uint32_t article,
                            const struct bt_kb_crash_codes *codes)
{
    const enum bt_kb_section section = BT_KB_EXCEPTION_CANDIDATES;
    if (!codes->exception.known)
        return false;
    uint32_t row = bt_kb_lower_bound(image, section, codes->exception.value);
    for (; row < bt_kb_rows(image, section); row++) {
        if (bt_kb_word(image, section, row, EXCEPTION_CANDIDATE_CODE) != codes->exception.value)
            return false;
        if (bt_kb_word(image, section, row, EXCEPTION_CANDIDATE_ARTICLE) == article)
            return true;
    }
    return false;
}

static bool is_met(const struct bt_kb_image *image, uint32_t article,
                   const struct bt_kb_crash_codes *codes, uint32_t first, uint32_t row)
{
    for (uint32_t i = first; i < row; i++) {
        if (bt_kb_word(image, BT_KB_MODULE_CANDIDATES, i, MODULE_CANDIDATE_ARTICLE) == article)
            return true;
    }
    return names_exception(image, article, codes) ||
           (codes->stop.known && names_stop(image, article, codes->stop.value));
}

static bool next_of_module(const struct bt_kb_image *image,
                           const struct bt_kb_crash_codes *codes, struct bt_kb_candidates *at,
                           uint32_t *ret)
{
    const enum bt_kb_section section = BT_KB_MODULE_CANDIDATES;
    unsigned wanted = codes->stop.known ? BT_KB_CLAUSE_KERNEL : BT_KB_CLAUSE_USER;
    uint32_t first = bt_kb_lower_bound(image, section, at->hash);
    while (at->row < bt_kb_rows(image, section)) {
        uint32_t row = at->row++;
        if (bt_kb_word(image, section, row, MODULE_CANDIDATE_HASH) != at->hash)
            return false;
        uint32_t article = bt_kb_word(image, section, row, MODULE_CANDIDATE_ARTICLE);
        bool any = bt_kb_word(image, section, row, MODULE_CANDIDATE_ANY) != 0;
        if ((bt_kb_word(image, section, row, MODULE_CANDIDATE_KINDS) & wanted) == 0 ||
            (codes->exception.known && !any) || is_met(image, article, codes, first, row))
            continue;
        *ret = article;
        return true;
    }
    return false;
}

static bool next_row(const struct bt_kb_image *image, const struct bt_kb_crash_codes *codes,
                     struct bt_kb_candidates *at, uint32_t *ret)
{
    if (at->phase == PHASE_MODULE || at->phase == PHASE_SECOND_MODULE)
        return next_of_module(image, codes, at, ret);
    if (at->phase == PHASE_STOP)
        return next_of_stop(image, codes, at, ret);
    if (at->phase == PHASE_EXCEPTION)
        return next_of_exception(image, codes, at, ret);
    if (at->phase != PHASE_CODELESS || at->row >= bt_kb_rows(image, BT_KB_CODELESS))
        return false;
    *ret = bt_kb_word(image, BT_KB_CODELESS, at->row++, CODELESS_ARTICLE);
    return true;
}

bool bt_kb_candidate_next(const struct bt_kb *kb, const struct bt_kb_crash_codes *codes,
                          struct bt_kb_candidates *at, struct bt_kb_article *ret)
{
    while (at->layer < kb->layer_count) {
        size_t layer = kb->layer_count - 1 - at->layer;
        const struct bt_kb_image *image = kb->layers[layer];
        uint32_t row = 0;
        if (!next_row(image, codes, at, &row)) {
            begin_phase(image, codes, at);
            if (at->phase == PHASE_END)
                *at = (struct bt_kb_candidates){.layer = at->layer + 1,
                                                .passed_over = at->passed_over};
            continue;
        }
        const char *id = bt_kb_text_of(image, BT_KB_ARTICLES, row, ARTICLE_ID);
        if (!bt_kb_is_replaced(kb, layer, id)) {
            bt_kb_article_read(image, row, ret);
            return true;
        }
    }
    return false;
}
