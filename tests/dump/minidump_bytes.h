// SPDX-License-Identifier: MIT
//
// Builds user minidumps byte by byte, for the tests of their reader, and reads them. Numbers
// are written by position, so a test can also write what no program would.
#ifndef BT_TESTS_DUMP_MINIDUMP_BYTES_H
#define BT_TESTS_DUMP_MINIDUMP_BYTES_H

#include <stdlib.h>

#include "base/arena.h"
#include "base/limits.h"
#include "dump/format.h"
#include "test.h"

enum { MD_CAPACITY = 1 << 19, MD_DIRECTORY = 32, MD_ENTRIES = 32, MD_ENTRY_SIZE = 12 };

struct md_file {
    uint8_t *bytes;
    size_t size;
    uint32_t streams;
};

static inline void md_put(struct md_file *f, size_t at, uint64_t value, size_t width)
{
    assert_true(at + width <= MD_CAPACITY);
    for (size_t i = 0; i < width; i++)
        f->bytes[at + i] = (uint8_t)(value >> (8 * i));
    if (at + width > f->size)
        f->size = at + width;
}

static inline size_t md_add(struct md_file *f, uint64_t value, size_t width)
{
    size_t at = f->size;
    md_put(f, at, value, width);
    return at;
}

static inline size_t md_add32(struct md_file *f, uint64_t value)
{
    return md_add(f, value, 4);
}

static inline size_t md_add64(struct md_file *f, uint64_t value)
{
    return md_add(f, value, 8);
}

static inline size_t md_add_bytes(struct md_file *f, const void *data, size_t size)
{
    size_t at = f->size;
    assert_true(at + size <= MD_CAPACITY);
    memcpy(f->bytes + at, data, size);
    f->size += size;
    return at;
}

static inline size_t md_add_zeros(struct md_file *f, size_t count)
{
    size_t at = f->size;
    assert_true(at + count <= MD_CAPACITY);
    memset(f->bytes + at, 0, count);
    f->size += count;
    return at;
}

// A MINIDUMP_STRING of ASCII text.
static inline size_t md_add_string(struct md_file *f, const char *text)
{
    size_t at = md_add32(f, 2 * strlen(text));
    for (const char *p = text; *p != '\0'; p++)
        md_add(f, (uint8_t)*p, 2);
    md_add(f, 0, 2);
    return at;
}

// A MinidumpUTF8String.
static inline size_t md_add_utf8(struct md_file *f, const char *text)
{
    size_t at = md_add32(f, strlen(text));
    md_add_bytes(f, text, strlen(text) + 1);
    return at;
}

// A file with a header and room for a directory.
static inline struct md_file md_new(void)
{
    struct md_file f = {.bytes = calloc(1, MD_CAPACITY)};
    assert_non_null(f.bytes);
    memcpy(f.bytes, "MDMP", 4);
    md_put(&f, 0x04, 0xa793, 2);
    md_put(&f, 0x0c, MD_DIRECTORY, 4);
    md_put(&f, 0x14, 1257149695, 4); // 2009-11-02 08:14:55 UTC
    f.size = MD_DIRECTORY + MD_ENTRIES * MD_ENTRY_SIZE;
    return f;
}

// Names [at, at + size) as a stream.
static inline void md_stream(struct md_file *f, uint32_t type, size_t at, size_t size)
{
    size_t entry = MD_DIRECTORY + (size_t)f->streams * MD_ENTRY_SIZE;
    assert_true(f->streams < MD_ENTRIES);
    md_put(f, entry, type, 4);
    md_put(f, entry + 4, size, 4);
    md_put(f, entry + 8, at, 4);
    md_put(f, 0x08, ++f->streams, 4);
}

// Names everything from `at` to the end of the file as a stream.
static inline void md_stream_from(struct md_file *f, uint32_t type, size_t at)
{
    md_stream(f, type, at, f->size - at);
}

enum { MD_X86 = 0, MD_ARM = 5, MD_X64 = 9, MD_ARM64 = 12, MD_ARM64_OLD = 0x8003 };
enum { MD_NT = 2, MD_MACOS = 0x8101, MD_IOS = 0x8102, MD_LINUX = 0x8201 };

static inline void md_system(struct md_file *f, unsigned arch, unsigned platform,
                             const char *text)
{
    size_t string = text != NULL ? md_add_string(f, text) : 0;
    size_t at = md_add(f, arch, 2);
    md_add_zeros(f, 0x36);
    md_put(f, at + 6, 4, 1);    // processors
    md_put(f, at + 7, 3, 1);    // server
    md_put(f, at + 0x08, 6, 4); // version 6.0.6002
    md_put(f, at + 0x10, 6002, 4);
    md_put(f, at + 0x14, platform, 4);
    md_put(f, at + 0x18, string, 4);
    md_put(f, at + 0x1c, 0x110, 2);
    md_stream(f, 7, at, 0x38);
}

// A MINIDUMP_MODULE; file version 6.0.6002.18005 where `versioned`.
static inline size_t md_module(struct md_file *f, uint64_t base, uint32_t size, size_t name,
                               bool versioned)
{
    size_t at = md_add64(f, base);
    md_add32(f, size);
    md_add32(f, 0x1234);     // checksum
    md_add32(f, 0x49e02e6d); // timestamp
    md_add32(f, name);
    md_add_zeros(f, 108 - 0x18);
    if (versioned) {
        md_put(f, at + 0x18, 0xfeef04bd, 4);
        md_put(f, at + 0x20, 0x00060000, 4);
        md_put(f, at + 0x24, 0x17724655, 4);
        md_put(f, at + 0x28, 0x00060000, 4);
        md_put(f, at + 0x2c, 0x17720000, 4);
    }
    return at;
}

static inline void md_thread(struct md_file *f, uint32_t id, uint64_t stack, size_t stack_at,
                             uint32_t stack_size, size_t context, uint32_t context_size)
{
    md_add32(f, id);
    md_add32(f, 1); // suspend count
    md_add32(f, 0x20);
    md_add32(f, 0);
    md_add64(f, 0x7ffdf000); // TEB
    md_add64(f, stack);
    md_add32(f, stack_size);
    md_add32(f, stack_at);
    md_add32(f, context_size);
    md_add32(f, context);
}

// An x64 CONTEXT with these registers.
static inline size_t md_context_x64(struct md_file *f, uint64_t ip, uint64_t sp)
{
    size_t at = md_add_zeros(f, 0x4d0);
    md_put(f, at + 0x30, 0x0010000b, 4);
    md_put(f, at + 0xf8, ip, 8);
    md_put(f, at + 0x98, sp, 8);
    return at;
}

static inline void md_exception(struct md_file *f, uint32_t thread, uint32_t code,
                                uint64_t address, unsigned count, const uint64_t *parameters,
                                size_t context, uint32_t context_size)
{
    size_t at = md_add32(f, thread);
    md_add32(f, 0);
    md_add32(f, code);
    md_add32(f, 1); // flags
    md_add64(f, 0);
    md_add64(f, address);
    md_add32(f, count);
    md_add32(f, 0);
    for (unsigned i = 0; i < 15; i++)
        md_add64(f, parameters != NULL ? parameters[i] : 0);
    md_add32(f, context_size);
    md_add32(f, context);
    md_stream(f, 6, at, 0xa8);
}

// ---- reading

struct md_result {
    struct bt_arena *arena;
    struct bt_source *source;
    struct bt_crash *crash;
    struct bt_dump dump;
};

static inline struct md_result md_read(const void *bytes, size_t size)
{
    struct md_result r = {.arena = bt_arena_new(BT_LIMIT_ARENA)};
    struct bt_span all = {.data = bytes, .size = size};
    struct bt_error err = {0};
    r.crash = calloc(1, sizeof *r.crash);
    assert_non_null(r.crash);
    r.dump.crash = r.crash;
    assert_int_equal(bt_source_open_memory(all, &r.source, &err), BT_OK);
    if (bt_dump_format_minidump.read(r.source, all, r.arena, &r.dump, &err) != BT_OK)
        fail_msg("reading failed: %s", err.message);
    return r;
}

static inline struct md_result md_read_file(const struct md_file *f)
{
    return md_read(f->bytes, f->size);
}

static inline void md_done(struct md_result *r, struct md_file *f)
{
    bt_source_close(r->source);
    bt_arena_free(r->arena);
    free(r->crash);
    if (f != NULL)
        free(f->bytes);
}

static inline bool md_has_note(const struct md_result *r, const char *code)
{
    for (size_t i = 0; i < r->crash->notes.count; i++) {
        if (strcmp(r->crash->notes.items[i].code, code) == 0)
            return true;
    }
    return false;
}

#endif
