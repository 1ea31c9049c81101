// SPDX-License-Identifier: MIT
#include "verdict/list_text.h"

#include <string.h>

#include "base/text.h"

static bool is_utf16_without_mark(struct bt_span bytes)
{
    return bytes.size >= 4 && bytes.data[0] != 0 && bytes.data[1] == 0 && bytes.data[2] != 0 &&
           bytes.data[3] == 0;
}

static enum bt_status swap_bytes(struct bt_span bytes, struct bt_arena *arena,
                                 struct bt_span *ret, struct bt_error *err)
{
    uint8_t *swapped;
    size_t size = bytes.size - bytes.size % 2;
    BT_TRY(bt_arena_alloc(arena, size, 1, &swapped, err));
    for (size_t i = 0; i < size; i += 2) {
        swapped[i] = bytes.data[i + 1];
        swapped[i + 1] = bytes.data[i];
    }
    *ret = (struct bt_span){.data = swapped, .size = size};
    return BT_OK;
}

enum bt_status bt_list_text_open(struct bt_span bytes, struct bt_arena *arena,
                                 struct bt_list_text *ret, struct bt_error *err)
{
    enum { MARK = 2, UTF8_MARK = 3 };
    struct bt_span units = bytes;
    bool little = bytes.size >= MARK && memcmp(bytes.data, "\xff\xfe", MARK) == 0;
    bool big = bytes.size >= MARK && memcmp(bytes.data, "\xfe\xff", MARK) == 0;
    if (little || big)
        BT_TRY(bt_span_sub(bytes, MARK, bytes.size - MARK, &units, err));
    if (big)
        BT_TRY(swap_bytes(units, arena, &units, err));
    if (little || big || is_utf16_without_mark(bytes)) {
        const char *text;
        BT_TRY(bt_text_utf16(units, arena, &text, err));
        *ret = (struct bt_list_text){.text = text, .size = strlen(text)};
        return BT_OK;
    }
    if (bytes.size >= UTF8_MARK && memcmp(bytes.data, "\xef\xbb\xbf", UTF8_MARK) == 0)
        BT_TRY(bt_span_sub(bytes, UTF8_MARK, bytes.size - UTF8_MARK, &bytes, err));
    *ret = (struct bt_list_text){.text = (const char *)bytes.data, .size = bytes.size};
    return BT_OK;
}

struct bt_piece bt_piece_from(struct bt_piece piece, size_t at)
{
    if (at >= piece.size)
        return (struct bt_piece){.text = piece.text, .size = 0};
    return (struct bt_piece){.text = &piece.text[at], .size = piece.size - at};
}

bool bt_list_text_next(struct bt_list_text *text, struct bt_piece *ret)
{
    if (text->at >= text->size)
        return false;
    struct bt_piece rest = {&text->text[text->at], text->size - text->at};
    const char *end = memchr(rest.text, '\n', rest.size);
    size_t size = end != NULL ? (size_t)(end - rest.text) : rest.size;
    text->at += end != NULL ? size + 1 : size;
    text->line++;
    while (size > 0 && bt_is_space(rest.text[size - 1]))
        size--;
    *ret = (struct bt_piece){rest.text, size};
    return true;
}

static bool is_padding(char c)
{
    return bt_is_space(c) || c == '"';
}

struct bt_piece bt_piece_trim(struct bt_piece piece)
{
    while (piece.size > 0 && is_padding(piece.text[0]))
        piece = bt_piece_from(piece, 1);
    while (piece.size > 0 && is_padding(piece.text[piece.size - 1]))
        piece.size--;
    return piece;
}

bool bt_piece_starts(struct bt_piece piece, const char *word)
{
    size_t size = strlen(word);
    return piece.size >= size && bt_ieq_n(piece.text, word, size);
}

bool bt_piece_is(struct bt_piece piece, const char *word)
{
    return piece.size == strlen(word) && bt_piece_starts(piece, word);
}

size_t bt_piece_find(struct bt_piece piece, const char *word)
{
    for (size_t i = 0; i < piece.size; i++) {
        if (bt_piece_starts(bt_piece_from(piece, i), word))
            return i;
    }
    return piece.size;
}

bool bt_piece_next_field(struct bt_piece *line, struct bt_piece *ret)
{
    bool quoted = false;
    size_t end = 0;
    if (line->text == NULL)
        return false;
    for (; end < line->size && (quoted || line->text[end] != ','); end++) {
        if (line->text[end] == '"')
            quoted = !quoted;
    }
    *ret = bt_piece_trim((struct bt_piece){line->text, end});
    if (end < line->size)
        *line = bt_piece_from(*line, end + 1);
    else
        *line = (struct bt_piece){0};
    return true;
}

bool bt_piece_split(struct bt_piece line, struct bt_piece *ret_label,
                    struct bt_piece *ret_value)
{
    size_t at = 0;
    while (at < line.size && line.text[at] != ':' && line.text[at] != '=')
        at++;
    if (at == 0 || at == line.size || is_padding(line.text[0]))
        return false;
    *ret_label = bt_piece_trim((struct bt_piece){line.text, at});
    *ret_value = bt_piece_trim(bt_piece_from(line, at + 1));
    return true;
}

static size_t count_digits(struct bt_piece piece)
{
    size_t count = 0;
    while (count < piece.size && bt_is_digit(piece.text[count]))
        count++;
    return count;
}

// At most nine digits, which fit.
static uint32_t number_of(const char *digits, size_t count)
{
    uint32_t value = 0;
    for (size_t i = 0; i < count && i < 9; i++)
        value = value * 10 + (uint32_t)(digits[i] - '0');
    return value;
}

bool bt_piece_update(struct bt_piece piece, uint32_t *ret, size_t *ret_size)
{
    enum { FEWEST = 5, MOST = 8 };
    size_t prefix = bt_piece_starts(piece, "KB") ? 2 : bt_piece_starts(piece, "Q") ? 1 : 0;
    struct bt_piece rest = bt_piece_from(piece, prefix);
    size_t digits = count_digits(rest);
    if (prefix == 0 || digits < FEWEST || digits > MOST)
        return false;
    // "KB976932_RTM", "KB925398-WMP64" and "KB2479943v2" are that update, "KB1234567abc" is
    // not.
    char next = digits < rest.size ? rest.text[digits] : ' ';
    char after = digits + 1 < rest.size ? rest.text[digits + 1] : ' ';
    if (bt_is_alpha(next) && !(bt_lower(next) == 'v' && bt_is_digit(after)))
        return false;
    *ret = number_of(rest.text, digits);
    *ret_size = prefix + digits;
    return true;
}

bool bt_piece_build(struct bt_piece piece, uint32_t *ret, struct bt_piece *ret_rest)
{
    uint32_t numbers[3];
    for (size_t i = 0; i < BT_COUNT(numbers); i++) {
        size_t digits = count_digits(piece);
        bool dot = digits < piece.size && piece.text[digits] == '.';
        if (digits == 0 || digits > 6 || (i < 2 && !dot))
            return false;
        numbers[i] = number_of(piece.text, digits);
        piece = bt_piece_from(piece, i < 2 ? digits + 1 : digits);
    }
    *ret = numbers[2];
    *ret_rest = piece;
    return true;
}

// Columns are aligned by characters, and a translated description may have some that take
// several bytes.
static size_t count_characters(struct bt_piece piece)
{
    size_t count = 0;
    for (size_t i = 0; i < piece.size; count++) {
        uint32_t code_point;
        i += bt_utf8_decode(&piece.text[i], piece.size - i, &code_point);
    }
    return count;
}

struct bt_piece bt_piece_from_column(struct bt_piece line, size_t column)
{
    size_t i = 0;
    for (size_t n = 0; n < column && i < line.size; n++) {
        uint32_t code_point;
        i += bt_utf8_decode(&line.text[i], line.size - i, &code_point);
    }
    return bt_piece_from(line, i);
}

size_t bt_piece_find_column(struct bt_piece line, const char *name)
{
    size_t at = bt_piece_find(line, name);
    return at < line.size ? count_characters((struct bt_piece){line.text, at}) : SIZE_MAX;
}

size_t bt_piece_find_field(struct bt_piece line, const char *name)
{
    struct bt_piece field;
    for (size_t i = 0; bt_piece_next_field(&line, &field); i++) {
        if (bt_piece_is(field, name))
            return i;
    }
    return SIZE_MAX;
}

struct bt_piece bt_piece_first_word(struct bt_piece piece)
{
    size_t size = 0;
    while (size < piece.size && !bt_is_space(piece.text[size]))
        size++;
    return (struct bt_piece){piece.text, size};
}
