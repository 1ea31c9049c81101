// SPDX-License-Identifier: MIT
#include <inttypes.h>
#include <string.h>

#include "report/text_parts.h"

// The widest name of a list, within reason: a hostile name must not push the page apart.
static size_t name_column(const struct bt_page *page, const struct bt_crash *crash)
{
    size_t widest = 12;
    for (size_t i = 0; i < crash->module_count; i++) {
        size_t columns = bt_page_columns(page, crash->modules[i].name);
        if (columns > widest && columns <= 32)
            widest = columns;
    }
    return 2 + widest + 2;
}

static void write_range(struct bt_page *page, size_t column, const char *name, bt_va base,
                        bt_va end)
{
    bt_page_put(page, BT_STYLE_PLAIN, "  ");
    bt_page_put(page, BT_STYLE_PLAIN, name);
    bt_page_put(page, BT_STYLE_PLAIN, " ");
    bt_page_to(page, column);
    if (end != 0)
        bt_page_putf(page, BT_STYLE_PLAIN, "0x%" PRIx64 "-0x%" PRIx64, base, end - 1);
    else
        bt_page_putf(page, BT_STYLE_PLAIN, "0x%" PRIx64, base);
}

static void write_module(struct bt_page *page, const struct bt_module *module, size_t column)
{
    char version[BT_FILE_VERSION_TEXT_SIZE];
    bt_va end = module->size != 0 ? module->base + module->size : 0;
    write_range(page, column, module->name, module->base, end);
    if (module->timestamp.known)
        bt_page_putf(page, BT_STYLE_DIM, "  stamp %08" PRIx32, module->timestamp.value);
    if (module->file_version.known) {
        bt_file_version_text(module->file_version.value, version);
        bt_page_putf(page, BT_STYLE_PLAIN, "  %s", version);
    }
    if (module->company != NULL)
        bt_page_putf(page, BT_STYLE_PLAIN, "  %s", module->company);
    bt_page_end(page);
}

void bt_text_modules(struct bt_page *page, const struct bt_crash *crash)
{
    size_t column = name_column(page, crash);
    bt_text_heading(page, "Modules");
    if (crash->module_count == 0) {
        bt_page_put(page, BT_STYLE_PLAIN, "  not known");
        bt_page_end(page);
    }
    for (size_t i = 0; i < crash->module_count; i++)
        write_module(page, &crash->modules[i], column);
    if (crash->unloaded_count == 0)
        return;
    bt_text_heading(page, "Unloaded modules");
    for (size_t i = 0; i < crash->unloaded_count; i++) {
        const struct bt_unloaded_module *module = &crash->unloaded[i];
        write_range(page, column, module->name, module->base, module->end);
        bt_page_end(page);
    }
}
