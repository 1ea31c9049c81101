// SPDX-License-Identifier: MIT
//
// Articles and their parts, decoded from the images on demand.
#include "kb/article.h"

#include "base/attributes.h"
#include "base/limits.h"
#include "base/text.h"
#include "kb/layers.h"
#include "kb/words.h"

// Whether a later layer has an article of the same id: that one is used instead.
static bool is_replaced(const struct bt_kb *kb, size_t layer, const char *id)
{
    for (size_t i = layer + 1; i < kb->layer_count; i++) {
        uint32_t row = 0;
        if (bt_kb_find_text(kb->layers[i], BT_KB_ARTICLES, id, false, &row))
            return true;
    }
    return false;
}

static void read_texts(const struct bt_kb_image *image, uint32_t row, struct bt_kb_article *ret)
{
    const enum bt_kb_section section = BT_KB_ARTICLES;
    ret->id = bt_kb_text_of(image, section, row, ARTICLE_ID);
    ret->title = bt_kb_text_of(image, section, row, ARTICLE_TITLE);
    ret->url = bt_kb_text_of(image, section, row, ARTICLE_URL);
    ret->source = bt_kb_text_of(image, section, row, ARTICLE_SOURCE);
    ret->cap_reason = bt_kb_text_of(image, section, row, ARTICLE_CAP_REASON);
    ret->symptoms = bt_kb_text_of(image, section, row, ARTICLE_SYMPTOMS);
    ret->cause = bt_kb_text_of(image, section, row, ARTICLE_CAUSE);
    ret->resolution = bt_kb_text_of(image, section, row, ARTICLE_RESOLUTION);
    ret->workaround = bt_kb_text_of(image, section, row, ARTICLE_WORKAROUND);
    ret->fix_kind = bt_kb_text_of(image, section, row, ARTICLE_FIX_KIND);
    ret->fix_note = bt_kb_text_of(image, section, row, ARTICLE_FIX_NOTE);
    ret->requires_text = bt_kb_text_of(image, section, row, ARTICLE_REQUIRES_TEXT);
    ret->restart = bt_kb_text_of(image, section, row, ARTICLE_RESTART);
    ret->replaces = bt_kb_text_of(image, section, row, ARTICLE_REPLACES);
}

static void read_article(const struct bt_kb_image *image, uint32_t row,
                         struct bt_kb_article *ret)
{
    const enum bt_kb_section section = BT_KB_ARTICLES;
    uint32_t grade = bt_kb_word(image, section, row, ARTICLE_GRADE);
    *ret = (struct bt_kb_article){
        .image = image,
        .index = row,
        .layer = image->name,
        .line = bt_kb_word(image, section, row, ARTICLE_LINE),
        .grade = grade == 0 ? '\0' : (char)('A' + grade - 1),
        .cap = (enum bt_kb_cap)bt_kb_word(image, section, row, ARTICLE_CAP),
        .outside_possible = bt_kb_word(image, section, row, ARTICLE_OUTSIDE) != 0,
        .narrowness = bt_kb_word(image, section, row, ARTICLE_NARROWNESS),
        .systems = bt_kb_list_of(image, section, row, ARTICLE_SYSTEMS),
        .clauses = bt_kb_list_of(image, section, row, ARTICLE_CLAUSES),
        .conditions = bt_kb_list_of(image, section, row, ARTICLE_CONDITIONS),
        .ask = bt_kb_list_of(image, section, row, ARTICLE_ASK),
        .links = bt_kb_list_of(image, section, row, ARTICLE_LINKS),
        .keywords = bt_kb_list_of(image, section, row, ARTICLE_KEYWORDS),
        .requires_systems = bt_kb_list_of(image, section, row, ARTICLE_REQUIRES),
        .fixed_in = bt_kb_list_of(image, section, row, ARTICLE_FIXED_IN),
        .files = bt_kb_list_of(image, section, row, ARTICLE_FILES),
    };
    read_texts(image, row, ret);
}

// --- Candidates

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
        if (!is_replaced(kb, layer, id)) {
            read_article(image, row, ret);
            return true;
        }
    }
    return false;
}

bool bt_kb_article_next(const struct bt_kb *kb, struct bt_kb_candidates *at,
                        struct bt_kb_article *ret)
{
    for (; at->layer < kb->layer_count; at->layer++, at->row = 0) {
        size_t layer = kb->layer_count - 1 - at->layer;
        const struct bt_kb_image *image = kb->layers[layer];
        while (at->row < bt_kb_rows(image, BT_KB_ARTICLES)) {
            uint32_t row = at->row++;
            if (!is_replaced(kb, layer,
                             bt_kb_text_of(image, BT_KB_ARTICLES, row, ARTICLE_ID))) {
                read_article(image, row, ret);
                return true;
            }
        }
    }
    return false;
}

bool bt_kb_article_find(const struct bt_kb *kb, const char *id, struct bt_kb_article *ret)
{
    for (size_t i = kb->layer_count; i-- > 0;) {
        uint32_t row = 0;
        if (bt_kb_find_text(kb->layers[i], BT_KB_ARTICLES, id, false, &row)) {
            read_article(kb->layers[i], row, ret);
            return true;
        }
    }
    return false;
}

bool bt_kb_condition_at(struct bt_kb_list list, size_t index, struct bt_kb_condition *ret)
{
    const enum bt_kb_section section = BT_KB_CONDITIONS;
    if (index >= list.count)
        return false;
    uint32_t row = list.first + (uint32_t)index;
    *ret = (struct bt_kb_condition){
        .role = (enum bt_kb_condition_role)bt_kb_word(list.image, section, row, CONDITION_ROLE),
        .group = bt_kb_word(list.image, section, row, CONDITION_GROUP),
        .p = bt_kb_word(list.image, section, row, CONDITION_P),
        .expr = bt_kb_expr_of(list.image, section, row, CONDITION_EXPR),
        .when = bt_kb_expr_of(list.image, section, row, CONDITION_WHEN),
    };
    return true;
}

bool bt_kb_sample_at(struct bt_kb_list list, size_t index, struct bt_kb_sample *ret)
{
    if (index >= list.count)
        return false;
    uint32_t row = list.first + (uint32_t)index;
    ret->known = bt_kb_word(list.image, BT_KB_SAMPLES, row, SAMPLE_KNOWN);
    for (unsigned i = 0; i < 4; i++)
        ret->values[i] = bt_kb_wide(list.image, BT_KB_SAMPLES, row, SAMPLE_VALUES + 2 * i);
    return true;
}

bool bt_kb_clause_at(struct bt_kb_list list, size_t index, struct bt_kb_clause *ret)
{
    const enum bt_kb_section section = BT_KB_CLAUSES;
    if (index >= list.count)
        return false;
    uint32_t row = list.first + (uint32_t)index;
    *ret = (struct bt_kb_clause){
        .kinds = bt_kb_word(list.image, section, row, CLAUSE_KIND),
        .any_code = bt_kb_word(list.image, section, row, CLAUSE_KIND) != BT_KB_CLAUSE_STOP &&
                    bt_kb_word(list.image, section, row, CLAUSE_CODE) == 0,
        .code = bt_kb_word(list.image, section, row, CLAUSE_CODE),
        .raises = (enum bt_kb_raise)bt_kb_word(list.image, section, row, CLAUSE_RAISES),
        .conditions = bt_kb_list_of(list.image, section, row, CLAUSE_CONDITIONS),
        .samples = bt_kb_list_of(list.image, section, row, CLAUSE_SAMPLES),
        .signature = bt_kb_wide(list.image, section, row, CLAUSE_SIGNATURE),
        .line = bt_kb_word(list.image, section, row, CLAUSE_LINE),
    };
    return true;
}

static struct bt_opt32 read_optional(uint32_t value)
{
    return value == BT_KB_NONE ? (struct bt_opt32){0} : bt_some32(value);
}

bool bt_kb_system_at(struct bt_kb_list list, size_t index, struct bt_kb_system *ret)
{
    const enum bt_kb_section section = BT_KB_SYSTEMS;
    if (index >= list.count)
        return false;
    uint32_t row = list.first + (uint32_t)index;
    *ret = (struct bt_kb_system){
        .text = bt_kb_text_of(list.image, section, row, SYSTEM_TEXT),
        .line = bt_kb_text_of(list.image, section, row, SYSTEM_LINE),
        .build_from = bt_kb_word(list.image, section, row, SYSTEM_BUILD_FROM),
        .build_to = bt_kb_word(list.image, section, row, SYSTEM_BUILD_TO),
        .types = bt_kb_word(list.image, section, row, SYSTEM_TYPES),
        .sp_from = read_optional(bt_kb_word(list.image, section, row, SYSTEM_SP_FROM)),
        .sp_to = read_optional(bt_kb_word(list.image, section, row, SYSTEM_SP_TO)),
        .archs = bt_kb_word(list.image, section, row, SYSTEM_ARCHS),
        .not_archs = bt_kb_word(list.image, section, row, SYSTEM_NOT_ARCHS),
        .tse = (enum bt_kb_tse)bt_kb_word(list.image, section, row, SYSTEM_TSE),
        .latest = bt_kb_word(list.image, section, row, SYSTEM_LATEST) != 0,
    };
    return true;
}

bool bt_kb_fix_file_at(struct bt_kb_list list, size_t index, struct bt_kb_fix_file *ret)
{
    const enum bt_kb_section section = BT_KB_FIX_FILES;
    if (index >= list.count)
        return false;
    uint32_t row = list.first + (uint32_t)index;
    uint32_t has = bt_kb_word(list.image, section, row, FIX_FILE_HAS);
    uint32_t platform = bt_kb_word(list.image, section, row, FIX_FILE_PLATFORM);
    *ret = (struct bt_kb_fix_file){
        .name = bt_kb_text_of(list.image, section, row, FIX_FILE_NAME),
        .platform = platform == BT_KB_NONE ? NULL : bt_kb_architectures.items[platform],
        .date_only = (has & FIX_FILE_DATE_ONLY) != 0,
        .cures = bt_kb_word(list.image, section, row, FIX_FILE_CURES) != 0,
        .systems = bt_kb_list_of(list.image, section, row, FIX_FILE_SYSTEMS),
    };
    if (has & FIX_FILE_HAS_VERSION)
        ret->version = bt_some64(bt_kb_wide(list.image, section, row, FIX_FILE_VERSION));
    if (has & FIX_FILE_DATE_IS_BOUND)
        ret->linked_after = bt_some64(bt_kb_wide(list.image, section, row, FIX_FILE_DATE));
    else if (has & FIX_FILE_HAS_DATE)
        ret->date = bt_some64(bt_kb_wide(list.image, section, row, FIX_FILE_DATE));
    if (has & FIX_FILE_HAS_SIZE)
        ret->size = bt_some32(bt_kb_word(list.image, section, row, FIX_FILE_SIZE));
    return true;
}

bool bt_kb_link_at(struct bt_kb_list list, size_t index, struct bt_kb_link *ret)
{
    if (index >= list.count)
        return false;
    uint32_t row = list.first + (uint32_t)index;
    ret->kind = bt_kb_text_of(list.image, BT_KB_LINKS, row, LINK_KIND);
    ret->target = bt_kb_text_of(list.image, BT_KB_LINKS, row, LINK_TARGET);
    return true;
}

size_t bt_kb_test_count(const struct bt_kb *kb, size_t layer)
{
    return layer < kb->layer_count ? bt_kb_rows(kb->layers[layer], BT_KB_TESTS) : 0;
}

bool bt_kb_test_at(const struct bt_kb *kb, size_t layer, size_t index, struct bt_kb_test *ret)
{
    if (index >= bt_kb_test_count(kb, layer))
        return false;
    const struct bt_kb_image *image = kb->layers[layer];
    uint32_t row = (uint32_t)index;
    uint32_t article = bt_kb_word(image, BT_KB_TESTS, row, TEST_ARTICLE);
    *ret = (struct bt_kb_test){
        .article = bt_kb_text_of(image, BT_KB_ARTICLES, article, ARTICLE_ID),
        .name = bt_kb_text_of(image, BT_KB_TESTS, row, TEST_NAME),
        .verdict = bt_kb_text_of(image, BT_KB_TESTS, row, TEST_VERDICT),
        .fix = bt_kb_text_of(image, BT_KB_TESTS, row, TEST_FIX),
        .note = bt_kb_text_of(image, BT_KB_TESTS, row, TEST_NOTE),
        .source = bt_kb_text_of(image, BT_KB_TESTS, row, TEST_SOURCE),
        .line = bt_kb_word(image, BT_KB_TESTS, row, TEST_LINE),
        .facts = bt_kb_list_of(image, BT_KB_TESTS, row, TEST_FACTS),
    };
    return true;
}

bool bt_kb_fact_at(struct bt_kb_list list, size_t index, struct bt_kb_fact *ret)
{
    if (index >= list.count)
        return false;
    uint32_t row = list.first + (uint32_t)index;
    uint32_t place = bt_kb_word(list.image, BT_KB_FACTS, row, FACT_LINE);
    *ret = (struct bt_kb_fact){
        .key = bt_kb_text_of(list.image, BT_KB_FACTS, row, FACT_KEY),
        .name = bt_kb_text_of(list.image, BT_KB_FACTS, row, FACT_NAME),
        .value = bt_kb_text_of(list.image, BT_KB_FACTS, row, FACT_VALUE),
        .line = place & ((UINT32_C(1) << FACT_LINE_BITS) - 1),
        .column = place >> FACT_LINE_BITS,
    };
    return true;
}
