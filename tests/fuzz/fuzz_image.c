// SPDX-License-Identifier: MIT
//
// Any bytes as an image, once in memory and once as a file: headers, exports, version resource,
// debug directory, function tables.
#include "fuzz_input.h"

#include "image/debug_directory.h"
#include "image/exports.h"
#include "image/function_table.h"
#include "image/image_file.h"
#include "image/version_resource.h"
#include "stack/unwind.h"

static enum bt_status read_bytes(void *self, uint64_t offset, void *buf, size_t size,
                                 struct bt_error *err)
{
    const struct bt_span *bytes = self;
    struct bt_span part;
    BT_TRY(bt_span_sub(*bytes, offset, size, &part, err));
    memcpy(buf, part.data, size);
    return BT_OK;
}

static void look_at_exports(const struct bt_image *image, struct bt_arena *arena)
{
    struct bt_exports exports;
    uint32_t rva;
    if (bt_exports_read(image, arena, &exports, NULL) != BT_OK)
        return;
    require(exports.count <= BT_LIMIT_EXPORTS);
    for (size_t i = 0; i < exports.count; i++) {
        const char *name;
        require(i == 0 || exports.items[i - 1].rva <= exports.items[i].rva);
        require(bt_exports_nearest(image, &exports, exports.items[i].rva) != NULL);
        if (i < 16 &&
            bt_image_text(image, exports.items[i].name_rva, arena, &name, NULL) == BT_OK)
            check_text(name);
    }
    if (bt_exports_find(image, &exports, "KeBugCheckEx", &rva, NULL) == BT_OK)
        require(rva < image->size);
}

static void look_at(const struct bt_image *image, struct bt_arena *arena)
{
    struct bt_version_resource version;
    struct bt_debug_directory debug;
    require(image->section_count <= BT_LIMIT_SECTIONS);
    look_at_exports(image, arena);
    if (bt_version_resource_read(image, arena, &version, NULL) == BT_OK) {
        check_text(version.company);
        check_text(version.description);
    }
    if (bt_debug_directory_read(image, arena, &debug, NULL) == BT_OK)
        check_text(debug.pdb_name);
    for (uint64_t rva = 0; rva < image->size && rva < 0x8000; rva += 0x1f1) {
        struct bt_function function;
        uint32_t start;
        if (bt_function_find_x64(image, rva, &function, NULL) == BT_OK && function.found)
            (void)!bt_unwind_function_start(image, rva, &start, NULL);
        (void)!bt_function_find_arm64(image, rva, &function, NULL);
        (void)bt_image_section_at(image, rva);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct array_memory memory = array_memory(0x400000, data, size, true);
    struct bt_span bytes = {.data = data, .size = size};
    struct bt_arena *arena = bt_arena_new(BT_LIMIT_ARENA);
    struct bt_image image;
    require(arena != NULL);
    if (bt_image_open(&memory.memory, 0x400000, arena, &image, NULL) == BT_OK)
        look_at(&image, arena);
    if (bt_image_file_open((struct bt_reader){.read = read_bytes, .self = &bytes}, size, arena,
                           &image, NULL) == BT_OK)
        look_at(&image, arena);
    bt_arena_free(arena);
    return 0;
}
