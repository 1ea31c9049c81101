// SPDX-License-Identifier: MIT
#include "kb/kb.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "kb/article.h"
#include "kb/layers.h"
#include "kb/stop_names.h"

struct bt_kb *bt_kb_new(void)
{
    struct bt_kb *kb = calloc(1, sizeof *kb);
    if (kb == NULL)
        return NULL;
    memcpy(kb->version, "none", sizeof "none");
    kb->stop_index = calloc(1, sizeof *kb->stop_index);
    if (kb->stop_index != NULL)
        return kb;
    free(kb);
    return NULL;
}

static void free_layer(struct bt_kb_image *image)
{
    if (image == NULL)
        return;
    free(image->owned);
    free(image->name);
    free(image);
}

void bt_kb_free(struct bt_kb *kb)
{
    if (kb == NULL)
        return;
    for (size_t i = 0; i < kb->layer_count; i++)
        free_layer(kb->layers[i]);
    bt_stop_names_forget(kb);
    free(kb->stop_index);
    free(kb);
}

static char *copy_text(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    if (copy != NULL)
        memcpy(copy, text, size);
    return copy;
}

// The version of all layers together: that of a single one is its own content id.
static void name_version(struct bt_kb *kb)
{
    uint64_t id = 0;
    for (size_t i = 0; i < kb->layer_count; i++)
        id = (id << 7 | id >> 57) ^ kb->layers[i]->content;
    snprintf(kb->version, sizeof kb->version, "%012" PRIx64, id >> 16);
}

enum bt_status bt_kb_add_layer(struct bt_kb *kb, struct bt_span bytes, bool trusted,
                               const char *name, void *owned, struct bt_error *err)
{
    struct bt_kb_image *image = calloc(1, sizeof *image);
    char *copy = copy_text(name);
    enum bt_status status = BT_OK;
    if (image == NULL || copy == NULL)
        status = BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    else if (kb->layer_count == BT_KB_MAX_LAYERS)
        status = BT_FAIL(err, BT_E_LIMIT, BT_NO_OFFSET, "more than %d knowledge bases",
                         BT_KB_MAX_LAYERS);
    else
        status = bt_kb_image_open(bytes, trusted, image, err);
    if (status != BT_OK) {
        free(image);
        free(copy);
        free(owned);
        return status;
    }
    image->name = copy;
    image->owned = owned;
    kb->layers[kb->layer_count++] = image;
    name_version(kb);
    bt_stop_names_forget(kb);
    return BT_OK;
}

enum bt_status bt_kb_add_image(struct bt_kb *kb, struct bt_span bytes, const char *name,
                               struct bt_error *err)
{
    return bt_kb_add_layer(kb, bytes, false, name, NULL, err);
}

enum bt_status bt_kb_add_image_file(struct bt_kb *kb, const char *path, struct bt_error *err)
{
    struct bt_span bytes;
    void *owned = NULL;
    BT_TRY(bt_kb_image_read(path, &bytes, &owned, err));
    return bt_kb_add_layer(kb, bytes, false, bt_basename(path), owned, err);
}

const char *bt_kb_version(const struct bt_kb *kb)
{
    return kb->version;
}

size_t bt_kb_layer_count(const struct bt_kb *kb)
{
    return kb->layer_count;
}

const char *bt_kb_layer_name(const struct bt_kb *kb, size_t layer)
{
    return layer < kb->layer_count ? kb->layers[layer]->name : NULL;
}

size_t bt_kb_article_count(const struct bt_kb *kb)
{
    if (kb->layer_count == 1)
        return bt_kb_rows(kb->layers[0], BT_KB_ARTICLES);
    size_t count = 0;
    struct bt_kb_candidates at = {0};
    struct bt_kb_article article;
    while (bt_kb_article_next(kb, &at, &article))
        count++;
    return count;
}

const char *bt_kb_text(struct bt_kb_list texts, size_t index)
{
    if (index >= texts.count)
        return NULL;
    return bt_kb_text_of(texts.image, BT_KB_TEXT_LIST, texts.first + (uint32_t)index,
                         TEXT_LIST_TEXT);
}
