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

// Whether bytes are UTF-8 without NUL. Knowledge is almost all ASCII: eight bytes at a time.
static bool is_clean_text(const uint8_t *data, size_t size)
{
    size_t at = 0;
    if (memchr(data, 0, size) != NULL)
        return false;
    while (at < size) {
        if (size - at >= 8 && (bt_le64(&data[at]) & UINT64_C(0x8080808080808080)) == 0) {
            at += 8;
        } else if (data[at] < 0x80) {
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
        struct bt_span text;
        size_t length = bt_le32(&pool.data[at]);
        if (bt_span_sub(pool, at + 4, (uint64_t)length + 1, &text, NULL) != BT_OK ||
            text.data[length] != 0 || !is_clean_text(text.data, length))
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

static bool is_list(const struct validator *v, uint32_t section, uint32_t first, uint32_t count)
{
    uint32_t rows = v->image->rows[section];
    return count <= bt_kb_list_limit((enum bt_kb_section)section) && first <= rows &&
           count <= rows - first;
}

// `record` is where the row begins: looked up once for all of its fields.
static enum bt_status validate_field(const struct validator *v, uint32_t section, uint32_t row,
                                     const uint8_t *record, const struct bt_kb_field *field)
{
    uint32_t value = bt_le32(&record[field->word * 4u]);
    bool good = true;
    const char *what = "a number is out of range";
    switch ((enum bt_kb_field_kind)field->kind) {
    case FIELD_END:
    case FIELD_NUMBER:
    case FIELD_WIDE:
    case FIELD_NODE:
        break;
    case FIELD_TEXT:
        good = is_text(v, value);
        what = "no text is there";
        break;
    case FIELD_OPTIONAL_TEXT:
        good = value == 0 || is_text(v, value);
        what = "no text is there";
        break;
    case FIELD_BELOW:
        good = value < field->limit;
        break;
    case FIELD_BELOW_OR_NONE:
        good = value == BT_KB_NONE || value < field->limit;
        break;
    case FIELD_LIST:
        good = is_list(v, field->limit, value, bt_le32(&record[field->word * 4u + 4]));
        what = "a list lies outside of its section";
        break;
    case FIELD_OPTIONAL_EXPR:
        good = value <= v->image->rows[BT_KB_EXPRS];
        what = "no expression is there";
        break;
    case FIELD_EXPR:
        good = value != 0 && value <= v->image->rows[BT_KB_EXPRS];
        what = "no expression is there";
        break;
    case FIELD_ROW:
        good = value < v->image->rows[field->limit];
        what = "no record is there";
        break;
    }
    return good ? BT_OK : refuse(v, section, row, field->word, what);
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
    size_t stride = (size_t)bt_kb_layout[section].words * 4;
    for (uint32_t row = 0; row < rows; row++) {
        const struct bt_kb_field *field = bt_kb_layout[section].fields;
        const uint8_t *record = &v->image->sections[section][row * stride];
        for (; field->kind != FIELD_END; field++)
            BT_TRY(validate_field(v, section, row, record, field));
        if (row > 0 && !is_in_order(v, section, row))
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
