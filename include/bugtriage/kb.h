// SPDX-License-Identifier: MIT
//
// Knowledge: what stop codes mean, and the articles that crashes are matched against. It is
// made of layers; a later layer wins over an earlier one where both speak of the same thing.
// Once its layers are added it does not change, and any number of threads may use it at once.
#ifndef BUGTRIAGE_KB_H
#define BUGTRIAGE_KB_H

#include <stddef.h>

#include <bugtriage/api.h>
#include <bugtriage/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bt_kb;

// Empty knowledge, to be freed with bt_kb_free. NULL when memory is out.
BUGTRIAGE_API struct bt_kb *bt_kb_new(void) BUGTRIAGE_MUST_USE;
// Everything that was made with this knowledge must be freed before. NULL is accepted.
BUGTRIAGE_API void bt_kb_free(struct bt_kb *kb);

// Adds the knowledge that is part of the library.
BUGTRIAGE_API enum bt_status bt_kb_add_builtin(struct bt_kb *kb,
                                               struct bt_error *err) BUGTRIAGE_MUST_USE;
// Adds a knowledge image made by `bugtriage kb build`. It is read and checked whole; a damaged
// one is BT_E_CORRUPT, one of another version of the format is BT_E_UNSUPPORTED.
BUGTRIAGE_API enum bt_status bt_kb_add_image_file(struct bt_kb *kb, const char *path,
                                                  struct bt_error *err) BUGTRIAGE_MUST_USE;

// A short hash of the content of all layers. Never NULL; valid as long as the knowledge.
BUGTRIAGE_API const char *bt_kb_version(const struct bt_kb *kb);
// Articles that can be matched.
BUGTRIAGE_API size_t bt_kb_article_count(const struct bt_kb *kb);

#ifdef __cplusplus
}
#endif
#endif
