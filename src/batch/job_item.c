// SPDX-License-Identifier: MIT
#include "batch/job_item.h"

#include <string.h>

#include "base/limits.h"
#include "base/span.h"

// An item on its way: 16 bytes of header, then the message, NUL-terminated, then the text.
//   0  u32  bits: passed over, unopened, matched, recorded, notice
//   4  u32  bt_read_status
//   8  u32  bytes of the message with its NUL
//   12 u32  bytes of the text
// A question: 'n', 'f' or 'd', u64 done, the path. A note: 17 bytes, then, where something
// begins, the container and the member, both NUL-terminated.
//   0  u8   'b': something begins; 'r': how far it was read
//   1  u64  size or bytes of the whole
//   9  u64  done or position
enum { ITEM_HEADER = 16, QUESTION_HEADER = 9, NOTE_HEADER = 17 };
enum {
    BIT_PASSED_OVER = 1,
    BIT_UNOPENED = 2,
    BIT_MATCHED = 4,
    BIT_RECORDED = 8,
    BIT_NOTICE = 16
};

static void add_u32(struct bt_buf *out, uint32_t value)
{
    const unsigned char bytes[] = {(unsigned char)value, (unsigned char)(value >> 8),
                                   (unsigned char)(value >> 16), (unsigned char)(value >> 24)};
    bt_buf_add(out, bytes, sizeof bytes);
}

static void add_u64(struct bt_buf *out, uint64_t value)
{
    add_u32(out, (uint32_t)value);
    add_u32(out, (uint32_t)(value >> 32));
}

static struct bt_span span_of(const char *text, size_t size)
{
    return (struct bt_span){.data = (const uint8_t *)text, .size = size};
}

// ---- questions

void bt_job_question(const struct bt_job_input *input, struct bt_buf *out)
{
    bt_buf_clear(out);
    bt_buf_char(out, input->named ? 'n' : input->dumps_only ? 'd' : 'f');
    add_u64(out, input->done);
    bt_buf_text(out, input->path);
}

bool bt_job_read_question(const char *question, size_t size, struct bt_job_input *ret)
{
    if (size < QUESTION_HEADER)
        return false;
    *ret = (struct bt_job_input){.path = &question[QUESTION_HEADER],
                                 .named = question[0] == 'n',
                                 .dumps_only = question[0] == 'd',
                                 .done = bt_span_u64(span_of(question, size), 1)};
    return true;
}

// ---- items

void bt_job_add_item(const struct bt_job_item *item, struct bt_buf *out)
{
    size_t message = strlen(item->message) + 1;
    add_u32(out, (item->passed_over ? BIT_PASSED_OVER : 0u) |
                     (item->unopened ? BIT_UNOPENED : 0u) | (item->matched ? BIT_MATCHED : 0u) |
                     (item->recorded ? BIT_RECORDED : 0u) | (item->notice ? BIT_NOTICE : 0u));
    add_u32(out, item->status);
    add_u32(out, (uint32_t)message);
    add_u32(out, (uint32_t)item->size);
    bt_buf_add(out, item->message, message);
    bt_buf_add(out, item->text, item->size);
}

enum bt_status bt_job_next_item(const char *answer, size_t size, size_t *position,
                                struct bt_job_item *ret, struct bt_error *err)
{
    struct bt_span whole = span_of(answer, size);
    struct bt_span head, message, text;
    if (*position == size)
        return BT_ABSENT;
    BT_TRY(bt_span_sub(whole, *position, ITEM_HEADER, &head, err));
    uint32_t bits = bt_span_u32(head, 0);
    uint32_t status = bt_span_u32(head, 4);
    uint64_t message_size = bt_span_u32(head, 8);
    uint64_t text_size = bt_span_u32(head, 12);
    BT_TRY(bt_span_sub(whole, *position + ITEM_HEADER, message_size, &message, err));
    BT_TRY(bt_span_sub(whole, *position + ITEM_HEADER + message_size, text_size, &text, err));
    if (status > BT_READ_CRASHED || message_size == 0 || message.data[message_size - 1] != 0)
        return BT_FAIL(err, BT_E_CORRUPT, *position, "the reader sent nonsense");
    *ret = (struct bt_job_item){
        .passed_over = (bits & BIT_PASSED_OVER) != 0,
        .recorded = (bits & BIT_RECORDED) != 0,
        .notice = (bits & BIT_NOTICE) != 0,
        .status = (enum bt_read_status)status,
        .unopened = (bits & BIT_UNOPENED) != 0,
        .matched = (bits & BIT_MATCHED) != 0,
        .message = (const char *)message.data,
        .text = (const char *)text.data,
        .size = text.size,
    };
    *position += ITEM_HEADER + (size_t)message_size + (size_t)text_size;
    return BT_OK;
}

// ---- notes

void bt_job_write_note(const struct bt_job_note *note, struct bt_buf *out)
{
    bt_buf_clear(out);
    bt_buf_char(out, note->begins ? 'b' : 'r');
    add_u64(out, note->begins ? note->size : note->whole);
    add_u64(out, note->begins ? note->done : note->position);
    if (!note->begins)
        return;
    bt_buf_text(out, note->container);
    bt_buf_char(out, '\0');
    bt_buf_text(out, note->member);
    bt_buf_char(out, '\0');
}

static bool read_beginning(const char *text, size_t size, struct bt_job_note *ret)
{
    const char *end = memchr(text, '\0', size);
    if (end == NULL || text[size - 1] != '\0' || size > 2 * BT_LIMIT_PATH)
        return false;
    size_t container = (size_t)(end - text) + 1;
    if (container >= size)
        return false;
    ret->container = container > 1 ? text : NULL;
    ret->member = &text[container];
    return true;
}

bool bt_job_read_note(const char *text, size_t size, struct bt_job_note *ret)
{
    if (size < NOTE_HEADER || (text[0] != 'b' && text[0] != 'r'))
        return false;
    uint64_t first = bt_span_u64(span_of(text, size), 1);
    uint64_t second = bt_span_u64(span_of(text, size), 9);
    *ret = (struct bt_job_note){.begins = text[0] == 'b'};
    if (!ret->begins) {
        ret->whole = first;
        ret->position = second;
        return true;
    }
    ret->size = first;
    ret->done = second;
    return size > NOTE_HEADER && read_beginning(&text[NOTE_HEADER], size - NOTE_HEADER, ret);
}
