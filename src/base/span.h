// SPDX-License-Identifier: MIT
//
// Bounded views of bytes. Offsets and lengths that come from a file stay uint64_t until
// bt_span_sub has accepted them; nothing outside this module adds an offset to a pointer.
#ifndef BT_BASE_SPAN_H
#define BT_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

// A view; never owns. An empty span may have a NULL pointer.
struct bt_span {
    const uint8_t *data;
    size_t size;
    uint64_t file_offset; // where data[0] stands in the input, for messages
};

static inline uint16_t bt_le16(const uint8_t *p)
{
    return (uint16_t)(p[0] | (uint16_t)(p[1] << 8));
}

static inline uint32_t bt_le32(const uint8_t *p)
{
    return (uint32_t)bt_le16(p) | (uint32_t)bt_le16(p + 2) << 16;
}

static inline uint64_t bt_le64(const uint8_t *p)
{
    return (uint64_t)bt_le32(p) | (uint64_t)bt_le32(p + 4) << 32;
}

// Whether [offset, offset + length) lies inside the span. Cannot overflow.
static inline bool bt_span_has(struct bt_span in, uint64_t offset, uint64_t length)
{
    return offset <= in.size && length <= in.size - offset;
}

// The part [offset, offset + length) of a span, or BT_E_TRUNCATED.
enum bt_status bt_span_sub(struct bt_span in, uint64_t offset, uint64_t length,
                           struct bt_span *ret, struct bt_error *err) BT_MUST_USE;

// A table of `count` records of `stride` bytes at `offset`, or BT_E_TRUNCATED.
enum bt_status bt_span_table(struct bt_span in, uint64_t offset, uint64_t count, size_t stride,
                             struct bt_span *ret, struct bt_error *err) BT_MUST_USE;

// Unchecked reads at constant offsets of a record whose size was checked once: the offset is
// still compared with the span, and a read outside of it gives 0 (and aborts in debug builds).
uint16_t bt_span_u16(struct bt_span in, size_t offset);
uint32_t bt_span_u32(struct bt_span in, size_t offset);
uint64_t bt_span_u64(struct bt_span in, size_t offset);

// A pointer-sized field: 4 or 8 bytes.
uint64_t bt_span_word(struct bt_span in, size_t offset, bool is64);

// Whether all bytes are zero. True for an empty span.
bool bt_span_is_zero(struct bt_span in);

// Sequential reading. On failure the position does not move and *ret is untouched.
struct bt_cursor {
    struct bt_span span;
    size_t pos;
};

struct bt_cursor bt_cursor_at(struct bt_span span);
size_t bt_cursor_left(const struct bt_cursor *c);
enum bt_status bt_cursor_u16(struct bt_cursor *c, uint16_t *ret,
                             struct bt_error *err) BT_MUST_USE;
enum bt_status bt_cursor_u32(struct bt_cursor *c, uint32_t *ret,
                             struct bt_error *err) BT_MUST_USE;
enum bt_status bt_cursor_u64(struct bt_cursor *c, uint64_t *ret,
                             struct bt_error *err) BT_MUST_USE;
enum bt_status bt_cursor_take(struct bt_cursor *c, uint64_t length, struct bt_span *ret,
                              struct bt_error *err) BT_MUST_USE;
enum bt_status bt_cursor_skip(struct bt_cursor *c, uint64_t length,
                              struct bt_error *err) BT_MUST_USE;

#endif
