// SPDX-License-Identifier: MIT
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST_CAPACITY = 256 };

void bt_buf_init(struct bt_buf *buf, size_t limit)
{
    *buf = (struct bt_buf){.limit = limit};
}

void bt_buf_fini(struct bt_buf *buf)
{
    free(buf->data);
    *buf = (struct bt_buf){.limit = buf->limit};
}

void bt_buf_clear(struct bt_buf *buf)
{
    buf->size = 0;
    buf->status = BT_OK;
    if (buf->data != NULL)
        buf->data[0] = '\0';
}

void bt_buf_cut(struct bt_buf *buf, size_t size)
{
    if (size < buf->size)
        buf->size = size;
    buf->status = BT_OK;
    if (buf->data != NULL)
        buf->data[buf->size] = '\0';
}

bool bt_buf_grow(struct bt_buf *buf, size_t more)
{
    if (buf->status != BT_OK)
        return false;
    if (more > buf->limit - buf->size) {
        buf->status = BT_E_LIMIT;
        return false;
    }
    size_t needed = buf->size + more + 1;
    if (needed <= buf->capacity)
        return true;
    size_t capacity = buf->capacity < LEAST_CAPACITY ? LEAST_CAPACITY : buf->capacity;
    while (capacity < needed)
        capacity *= 2;
    char *data = realloc(buf->data, capacity);
    if (data == NULL) {
        buf->status = BT_E_NOMEM;
        return false;
    }
    buf->data = data;
    buf->capacity = capacity;
    return true;
}

void bt_buf_fill(struct bt_buf *buf, char c, size_t count)
{
    char *space = count != 0 ? bt_buf_space(buf, count) : NULL;
    if (space != NULL)
        memset(space, c, count);
}

// Divisions by a number that the compiler knows cost a fraction of others.
static size_t write_digits(char digits[64], uint64_t value, unsigned base)
{
    static const char all[] = "0123456789abcdef";
    size_t at = 64;
    do {
        unsigned digit = (unsigned)(base == 16   ? value % 16
                                    : base == 10 ? value % 10
                                                 : value % base);
        digits[--at] = all[digit];
        value = base == 16 ? value / 16 : base == 10 ? value / 10 : value / base;
    } while (value != 0);
    return at;
}

void bt_buf_digits(struct bt_buf *buf, uint64_t value, unsigned base, unsigned least)
{
    char digits[64];
    size_t at = write_digits(digits, value, base);
    while (at != 0 && sizeof digits - at < least)
        digits[--at] = '0';
    bt_buf_add(buf, &digits[at], sizeof digits - at);
}

void bt_buf_vprintf(struct bt_buf *buf, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    // Nearly every piece fits into the room that is there: it is formatted once.
    size_t room = buf->data != NULL ? buf->capacity - buf->size : 0;
    int size = vsnprintf(room != 0 ? buf->data + buf->size : NULL, room, format, args);
    bool written = size > 0 && (size_t)size < room;
    if (written && buf->status == BT_OK && (size_t)size <= buf->limit - buf->size) {
        buf->size += (size_t)size;
    } else if (size > 0 && bt_buf_grow(buf, (size_t)size)) {
        vsnprintf(buf->data + buf->size, (size_t)size + 1, format, again);
        buf->size += (size_t)size;
    } else if (room != 0) {
        buf->data[buf->size] = '\0';
    }
    va_end(again);
}

void bt_buf_printf(struct bt_buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    bt_buf_vprintf(buf, format, args);
    va_end(args);
}

enum bt_status bt_buf_status(const struct bt_buf *buf, struct bt_error *err)
{
    if (buf->status == BT_E_LIMIT)
        return BT_FAIL(err, BT_E_LIMIT, BT_NO_OFFSET, "output is larger than %zu bytes",
                       buf->limit);
    if (buf->status != BT_OK)
        return BT_FAIL(err, buf->status, BT_NO_OFFSET, "out of memory");
    return BT_OK;
}

const char *bt_buf_cstr(const struct bt_buf *buf)
{
    return buf->data != NULL ? buf->data : "";
}
