// SPDX-License-Identifier: MIT
//
// Fields: names for places inside a record. The tables of fields are the on-disk layouts.
#ifndef BT_MK_FIELD_H
#define BT_MK_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"

enum mk_type {
    MK_U8,
    MK_U16,
    MK_U32,
    MK_U64,
    MK_POINTER, // as wide as the machine's
    MK_SIGNED,  // a pointer in 64 bits: sign-extended on 32-bit machines
    MK_TEXT,    // `size` bytes of text
    MK_GUID,
};

struct mk_field {
    const char *name;
    uint32_t offset;
    enum mk_type type;
    uint32_t size; // of MK_TEXT
    // An array is written name0, name1 ...: `count` elements of `stride` bytes, the first one
    // is called `name<first>`. 0: no array.
    uint32_t count, stride, first;
};

struct mk_fields {
    const struct mk_field *items;
    size_t count;
};

#define MK_FIELDS(table) ((struct mk_fields){.items = (table), .count = BT_COUNT(table)})
#define MK_NO_FIELDS     ((struct mk_fields){.items = NULL, .count = 0})
#define MK_F(name, at, type)                                                                   \
    {                                                                                          \
        (name), (at), (type), 0, 0, 0, 0                                                       \
    }
#define MK_T(name, at, size)                                                                   \
    {                                                                                          \
        (name), (at), MK_TEXT, (size), 0, 0, 0                                                 \
    }
#define MK_A(name, at, type, count, stride, first)                                             \
    {                                                                                          \
        (name), (at), (type), 0, (count), (stride), (first)                                    \
    }

// A field as found: its own offset, where `name` was an element of an array.
struct mk_slot {
    uint32_t offset;
    enum mk_type type;
    uint32_t size; // in bytes
};

bool mk_fields_find(struct mk_fields fields, const char *name, bool is64, struct mk_slot *ret);

// Little-endian, `size` bytes.
void mk_store(uint8_t *to, uint32_t size, uint64_t value);
uint64_t mk_load(const uint8_t *from, uint32_t size);
// Whether `value` fits into `size` bytes, as an unsigned or as a negative number.
bool mk_fits(uint64_t value, uint32_t size);

// The filler that Windows writes before it knows better: "PAGEPAGE...".
void mk_fill_page(uint8_t *to, uint64_t size);

#endif
