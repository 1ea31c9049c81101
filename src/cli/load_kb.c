// SPDX-License-Identifier: MIT
#include "cli/load_kb.h"

#include "cli/messages.h"

struct bt_kb *bt_load_kb(const struct bt_options *options)
{
    struct bt_error err = {.message = "out of memory"};
    struct bt_kb *kb = bt_kb_new();
    if (kb == NULL || bt_kb_add_builtin(kb, &err) != BT_OK) {
        bt_message_about("built-in knowledge", err.message);
        bt_kb_free(kb);
        return NULL;
    }
    for (size_t i = 0; i < options->kb_count; i++) {
        if (bt_kb_add_image_file(kb, options->kb_files[i], &err) == BT_OK)
            continue;
        bt_message_about(options->kb_files[i], err.message);
        bt_kb_free(kb);
        return NULL;
    }
    return kb;
}
