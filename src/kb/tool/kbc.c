// SPDX-License-Identifier: MIT
//
// bugtriage-kbc OUTPUT PATH...: compiles knowledge at build time, before there is a bugtriage
// that could.
#include <stdio.h>

#include "kb/compile.h"

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("usage: bugtriage-kbc OUTPUT PATH...\n", stderr);
        return 2;
    }
    static struct bt_kb_diagnostics diagnostics;
    struct bt_kb_compile_options options = {0};
    struct bt_kb_compile_counts counts;
    struct bt_error err = {0};
    struct bt_buf image, text;
    bt_kb_diagnostics_init(&diagnostics);
    bt_buf_init(&image, BT_LIMIT_KB_IMAGE);
    bt_buf_init(&text, 1 << 20);
    enum bt_status status = bt_kb_compile_paths((const char *const *)&argv[2], (size_t)argc - 2,
                                                &options, &image, &diagnostics, &counts, &err);
    bt_kb_diagnostics_print(&diagnostics, &text);
    fputs(bt_buf_cstr(&text), stderr);
    if (status == BT_OK)
        status = bt_kb_write_image(&image, argv[1], &err);
    if (status != BT_OK)
        fprintf(stderr, "bugtriage-kbc: error: %s\n", err.message);
    bt_buf_fini(&text);
    bt_buf_fini(&image);
    bt_kb_diagnostics_fini(&diagnostics);
    return status == BT_OK ? 0 : 1;
}
