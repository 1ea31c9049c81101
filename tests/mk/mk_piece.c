// SPDX-License-Identifier: MIT
#include "mk_dump.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "mk_value.h"

// The largest file that a description may ask for.
#define FILE_SIZE_MAX (UINT64_C(64) << 20)

// --- properties of sections

const struct mk_section *mk_the(const struct mk_dump *dump, const char *kind)
{
    for (const struct mk_section *s = dump->script.sections; s != NULL; s = s->next) {
        if (s->name == NULL && strcmp(s->kind, kind) == 0)
            return s;
    }
    return NULL;
}

const struct mk_section *mk_next(const struct mk_dump *dump, const char *kind,
                                 const struct mk_section *previous)
{
    const struct mk_section *s = previous != NULL ? previous->next : dump->script.sections;
    while (s != NULL && (s->name == NULL || strcmp(s->kind, kind) != 0))
        s = s->next;
    return s;
}

enum bt_status mk_number(struct mk_dump *dump, const struct mk_section *section,
                         const char *key, uint64_t default_value, uint64_t *ret,
                         struct bt_error *err)
{
    const struct mk_statement *statement = mk_section_get(section, key);
    *ret = default_value;
    if (statement == NULL)
        return BT_OK;
    return mk_eval(dump, statement->place, statement->value, 8, ret, err);
}

enum bt_status mk_text(struct mk_dump *dump, const struct mk_section *section, const char *key,
                       const char *default_value, const char **ret, struct bt_error *err)
{
    const struct mk_statement *statement = mk_section_get(section, key);
    *ret = default_value;
    if (statement == NULL)
        return BT_OK;
    struct bt_buf text;
    const char *p = statement->value;
    bt_buf_init(&text, 1 << 20);
    enum bt_status status = mk_quoted(statement->place, &p, &text, err);
    if (status == BT_ABSENT || (status == BT_OK && *p != '\0'))
        status = MK_FAIL(statement->place, err, "'%s' wants a text in quotes", key);
    if (status == BT_OK)
        status = bt_arena_text(dump->arena, bt_buf_cstr(&text), text.size, ret, err);
    bt_buf_fini(&text);
    return status;
}

enum bt_status mk_extent(struct mk_dump *dump, const struct mk_section *section, uint64_t *ret,
                         struct bt_error *err)
{
    *ret = 0;
    for (const struct mk_statement *s = section->first; s != NULL; s = s->next) {
        uint64_t at;
        struct bt_buf bytes;
        if (*s->key != '+')
            continue;
        BT_TRY(mk_eval(dump, s->place, s->key + 1, 8, &at, err));
        bt_buf_init(&bytes, FILE_SIZE_MAX);
        enum bt_status status = mk_bytes(dump, s->place, s->value, true, &bytes, err);
        if (status == BT_OK && at + bytes.size > *ret)
            *ret = at + bytes.size;
        bt_buf_fini(&bytes);
        BT_TRY(status);
    }
    return BT_OK;
}

// --- pieces

static enum bt_status find_fill(const struct mk_section *section, enum mk_fill *ret,
                                struct bt_error *err)
{
    const struct mk_statement *statement = mk_section_get(section, "fill");
    if (statement == NULL)
        return BT_OK;
    if (strcmp(statement->value, "zero") == 0)
        *ret = MK_FILL_ZERO;
    else if (strcmp(statement->value, "page") == 0)
        *ret = MK_FILL_PAGE;
    else
        return MK_FAIL(statement->place, err, "fill is 'zero' or 'page'");
    return BT_OK;
}

static enum bt_status check_size(const struct mk_dump *dump, const struct mk_section *section,
                                 uint64_t size, struct bt_error *err)
{
    if (size <= FILE_SIZE_MAX && dump->end <= FILE_SIZE_MAX - size)
        return BT_OK;
    struct mk_place place = section != NULL ? section->place : dump->script.sections->place;
    return MK_FAIL(place, err, "the file would be larger than 64 MiB");
}

enum bt_status mk_add_floating(struct mk_dump *dump, const struct mk_section *section,
                               struct mk_fields fields, uint64_t size, enum mk_fill fill,
                               struct mk_piece **ret, struct bt_error *err)
{
    struct mk_piece *piece;
    BT_TRY(find_fill(section, &fill, err));
    BT_TRY(check_size(dump, section, size, err));
    BT_TRY(bt_arena_alloc(dump->arena, 1, sizeof *piece, &piece, err));
    *piece = (struct mk_piece){
        .section = section, .fields = fields, .size = size, .offset = MK_NOWHERE};
    BT_TRY(bt_arena_alloc(dump->arena, size, 1, &piece->data, err));
    if (fill == MK_FILL_PAGE)
        mk_fill_page(piece->data, size);
    if (dump->last_piece != NULL)
        dump->last_piece->next = piece;
    else
        dump->pieces = piece;
    dump->last_piece = piece;
    *ret = piece;
    return BT_OK;
}

enum bt_status mk_add(struct mk_dump *dump, const struct mk_section *section,
                      struct mk_fields fields, uint64_t size, enum mk_fill fill,
                      struct mk_piece **ret, struct bt_error *err)
{
    BT_TRY(mk_add_floating(dump, section, fields, size, fill, ret, err));
    (*ret)->offset = dump->end;
    dump->end += size;
    return BT_OK;
}

enum bt_status mk_add_inside(struct mk_dump *dump, const struct mk_piece *outer,
                             uint64_t offset, const struct mk_section *section,
                             struct mk_fields fields, uint64_t size, enum mk_fill fill,
                             struct mk_piece **ret, struct bt_error *err)
{
    BT_TRY(mk_add_floating(dump, section, fields, size, fill, ret, err));
    (*ret)->offset = outer->offset + offset;
    return BT_OK;
}

enum bt_status mk_add_marker(struct mk_dump *dump, const struct mk_section *section,
                             struct mk_piece **ret, struct bt_error *err)
{
    BT_TRY(mk_add(dump, section, MK_NO_FIELDS, 0, MK_FILL_ZERO, ret, err));
    (*ret)->data = NULL;
    return BT_OK;
}

struct mk_piece *mk_piece_of(const struct mk_dump *dump, const struct mk_section *section)
{
    for (struct mk_piece *p = dump->pieces; p != NULL; p = p->next) {
        if (p->section == section)
            return p;
    }
    return NULL;
}

void mk_align(struct mk_dump *dump, uint64_t to)
{
    dump->end = (dump->end + to - 1) / to * to;
}

void mk_put(const struct mk_dump *dump, struct mk_piece *piece, const char *field,
            uint64_t value)
{
    struct mk_slot slot = {0};
    bool found = mk_fields_find(piece->fields, field, dump->machine->is64, &slot);
    assert(found);
    if (found && slot.offset + (uint64_t)slot.size <= piece->size)
        mk_store(piece->data + slot.offset, slot.size, value);
}

void mk_put_text(const struct mk_dump *dump, struct mk_piece *piece, const char *field,
                 const char *text)
{
    struct mk_slot slot = {0};
    bool found = mk_fields_find(piece->fields, field, dump->machine->is64, &slot);
    assert(found && strlen(text) <= slot.size);
    if (found && slot.offset + (uint64_t)slot.size <= piece->size)
        memcpy(piece->data + slot.offset, text, strlen(text));
}
