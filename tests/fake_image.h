// SPDX-License-Identifier: MIT
//
// Builds a small PE image byte by byte, as the format's documentation lays it out: .text at
// 0x1000, exports at 0x2000, resources at 0x3000, .pdata at 0x4000, debug data at 0x5000. In
// the mapped form file offsets and RVAs are the same.
#ifndef BT_TESTS_FAKE_IMAGE_H
#define BT_TESTS_FAKE_IMAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { FAKE_IMAGE_SIZE = 0x6000, FAKE_NT = 0x80, FAKE_OPTIONAL = FAKE_NT + 0x18 };

struct fake_image {
    uint8_t bytes[FAKE_IMAGE_SIZE];
    bool is64;
};

static inline void fake_put(struct fake_image *f, size_t at, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        f->bytes[at + i] = (uint8_t)(value >> (8 * i));
}

static inline void fake_text(struct fake_image *f, size_t at, const char *text)
{
    memcpy(f->bytes + at, text, strlen(text) + 1);
}

static inline size_t fake_wide(struct fake_image *f, size_t at, const char *text)
{
    for (size_t i = 0; i <= strlen(text); i++)
        fake_put(f, at + 2 * i, (unsigned char)text[i], 2);
    return at + 2 * (strlen(text) + 1);
}

static inline void fake_directory(struct fake_image *f, unsigned index, uint32_t rva,
                                  uint32_t size)
{
    size_t at = FAKE_OPTIONAL + (f->is64 ? 0x70u : 0x60u) + index * 8u;
    fake_put(f, at, rva, 4);
    fake_put(f, at + 4, size, 4);
}

static inline void fake_section(struct fake_image *f, unsigned index, const char *name,
                                uint32_t rva, uint32_t size, uint32_t flags)
{
    size_t at = FAKE_OPTIONAL + (f->is64 ? 0xf0u : 0xe0u) + index * 0x28u;
    fake_text(f, at, name);
    fake_put(f, at + 8, size, 4);
    fake_put(f, at + 0xc, rva, 4);
    fake_put(f, at + 0x10, size, 4);
    fake_put(f, at + 0x14, rva, 4);
    fake_put(f, at + 0x24, flags, 4);
}

static inline void fake_image_init(struct fake_image *f, bool is64)
{
    memset(f, 0, sizeof *f);
    f->is64 = is64;
    fake_put(f, 0, 0x5a4d, 2);
    fake_put(f, 0x3c, FAKE_NT, 4);
    fake_put(f, FAKE_NT, 0x4550, 4);
    fake_put(f, FAKE_NT + 4, is64 ? 0x8664 : 0x14c, 2);
    fake_put(f, FAKE_NT + 6, 5, 2);
    fake_put(f, FAKE_NT + 8, 0x4b2f6c11, 4); // time stamp
    fake_put(f, FAKE_NT + 0x14, is64 ? 0xf0 : 0xe0, 2);
    fake_put(f, FAKE_OPTIONAL, is64 ? 0x20b : 0x10b, 2);
    fake_put(f, FAKE_OPTIONAL + 0x10, 0x1010, 4); // entry point
    fake_put(f, FAKE_OPTIONAL + (is64 ? 0x18 : 0x1c), 0x10000000, is64 ? 8 : 4);
    fake_put(f, FAKE_OPTIONAL + 0x38, FAKE_IMAGE_SIZE, 4);
    fake_put(f, FAKE_OPTIONAL + 0x3c, 0x1000, 4);
    fake_put(f, FAKE_OPTIONAL + 0x40, 0xabcde, 4); // checksum
    fake_put(f, FAKE_OPTIONAL + (is64 ? 0x6c : 0x5c), 16, 4);
    fake_section(f, 0, ".text", 0x1000, 0x1000, 0x60000020);
    fake_section(f, 1, ".edata", 0x2000, 0x1000, 0x40000040);
    fake_section(f, 2, ".rsrc", 0x3000, 0x1000, 0x40000040);
    fake_section(f, 3, ".pdata", 0x4000, 0x1000, 0x40000040);
    fake_section(f, 4, ".debug$S", 0x5000, 0x1000, 0x42000040);
}

// Three names, two of them code, one a forwarder.
static inline void fake_exports(struct fake_image *f)
{
    fake_directory(f, 0, 0x2000, 0x200);
    fake_put(f, 0x2000 + 0x10, 5, 4); // first ordinal
    fake_put(f, 0x2000 + 0x14, 4, 4); // functions
    fake_put(f, 0x2000 + 0x18, 3, 4); // names
    fake_put(f, 0x2000 + 0x1c, 0x2040, 4);
    fake_put(f, 0x2000 + 0x20, 0x2060, 4);
    fake_put(f, 0x2000 + 0x24, 0x2080, 4);
    fake_put(f, 0x2040, 0x1800, 4); // index 0: no name of its own
    fake_put(f, 0x2044, 0x1500, 4); // index 1
    fake_put(f, 0x2048, 0x2100, 4); // index 2: a forwarder
    fake_put(f, 0x204c, 0x1100, 4); // index 3
    fake_put(f, 0x2060, 0x20a0, 4);
    fake_put(f, 0x2064, 0x20b0, 4);
    fake_put(f, 0x2068, 0x20c0, 4);
    fake_put(f, 0x2080, 1, 2);
    fake_put(f, 0x2082, 2, 2);
    fake_put(f, 0x2084, 3, 2);
    fake_text(f, 0x20a0, "KeAlpha");
    fake_text(f, 0x20b0, "KeBeta");
    fake_text(f, 0x20c0, "KeGamma");
    fake_text(f, 0x2100, "other.Function");
}

// One block of a version resource: its length is filled in by fake_block_end.
static inline size_t fake_block(struct fake_image *f, size_t at, const char *key,
                                unsigned value_length, unsigned kind)
{
    fake_put(f, at + 2, value_length, 2);
    fake_put(f, at + 4, kind, 2);
    return (fake_wide(f, at + 6, key) + 3) & ~(size_t)3;
}

static inline size_t fake_block_end(struct fake_image *f, size_t at, size_t end)
{
    fake_put(f, at, end - at, 2);
    return (end + 3) & ~(size_t)3;
}

static inline size_t fake_string(struct fake_image *f, size_t at, const char *key,
                                 const char *value)
{
    size_t text = fake_block(f, at, key, (unsigned)strlen(value) + 1, 1);
    return fake_block_end(f, at, fake_wide(f, text, value));
}

// Version 5.2.3790.2554, product version 5.2.3790.0, "Northwind" and "Volume filter".
static inline void fake_version(struct fake_image *f)
{
    fake_directory(f, 2, 0x3000, 0x1000);
    const uint32_t levels[3][2] = {{16, 0x20}, {1, 0x40}, {0x409, 0x60}};
    for (size_t i = 0; i < 3; i++) {
        fake_put(f, 0x3000 + i * 0x20 + 0xe, 1, 2); // one entry with an id
        fake_put(f, 0x3000 + i * 0x20 + 0x10, levels[i][0], 4);
        fake_put(f, 0x3000 + i * 0x20 + 0x14, levels[i][1] | (i < 2 ? 0x80000000u : 0), 4);
    }
    fake_put(f, 0x3060, 0x3080, 4);
    size_t fixed = fake_block(f, 0x3080, "VS_VERSION_INFO", 0x34, 0);
    fake_put(f, fixed, 0xfeef04bd, 4);
    fake_put(f, fixed + 8, 5u << 16 | 2, 4);
    fake_put(f, fixed + 0xc, 3790u << 16 | 2554, 4);
    fake_put(f, fixed + 0x10, 5u << 16 | 2, 4);
    fake_put(f, fixed + 0x14, 3790u << 16, 4);
    size_t info = fixed + 0x34;
    size_t table = fake_block(f, info, "StringFileInfo", 0, 1);
    size_t at = fake_block(f, table, "040904B0", 0, 1);
    at = fake_string(f, at, "CompanyName", "Northwind");
    at = fake_string(f, at, "FileDescription", "Volume filter");
    at = fake_string(f, at, "FileVersion", "5.2.3790.2554 (text)");
    fake_block_end(f, table, at);
    fake_block_end(f, info, at);
    fake_block_end(f, 0x3080, at);
    fake_put(f, 0x3064, at - 0x3080, 4);
}

// A build hash and the name of a symbol file.
static inline void fake_debug(struct fake_image *f)
{
    fake_directory(f, 6, 0x5000, 2 * 0x1c);
    fake_put(f, 0x5000 + 0xc, 16, 4);
    fake_put(f, 0x501c + 0xc, 2, 4);
    fake_put(f, 0x501c + 0x10, 24 + 8, 4);
    fake_put(f, 0x501c + 0x14, 0x5100, 4);
    fake_put(f, 0x5100, 0x53445352, 4);
    for (size_t i = 0; i < 16; i++)
        f->bytes[0x5104 + i] = (uint8_t)(0xa0 + i);
    fake_put(f, 0x5114, 3, 4);
    fake_text(f, 0x5118, "volf.pdb");
}

// x64 functions at 0x1100-0x1180, 0x1200-0x1280 (which stands for the first) and 0x1400-0x1500.
static inline void fake_functions(struct fake_image *f)
{
    const uint32_t table[3][3] = {
        {0x1100, 0x1180, 0x4100}, {0x1200, 0x1280, 0x4001}, {0x1400, 0x1500, 0x4140}};
    fake_directory(f, 3, 0x4000, sizeof table);
    for (size_t i = 0; i < 3; i++) {
        for (size_t k = 0; k < 3; k++)
            fake_put(f, 0x4000 + i * 12 + k * 4, table[i][k], 4);
    }
}

#endif
