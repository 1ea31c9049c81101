// SPDX-License-Identifier: MIT
//
// C, x86: "_name" (cdecl), "_name@bytes" (stdcall), "@name@bytes" (fastcall).
// C++, Microsoft: '?', the name, the scopes from the inside out, each ended by '@', one more
// '@', then the type. C++, Itanium ABI: "_Z" and a length before each part; "N...E" around more
// than one; then the types of the parameters.
#include "symbols/undecorate.h"

#include <string.h>

#include "base/text.h"

enum { MOST_PARTS = 16 };

struct part {
    const char *text;
    size_t size;
};

static bool is_word(char c)
{
    return bt_is_alpha(c) || bt_is_digit(c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

// The parts from the outside in, joined by "::".
static enum bt_status join(const struct part *parts, size_t count, bool inside_out,
                           struct bt_arena *arena, const char **ret, struct bt_error *err)
{
    size_t size = 1;
    for (size_t i = 0; i < count; i++)
        size += parts[i].size + 2;
    char *text;
    BT_TRY(bt_arena_alloc(arena, size, 1, &text, err));
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        const struct part *part = &parts[inside_out ? count - 1 - i : i];
        if (i != 0) {
            memcpy(text + at, "::", 2);
            at += 2;
        }
        memcpy(text + at, part->text, part->size);
        at += part->size;
    }
    *ret = text;
    return BT_OK;
}

// The parts of "?name@scope@scope@@"; 0 where it is not as simple as that.
static size_t split_microsoft(const char *text, struct part parts[MOST_PARTS])
{
    size_t count = 0;
    while (count < MOST_PARTS) {
        size_t size = 0;
        while (is_word(text[size]) && text[size] != '$')
            size++;
        // A digit alone stands for an earlier part, '?' begins something special.
        if (size == 0 || bt_is_digit(text[0]) || text[size] != '@')
            return 0;
        parts[count++] = (struct part){.text = text, .size = size};
        text += size + 1;
        if (*text == '@')
            return count;
    }
    return 0;
}

// One "<length>text"; NULL where there is none.
static const char *take_itanium_part(const char *text, struct part *ret)
{
    size_t size = 0, digits = 0;
    while (bt_is_digit(text[digits]) && digits < 4)
        size = size * 10 + (size_t)(text[digits++] - '0');
    if (digits == 0 || strnlen(text + digits, size) < size)
        return NULL;
    *ret = (struct part){.text = text + digits, .size = size};
    return text + digits + size;
}

static size_t split_itanium(const char *text, struct part parts[MOST_PARTS])
{
    bool nested = *text == 'N';
    size_t count = 0;
    if (nested) {
        text++;
        while (*text == 'K' || *text == 'V') // const and volatile member functions
            text++;
    }
    while (count < MOST_PARTS && bt_is_digit(*text)) {
        text = take_itanium_part(text, &parts[count]);
        if (text == NULL)
            return 0;
        count++;
        if (!nested)
            return *text == 'I' ? 0 : count;
    }
    return nested && *text == 'E' ? count : 0;
}

// The name without the decoration of a C calling convention.
static struct part strip_x86(const char *name)
{
    struct part part = {.text = name, .size = strlen(name)};
    if (*name == '_' || *name == '@') {
        part.text++;
        part.size--;
    }
    size_t digits = 0;
    while (digits < part.size && bt_is_digit(part.text[part.size - 1 - digits]))
        digits++;
    if (digits != 0 && digits + 1 < part.size && part.text[part.size - 1 - digits] == '@')
        part.size -= digits + 1;
    return part.size != 0 ? part : (struct part){.text = name, .size = strlen(name)};
}

enum bt_status bt_symbol_undecorate(const char *name, bool is_x86, struct bt_arena *arena,
                                    const char **ret, struct bt_error *err)
{
    struct part parts[MOST_PARTS];
    size_t count = 0;
    const char *itanium = bt_starts_with(name, "__Z")  ? name + 3
                          : bt_starts_with(name, "_Z") ? name + 2
                                                       : NULL;
    if (*name == '?')
        count = split_microsoft(name + 1, parts);
    else if (itanium != NULL)
        count = split_itanium(itanium, parts);
    if (count != 0)
        return join(parts, count, *name == '?', arena, ret, err);
    if (is_x86 && *name != '?' && itanium == NULL) {
        struct part part = strip_x86(name);
        return bt_arena_text(arena, part.text, part.size, ret, err);
    }
    *ret = name;
    return BT_OK;
}
