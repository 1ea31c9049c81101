// SPDX-License-Identifier: MIT
#include "mk_field.h"

#include <string.h>

#include "base/text.h"

static uint32_t size_of_type(const struct mk_field *field, bool is64)
{
    switch (field->type) {
    case MK_U8:
        return 1;
    case MK_U16:
        return 2;
    case MK_U32:
        return 4;
    case MK_U64:
    case MK_SIGNED:
        return 8;
    case MK_POINTER:
        return is64 ? 8 : 4;
    case MK_GUID:
        return 16;
    case MK_TEXT:
        return field->size;
    }
    return 0;
}

// Whether `name` is the field, or `name7` the seventh element of an array.
static bool match_name(const struct mk_field *field, const char *name, uint64_t *ret_index)
{
    size_t size = strlen(field->name);
    *ret_index = 0;
    if (strncmp(name, field->name, size) != 0)
        return false;
    if (field->count == 0)
        return name[size] == '\0';
    if (!bt_parse_u64(name + size, strlen(name + size), ret_index))
        return false;
    *ret_index -= field->first;
    return *ret_index < field->count;
}

bool mk_fields_find(struct mk_fields fields, const char *name, bool is64, struct mk_slot *ret)
{
    for (size_t i = 0; i < fields.count; i++) {
        const struct mk_field *field = &fields.items[i];
        uint64_t index;
        if (!match_name(field, name, &index))
            continue;
        *ret = (struct mk_slot){
            .offset = field->offset + (uint32_t)index * field->stride,
            .type = field->type,
            .size = size_of_type(field, is64),
        };
        return true;
    }
    return false;
}

void mk_store(uint8_t *to, uint32_t size, uint64_t value)
{
    for (uint32_t i = 0; i < size; i++)
        to[i] = (uint8_t)(i < 8 ? value >> (8 * i) : 0);
}

uint64_t mk_load(const uint8_t *from, uint32_t size)
{
    uint64_t value = 0;
    for (uint32_t i = 0; i < size && i < 8; i++)
        value |= (uint64_t)from[i] << (8 * i);
    return value;
}

bool mk_fits(uint64_t value, uint32_t size)
{
    if (size >= 8)
        return true;
    uint64_t rest = value >> (8 * size);
    return rest == 0 || rest == UINT64_MAX >> (8 * size);
}

void mk_fill_page(uint8_t *to, uint64_t size)
{
    static const char filler[] = "PAGE";
    for (uint64_t i = 0; i < size; i++)
        to[i] = (uint8_t)filler[i % 4];
}
