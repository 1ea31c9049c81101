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
