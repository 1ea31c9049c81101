// SPDX-License-Identifier: MIT
//
// In place of the compiler, where the program is built without libyaml.
#include "kb/compile.h"

enum bt_status bt_kb_compile(const struct bt_kb_source *sources, size_t count,
                             const struct bt_kb_compile_options *options, struct bt_buf *image,
                             struct bt_kb_diagnostics *diagnostics,
                             struct bt_kb_compile_counts *counts, struct bt_error *err)
{
    (void)sources;
    (void)count;
    (void)options;
    (void)image;
    (void)diagnostics;
    *counts = (struct bt_kb_compile_counts){0};
    return BT_FAIL(err, BT_E_UNSUPPORTED, BT_NO_OFFSET,
                   "this program was built without libyaml and cannot read article sources; "
                   "images (.kb) can be used");
}
