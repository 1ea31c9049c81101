// SPDX-License-Identifier: MIT
#include "mk_fill.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "mk_value.h"

static const char *title_of(const struct mk_section *section)
{
    return section->name != NULL ? section->name : section->kind;
}

static bool lists_word(const char *list, const char *word)
{
    size_t size = strlen(word);
    if (list == NULL)
        return false;
    if (strcmp(list, "*") == 0)
        return true;
    while (*list != '\0') {
        size_t n = strcspn(list, " ");
        if (n == size && memcmp(list, word, n) == 0)
            return true;
        list += n;
        list += strspn(list, " ");
    }
    return false;
}

static enum bt_status write_text(const struct mk_statement *statement, struct mk_slot slot,
                                 uint8_t *to, struct bt_error *err)
{
    struct bt_buf text;
    const char *p = statement->value;
    bt_buf_init(&text, 1 << 20);
    enum bt_status status = mk_quoted(statement->place, &p, &text, err);
    if (status == BT_ABSENT || (status == BT_OK && *p != '\0'))
        status = MK_FAIL(statement->place, err, "'%s' wants a text in quotes", statement->key);
    else if (status == BT_OK && text.size > slot.size)
        status = MK_FAIL(statement->place, err, "'%s' holds %u bytes, not %zu", statement->key,
                         slot.size, text.size);
    if (status == BT_OK) {
        memset(to, 0, slot.size);
        memcpy(to, bt_buf_cstr(&text), text.size);
    }
    bt_buf_fini(&text);
    return status;
}

// 6c7ac389-4313-47dc-9f34-a8800a0fb56c, as Windows stores it: three little-endian numbers, then
// eight bytes as written.
static enum bt_status write_guid(const struct mk_statement *statement, uint8_t *to,
                                 struct bt_error *err)
{
    static const uint8_t order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    const char *p = statement->value;
    for (size_t i = 0; i < 16; i++, p += 2) {
        uint64_t byte;
        if (i == 4 || i == 6 || i == 8 || i == 10)
            p += *p == '-';
        if (!bt_is_hex(p[0]) || !bt_is_hex(p[1]) || !bt_parse_hex(p, 2, &byte))
            return MK_FAIL(statement->place, err, "'%s' is no GUID", statement->value);
        to[order[i]] = (uint8_t)byte;
    }
    return BT_OK;
}

static enum bt_status write_number(struct mk_dump *dump, const struct mk_statement *statement,
                                   struct mk_slot slot, uint8_t *to, struct bt_error *err)
{
    uint64_t value;
    BT_TRY(mk_eval(dump, statement->place, statement->value, slot.size, &value, err));
    if (!mk_fits(value, slot.size))
        return MK_FAIL(statement->place, err, "0x%" PRIx64 " does not fit into %u bytes", value,
                       slot.size);
    if (slot.type == MK_SIGNED && !dump->machine->is64 && value <= UINT32_MAX)
        value = (uint64_t)(int64_t)(int32_t)(uint32_t)value;
    mk_store(to, slot.size, value);
    return BT_OK;
}

// KEY = VALUE for a field of the piece. "page" restores the filler in any field.
static enum bt_status write_field(struct mk_dump *dump, const struct mk_statement *statement,
                                  struct mk_piece *piece, struct mk_slot slot,
                                  struct bt_error *err)
{
    if (slot.offset + (uint64_t)slot.size > piece->size) {
        if (statement->is_default)
            return BT_OK;
        return MK_FAIL(statement->place, err,
                       "'%s' lies at 0x%x, behind the end of the record (0x%" PRIx64 " bytes)",
                       statement->key, slot.offset, piece->size);
    }
    uint8_t *to = piece->data + slot.offset;
    if (strcmp(statement->value, "page") == 0) {
        mk_fill_page(to, slot.size);
        return BT_OK;
    }
    if (slot.type == MK_TEXT)
        return write_text(statement, slot, to, err);
    if (slot.type == MK_GUID)
        return write_guid(statement, to, err);
    return write_number(dump, statement, slot, to, err);
}

// +OFFSET = BYTES
static enum bt_status write_bytes(struct mk_dump *dump, const struct mk_statement *statement,
                                  struct mk_piece *piece, struct bt_error *err)
{
    uint64_t at;
    struct bt_buf bytes;
    BT_TRY(mk_eval(dump, statement->place, statement->key + 1, 8, &at, err));
    bt_buf_init(&bytes, 64 << 20);
    enum bt_status status =
        mk_bytes(dump, statement->place, statement->value, false, &bytes, err);
    if (status == BT_OK && (at > piece->size || bytes.size > piece->size - at))
        status = MK_FAIL(statement->place, err,
                         "%zu bytes at 0x%" PRIx64 " do not lie in [%s] (0x%" PRIx64 " bytes)",
                         bytes.size, at, title_of(piece->section), piece->size);
    if (status == BT_OK && bytes.size > 0)
        memcpy(piece->data + at, bytes.data, bytes.size);
    bt_buf_fini(&bytes);
    return status;
}

// Raw bytes go to the piece of a section that has no fields (the body of a data block, not its
// entry in the list), or to the first.
static struct mk_piece *find_body(const struct mk_dump *dump, const struct mk_section *section)
{
    for (struct mk_piece *p = dump->pieces; p != NULL; p = p->next) {
        if (p->section == section && p->fields.count == 0)
            return p;
    }
    return mk_piece_of(dump, section);
}

static enum bt_status apply_statement(struct mk_dump *dump, const struct mk_kind *kind,
                                      const struct mk_section *section,
                                      const struct mk_statement *statement,
                                      struct bt_error *err)
{
    bool found = false;
    if (*statement->key == '+') {
        struct mk_piece *body = find_body(dump, section);
        return body != NULL ? write_bytes(dump, statement, body, err) : BT_OK;
    }
    for (struct mk_piece *p = dump->pieces; p != NULL; p = p->next) {
        struct mk_slot slot;
        if (p->section != section ||
            !mk_fields_find(p->fields, statement->key, dump->machine->is64, &slot))
            continue;
        found = true;
        BT_TRY(write_field(dump, statement, p, slot, err));
    }
    if (found || statement->is_default || lists_word(kind->properties, statement->key))
        return BT_OK;
    return MK_FAIL(statement->place, err, "[%s] has no field '%s'", section->kind,
                   statement->key);
}

static enum bt_status check_section(const struct mk_dump *dump, const struct mk_kind *kind,
                                    const struct mk_section *section, struct bt_error *err)
{
    if (kind == NULL)
        return MK_FAIL(section->place, err, "there is no kind of section '%s'", section->kind);
    if (kind->naming == MK_NAMED && section->name == NULL)
        return MK_FAIL(section->place, err, "[%s] needs a name: [%s NAME]", kind->name,
                       kind->name);
    if (kind->naming == MK_UNNAMED && section->name != NULL)
        return MK_FAIL(section->place, err, "[%s] takes no name", kind->name);
    if (mk_piece_of(dump, section) == NULL && !section->is_default &&
        strcmp(kind->name, "dump") != 0)
        return MK_FAIL(section->place, err, "a dump of kind '%s' for %s holds no [%s]",
                       dump->kind, dump->machine->name, kind->name);
    return BT_OK;
}

enum bt_status mk_fill_pieces(struct mk_dump *dump, struct bt_error *err)
{
    for (const struct mk_section *s = dump->script.sections; s != NULL; s = s->next) {
        const struct mk_kind *kind = mk_kind_find(s->kind);
        BT_TRY(check_section(dump, kind, s, err));
        for (const struct mk_statement *t = s->first; t != NULL; t = t->next) {
            struct bt_error ignored;
            // A default that refers to what the text removed is simply not said.
            enum bt_status status =
                apply_statement(dump, kind, s, t, t->is_default ? &ignored : err);
            if (status != BT_OK && !t->is_default)
                return status;
        }
    }
    return BT_OK;
}
