// SPDX-License-Identifier: MIT
//
// What Mozilla's writer adds on macOS: the messages that system libraries leave in their
// __crash_info sections ("abort() called", the text of a failed assertion), and the kernel's
// boot arguments.
//
// Crash info: 00 u32 stream type, 04 u32 count, 08 u32 size of the fixed part of a record,
//   0C locations[20]. Record: 00 u64 stream type, 08 u64 version, then fixed fields up to that
//   size, then NUL-ended texts: module path, message, signature, backtrace, second message.
// Boot arguments: 00 u32 stream type, 04 u64 RVA of a text.
#include <string.h>

#include "base/text.h"
#include "dump/user/minidump.h"

enum { INFO_HEADER = 12, INFO_RECORDS = 20, FIXED_LEAST = 16, TEXTS = 5 };

static const char SOURCE[] = "mac-crash-info";

// The texts of a record; those that are not there stay NULL.
static enum bt_status read_texts(struct bt_minidump *md, struct bt_span rest,
                                 const char *texts[TEXTS], struct bt_error *err)
{
    for (unsigned i = 0; i < TEXTS && rest.size != 0; i++) {
        const uint8_t *end = memchr(rest.data, 0, rest.size);
        if (end == NULL)
            return BT_OK; // cut in the middle of this one
        uint64_t length = (uint64_t)(end - rest.data);
        struct bt_span raw;
        BT_TRY(bt_span_sub(rest, 0, length, &raw, err));
        BT_TRY(bt_span_sub(rest, length + 1, rest.size - length - 1, &rest, err));
        if (length != 0)
            BT_TRY(bt_text_bytes(raw, md->arena, &texts[i], err));
    }
    return BT_OK;
}

static enum bt_status read_record(struct bt_minidump *md, struct bt_md_location at,
                                  uint32_t fixed, struct bt_error *err)
{
    static const char *const keys[TEXTS] = {NULL, "message", "signature", "backtrace",
                                            "message2"};
    const char *texts[TEXTS] = {NULL};
    struct bt_span record;
    uint64_t size = at.size < BT_LIMIT_TEXT ? at.size : BT_LIMIT_TEXT;
    BT_TRY(bt_md_view(md, at.offset, size, &record, err));
    BT_TRY(bt_span_sub(record, fixed, record.size > fixed ? record.size - fixed : 0, &record,
                       err));
    BT_TRY(read_texts(md, record, texts, err));
    for (unsigned i = 1; i < TEXTS; i++) {
        struct bt_annotation annotation = {
            .source = SOURCE,
            .module = texts[0] != NULL ? bt_basename(texts[0]) : NULL,
            .key = keys[i],
            .value = texts[i],
        };
        if (texts[i] != NULL)
            BT_TRY(bt_md_annotate(md, annotation, err));
    }
    return BT_OK;
}

enum bt_status bt_md_mac_crash_info(struct bt_minidump *md, struct bt_span stream,
                                    struct bt_error *err)
{
    if (stream.size < INFO_HEADER)
        return BT_FAIL(err, BT_E_TRUNCATED, stream.file_offset, "too short for its header");
    uint32_t count = bt_span_u32(stream, 4);
    uint32_t fixed = bt_span_u32(stream, 8);
    if (fixed < FIXED_LEAST || fixed > BT_LIMIT_TEXT)
        return BT_FAIL(err, BT_E_CORRUPT, stream.file_offset, "records of %u bytes", fixed);
    for (uint32_t i = 0; i < count && i < INFO_RECORDS; i++) {
        size_t at = INFO_HEADER + (size_t)i * BT_MD_LOCATION_SIZE;
        if (!bt_span_has(stream, at, BT_MD_LOCATION_SIZE))
            break;
        BT_TRY(read_record(md, bt_md_location(stream, at), fixed, err));
    }
    return count != 0 ? BT_OK : BT_ABSENT;
}

enum bt_status bt_md_mac_boot_args(struct bt_minidump *md, struct bt_span stream,
                                   struct bt_error *err)
{
    struct bt_annotation annotation = {.source = "boot-args"};
    if (stream.size < 12)
        return BT_FAIL(err, BT_E_TRUNCATED, stream.file_offset, "too short for its header");
    BT_TRY(bt_md_string(md, bt_span_u64(stream, 4), &annotation.value, err));
    return bt_md_annotate(md, annotation, err);
}
