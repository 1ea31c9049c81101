// SPDX-License-Identifier: MIT
#include "windows/module_images.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "image/debug_directory.h"
#include "image/exports.h"
#include "image/version_resource.h"
#include "windows/loaded_modules.h"

static void take_headers(const struct bt_image *image, struct bt_module *module)
{
    module->timestamp = bt_some32(image->timestamp);
    module->checksum = bt_some32(image->checksum);
    if (image->size != 0)
        module->size = image->size;
}

// Whether the list of modules had no name: bt_loaded_modules_read then makes one up.
static bool lacks_name(const struct bt_module *module)
{
    return module->name == NULL || bt_starts_with(module->name, BT_UNKNOWN_MODULE);
}

static void take_version(const struct bt_image *image, struct bt_arena *arena,
                         struct bt_module *module)
{
    struct bt_version_resource version;
    if (bt_version_resource_read(image, arena, &version, NULL) != BT_OK)
        return;
    if (version.file_version.known)
        module->file_version = version.file_version;
    if (version.product_version.known)
        module->product_version = version.product_version;
    if (version.company != NULL)
        module->company = version.company;
    if (version.description != NULL)
        module->description = version.description;
    if (version.original_name != NULL && lacks_name(module))
        module->name = version.original_name;
}

// The name under which an image exports is that of its file.
static void take_name(const struct bt_image *image, struct bt_arena *arena,
                      struct bt_module *module)
{
    const char *name;
    if (lacks_name(module) && bt_exports_own_name(image, arena, &name, NULL) == BT_OK &&
        name[0] != '\0')
        module->name = bt_basename(name);
}

static void take_symbol_file(const struct bt_image *image, struct bt_arena *arena,
                             struct bt_module *module)
{
    struct bt_debug_directory debug;
    if (bt_debug_directory_read(image, arena, &debug, NULL) != BT_OK || debug.pdb_name == NULL)
        return;
    module->pdb_name = debug.pdb_name;
    module->pdb_age = debug.age;
    if (debug.has_guid)
        memcpy(module->pdb_guid, debug.guid, sizeof module->pdb_guid);
}

void bt_module_image_describe(const struct bt_image *image, struct bt_arena *arena,
                              struct bt_module *module)
{
    take_headers(image, module);
    take_name(image, arena, module);
    take_version(image, arena, module);
    take_symbol_file(image, arena, module);
}

void bt_module_images_read(const struct bt_memory *memory, struct bt_arena *arena,
                           struct bt_crash *crash)
{
    for (size_t i = 0; i < crash->module_count; i++) {
        if (bt_arena_used(arena) > BT_LIMIT_ARENA / 2) {
            bt_note(crash, arena, "module-images-cut", BT_NO_OFFSET,
                    "versions were read for the first %zu modules only", i);
            return;
        }
        struct bt_module *module = &crash->modules[i];
        struct bt_image image;
        if (bt_image_open(memory, module->base, arena, &image, NULL) == BT_OK)
            bt_module_image_describe(&image, arena, module);
    }
}
