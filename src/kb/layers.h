// SPDX-License-Identifier: MIT
//
// The layers of a `struct bt_kb`, for the files of this room that look things up.
#ifndef BT_KB_LAYERS_H
#define BT_KB_LAYERS_H

#include "kb/article.h"
#include "kb/image.h"

enum { BT_KB_MAX_LAYERS = 16 };

// The name of a stop code, for look-ups by name (stop_names.c).
struct bt_stop_name {
    const char *name; // in an image
    uint32_t code;
    uint32_t size, hash; // of its letters and digits in lower case
    uint32_t head, tail; // the first four of them, and the last
};

// All of them, gathered when the first is looked up: most runs look up none, and touch the
// names in the image for nothing. Threads that share a kb may do that at the same time.
struct bt_stop_names {
    size_t count;
    struct bt_stop_name items[];
};

struct bt_stop_index {
    _Atomic(struct bt_stop_names *) names; // owned; NULL: not yet
};

struct bt_kb {
    struct bt_kb_image *layers[BT_KB_MAX_LAYERS]; // owned; the last one wins
    size_t layer_count;
    struct bt_stop_index *stop_index; // owned
    char version[24];
};

// Adds an opened image. Takes `owned` and frees it on failure too.
enum bt_status bt_kb_add_layer(struct bt_kb *kb, struct bt_span bytes, bool trusted,
                               const char *name, void *owned, struct bt_error *err) BT_MUST_USE;

// Decodes one row of BT_KB_ARTICLES.
void bt_kb_article_read(const struct bt_kb_image *image, uint32_t row,
                        struct bt_kb_article *ret);
// Whether a later layer has an article of the same id: that one is used instead.
bool bt_kb_is_replaced(const struct bt_kb *kb, size_t layer, const char *id);

#endif
