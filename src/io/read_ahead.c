// SPDX-License-Identifier: MIT
#include "io/read_ahead.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    PAGE = 4096, // windows begin at its multiples, as do the system's own
    // Small dumps are a header and a few regions close to each other, so a window takes in
    // several. In large ones what is read next is rarely nearby.
    SMALL_WINDOW = PAGE,
    LARGE_WINDOW = 8 * PAGE,
    WINDOWS = 4,
};

// Files up to this size have large windows.
static const uint64_t SMALL_FILE = UINT64_C(4) << 20;

struct window {
    unsigned char *data; // NULL: not needed so far
    uint64_t offset;
    size_t size;
};

struct bt_read_ahead {
    struct bt_file *file;
    size_t window_size;
    size_t next; // window that is filled next
    struct window windows[WINDOWS];
};

enum bt_status bt_read_ahead_new(struct bt_file *file, struct bt_read_ahead **ret,
                                 struct bt_error *err)
{
    struct bt_read_ahead *ahead = calloc(1, sizeof *ahead);
    if (ahead == NULL)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    ahead->file = file;
    ahead->window_size = bt_file_size(file) <= SMALL_FILE ? LARGE_WINDOW : SMALL_WINDOW;
    *ret = ahead;
    return BT_OK;
}

void bt_read_ahead_free(struct bt_read_ahead *ahead)
{
    if (ahead == NULL)
        return;
    for (size_t i = 0; i < WINDOWS; i++)
        free(ahead->windows[i].data);
    free(ahead);
}

static bool holds(const struct window *window, uint64_t offset, size_t size)
{
    return offset >= window->offset && offset - window->offset <= window->size &&
           size <= window->size - (offset - window->offset);
}

static const struct window *find_window(const struct bt_read_ahead *ahead, uint64_t offset,
                                        size_t size)
{
    for (size_t i = 0; i < WINDOWS; i++) {
        if (holds(&ahead->windows[i], offset, size))
            return &ahead->windows[i];
    }
    return NULL;
}

// Fills the window that was filled the longest time ago. NULL where that is not possible, be it
// for bytes behind those that are wanted.
static const struct window *fill_window(struct bt_read_ahead *ahead, uint64_t start)
{
    struct window *window = &ahead->windows[ahead->next];
    if (window->data == NULL)
        window->data = malloc(ahead->window_size);
    window->size = 0;
    uint64_t left = bt_file_size(ahead->file) - start; // not asked for more: that costs a call
    size_t size = left < ahead->window_size ? (size_t)left : ahead->window_size;
    if (window->data == NULL ||
        bt_file_read(ahead->file, start, window->data, size, &window->size, NULL) != BT_OK)
        return NULL;
    window->offset = start;
    ahead->next = (ahead->next + 1) % WINDOWS;
    return window;
}

static size_t copy_out(const struct window *window, uint64_t offset, void *buf, size_t size)
{
    uint64_t skipped = offset - window->offset;
    size_t there = skipped < window->size ? window->size - (size_t)skipped : 0;
    size_t part = there < size ? there : size;
    memcpy(buf, &window->data[skipped], part);
    return part;
}

enum bt_status bt_read_ahead_read(struct bt_read_ahead *ahead, uint64_t offset, void *buf,
                                  size_t size, size_t *ret, struct bt_error *err)
{
    const struct window *window = size != 0 ? find_window(ahead, offset, size) : NULL;
    uint64_t skipped = offset % PAGE;
    bool fits = size != 0 && size <= ahead->window_size - skipped &&
                offset - skipped < bt_file_size(ahead->file);
    if (window == NULL && fits)
        window = fill_window(ahead, offset - skipped);
    if (window == NULL)
        return bt_file_read(ahead->file, offset, buf, size, ret, err);
    *ret = copy_out(window, offset, buf, size);
    return BT_OK;
}
