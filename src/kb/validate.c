// SPDX-License-Identifier: MIT
//
// Checks every field of every record against the descriptions of layout.c. After this a lookup
// may follow any reference, list or expression of the image without another check.
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "kb/image.h"

struct validator {
    const struct bt_kb_image *image;
    // One bit for each multiple of 4 in the pool of texts: set where a text begins.
    uint8_t *starts;
    struct bt_error *err;
};

static uint64_t place_of(const struct validator *v, uint32_t section, uint32_t row,
                         unsigned word)
{
    size_t at = ((size_t)row * bt_kb_layout[section].words + word) * 4;
    return (uint64_t)(&v->image->sections[section][at] - v->image->bytes.data);
}

static enum bt_status refuse(const struct validator *v, uint32_t section, uint32_t row,
                             unsigned word, const char *what)
{
    return BT_FAIL(v->err, BT_E_CORRUPT, place_of(v, section, row, word),
                   "%s: record %u, word %u: %s", bt_kb_layout[section].name, row, word, what);
}

// Whether eight bytes are ASCII without NUL: no byte has its top bit set, before or after one
// is taken from it.
static bool are_plain(uint64_t eight)
{
    const uint64_t tops = UINT64_C(0x8080808080808080), ones = UINT64_C(0x0101010101010101);
    return ((eight | (eight - ones)) & tops) == 0;
}

// Whether bytes are UTF-8 without NUL. Knowledge is almost all ASCII: eight bytes at a time.
static bool is_clean_text(const uint8_t *data, size_t size)
{
    size_t at = 0;
    while (at < size) {
        if (size - at >= 8 && are_plain(bt_le64(&data[at]))) {
            at += 8;
        } else if (data[at] < 0x80) {
            if (data[at] == 0)
                return false;
            at++;
        } else {
            uint32_t code_point = 0;
            size_t length = bt_utf8_decode((const char *)&data[at], size - at, &code_point);
            if (length == 1)
                return false;
            at += length;
        }
    }
    return true;
}

// Walks the pool from text to text and remembers where each begins.
static enum bt_status validate_texts(struct validator *v)
{
    struct bt_span pool = {.data = v->image->sections[BT_KB_TEXTS],
                           .size = v->image->rows[BT_KB_TEXTS]};
    uint64_t base = (uint64_t)(pool.data - v->image->bytes.data);
    if (pool.size < 4 || pool.size % 4 != 0 || bt_span_u32(pool, 0) != 0)
        return BT_FAIL(v->err, BT_E_CORRUPT, base, "texts: the pool begins wrongly");
    v->starts = calloc(pool.size / 32 + 1, 1);
    if (v->starts == NULL)
        return BT_FAIL(v->err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    for (size_t at = 4; at < pool.size;) {
        // The pool is a multiple of 4, so the length is inside of it; the NUL has to be, too.
        size_t length = bt_le32(&pool.data[at]);
        if (length >= pool.size - at - 4 || pool.data[at + 4 + length] != 0 ||
            !is_clean_text(&pool.data[at + 4], length))
            return BT_FAIL(v->err, BT_E_CORRUPT, base + at, "texts: a text is damaged");
        v->starts[at / 32] |= (uint8_t)(1u << (at / 4 % 8));
        at += (4 + length + 1 + 3) & ~(size_t)3;
    }
    return BT_OK;
}

static bool is_text(const struct validator *v, uint32_t reference)
{
    return reference % 4 == 0 && reference < v->image->rows[BT_KB_TEXTS] &&
           (v->starts[reference / 32] >> (reference / 4 % 8) & 1) != 0;
}

static bool is_list(uint32_t first, uint32_t count, uint32_t rows, uint32_t most)
{
    return count <= most && first <= rows && count <= rows - first;
}

// A run of rows of one section, small enough to stay in the nearest cache while its fields are
// looked at one after the other: a kind of field is then chosen once for many rows.
enum { BLOCK_ROWS = 64 };

struct block {
    const struct validator *v;
    uint32_t section, first, count;
    size_t stride;
    const uint8_t *rows;
};

// The first row of a block whose field is wrong; its count where all are right.
#define FIRST_WRONG(condition)                                                                 \
    do {                                                                                       \
        for (; i < block->count; i++, word += block->stride) {                                 \
            uint32_t value = bt_le32(word);                                                    \
            if (!(condition))                                                                  \
                break;                                                                         \
        }                                                                                      \
    } while (0)

static enum bt_status validate_field(const struct block *block, const struct bt_kb_field *field)
{
    const struct validator *v = block->v;
    const uint8_t *word = &block->rows[field->word * 4u];
    const char *what = "a number is out of range";
    uint32_t limit = field->limit, i = 0;
    switch ((enum bt_kb_field_kind)field->kind) {
    case FIELD_END:
    case FIELD_NUMBER:
    case FIELD_WIDE:
    case FIELD_NODE:
        return BT_OK;
    case FIELD_TEXT:
        FIRST_WRONG(is_text(v, value));
        what = "no text is there";
        break;
    case FIELD_OPTIONAL_TEXT:
        FIRST_WRONG(value == 0 || is_text(v, value));
        what = "no text is there";
        break;
    case FIELD_BELOW:
        FIRST_WRONG(value < limit);
        break;
    case FIELD_BELOW_OR_NONE:
        FIRST_WRONG(value < limit || value == BT_KB_NONE);
        break;
    case FIELD_LIST: {
        uint32_t most = bt_kb_list_limit((enum bt_kb_section)limit);
        uint32_t rows = v->image->rows[limit];
        FIRST_WRONG(is_list(value, bt_le32(&word[4]), rows, most));
        what = "a list lies outside of its section";
        break;
    }
    case FIELD_OPTIONAL_EXPR:
        limit = v->image->rows[BT_KB_EXPRS];
        FIRST_WRONG(value <= limit);
        what = "no expression is there";
        break;
    case FIELD_EXPR:
        limit = v->image->rows[BT_KB_EXPRS];
        FIRST_WRONG(value != 0 && value <= limit);
        what = "no expression is there";
        break;
    case FIELD_ROW:
        limit = v->image->rows[field->limit];
        FIRST_WRONG(value < limit);
        what = "no record is there";
        break;
    }
    return i == block->count ? BT_OK
                             : refuse(v, block->section, block->first + i, field->word, what);
}

static bool is_in_order(const struct validator *v, uint32_t section, uint32_t row)
{
    const struct bt_kb_image *image = v->image;
    uint32_t before = row - 1;
    switch (bt_kb_layout[section].order) {
    case ORDER_FREE:
        return true;
    case ORDER_NUMBER:
        return bt_kb_word(image, section, before, 0) < bt_kb_word(image, section, row, 0);
    case ORDER_NUMBER_LOOSE:
        return bt_kb_word(image, section, before, 0) <= bt_kb_word(image, section, row, 0);
    case ORDER_TEXT:
        return strcmp(bt_kb_text_of(image, section, before, 0),
                      bt_kb_text_of(image, section, row, 0)) < 0;
    case ORDER_TEXT_LOOSE:
        return strcmp(bt_kb_text_of(image, section, before, 0),
                      bt_kb_text_of(image, section, row, 0)) <= 0;
    case ORDER_WIDE_LOOSE:
        return bt_kb_wide(image, section, before, 1) <= bt_kb_wide(image, section, row, 1);
    }
    return false;
}

static enum bt_status validate_section(const struct validator *v, uint32_t section)
{
    uint32_t rows = v->image->rows[section];
    struct block block = {
        .v = v,
        .section = section,
        .stride = (size_t)bt_kb_layout[section].words * 4,
    };
    for (; block.first < rows; block.first += block.count) {
        block.count = rows - block.first < BLOCK_ROWS ? rows - block.first : BLOCK_ROWS;
        block.rows = &v->image->sections[section][block.first * block.stride];
        for (const struct bt_kb_field *f = bt_kb_layout[section].fields; f->kind != FIELD_END;
             f++)
            BT_TRY(validate_field(&block, f));
    }
    // Texts are compared only now that every reference to one is known to be good.
    for (uint32_t row = 1; bt_kb_layout[section].order != ORDER_FREE && row < rows; row++) {
        if (!is_in_order(v, section, row))
            return refuse(v, section, row, 0, "records are not in order");
    }
    return BT_OK;
}

static enum bt_status validate_all(struct validator *v)
{
    BT_TRY(validate_texts(v));
    for (uint32_t section = BT_KB_TEXTS + 1; section < BT_KB_SECTIONS; section++)
        BT_TRY(validate_section(v, section));
    if (v->image->rows[BT_KB_ARTICLES] > BT_LIMIT_KB_ARTICLES)
        return BT_FAIL(v->err, BT_E_LIMIT, BT_NO_OFFSET, "image has more than %u articles",
                       BT_LIMIT_KB_ARTICLES);
    return bt_kb_validate_expressions(v->image, v->err);
}

enum bt_status bt_kb_validate(const struct bt_kb_image *image, struct bt_error *err)
{
    struct validator v = {.image = image, .err = err};
    enum bt_status status = validate_all(&v);
    free(v.starts);
    return status;
}
