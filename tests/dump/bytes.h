// SPDX-License-Identifier: MIT
//
// A dump built byte by byte, for the tests of its readers.
#ifndef BT_TESTS_DUMP_BYTES_H
#define BT_TESTS_DUMP_BYTES_H

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "dump/dump.h"

struct bytes {
    uint8_t data[0x10000];
    size_t size;
};

static inline void put(struct bytes *b, size_t offset, const void *data, size_t size)
{
    assert(offset + size <= sizeof b->data);
    memcpy(b->data + offset, data, size);
    if (offset + size > b->size)
        b->size = offset + size;
}

static inline void put_number(struct bytes *b, size_t offset, uint64_t value, size_t size)
{
    uint8_t raw[8];
    for (size_t i = 0; i < size; i++)
        raw[i] = (uint8_t)(value >> 8 * i);
    put(b, offset, raw, size);
}

static inline void put16(struct bytes *b, size_t offset, uint16_t value)
{
    put_number(b, offset, value, 2);
}

static inline void put32(struct bytes *b, size_t offset, uint32_t value)
{
    put_number(b, offset, value, 4);
}

static inline void put64(struct bytes *b, size_t offset, uint64_t value)
{
    put_number(b, offset, value, 8);
}

// ASCII as UTF-16LE, without a NUL.
static inline void put_utf16(struct bytes *b, size_t offset, const char *text)
{
    for (size_t i = 0; text[i] != '\0'; i++)
        put16(b, offset + 2 * i, (uint8_t)text[i]);
}

// u32 characters, UTF-16, NUL: 4 + 2 * length + 2 bytes.
static inline size_t put_dump_string(struct bytes *b, size_t offset, const char *text)
{
    put32(b, offset, (uint32_t)strlen(text));
    put_utf16(b, offset + 4, text);
    put16(b, offset + 4 + 2 * strlen(text), 0);
    return offset + 4 + 2 * strlen(text) + 2;
}

static inline void fill_with_page(struct bytes *b, size_t size)
{
    for (size_t i = 0; i < size; i += 4)
        put(b, i, "PAGE", 4);
}

// The start of a DUMP_HEADER64 as Windows writes it: filler, then the fields that count.
static inline void make_header64(struct bytes *b, uint32_t dump_type)
{
    memset(b, 0, sizeof *b);
    fill_with_page(b, 0x2000);
    put(b, 0, "PAGEDU64", 8);
    put32(b, 0x08, 0xf);
    put32(b, 0x0c, 6002);
    put64(b, 0x10, 0x1ad002);
    put64(b, 0x20, UINT64_C(0xfffff80001234560));
    put32(b, 0x30, 0x8664);
    put32(b, 0x34, 8);
    put32(b, 0x38, 0xd6);
    put64(b, 0x40, UINT64_C(0xfffff98004c8f000));
    put64(b, 0x48, 0);
    put64(b, 0x50, UINT64_C(0xfffff80001e43a10));
    put64(b, 0x58, 0);
    put64(b, 0x80, UINT64_C(0xfffff80001200000));
    put32(b, 0xf98, dump_type);
    put64(b, 0xfa8, UINT64_C(129016232950000000)); // 2009-11-02 08:14:55
    put64(b, 0x1030, UINT64_C(2736000000000));     // 3 d 4 h
    put32(b, 0x1040, 3);
    put32(b, 0x1044, 0x110);
}

static inline void make_header32(struct bytes *b, uint32_t build, uint32_t dump_type)
{
    memset(b, 0, sizeof *b);
    fill_with_page(b, 0x1000);
    put(b, 0, "PAGEDUMP", 8);
    put32(b, 0x08, 0xf);
    put32(b, 0x0c, build);
    put32(b, 0x10, 0x39000);
    put32(b, 0x18, 0x8055a420);
    put32(b, 0x20, 0x14c);
    put32(b, 0x24, 2);
    put32(b, 0x28, 0x1000008e);
    put32(b, 0x2c, 0xc0000005);
    put32(b, 0x30, 0x804e1234);
    put32(b, 0x34, 0xf7a13c40);
    put32(b, 0x38, 0);
    put32(b, 0x5c, 0x00000001); // PaeEnabled
    put32(b, 0x60, 0x80545ce0);
    put32(b, 0xf88, dump_type);
    put64(b, 0xfb8, UINT64_C(10000000) * 60);
    put64(b, 0xfc0, UINT64_C(127753536000000000)); // 2005-11-01 21:20:00
    put32(b, 0xf94, 1);
}

// What became of the bytes. Free the arena with the source.
struct reading {
    struct bt_source *source;
    struct bt_arena *arena;
    struct bt_dump dump;
};

static inline struct reading read_bytes(const uint8_t *data, size_t size)
{
    struct reading r = {.arena = bt_arena_new(BT_LIMIT_ARENA)};
    assert(r.arena != NULL);
    const struct bt_span span = {.data = data, .size = size};
    enum bt_status st = bt_source_open_memory(span, &r.source, NULL);
    assert(st == BT_OK);
    st = bt_dump_read(r.source, r.arena, &r.dump, NULL);
    assert(st == BT_OK);
    (void)st;
    return r;
}

static inline void end_reading(struct reading *r)
{
    bt_source_close(r->source);
    bt_arena_free(r->arena);
}

static inline const struct bt_note *find_note(const struct bt_crash *crash, const char *code)
{
    for (size_t i = 0; i < crash->notes.count; i++) {
        if (strcmp(crash->notes.items[i].code, code) == 0)
            return &crash->notes.items[i];
    }
    return NULL;
}

// The message of a note, for comparing; never NULL.
static inline const char *note_message(const struct bt_crash *crash, const char *code)
{
    const struct bt_note *note = find_note(crash, code);
    return note != NULL ? note->message : "(there is no such note)";
}

#endif
