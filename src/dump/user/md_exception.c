// SPDX-License-Identifier: MIT
//
// MINIDUMP_EXCEPTION_STREAM, 168 bytes: 00 u32 thread id, 08 MINIDUMP_EXCEPTION {08 u32 code,
// 0C u32 flags, 10 u64 nested record, 18 u64 address, 20 u32 parameter count, 28 u64
// parameters[15]}, A0 context. On POSIX systems `code` is the signal and `flags` its code; on
// Mach they are the exception and its first code.
#include "dump/user/minidump.h"

enum { EXCEPTION_SIZE = 0xa8, EXCEPTION_LEAST = 0x28, PARAMETERS_AT = 0x28, CONTEXT_AT = 0xa0 };

static void read_parameters(struct bt_minidump *md, struct bt_span stream,
                            struct bt_exception *exception)
{
    uint32_t count = bt_span_u32(stream, 0x20);
    if (count > BT_EXCEPTION_PARAMETERS) {
        bt_note(md->crash, md->arena, "exception-parameters", stream.file_offset + 0x20,
                "the exception claims %u parameters; only %d exist", count,
                BT_EXCEPTION_PARAMETERS);
        count = BT_EXCEPTION_PARAMETERS;
    }
    size_t present = (stream.size - PARAMETERS_AT) / 8;
    if (count > present)
        count = (uint32_t)present;
    bool windows = md->crash->system.platform == BT_PLATFORM_WINDOWS;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t value = bt_span_u64(stream, PARAMETERS_AT + 8 * i);
        // Windows widens the 32-bit parameters of a 32-bit process; Mach codes are 64 bits wide
        // everywhere.
        exception->parameters[i] = windows ? bt_md_address(md, value) : value;
    }
    exception->parameter_count = count;
}

enum bt_status bt_md_exception(struct bt_minidump *md, struct bt_span stream,
                               struct bt_error *err)
{
    struct bt_exception *exception = &md->crash->exception;
    if (stream.size < EXCEPTION_LEAST)
        return BT_FAIL(err, BT_E_TRUNCATED, stream.file_offset, "%zu bytes, expected %d",
                       stream.size, EXCEPTION_SIZE);
    *exception = (struct bt_exception){
        .present = true,
        .code = bt_span_u32(stream, 0x08),
        .flags = bt_span_u32(stream, 0x0c),
        .address = bt_md_address(md, bt_span_u64(stream, 0x18)),
    };
    md->crash->process.thread_id = bt_some64(bt_span_u32(stream, 0));
    read_parameters(md, stream, exception);
    if (stream.size < EXCEPTION_SIZE)
        return BT_OK;
    struct bt_md_location at = bt_md_location(stream, CONTEXT_AT);
    enum bt_status status = bt_md_context(md, at, &md->exception_context, err);
    md->has_exception_context = status == BT_OK;
    if (status == BT_E_TRUNCATED)
        bt_md_missing(md, BT_PROBLEM_TRUNCATED, "context-outside-file", at.offset,
                      "the registers of the exception lie outside the file");
    else if (status != BT_OK && status != BT_ABSENT)
        return status;
    return BT_OK;
}
