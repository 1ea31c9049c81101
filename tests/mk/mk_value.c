// SPDX-License-Identifier: MIT
#include "mk_value.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

enum {
    DEPTH = 32,           // values that refer to values that refer to ...
    BYTES_MAX = 64 << 20, // one list of bytes
};

// Where an expression is read.
struct reading {
    struct mk_dump *dump;
    struct mk_place place;
    const char *p;
    unsigned width;
    struct bt_error *err;
};

static void skip_blanks(const char **p)
{
    while (bt_is_space(**p))
        ++*p;
}

static bool is_name_char(char c)
{
    return bt_is_alpha(c) || bt_is_digit(c) || c == '_' || c == '.' || c == '~';
}

static size_t name_length(const char *p)
{
    size_t n = 0;
    while (is_name_char(p[n]))
        n++;
    return n;
}

// --- literals

static bool is_date(const char *p)
{
    for (int i = 0; i < 4; i++) {
        if (!bt_is_digit(p[i]))
            return false;
    }
    return p[4] == '-';
}

static enum bt_status read_date(struct reading *r, uint64_t *ret)
{
    char text[32] = {0};
    size_t n = strspn(r->p, "0123456789-:TZ");
    bt_filetime time;
    bool date_only;
    if (n >= sizeof text)
        return MK_FAIL(r->place, r->err, "'%.*s' is no time", (int)n, r->p);
    memcpy(text, r->p, n);
    if (!bt_parse_time(text, &time, &date_only))
        return MK_FAIL(r->place, r->err, "'%s' is no time (2009-11-02T08:14:55Z)", text);
    r->p += n;
    *ret = r->width == 4 ? (time - bt_filetime_from_unix(0)) / BT_TICKS_PER_SECOND : time;
    return BT_OK;
}

// "3d4h", "92s": units of 100 ns, as Windows counts time.
static bool read_duration(const char *p, size_t size, uint64_t *ret)
{
    uint64_t ticks = 0;
    size_t i = 0;
    while (i < size) {
        uint64_t number = 0, unit;
        size_t start = i;
        while (i < size && bt_is_digit(p[i]))
            number = number * 10 + (uint64_t)(p[i++] - '0');
        if (i == start || i == size)
            return false;
        switch (p[i++]) {
        case 'd':
            unit = 86400;
            break;
        case 'h':
            unit = 3600;
            break;
        case 'm':
            unit = 60;
            break;
        case 's':
            unit = 1;
            break;
        default:
            return false;
        }
        ticks += number * unit * BT_TICKS_PER_SECOND;
    }
    *ret = ticks;
    return size > 0;
}

static enum bt_status read_number(struct reading *r, uint64_t *ret)
{
    size_t size = strspn(r->p, "0123456789abcdefABCDEFxXhms_`");
    if (!bt_parse_u64(r->p, size, ret) && !read_duration(r->p, size, ret))
        return MK_FAIL(r->place, r->err, "'%.*s' is no number", (int)name_length(r->p), r->p);
    r->p += size;
    return BT_OK;
}

// --- names

// SECTION.offset and SECTION.length: known once the pieces are laid out.
static enum bt_status look_up_place(struct reading *r, const struct mk_section *section,
                                    const char *key, uint64_t *ret)
{
    const struct mk_piece *piece = mk_piece_of(r->dump, section);
    bool is_offset = strcmp(key, "offset") == 0;
    if (piece == NULL || (is_offset && piece->offset == MK_NOWHERE))
        return MK_FAIL(r->place, r->err, "[%s] has no place in the file here", section->kind);
    *ret = is_offset ? piece->offset : piece->size;
    return BT_OK;
}

static enum bt_status look_up_key(struct reading *r, const struct mk_section *section,
                                  const char *key, uint64_t *ret)
{
    const struct mk_statement *statement = mk_section_get(section, key);
    if (statement == NULL && strcmp(key, "offset") != 0 && strcmp(key, "length") != 0)
        return MK_FAIL(r->place, r->err, "[%s%s%s] does not say '%s'", section->kind,
                       section->name != NULL ? " " : "",
                       section->name != NULL ? section->name : "", key);
    if (statement == NULL)
        return look_up_place(r, section, key, ret);
    if (r->dump->depth >= DEPTH)
        return MK_FAIL(r->place, r->err, "'%s' refers to itself", key);
    r->dump->depth++;
    enum bt_status status =
        mk_eval(r->dump, statement->place, statement->value, r->width, ret, r->err);
    r->dump->depth--;
    return status;
}

// SECTION alone is the address of what it describes.
static enum bt_status look_up_address(struct reading *r, const struct mk_section *section,
                                      uint64_t *ret)
{
    return look_up_key(r, section, mk_section_get(section, "base") != NULL ? "base" : "at",
                       ret);
}

// SECTION@FIELD: an offset inside a record, whether or not the dump has such a record.
static enum bt_status look_up_field(struct reading *r, const char *name, size_t kind_size,
                                    uint64_t *ret)
{
    char kind_name[64] = {0}, field[64] = {0};
    size_t field_size = name_length(name + kind_size + 1);
    struct mk_slot slot;
    if (kind_size >= sizeof kind_name || field_size >= sizeof field)
        return MK_FAIL(r->place, r->err, "the name is too long");
    memcpy(kind_name, name, kind_size);
    memcpy(field, name + kind_size + 1, field_size);
    const struct mk_kind *kind = mk_kind_find(kind_name);
    if (kind == NULL || kind->fields == NULL ||
        !mk_fields_find(kind->fields(r->dump), field, r->dump->machine->is64, &slot))
        return MK_FAIL(r->place, r->err, "[%s] has no field '%s'", kind_name, field);
    r->p = name + kind_size + 1 + field_size;
    *ret = slot.offset;
    return BT_OK;
}

static enum bt_status look_up(struct reading *r, uint64_t *ret)
{
    const struct mk_script *script = &r->dump->script;
    const char *name = r->p;
    size_t size = name_length(name);
    char key[64] = {0};
    if (name[size] == '@')
        return look_up_field(r, name, size, ret);
    r->p += size;
    const struct mk_section *section = mk_script_find(script, name, size);
    if (section != NULL)
        return look_up_address(r, section, ret);
    for (size_t dot = size; dot-- > 0;) {
        if (name[dot] != '.')
            continue;
        section = mk_script_find(script, name, dot);
        if (section == NULL || size - dot - 1 >= sizeof key)
            break;
        memcpy(key, name + dot + 1, size - dot - 1);
        return look_up_key(r, section, key, ret);
    }
    return MK_FAIL(r->place, r->err, "nothing here is called '%.*s'", (int)size, name);
}

// --- expressions

static enum bt_status read_term(struct reading *r, uint64_t *ret)
{
    skip_blanks(&r->p);
    if (*r->p == '-') {
        r->p++;
        BT_TRY(read_term(r, ret));
        *ret = 0 - *ret;
        return BT_OK;
    }
    if (is_date(r->p))
        return read_date(r, ret);
    if (bt_is_digit(*r->p))
        return read_number(r, ret);
    if (is_name_char(*r->p))
        return look_up(r, ret);
    if (*r->p == '\0')
        return MK_FAIL(r->place, r->err, "a value is missing");
    return MK_FAIL(r->place, r->err, "unexpected '%c'", *r->p);
}

// Reads up to the end or to a separator of lists.
static enum bt_status read_expression(struct reading *r, uint64_t *ret)
{
    uint64_t value, right;
    BT_TRY(read_term(r, &value));
    for (;;) {
        skip_blanks(&r->p);
        char sign = *r->p;
        if (sign != '+' && sign != '-' && sign != '|')
            break;
        r->p++;
        BT_TRY(read_term(r, &right));
        value = sign == '+' ? value + right : sign == '-' ? value - right : value | right;
    }
    *ret = value;
    return BT_OK;
}

enum bt_status mk_eval(struct mk_dump *dump, struct mk_place place, const char *text,
                       unsigned width, uint64_t *ret, struct bt_error *err)
{
    struct reading r = {.dump = dump, .place = place, .p = text, .width = width, .err = err};
    BT_TRY(read_expression(&r, ret));
    if (*r.p != '\0')
        return MK_FAIL(place, err, "'%s' is too much here", r.p);
    return BT_OK;
}

// --- bytes

static bool read_escape(const char **p, char *ret)
{
    static const char letters[] = "nrt\"\\0", values[] = "\n\r\t\"\\\0";
    uint64_t byte;
    if (**p == 'x' && bt_is_hex((*p)[1]) && bt_is_hex((*p)[2]) &&
        bt_parse_hex(*p + 1, 2, &byte)) {
        *p += 3;
        *ret = (char)byte;
        return true;
    }
    const char *letter = **p != '\0' ? strchr(letters, **p) : NULL;
    if (letter == NULL)
        return false;
    ++*p;
    *ret = values[letter - letters];
    return true;
}

enum bt_status mk_quoted(struct mk_place place, const char **text, struct bt_buf *ret,
                         struct bt_error *err)
{
    const char *p = *text;
    if (*p++ != '"')
        return BT_ABSENT;
    while (*p != '"') {
        char c = *p;
        if (c == '\0')
            return MK_FAIL(place, err, "the text has no closing quote");
        p++;
        if (c == '\\' && !read_escape(&p, &c))
            return MK_FAIL(place, err, "unknown escape '\\%c'", *p);
        bt_buf_char(ret, c);
    }
    *text = p + 1;
    return BT_OK;
}

void mk_utf16(struct bt_buf *to, const char *text, size_t size)
{
    for (size_t i = 0; i < size;) {
        uint32_t c;
        size_t n = bt_utf8_decode(text + i, size - i, &c);
        bool invalid = c == 0xfffd && n == 1;
        uint32_t unit = invalid ? 0xdc00 | (uint8_t)text[i] : c;
        if (unit > 0xffff) {
            uint32_t high = 0xd800 + ((unit - 0x10000) >> 10);
            bt_buf_char(to, (char)(high & 0xff));
            bt_buf_char(to, (char)(high >> 8));
            unit = 0xdc00 + ((unit - 0x10000) & 0x3ff);
        }
        bt_buf_char(to, (char)(unit & 0xff));
        bt_buf_char(to, (char)(unit >> 8));
        i += n;
    }
}

static enum bt_status read_text(struct reading *r, bool utf16, struct bt_buf *ret)
{
    struct bt_buf text;
    skip_blanks(&r->p);
    bt_buf_init(&text, BYTES_MAX);
    enum bt_status status = mk_quoted(r->place, &r->p, &text, r->err);
    if (status == BT_ABSENT)
        status = MK_FAIL(r->place, r->err, "expected a text in quotes");
    else if (status == BT_OK && utf16)
        mk_utf16(ret, bt_buf_cstr(&text), text.size);
    else if (status == BT_OK)
        bt_buf_add(ret, bt_buf_cstr(&text), text.size);
    bt_buf_fini(&text);
    return status;
}

// The text of one expression in a list, up to ',' or ';': only measured.
static void skip_expression(struct reading *r)
{
    r->p += strcspn(r->p, ",;");
}

static enum bt_status read_integers(struct reading *r, uint32_t size, bool measure,
                                    struct bt_buf *ret)
{
    r->width = size;
    for (;;) {
        uint64_t value = 0;
        uint8_t bytes[8];
        if (measure)
            skip_expression(r);
        else
            BT_TRY(read_expression(r, &value));
        if (!mk_fits(value, size))
            return MK_FAIL(r->place, r->err, "0x%" PRIx64 " does not fit into %u bytes", value,
                           size);
        mk_store(bytes, size, value);
        bt_buf_add(ret, bytes, size);
        if (*r->p != ',')
            return BT_OK;
        r->p++;
    }
}

static enum bt_status read_filler(struct reading *r, bool page, struct bt_buf *ret)
{
    uint64_t count;
    BT_TRY(read_expression(r, &count));
    if (count > BYTES_MAX)
        return MK_FAIL(r->place, r->err, "%" PRIu64 " bytes are too many", count);
    for (uint64_t i = 0; i < count; i++)
        bt_buf_char(ret, page ? "PAGE"[i % 4] : '\0');
    return BT_OK;
}

static enum bt_status read_hex(struct reading *r, struct bt_buf *ret)
{
    for (skip_blanks(&r->p); *r->p != '\0' && *r->p != ';'; skip_blanks(&r->p)) {
        uint64_t byte;
        if (!bt_is_hex(r->p[0]) || !bt_is_hex(r->p[1]) || !bt_parse_hex(r->p, 2, &byte))
            return MK_FAIL(r->place, r->err, "expected two hexadecimal digits at '%s'", r->p);
        bt_buf_char(ret, (char)byte);
        r->p += 2;
    }
    return BT_OK;
}

static enum bt_status read_group(struct reading *r, bool measure, struct bt_buf *ret)
{
    static const struct {
        const char *word;
        uint32_t size;
    } integers[] = {{"u8", 1}, {"u16", 2}, {"u32", 4}, {"u64", 8}, {"pointer", 0}};
    skip_blanks(&r->p);
    const char *word = r->p;
    size_t size = name_length(word);
    for (size_t i = 0; i < BT_COUNT(integers); i++) {
        if (strlen(integers[i].word) != size || memcmp(word, integers[i].word, size) != 0)
            continue;
        uint32_t pointer = r->dump->machine->is64 ? 8 : 4;
        r->p += size;
        return read_integers(r, integers[i].size != 0 ? integers[i].size : pointer, measure,
                             ret);
    }
    r->p += size;
    if (size == 4 && memcmp(word, "text", 4) == 0)
        return read_text(r, false, ret);
    if (size == 5 && memcmp(word, "utf16", 5) == 0)
        return read_text(r, true, ret);
    if (size == 4 && (memcmp(word, "zero", 4) == 0 || memcmp(word, "page", 4) == 0))
        return read_filler(r, *word == 'p', ret);
    if (size != 3 || memcmp(word, "hex", 3) != 0)
        r->p = word;
    return read_hex(r, ret);
}

enum bt_status mk_bytes(struct mk_dump *dump, struct mk_place place, const char *text,
                        bool measure, struct bt_buf *ret, struct bt_error *err)
{
    struct reading r = {.dump = dump, .place = place, .p = text, .err = err};
    for (;;) {
        BT_TRY(read_group(&r, measure, ret));
        skip_blanks(&r.p);
        if (*r.p == '\0')
            return bt_buf_status(ret, err);
        if (*r.p != ';')
            return MK_FAIL(place, err, "'%s' is too much here", r.p);
        r.p++;
    }
}
