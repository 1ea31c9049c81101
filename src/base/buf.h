// SPDX-License-Identifier: MIT
//
// A growable run of bytes with a maximum size: every report, record and message is built in
// one. Appending never fails in the middle of a caller: after the first failure the buffer
// ignores further appends and bt_buf_status tells what happened.
#ifndef BT_BASE_BUF_H
#define BT_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"

struct bt_buf {
    char *data; // NUL-terminated once anything was appended
    size_t size;
    size_t capacity;
    size_t limit;
    enum bt_status status;
};

void bt_buf_init(struct bt_buf *buf, size_t limit);
void bt_buf_fini(struct bt_buf *buf);  // the buffer may be used again after bt_buf_init
void bt_buf_clear(struct bt_buf *buf); // keeps the memory, forgets size and failure

void bt_buf_cut(struct bt_buf *buf, size_t size); // keeps the first `size`, forgets failure

// Makes room for `more` bytes and a NUL; false after a failure. For the functions below.
bool bt_buf_grow(struct bt_buf *buf, size_t more);

// Appends `size` bytes that the caller fills at once; NULL after a failure.
static inline char *bt_buf_space(struct bt_buf *buf, size_t size)
{
    bool fits = buf->status == BT_OK && size < buf->capacity - buf->size &&
                size <= buf->limit - buf->size;
    if (!fits && !bt_buf_grow(buf, size))
        return NULL;
    char *space = buf->data + buf->size;
    buf->size += size;
    space[size] = '\0';
    return space;
}

static inline void bt_buf_add(struct bt_buf *buf, const void *data, size_t size)
{
    char *space = size != 0 ? bt_buf_space(buf, size) : NULL;
    if (space != NULL)
        memcpy(space, data, size);
}

static inline void bt_buf_text(struct bt_buf *buf, const char *text) // NULL adds nothing
{
    if (text != NULL)
        bt_buf_add(buf, text, strlen(text));
}

static inline void bt_buf_char(struct bt_buf *buf, char c)
{
    char *space = bt_buf_space(buf, 1);
    if (space != NULL)
        *space = c;
}

void bt_buf_fill(struct bt_buf *buf, char c, size_t count);
// `value` in base 2 to 16, lower case, filled up with zeros to `least` digits (at most 64):
// what %x and %u do, in a tenth of their time.
void bt_buf_digits(struct bt_buf *buf, uint64_t value, unsigned base, unsigned least);
void bt_buf_printf(struct bt_buf *buf, const char *format, ...) BT_PRINTF(2, 3);
void bt_buf_vprintf(struct bt_buf *buf, const char *format, va_list args) BT_PRINTF(2, 0);

// BT_OK, BT_E_LIMIT or BT_E_NOMEM: the first failure since init or clear.
enum bt_status bt_buf_status(const struct bt_buf *buf, struct bt_error *err) BT_MUST_USE;

// What was built, never NULL.
const char *bt_buf_cstr(const struct bt_buf *buf);

#endif
