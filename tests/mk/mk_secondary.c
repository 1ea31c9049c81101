// SPDX-License-Identifier: MIT
//
// Secondary data: "DumpBlob" behind a triage dump, then tagged records.
#include "mk_parts.h"

#include <string.h>

#include "mk_value.h"

enum { VALUES_MAX = 1 << 20 };

static const struct mk_field secondary_fields[] = {
    MK_T("Signature", 0x00, 8),
    MK_F("HeaderSize", 0x08, MK_U32),
    MK_F("Build", 0x0c, MK_U32),
};

static const struct mk_field blob_fields[] = {
    MK_F("HeaderSize", 0x00, MK_U32), MK_F("Tag", 0x04, MK_GUID),
    MK_F("DataSize", 0x14, MK_U32),   MK_F("PrePad", 0x18, MK_U32),
    MK_F("PostPad", 0x1c, MK_U32),
};

// 6c7ac389-4313-47dc-9f34-a8800a0fb56c: registry values of the processor.
static const uint8_t processor_tag[16] = {0x89, 0xc3, 0x7a, 0x6c, 0x13, 0x43, 0xdc, 0x47,
                                          0x9f, 0x34, 0xa8, 0x80, 0x0a, 0x0f, 0xb5, 0x6c};

static struct mk_fields secondary_fields_of(const struct mk_dump *dump)
{
    (void)dump;
    return MK_FIELDS(secondary_fields);
}

static struct mk_fields blob_fields_of(const struct mk_dump *dump)
{
    (void)dump;
    return MK_FIELDS(blob_fields);
}

const struct mk_kind mk_secondary_kinds[] = {
    {"secondary", MK_UNNAMED, "tail", secondary_fields_of},
    {"blob", MK_NAMED, "size fill", blob_fields_of},
    {"processor", MK_UNNAMED, "*", blob_fields_of},
    {NULL, MK_UNNAMED, NULL, NULL},
};

static enum bt_status add_blob_header(struct mk_dump *dump, const struct mk_section *section,
                                      struct mk_piece **ret, struct bt_error *err)
{
    BT_TRY(mk_add(dump, section, MK_FIELDS(blob_fields), 0x20, MK_FILL_ZERO, ret, err));
    mk_put(dump, *ret, "HeaderSize", 0x20);
    return BT_OK;
}

static enum bt_status add_blob(struct mk_dump *dump, const struct mk_section *section,
                               struct bt_error *err)
{
    struct mk_piece *header, *body;
    uint64_t size;
    BT_TRY(mk_extent(dump, section, &size, err));
    BT_TRY(mk_number(dump, section, "size", size, &size, err));
    BT_TRY(add_blob_header(dump, section, &header, err));
    mk_put(dump, header, "DataSize", size);
    return mk_add(dump, section, MK_NO_FIELDS, size, MK_FILL_ZERO, &body, err);
}

static void add_u32(struct bt_buf *to, uint64_t value)
{
    uint8_t bytes[4];
    mk_store(bytes, 4, value);
    bt_buf_add(to, bytes, 4);
}

// {name bytes, name, type, data bytes, data}: REG_SZ (1) for a text, REG_DWORD (4) for a
// number.
static enum bt_status add_value(struct mk_dump *dump, const struct mk_statement *statement,
                                struct bt_buf *to, struct bt_error *err)
{
    struct bt_buf name, data, text;
    const char *p = statement->value;
    bool is_text = *p == '"';
    bt_buf_init(&name, VALUES_MAX);
    bt_buf_init(&data, VALUES_MAX);
    bt_buf_init(&text, VALUES_MAX);
    mk_utf16(&name, statement->key, strlen(statement->key) + 1);
    enum bt_status status = BT_OK;
    uint64_t number = 0;
    if (is_text) {
        status = mk_quoted(statement->place, &p, &text, err);
        mk_utf16(&data, bt_buf_cstr(&text), text.size);
        mk_utf16(&data, "", 1);
    } else {
        status = mk_eval(dump, statement->place, p, 4, &number, err);
        add_u32(&data, number);
    }
    add_u32(to, name.size);
    bt_buf_add(to, bt_buf_cstr(&name), name.size);
    add_u32(to, is_text ? 1 : 4);
    add_u32(to, data.size);
    bt_buf_add(to, bt_buf_cstr(&data), data.size);
    bt_buf_fini(&name);
    bt_buf_fini(&data);
    bt_buf_fini(&text);
    return status;
}

static enum bt_status collect_values(struct mk_dump *dump, const struct mk_section *section,
                                     struct bt_buf *to, struct bt_error *err)
{
    for (const struct mk_statement *s = section->first; s != NULL; s = s->next) {
        struct mk_slot slot;
        if (!mk_fields_find(MK_FIELDS(blob_fields), s->key, true, &slot))
            BT_TRY(add_value(dump, s, to, err));
    }
    return bt_buf_status(to, err);
}

static enum bt_status add_processor(struct mk_dump *dump, const struct mk_section *section,
                                    struct bt_error *err)
{
    struct mk_piece *header, *body;
    struct bt_buf values;
    bt_buf_init(&values, VALUES_MAX);
    enum bt_status status = collect_values(dump, section, &values, err);
    if (status == BT_OK)
        status = add_blob_header(dump, section, &header, err);
    if (status == BT_OK)
        status = mk_add(dump, NULL, MK_NO_FIELDS, values.size, MK_FILL_ZERO, &body, err);
    if (status == BT_OK) {
        memcpy(header->data + 4, processor_tag, sizeof processor_tag);
        mk_put(dump, header, "DataSize", values.size);
        memcpy(body->data, bt_buf_cstr(&values), values.size);
    }
    bt_buf_fini(&values);
    return status;
}

enum bt_status mk_add_secondary(struct mk_dump *dump, struct bt_error *err)
{
    const struct mk_section *processor = mk_the(dump, "processor");
    const struct mk_section *first_blob = mk_next(dump, "blob", NULL);
    const struct mk_section *section = mk_the(dump, "secondary");
    struct mk_piece *head;
    uint64_t tail;
    if (processor == NULL && first_blob == NULL && section == NULL)
        return BT_OK;
    BT_TRY(mk_add(dump, section, MK_FIELDS(secondary_fields), 0x10, MK_FILL_ZERO, &head, err));
    mk_put_text(dump, head, "Signature", "DumpBlob");
    mk_put(dump, head, "HeaderSize", 0x10);
    mk_put(dump, head, "Build", 0xf0000000 | dump->build);
    if (processor != NULL)
        BT_TRY(add_processor(dump, processor, err));
    for (const struct mk_section *s = first_blob; s != NULL; s = mk_next(dump, "blob", s))
        BT_TRY(add_blob(dump, s, err));
    BT_TRY(mk_number(dump, section, "tail", 0, &tail, err));
    dump->end += tail;
    return BT_OK;
}
