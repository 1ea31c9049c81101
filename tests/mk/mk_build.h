// SPDX-License-Identifier: MIT
//
// From a description to the bytes of a dump.
#ifndef BT_MK_BUILD_H
#define BT_MK_BUILD_H

#include "mk_dump.h"

// Builds what the description at `path` says; the result is in ret->file. `ret` needs no
// initialisation; mk_dump_fini after success and after failure.
enum bt_status mk_build_file(const char *path, struct mk_dump *ret,
                             struct bt_error *err) BT_MUST_USE;
// The same from a text; `name` stands in messages, and includes are relative to it.
enum bt_status mk_build_text(const char *name, const char *text, struct mk_dump *ret,
                             struct bt_error *err) BT_MUST_USE;
void mk_dump_fini(struct mk_dump *dump);

// Every piece and field with its place and value, one per line, for people.
void mk_describe(const struct mk_dump *dump, struct bt_buf *to);

// mk_edit.c: patch, xor, append, truncate, extend and zero, in the order of the text.
enum bt_status mk_apply_edits(struct mk_dump *dump, struct bt_error *err) BT_MUST_USE;

#endif
