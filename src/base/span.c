// SPDX-License-Identifier: MIT
#include "base/span.h"

#include <assert.h>
#include <inttypes.h>

enum bt_status bt_span_sub(struct bt_span in, uint64_t offset, uint64_t length,
                           struct bt_span *ret, struct bt_error *err)
{
    if (!bt_span_has(in, offset, length))
        return BT_FAIL(err, BT_E_TRUNCATED, in.file_offset + offset,
                       "%" PRIu64 " bytes at offset 0x%" PRIx64
                       " reach past the end (%zu bytes)",
                       length, offset, in.size);
    ret->data = in.data != NULL ? in.data + offset : NULL;
    ret->size = (size_t)length;
    ret->file_offset = in.file_offset + offset;
    return BT_OK;
}

enum bt_status bt_span_table(struct bt_span in, uint64_t offset, uint64_t count, size_t stride,
                             struct bt_span *ret, struct bt_error *err)
{
    if (stride != 0 && count > in.size / stride)
        return BT_FAIL(err, BT_E_TRUNCATED, in.file_offset + offset,
                       "%" PRIu64 " records of %zu bytes do not fit in %zu bytes", count,
                       stride, in.size);
    return bt_span_sub(in, offset, count * stride, ret, err);
}

// The bytes of a field, or NULL where the record does not hold it.
static const uint8_t *field_at(struct bt_span in, size_t offset, size_t size)
{
    assert(bt_span_has(in, offset, size));
    return in.data != NULL && bt_span_has(in, offset, size) ? in.data + offset : NULL;
}

uint16_t bt_span_u16(struct bt_span in, size_t offset)
{
    const uint8_t *p = field_at(in, offset, 2);
    return p != NULL ? bt_le16(p) : 0;
}

uint32_t bt_span_u32(struct bt_span in, size_t offset)
{
    const uint8_t *p = field_at(in, offset, 4);
    return p != NULL ? bt_le32(p) : 0;
}

uint64_t bt_span_u64(struct bt_span in, size_t offset)
{
    const uint8_t *p = field_at(in, offset, 8);
    return p != NULL ? bt_le64(p) : 0;
}

uint64_t bt_span_word(struct bt_span in, size_t offset, bool is64)
{
    return is64 ? bt_span_u64(in, offset) : bt_span_u32(in, offset);
}

bool bt_span_is_zero(struct bt_span in)
{
    for (size_t i = 0; i < in.size; i++) {
        if (in.data[i] != 0)
            return false;
    }
    return true;
}

struct bt_cursor bt_cursor_at(struct bt_span span)
{
    return (struct bt_cursor){.span = span, .pos = 0};
}

size_t bt_cursor_left(const struct bt_cursor *c)
{
    return c->span.size - c->pos;
}

enum bt_status bt_cursor_take(struct bt_cursor *c, uint64_t length, struct bt_span *ret,
                              struct bt_error *err)
{
    BT_TRY(bt_span_sub(c->span, c->pos, length, ret, err));
    c->pos += (size_t)length;
    return BT_OK;
}

enum bt_status bt_cursor_skip(struct bt_cursor *c, uint64_t length, struct bt_error *err)
{
    struct bt_span skipped;
    return bt_cursor_take(c, length, &skipped, err);
}

enum bt_status bt_cursor_u16(struct bt_cursor *c, uint16_t *ret, struct bt_error *err)
{
    struct bt_span s;
    BT_TRY(bt_cursor_take(c, 2, &s, err));
    *ret = bt_span_u16(s, 0);
    return BT_OK;
}

enum bt_status bt_cursor_u32(struct bt_cursor *c, uint32_t *ret, struct bt_error *err)
{
    struct bt_span s;
    BT_TRY(bt_cursor_take(c, 4, &s, err));
    *ret = bt_span_u32(s, 0);
    return BT_OK;
}

enum bt_status bt_cursor_u64(struct bt_cursor *c, uint64_t *ret, struct bt_error *err)
{
    struct bt_span s;
    BT_TRY(bt_cursor_take(c, 8, &s, err));
    *ret = bt_span_u64(s, 0);
    return BT_OK;
}
