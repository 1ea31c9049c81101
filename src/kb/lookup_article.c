// SPDX-License-Identifier: MIT
//
// Articles, decoded from the images on demand.
#include "kb/article.h"

#include "kb/layers.h"
#include "kb/words.h"

bool bt_kb_is_replaced(const struct bt_kb *kb, size_t layer, const char *id)
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

void bt_kb_article_read(const struct bt_kb_image *image, uint32_t row,
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

bool bt_kb_article_next(const struct bt_kb *kb, struct bt_kb_candidates *at,
                        struct bt_kb_article *ret)
{
    for (; at->layer < kb->layer_count; at->layer++, at->row = 0) {
        size_t layer = kb->layer_count - 1 - at->layer;
        const struct bt_kb_image *image = kb->layers[layer];
        while (at->row < bt_kb_rows(image, BT_KB_ARTICLES)) {
            uint32_t row = at->row++;
            if (!bt_kb_is_replaced(kb, layer,
                                   bt_kb_text_of(image, BT_KB_ARTICLES, row, ARTICLE_ID))) {
                bt_kb_article_read(image, row, ret);
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
            bt_kb_article_read(kb->layers[i], row, ret);
            return true;
        }
    }
    return false;
}
