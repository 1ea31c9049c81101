// SPDX-License-Identifier: MIT
//
// An input that holds several source files of knowledge: a line "%% NAME" starts the next one.
// Without such a line all of it is one file, "file.yaml".
#ifndef BT_FUZZ_BUNDLE_H
#define BT_FUZZ_BUNDLE_H

#include "kb/compile.h"

enum {
    BUNDLE_FILES = 8,
    BUNDLE_NAME_SIZE = 64,
    BUNDLE_IMAGE_MAX = 64 << 20,
};

struct bundle {
    struct bt_kb_source files[BUNDLE_FILES];
    char names[BUNDLE_FILES][BUNDLE_NAME_SIZE];
    size_t count;
};

// The bytes are borrowed.
void bundle_split(const uint8_t *data, size_t size, struct bundle *ret);
// Compiles the files, test cases included. `image` is initialised here and the caller's to
// free; *ret_errors counts what the compiler complained about.
enum bt_status bundle_compile(const struct bundle *in, struct bt_buf *image,
                              size_t *ret_errors) BT_MUST_USE;

#endif
