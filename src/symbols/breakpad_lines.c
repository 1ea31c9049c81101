// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "symbols/breakpad.h"

// Most who read from the middle of a file want one line of it.
enum { FIRST_READ = 2048 };

void bt_breakpad_lines_init(struct bt_breakpad_lines *lines, struct bt_source *source,
                            uint64_t offset)
{
    lines->source = source;
    lines->next = offset;
    lines->filled = 0;
    lines->start = offset;
    lines->want = FIRST_READ;
}

struct bt_breakpad_lines *bt_breakpad_lines_new(struct bt_source *source, uint64_t offset,
                                                struct bt_error *err)
{
    struct bt_breakpad_lines *lines = malloc(sizeof *lines);
    if (lines == NULL)
        bt_error_set(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    else
        bt_breakpad_lines_init(lines, source, offset);
    return lines;
}

void bt_breakpad_skip_mark(const char **text)
{
    if ((*text)[0] == 'm' && (*text)[1] == ' ')
        (void)bt_breakpad_word(text);
}

static enum bt_status fill(struct bt_breakpad_lines *lines, struct bt_error *err)
{
    size_t want = lines->want;
    lines->start = lines->next;
    lines->filled = 0;
    while (want != 0 && !bt_source_has(lines->source, lines->next, want))
        want /= 2; // near the end of the file: what is left is found by halves
    if (want == 0)
        return BT_ABSENT;
    BT_TRY(bt_source_read(lines->source, lines->next, lines->buffer, want, err));
    lines->filled = want;
    const size_t most = sizeof lines->buffer;
    lines->want = lines->want < most / 4 ? lines->want * 4 : most;
    return BT_OK;
}

static void end_line(struct bt_breakpad_lines *lines, size_t size)
{
    if (size > BT_BREAKPAD_LINE - 1)
        size = BT_BREAKPAD_LINE - 1;
    if (size != 0 && lines->text[size - 1] == '\r')
        size--;
    lines->text[size] = '\0';
}

// A line that is whole in the buffer stays there. False: it is not.
static bool take_in_place(struct bt_breakpad_lines *lines)
{
    size_t skip = (size_t)(lines->next - lines->start);
    if (skip >= lines->filled)
        return false;
    char *from = lines->buffer + skip;
    const char *end = memchr(from, '\n', lines->filled - skip);
    if (end == NULL)
        return false;
    size_t size = (size_t)(end - from);
    lines->text = from;
    lines->next += size + 1;
    end_line(lines, size);
    return true;
}

// A line whose bytes come with several reads.
static enum bt_status put_together(struct bt_breakpad_lines *lines, struct bt_error *err)
{
    size_t size = 0;
    bool any = false, ended = false;
    while (!ended) {
        size_t skip = (size_t)(lines->next - lines->start);
        if (skip >= lines->filled) {
            enum bt_status st = fill(lines, err);
            if (st == BT_ABSENT && any)
                break; // the last line may lack its end
            BT_TRY(st);
            skip = 0;
        }
        any = true;
        const char *from = lines->buffer + skip;
        const char *end = memchr(from, '\n', lines->filled - skip);
        ended = end != NULL;
        size_t part = ended ? (size_t)(end - from) : lines->filled - skip;
        size_t room = sizeof lines->pieces - 1 - size, kept = part < room ? part : room;
        memcpy(lines->pieces + size, from, kept);
        size += kept;
        lines->next += part + ended;
    }
    lines->text = lines->pieces;
    end_line(lines, size);
    return BT_OK;
}

enum bt_status bt_breakpad_next_line(struct bt_breakpad_lines *lines, struct bt_error *err)
{
    lines->at = lines->next;
    return take_in_place(lines) ? BT_OK : put_together(lines, err);
}

struct bt_breakpad_word bt_breakpad_word(const char **text)
{
    const char *at = *text;
    while (*at == ' ')
        at++;
    struct bt_breakpad_word word = {.text = at, .size = strcspn(at, " ")};
    at += word.size;
    while (*at == ' ')
        at++;
    *text = at;
    return word;
}

bool bt_breakpad_hex(const char **text, uint64_t *ret)
{
    struct bt_breakpad_word word = bt_breakpad_word(text);
    return bt_parse_hex(word.text, word.size, ret);
}

bool bt_breakpad_decimal(const char **text, uint64_t *ret)
{
    struct bt_breakpad_word word = bt_breakpad_word(text);
    uint64_t value = 0;
    if (word.size == 0 || word.size > 18)
        return false;
    for (size_t i = 0; i < word.size; i++) {
        if (!bt_is_digit(word.text[i]))
            return false;
        value = value * 10 + (uint64_t)(word.text[i] - '0');
    }
    *ret = value;
    return true;
}

bool bt_breakpad_is(const char *line, const char *word, const char **text)
{
    size_t size = strlen(word);
    if (strncmp(line, word, size) != 0 || (line[size] != ' ' && line[size] != '\0'))
        return false;
    *text = line + size;
    while (**text == ' ')
        (*text)++;
    return true;
}
