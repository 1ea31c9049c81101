// SPDX-License-Identifier: MIT
#include "kb/line_words.h"

#include <string.h>

#include "base/text.h"
#include "base/version_number.h"

bool bt_line_next(const char *text, size_t size, size_t *at, struct bt_line *ret)
{
    if (*at >= size)
        return false;
    size_t end = *at;
    while (end < size && text[end] != '\n')
        end++;
    *ret = (struct bt_line){.text = text + *at, .size = end - *at};
    *at = end + 1;
    return true;
}

void bt_line_skip_blanks(struct bt_line *l)
{
    while (l->size > 0 && (bt_is_space(l->text[0]) || l->text[0] == '*' || l->text[0] == '"')) {
        l->text++;
        l->size--;
    }
}

bool bt_line_take_key(struct bt_line l, const char *key, struct bt_line *ret)
{
    size_t length = strlen(key);
    bt_line_skip_blanks(&l);
    if (l.size < length || !bt_ieq_n(l.text, key, length))
        return false;
    l.text += length;
    l.size -= length;
    bt_line_skip_blanks(&l);
    if (l.size == 0 || (l.text[0] != ':' && l.text[0] != '='))
        return false;
    l.text++;
    l.size--;
    bt_line_skip_blanks(&l);
    *ret = l;
    return true;
}

bool bt_line_is_name_char(char c)
{
    return bt_is_alpha(c) || bt_is_digit(c) || (c != '\0' && strchr("._-+$~", c) != NULL);
}

size_t bt_line_copy_name(const char *text, size_t size, char *ret, size_t limit)
{
    size_t n = 0;
    while (n < size && n + 1 < limit && bt_line_is_name_char(text[n])) {
        ret[n] = text[n];
        n++;
    }
    while (n > 0 && ret[n - 1] == '.')
        n--;
    ret[n] = '\0';
    return n;
}

bool bt_line_take_hex(struct bt_line *l, uint64_t *ret)
{
    size_t n = 0;
    bt_line_skip_blanks(l);
    if (l->size > 2 && bt_ieq_n(l->text, "0x", 2)) {
        l->text += 2;
        l->size -= 2;
    }
    while (n < l->size && (bt_is_hex(l->text[n]) || l->text[n] == '`'))
        n++;
    if (n == 0 || (n < l->size && bt_line_is_name_char(l->text[n])) ||
        !bt_parse_hex(l->text, n, ret))
        return false;
    l->text += n;
    l->size -= n;
    return true;
}

bool bt_line_take_decimal(struct bt_line *l, uint32_t *ret)
{
    size_t n = 0;
    uint64_t value;
    while (n < l->size && bt_is_digit(l->text[n]))
        n++;
    if (n == 0 || n > 9 || !bt_parse_u64(l->text, n, &value))
        return false;
    *ret = (uint32_t)value;
    l->text += n;
    l->size -= n;
    return true;
}

size_t bt_line_copy_version(const char *text, size_t size,
                            char ret[static BT_LINE_VERSION_SIZE])
{
    size_t n = 0, dots = 0;
    while (n < size && n + 1 < BT_LINE_VERSION_SIZE && (bt_is_digit(text[n]) || text[n] == '.'))
        dots += text[n++] == '.';
    while (n > 0 && text[n - 1] == '.') {
        n--;
        dots--;
    }
    bt_file_version value;
    memcpy(ret, text, n);
    ret[n] = '\0';
    if (dots != 3 || !bt_parse_file_version(ret, &value))
        n = 0;
    ret[n] = '\0';
    return n;
}

size_t bt_line_find_word(struct bt_line l, const char *word)
{
    size_t length = strlen(word);
    for (size_t i = 0; i + length <= l.size; i++) {
        if (bt_ieq_n(l.text + i, word, length))
            return i + length;
    }
    return 0;
}

struct bt_line bt_line_behind(struct bt_line l, size_t at)
{
    return (struct bt_line){.text = l.text + at, .size = l.size - at};
}
