// SPDX-License-Identifier: MIT
//
// The compiler of knowledge: sources (docs/kb-language.md) in, diagnostics and an image out.
#ifndef BT_KB_COMPILE_H
#define BT_KB_COMPILE_H

#include "base/buf.h"
#include "kb/diagnostics.h"
#include "kb/kb.h"

struct bt_kb_source {
    const char *name;     // relative path, kept in the image: "articles/KB909665.yaml"
    const char *path;     // what messages call it; NULL: its name
    struct bt_span bytes; // borrowed
};

struct bt_kb_compile_options {
    bool with_tests; // keep test cases in the image, for `kb test`
    bool warn;       // tell too what is no error, but not finished either
    // Names of status values that sources may use beside their own; NULL: none.
    const struct bt_kb *base;
};

// What a compilation found, beside the image.
struct bt_kb_compile_counts {
    size_t files, articles, stops, tests;
};

// Compiles sources, in the order of their names whatever order they are given in. The image is
// appended to `image`; where there is any error it is not, and BT_E_SYNTAX is returned: the
// diagnostics tell why. BT_E_UNSUPPORTED where the program was built without libyaml.
enum bt_status bt_kb_compile(const struct bt_kb_source *sources, size_t count,
                             const struct bt_kb_compile_options *options, struct bt_buf *image,
                             struct bt_kb_diagnostics *diagnostics,
                             struct bt_kb_compile_counts *counts,
                             struct bt_error *err) BT_MUST_USE;

// The same over files and directories (all .yaml, .yml and .tsv files under them).
enum bt_status bt_kb_compile_paths(const char *const *paths, size_t count,
                                   const struct bt_kb_compile_options *options,
                                   struct bt_buf *image, struct bt_kb_diagnostics *diagnostics,
                                   struct bt_kb_compile_counts *counts,
                                   struct bt_error *err) BT_MUST_USE;

// Writes an image beside `path` and renames it, so that a reader never sees half of one.
enum bt_status bt_kb_write_image(const struct bt_buf *image, const char *path,
                                 struct bt_error *err) BT_MUST_USE;

#endif
