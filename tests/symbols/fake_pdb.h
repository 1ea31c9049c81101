// SPDX-License-Identifier: MIT
//
// Builds a PDB byte by byte: an identity, three public symbols in two sections and, where asked
// for, a map of rearranged code. Blocks of 512 bytes, each stream in blocks of its own.
#ifndef BT_TESTS_SYMBOLS_FAKE_PDB_H
#define BT_TESTS_SYMBOLS_FAKE_PDB_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
    FAKE_PDB_BLOCK = 512,
    FAKE_PDB_BLOCKS = 16,
    FAKE_PDB_SIZE = FAKE_PDB_BLOCK * FAKE_PDB_BLOCKS,
    // Streams, and the block that each one begins at.
    FAKE_PDB_INFO = 1,
    FAKE_PDB_DEBUG = 3,
    FAKE_PDB_PUBLICS = 5,
    FAKE_PDB_RECORDS = 6,
    FAKE_PDB_SECTIONS = 7,
    FAKE_PDB_MAP = 8,
    FAKE_PDB_STREAMS = 9,
    FAKE_PDB_LIST_BLOCK = 3,
    FAKE_PDB_DIRECTORY_BLOCK = 4,
    FAKE_PDB_FIRST_BLOCK = 5,
    FAKE_PDB_AGE = 3,
};

struct fake_pdb {
    uint8_t bytes[FAKE_PDB_SIZE];
    uint32_t sizes[FAKE_PDB_STREAMS];
};

static inline size_t fake_pdb_at(unsigned stream)
{
    return (FAKE_PDB_FIRST_BLOCK + (size_t)stream) * FAKE_PDB_BLOCK;
}

static inline void fake_pdb_put(struct fake_pdb *f, size_t at, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        f->bytes[at + i] = (uint8_t)(value >> (8 * i));
}

// A public symbol at the end of the records; returns where it is.
static inline uint32_t fake_pdb_public(struct fake_pdb *f, unsigned section, uint32_t offset,
                                       const char *name)
{
    uint32_t record = f->sizes[FAKE_PDB_RECORDS];
    size_t at = fake_pdb_at(FAKE_PDB_RECORDS) + record;
    size_t size = (0xe + strlen(name) + 1 + 3) & ~(size_t)3;
    fake_pdb_put(f, at, size - 2, 2);
    fake_pdb_put(f, at + 2, 0x110e, 2);
    fake_pdb_put(f, at + 4, 2, 4);
    fake_pdb_put(f, at + 8, offset, 4);
    fake_pdb_put(f, at + 0xc, section, 2);
    memcpy(f->bytes + at + 0xe, name, strlen(name));
    f->sizes[FAKE_PDB_RECORDS] += (uint32_t)size;
    return record;
}

static inline void fake_pdb_directory(struct fake_pdb *f)
{
    size_t start = (size_t)FAKE_PDB_DIRECTORY_BLOCK * FAKE_PDB_BLOCK, at = start;
    fake_pdb_put(f, at, FAKE_PDB_STREAMS, 4);
    at += 4;
    for (unsigned i = 0; i < FAKE_PDB_STREAMS; i++, at += 4)
        fake_pdb_put(f, at, f->sizes[i], 4);
    for (unsigned i = 0; i < FAKE_PDB_STREAMS; i++) {
        if (f->sizes[i] == 0)
            continue;
        fake_pdb_put(f, at, FAKE_PDB_FIRST_BLOCK + i, 4);
        at += 4;
    }
    fake_pdb_put(f, 0x2c, at - start, 4);
    fake_pdb_put(f, FAKE_PDB_LIST_BLOCK * FAKE_PDB_BLOCK, FAKE_PDB_DIRECTORY_BLOCK, 4);
}

static inline void fake_pdb_section(struct fake_pdb *f, unsigned index, uint32_t rva,
                                    uint32_t size)
{
    size_t at = fake_pdb_at(FAKE_PDB_SECTIONS) + index * 40u;
    fake_pdb_put(f, at + 8, size, 4);
    fake_pdb_put(f, at + 12, rva, 4);
    fake_pdb_put(f, at + 16, size, 4);
    f->sizes[FAKE_PDB_SECTIONS] = (index + 1) * 40u;
}

// The header of the debug information: publics, records, and the streams of the optional part.
static inline void fake_pdb_debug(struct fake_pdb *f, unsigned machine, bool rearranged)
{
    size_t at = fake_pdb_at(FAKE_PDB_DEBUG);
    fake_pdb_put(f, at, UINT32_MAX, 4);
    fake_pdb_put(f, at + 4, 19990903, 4);
    fake_pdb_put(f, at + 8, FAKE_PDB_AGE, 4);
    fake_pdb_put(f, at + 0x10, FAKE_PDB_PUBLICS, 2);
    fake_pdb_put(f, at + 0x14, FAKE_PDB_RECORDS, 2);
    fake_pdb_put(f, at + 0x30, 22, 4);
    fake_pdb_put(f, at + 0x3a, machine, 2);
    for (size_t i = 0; i < 11; i++)
        fake_pdb_put(f, at + 0x40 + 2 * i, 0xffff, 2);
    fake_pdb_put(f, at + 0x40 + (rearranged ? 20 : 10), FAKE_PDB_SECTIONS, 2);
    if (rearranged)
        fake_pdb_put(f, at + 0x40 + 6, FAKE_PDB_MAP, 2);
    f->sizes[FAKE_PDB_DEBUG] = 0x40 + 22;
}

// Sections: 1 at 0x1000 and 2 at 0x3000. Publics: _alpha@8 at 1:100, ?beta@ns@@YAXXZ at 1:200,
// gamma at 2:10. The GUID is 10 11 12 ... 1f.
static inline void fake_pdb_init(struct fake_pdb *f, unsigned machine, bool rearranged)
{
    memset(f, 0, sizeof *f);
    memcpy(f->bytes,
           "Microsoft C/C++ MSF 7.00\r\n\x1a"
           "DS\0\0",
           32);
    fake_pdb_put(f, 0x20, FAKE_PDB_BLOCK, 4);
    fake_pdb_put(f, 0x28, FAKE_PDB_BLOCKS, 4);
    fake_pdb_put(f, 0x34, FAKE_PDB_LIST_BLOCK, 4);
    size_t info = fake_pdb_at(FAKE_PDB_INFO);
    fake_pdb_put(f, info, 20000404, 4);
    fake_pdb_put(f, info + 4, 0x4b2f6c11, 4);
    fake_pdb_put(f, info + 8, FAKE_PDB_AGE, 4);
    for (size_t i = 0; i < 16; i++)
        f->bytes[info + 0xc + i] = (uint8_t)(0x10 + i);
    f->sizes[FAKE_PDB_INFO] = 0x1c;
    fake_pdb_debug(f, machine, rearranged);
    fake_pdb_section(f, 0, 0x1000, 0x800);
    fake_pdb_section(f, 1, 0x3000, 0x100);
    size_t publics = fake_pdb_at(FAKE_PDB_PUBLICS);
    fake_pdb_put(f, publics + 4, 12, 4);
    fake_pdb_put(f, publics + 0x1c, fake_pdb_public(f, 1, 0x100, "_alpha@8"), 4);
    fake_pdb_put(f, publics + 0x20, fake_pdb_public(f, 1, 0x200, "?beta@ns@@YAXXZ"), 4);
    fake_pdb_put(f, publics + 0x24, fake_pdb_public(f, 2, 0x10, "gamma"), 4);
    f->sizes[FAKE_PDB_PUBLICS] = 0x28;
    if (rearranged) { // 5000-50ff of the image was 1180-127f; 5100 on was added later
        size_t map = fake_pdb_at(FAKE_PDB_MAP);
        fake_pdb_put(f, map, 0x5000, 4);
        fake_pdb_put(f, map + 4, 0x1180, 4);
        fake_pdb_put(f, map + 8, 0x5100, 4);
        f->sizes[FAKE_PDB_MAP] = 16;
    }
    fake_pdb_directory(f);
}

#endif
