// SPDX-License-Identifier: MIT
//
// Rows that belong to articles: conditions, clauses, systems, files, links and tests.
#include "kb/article.h"
#include "kb/layers.h"
#include "kb/words.h"

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
