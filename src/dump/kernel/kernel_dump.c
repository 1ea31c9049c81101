// SPDX-License-Identifier: MIT
//
// Kernel dumps: header, then whatever body the header announces.
#include <inttypes.h>

#include "dump/format.h"
#include "dump/kernel/kernel_body.h"
#include "dump/kernel/kernel_header.h"
#include "dump/kernel/kernel_memory.h"

static enum bt_status read_nothing(const struct bt_kernel_reading *r, struct bt_error *err)
{
    (void)err;
    bt_note(r->dump->crash, r->arena, "header-only", BT_NO_OFFSET,
            "this dump holds its header and nothing else");
    return BT_OK;
}

const struct bt_kernel_body bt_kernel_body_header = {
    .format = BT_FORMAT_KERNEL_HEADER,
    .title = "dump that holds the header only",
    .expected_size = NULL,
    .read = read_nothing,
};

const struct bt_kernel_body bt_kernel_body_unknown = {
    .format = BT_FORMAT_KERNEL_HEADER,
    .title = "kernel dump of unknown type",
    .expected_size = NULL,
    .read = NULL,
};

enum bt_status bt_kernel_lost(const struct bt_kernel_reading *r, const char *note_code,
                              const char *part, const struct bt_error *err)
{
    struct bt_crash *crash = r->dump->crash;
    if (err->status == BT_E_NOMEM)
        return BT_E_NOMEM;
    bt_note(crash, r->arena, note_code, err->offset, "%s: %s", part, err->message);
    bt_crash_problem(crash, r->arena, BT_READ_PARTIAL, bt_problem_of(err->status), err->offset,
                     "Part of the dump could not be read: %s: %s.", part, err->message);
    return BT_OK;
}

static uint64_t size_of_what_is_there(struct bt_source *source)
{
    uint64_t size;
    return bt_source_size(source, &size, NULL) == BT_OK ? size : 0;
}

// Compares the size of the file with what the header promises. A file that is too short is read
// as far as it goes.
static enum bt_status check_size(const struct bt_kernel_reading *r,
                                 const struct bt_kernel_body *body)
{
    struct bt_error err = {0};
    uint64_t expected;
    if (body->expected_size == NULL)
        return BT_OK;
    enum bt_status st = body->expected_size(r, &expected, &err);
    if (st == BT_ABSENT)
        return BT_OK;
    if (st == BT_E_TRUNCATED) {
        bt_crash_problem(
            r->dump->crash, r->arena, BT_READ_PARTIAL, BT_PROBLEM_TRUNCATED, r->head.size,
            "The %s ends after %zu bytes, just behind its header: nothing else was "
            "written or copied.",
            body->title, r->head.size);
        return BT_OK;
    }
    if (st != BT_OK)
        return bt_kernel_lost(r, "size-unknown", "size of the dump", &err);
    if (bt_source_has(r->source, 0, expected))
        return BT_OK;
    uint64_t actual = size_of_what_is_there(r->source);
    bt_crash_problem(r->dump->crash, r->arena, BT_READ_PARTIAL, BT_PROBLEM_TRUNCATED, actual,
                     "The %s should have %" PRIu64 " bytes and ends after %" PRIu64
                     ": it was cut while it was written (is the page file too small?) or "
                     "copied.",
                     body->title, expected, actual);
    return BT_OK;
}

// What the header itself says about the body. False: there is no use in reading on.
static bool check_header(const struct bt_kernel_reading *r)
{
    const struct bt_kernel_header *h = r->header;
    struct bt_crash *crash = r->dump->crash;
    if (r->head.size < h->size) {
        bt_crash_problem(
            crash, r->arena, crash->stop.present ? BT_READ_PARTIAL : BT_READ_UNREADABLE,
            BT_PROBLEM_TRUNCATED, r->head.size,
            "The file ends inside the header of the dump, after %zu of %" PRIu64 " bytes.",
            r->head.size, h->size);
        return false;
    }
    if (!h->complete)
        bt_crash_problem(crash, r->arena, BT_READ_PARTIAL, BT_PROBLEM_CORRUPT, 4,
                         "The header was never marked as valid: the dump was not finished, or "
                         "it was taken out of a page file after it had been used.");
    else if (!crash->stop.present)
        bt_crash_problem(crash, r->arena, BT_READ_PARTIAL, BT_PROBLEM_CORRUPT, BT_NO_OFFSET,
                         "The header holds no stop code: it was never filled in.");
    if (h->arch == BT_ARCH_UNKNOWN || bt_arch_is64(h->arch) != h->is64)
        bt_note(crash, r->arena, "machine-unknown", BT_NO_OFFSET,
                "the processor type 0x%" PRIx32 " does not go with this kind of header",
                h->machine.value);
    uint32_t attributes = h->attributes.value;
    if ((attributes & BT_DUMP_ATTRIBUTE_ENCRYPTED) != 0 &&
        (attributes & BT_DUMP_ATTRIBUTE_DECRYPTED) == 0) {
        bt_crash_problem(crash, r->arena, BT_READ_PARTIAL, BT_PROBLEM_ENCRYPTED, h->size,
                         "The dump is encrypted: only its header can be read. Decrypt it with "
                         "the key of the machine's administrator first.");
        return false;
    }
    return true;
}

static void hand_over_parts(const struct bt_kernel_header *h, struct bt_dump *dump)
{
    dump->kernel = (struct bt_kernel_parts){
        .debugger_data = h->debugger_data.value,
        .loaded_modules = h->loaded_modules.value,
        .active_processes = h->active_processes.value,
        .pfn_database = h->pfn_database.value,
        .directory_table = h->directory_table.value,
    };
    // An absent context is normal: an acquisition tool may know none.
    dump->has_context = bt_context_decode(h->context, h->arch, &dump->context, NULL) == BT_OK;
}

static bool has_memory(const struct bt_kernel_body *body)
{
    return body != &bt_kernel_body_triage && body != &bt_kernel_body_header &&
           body != &bt_kernel_body_unknown;
}

static enum bt_status read_body(const struct bt_kernel_reading *r,
                                const struct bt_kernel_body *body, struct bt_error *err)
{
    BT_TRY(check_size(r, body));
    if (has_memory(body) && !bt_kernel_memory_is_supported(r->header)) {
        bt_kernel_memory_unsupported(r);
        return BT_OK;
    }
    if (body->read != NULL)
        return body->read(r, err);
    bt_crash_problem(r->dump->crash, r->arena, BT_READ_PARTIAL, BT_PROBLEM_UNSUPPORTED,
                     r->header->size, "This is a %s: only its header is read by this version.",
                     body->title);
    return BT_OK;
}

static enum bt_status read_kernel_dump(struct bt_source *source, struct bt_span head,
                                       struct bt_arena *arena, struct bt_dump *dump,
                                       struct bt_error *err)
{
    struct bt_kernel_header header;
    bt_kernel_header_decode(head, &header);
    const struct bt_kernel_reading r = {
        .source = source, .head = head, .header = &header, .arena = arena, .dump = dump};
    const struct bt_kernel_body *body = bt_kernel_body_of(&header, head);
    dump->crash->format = body->format;
    BT_TRY(bt_kernel_header_describe(&header, arena, dump->crash, err));
    hand_over_parts(&header, dump);
    if (!check_header(&r))
        return BT_OK;
    return read_body(&r, body, err);
}

const struct bt_dump_format bt_dump_format_kernel = {
    .name = "kernel dump",
    .probe = bt_kernel_header_probe,
    .read = read_kernel_dump,
};
