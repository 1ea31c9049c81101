// SPDX-License-Identifier: MIT
//
// What the readers of all streams share: views of the file, strings, lists of records.
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"
#include "dump/user/minidump.h"

struct bt_md_location bt_md_location(struct bt_span record, size_t at)
{
    return (struct bt_md_location){.size = bt_span_u32(record, at),
                                   .offset = bt_span_u32(record, at + 4)};
}

enum bt_status bt_md_view(struct bt_minidump *md, uint64_t offset, uint64_t size,
                          struct bt_span *ret, struct bt_error *err)
{
    if (bt_span_has(md->front, offset, size))
        return bt_span_sub(md->front, offset, size, ret, err);
    uint64_t wanted = size < BT_LIMIT_STREAM ? size : BT_LIMIT_STREAM;
    struct bt_span found;
    BT_TRY(bt_source_view(md->source, offset, wanted, md->arena, &found, err));
    if (found.size == 0)
        return BT_FAIL(err, BT_E_TRUNCATED, offset, "lies past the end of the file");
    *ret = found;
    return BT_OK;
}

// The text behind a u32 length in bytes.
static enum bt_status view_text(struct bt_minidump *md, uint64_t offset, uint64_t limit,
                                struct bt_span *ret, struct bt_error *err)
{
    struct bt_span length;
    BT_TRY(bt_md_view(md, offset, 4, &length, err));
    if (length.size < 4)
        return BT_FAIL(err, BT_E_TRUNCATED, offset, "the file ends in the length of a text");
    uint64_t size = bt_span_u32(length, 0);
    if (size == 0) {
        *ret = (struct bt_span){.file_offset = offset + 4};
        return BT_OK;
    }
    return bt_md_view(md, offset + 4, size < limit ? size : limit, ret, err);
}

enum bt_status bt_md_string(struct bt_minidump *md, uint64_t offset, const char **ret,
                            struct bt_error *err)
{
    if (offset == 0)
        return BT_ABSENT;
    struct bt_span raw;
    BT_TRY(view_text(md, offset, BT_LIMIT_NAME * 2, &raw, err));
    const char *text;
    BT_TRY(bt_text_utf16(raw, md->arena, &text, err));
    if (*text == '\0')
        return BT_ABSENT;
    *ret = text;
    return BT_OK;
}

enum bt_status bt_md_utf8(struct bt_minidump *md, uint64_t offset, const char **ret,
                          struct bt_error *err)
{
    if (offset == 0)
        return BT_ABSENT;
    struct bt_span raw;
    BT_TRY(view_text(md, offset, BT_LIMIT_TEXT, &raw, err));
    return bt_text_bytes(raw, md->arena, ret, err);
}

void bt_md_missing(struct bt_minidump *md, enum bt_problem_code problem, const char *code,
                   uint64_t offset, const char *format, ...)
{
    char text[BT_ERROR_MESSAGE_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    bt_note(md->crash, md->arena, code, offset, "%s", text);
    bt_crash_problem(md->crash, md->arena, BT_READ_PARTIAL, problem, offset, "%s", text);
}

// Cuts a list to what is there and to what is taken, and says so.
static enum bt_status take_list(struct bt_minidump *md, struct bt_span array, uint64_t stride,
                                uint64_t count, uint64_t limit, const char *what,
                                struct bt_md_list *ret, struct bt_error *err)
{
    uint64_t present = array.size / stride;
    uint64_t taken = count < present ? count : present;
    if (count > present)
        bt_md_missing(md, BT_PROBLEM_TRUNCATED, "list-cut", array.file_offset,
                      "the dump promises %" PRIu64 " %s and holds %" PRIu64, count, what,
                      present);
    if (taken > limit) {
        bt_md_missing(md, BT_PROBLEM_LIMIT, "list-limit", array.file_offset,
                      "only the first %" PRIu64 " of %" PRIu64 " %s were read", limit, taken,
                      what);
        taken = limit;
    }
    BT_TRY(bt_span_sub(array, 0, taken * stride, &ret->items, err));
    ret->count = (size_t)taken;
    ret->promised = count;
    return BT_OK;
}

enum bt_status bt_md_counted_list(struct bt_minidump *md, struct bt_span stream, size_t stride,
                                  uint64_t limit, const char *what, struct bt_md_list *ret,
                                  struct bt_error *err)
{
    if (stream.size < 4)
        return BT_FAIL(err, BT_E_TRUNCATED, stream.file_offset, "too short for a count");
    uint64_t count = bt_span_u32(stream, 0);
    uint64_t header = 4;
    if (stream.size >= 8 && stream.size - 8 == count * stride)
        header = 8;
    struct bt_span array;
    BT_TRY(bt_span_sub(stream, header, stream.size - header, &array, err));
    return take_list(md, array, stride, count, limit, what, ret, err);
}

enum bt_status bt_md_sized_list(struct bt_minidump *md, struct bt_span stream, uint64_t header,
                                uint64_t stride, uint64_t least, uint64_t count, uint64_t limit,
                                const char *what, struct bt_md_list *ret, struct bt_error *err)
{
    if (stride < least || stride > stream.size)
        return BT_FAIL(err, BT_E_CORRUPT, stream.file_offset, "records of %" PRIu64 " bytes",
                       stride);
    if (header > stream.size)
        return BT_FAIL(err, BT_E_CORRUPT, stream.file_offset, "a header of %" PRIu64 " bytes",
                       header);
    struct bt_span array;
    BT_TRY(bt_span_sub(stream, header, stream.size - header, &array, err));
    return take_list(md, array, stride, count, limit, what, ret, err);
}

struct bt_span bt_md_item(const struct bt_md_list *list, size_t index)
{
    struct bt_span record = {0};
    size_t stride = list->items.size / list->count;
    // Cannot fail: `items` is `count` records of `stride` bytes.
    if (bt_span_sub(list->items, (uint64_t)index * stride, stride, &record, NULL) != BT_OK)
        return (struct bt_span){0};
    return record;
}

bt_va bt_md_address(const struct bt_minidump *md, uint64_t stored)
{
    enum bt_arch arch = md->crash->system.arch;
    bool narrow = arch == BT_ARCH_X86 || arch == BT_ARCH_ARM;
    return narrow ? stored & UINT32_MAX : stored;
}

enum bt_status bt_md_annotate(struct bt_minidump *md, struct bt_annotation annotation,
                              struct bt_error *err)
{
    struct bt_crash *crash = md->crash;
    if (crash->annotations == NULL)
        BT_TRY(bt_arena_alloc(md->arena, BT_LIMIT_ANNOTATIONS, sizeof *crash->annotations,
                              &crash->annotations, err));
    if (crash->annotation_count == BT_LIMIT_ANNOTATIONS)
        return BT_FAIL(err, BT_E_LIMIT, BT_NO_OFFSET, "more than %u annotations",
                       BT_LIMIT_ANNOTATIONS);
    crash->annotations[crash->annotation_count++] = annotation;
    return BT_OK;
}
