// SPDX-License-Identifier: MIT
//
// Memory of the target: the call stack, data blocks and the data page of a triage dump, and
// records that have an address and lie in whatever carries it.
#include "mk_parts.h"

#include <inttypes.h>
#include <string.h>

static const struct mk_field block32_fields[] = {
    MK_F("Address", 0x00, MK_U32),
    MK_F("Offset", 0x04, MK_U32),
    MK_F("Size", 0x08, MK_U32),
};

// TRIAGE_DATA_BLOCK.
static const struct mk_field block64_fields[] = {
    MK_F("Address", 0x00, MK_SIGNED),
    MK_F("Offset", 0x08, MK_U32),
    MK_F("Size", 0x0c, MK_U32),
};

static struct mk_fields block_fields(const struct mk_dump *dump)
{
    (void)dump;
    return MK_FIELDS(block64_fields);
}

const struct mk_kind mk_memory_kinds[] = {
    {"stack", MK_UNNAMED, "at size fill", NULL},
    {"block", MK_NAMED, "at size fill", block_fields},
    {"blocks", MK_UNNAMED, "stride", NULL},
    {"page", MK_UNNAMED, "at size fill", NULL},
    {"data", MK_NAMED, "at size fill", NULL},
    {NULL, MK_UNNAMED, NULL, NULL},
};

enum bt_status mk_locate(struct mk_dump *dump, struct mk_piece *piece, struct bt_error *err)
{
    if (mk_section_get(piece->section, "at") == NULL)
        return MK_FAIL(piece->section->place, err, "[%s] needs an address: at = ...",
                       piece->section->kind);
    piece->has_address = true;
    return mk_number(dump, piece->section, "at", 0, &piece->address, err);
}

// The size that a section states, or as much as its bytes need.
static enum bt_status size_of(struct mk_dump *dump, const struct mk_section *section,
                              uint64_t *ret, struct bt_error *err)
{
    BT_TRY(mk_extent(dump, section, ret, err));
    return mk_number(dump, section, "size", *ret, ret, err);
}

// --- pieces of memory

static enum bt_status add_carrier(struct mk_dump *dump, const struct mk_section *section,
                                  struct mk_piece **ret, struct bt_error *err)
{
    uint64_t size;
    *ret = NULL;
    if (section == NULL)
        return BT_OK;
    BT_TRY(size_of(dump, section, &size, err));
    BT_TRY(mk_add(dump, section, MK_NO_FIELDS, size, MK_FILL_ZERO, ret, err));
    BT_TRY(mk_locate(dump, *ret, err));
    (*ret)->carries_memory = true;
    mk_align(dump, 8);
    return BT_OK;
}

enum bt_status mk_add_stack(struct mk_dump *dump, struct mk_piece **ret, struct bt_error *err)
{
    return add_carrier(dump, mk_the(dump, "stack"), ret, err);
}

enum bt_status mk_float_stack(struct mk_dump *dump, struct mk_piece **ret, struct bt_error *err)
{
    const struct mk_section *section = mk_the(dump, "stack");
    uint64_t size;
    *ret = NULL;
    if (section == NULL)
        return BT_OK;
    BT_TRY(size_of(dump, section, &size, err));
    BT_TRY(mk_add_floating(dump, section, MK_NO_FIELDS, size, MK_FILL_ZERO, ret, err));
    return mk_locate(dump, *ret, err);
}

enum bt_status mk_add_page(struct mk_dump *dump, struct mk_piece **ret, struct bt_error *err)
{
    return add_carrier(dump, mk_the(dump, "page"), ret, err);
}

// --- the parts of memory that a list of data blocks describes

static struct mk_piece *find_carrier(const struct mk_dump *dump, uint64_t address)
{
    for (struct mk_piece *p = dump->pieces; p != NULL; p = p->next) {
        if (p->carries_memory && address - p->address < p->size)
            return p;
    }
    return NULL;
}

bool mk_is_carried(const struct mk_dump *dump, uint64_t address, uint64_t size)
{
    while (size > 0) {
        const struct mk_piece *p = find_carrier(dump, address);
        if (p == NULL)
            return false;
        uint64_t step = p->size - (address - p->address);
        if (step >= size)
            return true;
        address += step;
        size -= step;
    }
    return true;
}

// A record that no piece of memory carries gets a block of its own, without a section.
static enum bt_status add_missing_memory(struct mk_dump *dump, struct bt_error *err)
{
    const struct mk_piece *end = dump->last_piece;
    for (const struct mk_piece *p = dump->pieces; p != NULL; p = p->next) {
        struct mk_piece *block;
        bool floats = p->has_address && p->offset == MK_NOWHERE;
        if (floats && !mk_is_carried(dump, p->address, p->size)) {
            BT_TRY(mk_add(dump, NULL, MK_NO_FIELDS, p->size, MK_FILL_ZERO, &block, err));
            block->address = p->address;
            block->has_address = block->carries_memory = true;
            mk_align(dump, 8);
        }
        if (p == end)
            break;
    }
    return BT_OK;
}

static enum bt_status add_block_bodies(struct mk_dump *dump, struct bt_error *err)
{
    struct mk_piece *piece;
    for (const struct mk_section *s = mk_next(dump, "block", NULL); s != NULL;
         s = mk_next(dump, "block", s))
        BT_TRY(add_carrier(dump, s, &piece, err));
    BT_TRY(mk_add_records(dump, err));
    return add_missing_memory(dump, err);
}

static enum bt_status add_block_entry(struct mk_dump *dump, const struct mk_piece *list,
                                      uint64_t at, uint64_t stride, const struct mk_piece *body,
                                      struct bt_error *err)
{
    struct mk_piece *entry;
    struct mk_fields fields =
        stride < 16 ? MK_FIELDS(block32_fields) : MK_FIELDS(block64_fields);
    BT_TRY(mk_add_inside(dump, list, at, body->section, fields, stride, MK_FILL_ZERO, &entry,
                         err));
    // Where the text fills the section, it means the body.
    mk_put(dump, entry, "Address", body->address);
    mk_put(dump, entry, "Offset", body->offset);
    mk_put(dump, entry, "Size", body->size);
    return BT_OK;
}

// The list comes after the bodies: their number is known only then.
enum bt_status mk_add_blocks(struct mk_dump *dump, struct mk_piece **ret, uint64_t *ret_count,
                             struct bt_error *err)
{
    struct mk_piece *before = dump->last_piece;
    const struct mk_section *section = mk_the(dump, "blocks");
    uint64_t stride, count = 0, at = 0;
    BT_TRY(mk_number(dump, section, "stride", 16, &stride, err));
    BT_TRY(add_block_bodies(dump, err));
    const struct mk_piece *last = dump->last_piece;
    for (const struct mk_piece *p = before->next; p != NULL; p = p->next)
        count += p->carries_memory;
    BT_TRY(mk_add(dump, section, MK_NO_FIELDS, count * stride, MK_FILL_ZERO, ret, err));
    *ret_count = count;
    for (const struct mk_piece *p = before->next; count > 0; p = p->next) {
        if (p->carries_memory) {
            BT_TRY(add_block_entry(dump, *ret, at, stride, p, err));
            at += stride;
        }
        if (p == last)
            break;
    }
    return BT_OK;
}

// --- records

static enum bt_status add_record(struct mk_dump *dump, const struct mk_section *section,
                                 struct bt_error *err)
{
    const struct mk_kind *kind = mk_kind_find(section->kind);
    struct mk_piece *piece;
    uint64_t size;
    if (strcmp(section->kind, "context") == 0)
        size = mk_context_size(dump);
    else if (strcmp(section->kind, "exception") == 0)
        size = dump->machine->is64 ? 0x98 : 0x50;
    else if (strcmp(section->kind, "trapframe") == 0)
        size = dump->machine->is64 ? 0x190 : 0x8c;
    else
        BT_TRY(size_of(dump, section, &size, err));
    struct mk_fields fields = kind->fields != NULL ? kind->fields(dump) : MK_NO_FIELDS;
    BT_TRY(mk_add_floating(dump, section, fields, size, MK_FILL_ZERO, &piece, err));
    return mk_locate(dump, piece, err);
}

enum bt_status mk_add_records(struct mk_dump *dump, struct bt_error *err)
{
    static const char *const kinds[] = {"data", "context", "exception", "trapframe"};
    for (size_t i = 0; i < BT_COUNT(kinds); i++) {
        for (const struct mk_section *s = mk_next(dump, kinds[i], NULL); s != NULL;
             s = mk_next(dump, kinds[i], s))
            BT_TRY(add_record(dump, s, err));
    }
    return BT_OK;
}

// Overlapping pieces of memory agree: all of them get the bytes.
void mk_join_memory(const struct mk_dump *dump, const struct mk_piece *record)
{
    for (struct mk_piece *p = dump->pieces; p != NULL; p = p->next) {
        bool touches = record->address - p->address < p->size ||
                       p->address - record->address < record->size;
        if (!p->carries_memory || !touches)
            continue;
        for (uint64_t i = 0; i < record->size; i++) {
            uint64_t at = record->address + i - p->address;
            if (at < p->size)
                p->data[at] = record->data[i];
        }
    }
}
