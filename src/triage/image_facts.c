// SPDX-License-Identifier: MIT
#include "triage/image_facts.h"

#include <string.h>

#include "windows/module_images.h"

// The same words by which the stack asks for the module, so that both share one table.
static struct bt_symbol_module identify(const struct bt_module *module)
{
    struct bt_symbol_module identity = {
        .name = module->name,
        .timestamp = module->timestamp,
        .size = module->size,
        .pdb_name = module->pdb_name,
        .pdb_stamp = module->pdb_stamp,
        .pdb_age = module->pdb_age,
        .build_id = module->build_id,
    };
    memcpy(identity.pdb_guid, module->pdb_guid, sizeof identity.pdb_guid);
    return identity;
}

enum bt_status bt_image_facts_read(struct bt_symbols *symbols, struct bt_arena *arena,
                                   struct bt_crash *crash, struct bt_error *err)
{
    if (crash->system.platform != BT_PLATFORM_WINDOWS)
        return BT_OK;
    for (size_t i = 0; i < crash->module_count; i++) {
        struct bt_module *module = &crash->modules[i];
        struct bt_symbol_table *table;
        if (module->file_version.known || module->name == NULL || !module->timestamp.known ||
            module->size == 0)
            continue;
        if (bt_arena_used(arena) > BT_LIMIT_ARENA / 2) {
            bt_note(crash, arena, "module-images-cut", BT_NO_OFFSET,
                    "images were looked for for the first %zu modules only", i);
            return BT_OK;
        }
        const struct bt_symbol_module identity = identify(module);
        BT_TRY(bt_symbols_table(symbols, &identity, &table, err));
        const struct bt_image *image = bt_symbol_table_image(table);
        if (image != NULL)
            bt_module_image_describe(image, arena, module);
    }
    return BT_OK;
}
