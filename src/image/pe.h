// SPDX-License-Identifier: MIT
//
// A PE image, in the memory of a crashed machine or in a file (image_file.h): both are a
// bt_memory with a base, and everything in the image is found by its RVA. Any page may be
// missing from a dump: initialisation code is thrown away, resources are paged out. What cannot
// be read is BT_ABSENT and stays unknown.
//
// Offsets: "PE Format" of the Windows SDK documentation; checked against images of MSVC and
// MinGW.
#ifndef BT_IMAGE_PE_H
#define BT_IMAGE_PE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "base/arena.h"
#include "memory/memory.h"

enum bt_image_directory_index {
    BT_IMAGE_EXPORTS = 0,
    BT_IMAGE_RESOURCES = 2,
    BT_IMAGE_EXCEPTIONS = 3, // .pdata
    BT_IMAGE_DEBUG = 6,
    BT_IMAGE_DIRECTORIES = 16,
};

// IMAGE_SCN_MEM_*
enum bt_image_section_flags {
    BT_SECTION_CODE = 0x00000020,
    BT_SECTION_DISCARDABLE = 0x02000000,
    BT_SECTION_EXECUTE = 0x20000000,
};
#define BT_SECTION_WRITE UINT32_C(0x80000000)

struct bt_image_directory {
    uint32_t rva, size; // both 0: the image has none
};

struct bt_image_section {
    const char *name; // UTF-8, at most 8 characters; "/4" stands for a longer one in the file
    uint32_t rva, size;
    uint32_t file_offset, file_size;
    uint32_t flags;
};

struct bt_image {
    const struct bt_memory *memory; // borrowed
    bt_va base;                     // where the image stands in `memory`
    uint32_t machine;               // IMAGE_FILE_MACHINE_*
    bool is64;                      // PE32+
    uint32_t timestamp;             // a time or a build hash
    uint32_t checksum;
    uint32_t size; // SizeOfImage
    uint32_t header_size;
    uint32_t entry_point; // RVA
    uint64_t preferred_base;
    struct bt_image_directory directories[BT_IMAGE_DIRECTORIES];
    const struct bt_image_section *sections; // NULL where their table is not there
    unsigned section_count;
};

// Reads the headers. BT_ABSENT where they are not in the dump, BT_E_CORRUPT where there is
// something else. The texts of the image live in the arena.
enum bt_status bt_image_open(const struct bt_memory *memory, bt_va base, struct bt_arena *arena,
                             struct bt_image *ret, struct bt_error *err) BT_MUST_USE;

// All of buf[0..size) from an RVA. BT_E_CORRUPT where it reaches out of the image.
enum bt_status bt_image_read(const struct bt_image *image, uint64_t rva, void *buf, size_t size,
                             struct bt_error *err) BT_MUST_USE;
// What there is of [rva, rva + size), into the arena: at least one byte, or BT_ABSENT.
enum bt_status bt_image_view_some(const struct bt_image *image, uint64_t rva, uint64_t size,
                                  struct bt_arena *arena, struct bt_span *ret,
                                  struct bt_error *err) BT_MUST_USE;
// A NUL-terminated text of at most BT_LIMIT_NAME bytes, as UTF-8; longer ones are cut.
enum bt_status bt_image_text(const struct bt_image *image, uint64_t rva, struct bt_arena *arena,
                             const char **ret, struct bt_error *err) BT_MUST_USE;

// The section that an RVA lies in, or NULL: in the headers, between sections, or unknown.
const struct bt_image_section *bt_image_section_at(const struct bt_image *image, uint64_t rva);

#endif
