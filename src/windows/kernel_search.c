// SPDX-License-Identifier: MIT
#include "windows/kernel_search.h"

#include "base/text.h"
#include "image/exports.h"
#include "image/pe.h"

enum {
    PAGE_SIZE = 0x1000,
    // Kernels have ten to twenty megabytes.
    MOST_PAGES = 0x2000,
    IMAGE_MAGIC = 0x5a4d, // MZ

    // The control region of the first processor of x86 systems before Vista, and in it the
    // address of DBGKD_GET_VERSION64. Source: the driver kit's headers.
    REGION_VERSION = 0x34,
    VERSION_MAJOR = 0,
    VERSION_KERNEL_BASE = 0x10,
    VERSION_MODULES = 0x18,
    VERSION_BLOCKS = 0x20, // of the head of a list of blocks
    VERSION_SIZE = 0x28,
    MAJOR_FREE = 0xf,
    MAJOR_CHECKED = 0xc,

    // The data of a kernel is one or two megabytes, with some ten thousand pointers in it. Each
    // that is tried may cost a page of the file: this many take a fifth of a second.
    SCAN_LIMIT = 8 << 20,
    SCAN_CHUNK = 4096,
    SCAN_POINTERS = 1 << 17,
    // In an entry of the list of modules (loaded_modules.c).
    ENTRY_BASE_32 = 0x18,
    ENTRY_BASE_64 = 0x30,
};

static const bt_va fixed_region = 0xffdff000;

// Addresses stand there with their sign extended.
static bt_va take_address(const uint8_t *raw)
{
    return (uint32_t)bt_le64(raw);
}

static bool find_by_region(const struct bt_memory *memory, struct bt_kernel_place *ret)
{
    uint8_t version[VERSION_SIZE];
    uint32_t at = 0;
    if (memory->is64 ||
        bt_memory_u32(memory, fixed_region + REGION_VERSION, &at, NULL) != BT_OK ||
        bt_memory_read(memory, at, version, sizeof version, NULL) != BT_OK)
        return false;
    const uint16_t major = bt_le16(version + VERSION_MAJOR);
    const bt_va base = take_address(version + VERSION_KERNEL_BASE);
    if ((major != MAJOR_FREE && major != MAJOR_CHECKED) || base < 0x80000000 ||
        base % PAGE_SIZE != 0)
        return false;
    ret->base = base;
    ret->loaded_modules = take_address(version + VERSION_MODULES);
    if (bt_memory_pointer(memory, take_address(version + VERSION_BLOCKS), &ret->block, NULL) !=
        BT_OK)
        ret->block = 0;
    return true;
}

// Whether an image is the kernel, under whichever of its names: all of them export this.
static bool is_kernel(const struct bt_image *image, struct bt_arena *arena, uint32_t *ret_list)
{
    struct bt_exports exports;
    uint32_t rva = 0;
    if (bt_exports_read(image, arena, &exports, NULL) != BT_OK ||
        bt_exports_find(image, &exports, "KeBugCheckEx", &rva, NULL) != BT_OK)
        return false;
    if (bt_exports_find(image, &exports, "PsLoadedModuleList", ret_list, NULL) != BT_OK)
        *ret_list = 0;
    return true;
}

// The first image below an address, if it is the kernel and reaches up to there.
static bool find_below(const struct bt_memory *memory, bt_va ip, struct bt_arena *arena,
                       struct bt_kernel_place *ret)
{
    bt_va at = ip & ~(bt_va)(PAGE_SIZE - 1);
    for (unsigned i = 0; i < MOST_PAGES && at >= PAGE_SIZE; i++, at -= PAGE_SIZE) {
        struct bt_image image;
        uint16_t magic = 0;
        uint32_t list = 0;
        if (bt_memory_u16(memory, at, &magic, NULL) != BT_OK || magic != IMAGE_MAGIC ||
            bt_image_open(memory, at, arena, &image, NULL) != BT_OK)
            continue;
        if (ip - at >= image.size || !is_kernel(&image, arena, &list))
            return false;
        ret->base = at;
        ret->loaded_modules = list != 0 ? at + list : 0;
        return true;
    }
    return false;
}

void bt_kernel_search(const struct bt_memory *memory, bt_va ip, struct bt_arena *arena,
                      struct bt_kernel_place *ret)
{
    *ret = (struct bt_kernel_place){0};
    if (!find_by_region(memory, ret) && ip != 0)
        (void)find_below(memory, ip, arena, ret);
}

struct list_search {
    const struct bt_memory *memory;
    bt_va base;
    size_t word;
    unsigned pointers_left;
};

static bool is_module_list(struct list_search *s, bt_va at, bt_va first)
{
    const bool is64 = s->memory->is64;
    bt_va back = 0, base = 0;
    if (first % s->word != 0 || (is64 ? first >> 56 != 0xff : first < 0x80000000) ||
        s->pointers_left == 0)
        return false;
    s->pointers_left--;
    return bt_memory_pointer(s->memory, first + s->word, &back, NULL) == BT_OK && back == at &&
           bt_memory_pointer(s->memory, first + (is64 ? ENTRY_BASE_64 : ENTRY_BASE_32), &base,
                             NULL) == BT_OK &&
           base == s->base;
}

static bt_va scan_for_list(struct list_search *s, bt_va from, uint64_t size)
{
    uint8_t chunk[SCAN_CHUNK];
    for (uint64_t done = 0; done < size; done += SCAN_CHUNK) {
        size_t want = size - done < SCAN_CHUNK ? (size_t)(size - done) : (size_t)SCAN_CHUNK;
        size_t got = s->memory->read_some(s->memory, from + done, chunk, want);
        for (size_t i = 0; i + s->word <= got; i += s->word) {
            bt_va first = s->word == 8 ? bt_le64(chunk + i) : bt_le32(chunk + i);
            if (is_module_list(s, from + done + i, first))
                return from + done + i;
        }
    }
    return 0;
}

bt_va bt_kernel_find_modules(const struct bt_memory *memory, bt_va base, struct bt_arena *arena)
{
    struct list_search s = {.memory = memory,
                            .base = base,
                            .word = memory->is64 ? 8 : 4,
                            .pointers_left = SCAN_POINTERS};
    struct bt_image image;
    uint64_t left = SCAN_LIMIT;
    if (base == 0 || bt_image_open(memory, base, arena, &image, NULL) != BT_OK)
        return 0;
    for (unsigned i = 0; i < image.section_count; i++) {
        const struct bt_image_section *section = &image.sections[i];
        if ((section->flags & BT_SECTION_WRITE) == 0 ||
            (section->flags & BT_SECTION_DISCARDABLE) != 0)
            continue;
        const uint64_t size = section->size < left ? section->size : left;
        left -= size;
        bt_va found = scan_for_list(&s, base + (section->rva & ~UINT32_C(7)), size);
        if (found != 0)
            return found;
    }
    return 0;
}
