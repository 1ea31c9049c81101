// SPDX-License-Identifier: MIT
//
// DumpType 4, the small memory dump. Two programs write it, with their parts in different
// orders: the kernel itself, and the debugger engine when Windows makes a small dump out of a
// large one. So no part's place or length is ever derived from another part that "follows" it.
//
// TRIAGE_DUMP32 / TRIAGE_DUMP64 (sources: rizin and published kit headers; the 64-bit column
// compared with 75 real dumps):
//   32  64             32  64                 32  64
//   00  00 CSD version 24  24 thread          48  48 address of the stack (pointer)
//   04  04 dump size   28  28 stack           --  50 three IA64 fields
//   08  08 mark        2c  2c stack size      4c  60 address of the data page (pointer)
//   0c  0c context     30  30 drivers         50  68 data page
//   10  10 exception   34  34 driver count    54  6c data page size
//   14  14 Mm          38  38 strings         58  70 debugger data
//   18  18 unloaded    3c  3c strings size    5c  74 debugger data size
//   1c  1c PRCB        40  40 broken driver   60  78 data blocks
//   20  20 process     44  44 options         64  7c count of data blocks
#include "dump/kernel/triage_dump.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "dump/kernel/secondary_data.h"

enum {
    FILLER = 0x45474150,
    TABLE_SIZE32 = 0x68,
    TABLE_SIZE64 = 0x80,
    LARGEST_COPY = 0x10000,         // of a kernel structure: their sizes are 16-bit fields
    LARGEST_DEBUGGER_DATA = 0x1000, // more than any version has
    OPTION_OVERFLOW = 0x100,
    ALL_OPTIONS = -1,
};

// ---- the table of contents

// Fields of the table, read at an offset from its start. What the table of an old Windows does
// not have, what was never written and what the file ends before is 0.
struct table {
    struct bt_span raw;
    bool is64;
};

static uint32_t take32(const struct table *t, size_t offset)
{
    if (!bt_span_has(t->raw, offset, 4))
        return 0;
    uint32_t value = bt_span_u32(t->raw, offset);
    return value != FILLER ? value : 0;
}

static bt_va take_address(const struct table *t, size_t offset)
{
    if (!bt_span_has(t->raw, offset, t->is64 ? 8 : 4))
        return 0;
    const uint64_t filler = t->is64 ? (uint64_t)FILLER << 32 | FILLER : (uint64_t)FILLER;
    uint64_t address = bt_span_word(t->raw, offset, t->is64);
    return address != filler ? address : 0;
}

static int compare_offsets(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a;
    const uint32_t y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void add_starts(struct bt_triage *t, uint64_t lowest, const uint32_t *starts,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (starts[i] >= lowest && t->part_count < BT_COUNT(t->part_start))
            t->part_start[t->part_count++] = starts[i];
    }
    qsort(t->part_start, t->part_count, sizeof t->part_start[0], compare_offsets);
}

static void decode_first_fields(const struct table *table, struct bt_triage *t)
{
    // The one field that is 0 in a normal dump: whether it was written at all matters.
    t->has_service_pack = bt_span_has(table->raw, 0, 4) && bt_span_u32(table->raw, 0) != FILLER;
    t->service_pack = take32(table, 0x00);
    t->size = take32(table, 0x04);
    t->valid_offset = take32(table, 0x08);
    t->context_offset = take32(table, 0x0c);
    t->unloaded_offset = take32(table, 0x18);
    t->prcb_offset = take32(table, 0x1c);
    t->process_offset = take32(table, 0x20);
    t->thread_offset = take32(table, 0x24);
    t->stack_offset = take32(table, 0x28);
    t->stack_size = take32(table, 0x2c);
    t->drivers_offset = take32(table, 0x30);
    t->driver_count = take32(table, 0x34);
    t->strings_offset = take32(table, 0x38);
    t->strings_size = take32(table, 0x3c);
    t->broken_driver_offset = take32(table, 0x40);
    t->options = take32(table, 0x44);
    t->stack_address = take_address(table, 0x48);
}

// Fields that later versions of Windows appended.
static void decode_later_fields(const struct table *table, struct bt_opt32 fields,
                                struct bt_triage *t)
{
    const uint32_t parts = fields.known ? fields.value : UINT32_MAX;
    const bool is64 = table->is64;
    if ((parts & BT_TRIAGE_DATA_PAGE) != 0) {
        t->page_address = take_address(table, is64 ? 0x60 : 0x4c);
        t->page_offset = take32(table, is64 ? 0x68 : 0x50);
        t->page_size = take32(table, is64 ? 0x6c : 0x54);
    }
    if ((parts & BT_TRIAGE_DEBUGGER_DATA) != 0) {
        t->debugger_offset = take32(table, is64 ? 0x70 : 0x58);
        t->debugger_size = take32(table, is64 ? 0x74 : 0x5c);
    }
    if ((parts & BT_TRIAGE_DATA_BLOCKS) != 0) {
        t->blocks_offset = take32(table, is64 ? 0x78 : 0x60);
        t->block_count = take32(table, is64 ? 0x7c : 0x64);
    }
}

static enum bt_status decode_table(const struct bt_kernel_reading *r, struct bt_triage *t,
                                   struct bt_error *err)
{
    const struct bt_kernel_header *h = r->header;
    const size_t full_size = h->is64 ? (size_t)TABLE_SIZE64 : (size_t)TABLE_SIZE32;
    *t = (struct bt_triage){0};
    struct table table = {.is64 = h->is64};
    BT_TRY(bt_span_sub(r->head, h->size, full_size, &table.raw, err));
    decode_first_fields(&table, t);
    const uint32_t first_parts[] = {
        take32(&table, 0x14), t->unloaded_offset, t->prcb_offset,    t->process_offset,
        t->thread_offset,     t->stack_offset,    t->drivers_offset, t->strings_offset,
    };
    add_starts(t, h->size, first_parts, BT_COUNT(first_parts));
    // The table of Windows 2000 ends early: where its first part begins, it cannot go on.
    if (t->part_count != 0 && t->part_start[0] - h->size < table.raw.size)
        table.raw.size = (size_t)(t->part_start[0] - h->size);
    decode_later_fields(&table, h->minidump_fields, t);
    const uint32_t later_parts[] = {t->page_offset, t->debugger_offset, t->blocks_offset};
    add_starts(t, h->size, later_parts, BT_COUNT(later_parts));
    return BT_OK;
}

// ---- reading parts

enum bt_status bt_triage_view(const struct bt_kernel_reading *r, const struct bt_triage *t,
                              uint64_t offset, uint64_t size, struct bt_span *ret,
                              struct bt_error *err)
{
    if (offset < r->header->size && size > r->header->size - offset)
        return BT_FAIL(err, BT_E_CORRUPT, offset, "offset 0x%" PRIx64 " lies in the header",
                       offset);
    if (offset >= t->end)
        return BT_FAIL(err, BT_E_TRUNCATED, offset,
                       "offset 0x%" PRIx64 " lies past the end of the dump", offset);
    uint64_t there = t->end - offset;
    return bt_source_view(r->source, offset, size < there ? size : there, r->arena, ret, err);
}

enum bt_status bt_triage_view_all(const struct bt_kernel_reading *r, const struct bt_triage *t,
                                  uint64_t offset, uint64_t size, struct bt_span *ret,
                                  struct bt_error *err)
{
    struct bt_span view;
    BT_TRY(bt_triage_view(r, t, offset, size, &view, err));
    if (view.size != size)
        return BT_FAIL(err, BT_E_TRUNCATED, offset,
                       "%zu of %" PRIu64 " bytes are there, the dump ends in between",
                       view.size, size);
    *ret = view;
    return BT_OK;
}

enum bt_status bt_triage_string(const struct bt_kernel_reading *r, const struct bt_triage *t,
                                uint64_t offset, const char **ret, struct bt_error *err)
{
    struct bt_span raw;
    BT_TRY(bt_triage_view_all(r, t, offset, 4, &raw, err));
    uint32_t characters = bt_span_u32(raw, 0);
    if (characters > BT_LIMIT_NAME)
        return BT_FAIL(err, BT_E_LIMIT, offset, "a name of %" PRIu32 " characters", characters);
    BT_TRY(bt_triage_view_all(r, t, offset + 4, (uint64_t)characters * 2, &raw, err));
    return bt_text_utf16(raw, r->arena, ret, err);
}

// ---- where the dump ends

static enum bt_status expected_size(const struct bt_kernel_reading *r, uint64_t *ret,
                                    struct bt_error *err)
{
    struct bt_triage t;
    BT_TRY(decode_table(r, &t, err));
    if (t.size < r->header->size)
        return BT_FAIL(err, BT_E_CORRUPT, r->header->size + 4,
                       "the dump says that it has %" PRIu32 " bytes", t.size);
    *ret = t.size;
    return BT_OK;
}

static enum bt_status find_end(const struct bt_kernel_reading *r, struct bt_triage *t,
                               struct bt_error *err)
{
    if (t->size >= r->header->size && bt_source_has(r->source, 0, t->size)) {
        t->end = t->size;
        return BT_OK;
    }
    return bt_source_size(r->source, &t->end, err);
}

// The last thing that the writer writes.
static enum bt_status check_mark(const struct bt_kernel_reading *r, const struct bt_triage *t,
                                 struct bt_error *err)
{
    struct bt_span mark;
    if (t->valid_offset == 0)
        return BT_FAIL(err, BT_E_CORRUPT, r->header->size + 8, "no offset is given");
    BT_TRY(bt_triage_view_all(r, t, t->valid_offset, 4, &mark, err));
    if (memcmp(mark.data, "TRGD", 4) != 0)
        return BT_FAIL(err, BT_E_CORRUPT, t->valid_offset, "it is not TRGD");
    return BT_OK;
}

// ---- copies of kernel structures

uint64_t bt_triage_room(const struct bt_triage *t, uint32_t offset)
{
    for (unsigned i = 0; i < t->part_count; i++) {
        if (t->part_start[i] > offset)
            return t->part_start[i] - offset;
    }
    return t->end > offset ? t->end - offset : 0;
}

// A raw copy at `offset`. Its length is known from the debugger data block since Windows 2003;
// before, whatever part comes next is the bound.
static enum bt_status read_copy(const struct bt_kernel_reading *r, const struct bt_triage *t,
                                uint32_t offset, struct bt_opt32 size, uint32_t field,
                                const char *part, struct bt_span *ret)
{
    const struct bt_opt32 fields = r->header->minidump_fields;
    const bool promised = fields.known && (fields.value & field) != 0;
    struct bt_error err = {0};
    if (offset == 0 && !promised)
        return BT_OK;
    if (offset == 0) {
        bt_error_set(&err, BT_E_CORRUPT, r->header->size, "it should be there and is not");
        return bt_kernel_lost(r, "copy-lost", part, &err);
    }
    uint64_t length = size.known ? size.value : bt_triage_room(t, offset);
    if (length > LARGEST_COPY)
        length = LARGEST_COPY;
    if (bt_triage_view_all(r, t, offset, length, ret, &err) == BT_OK)
        return BT_OK;
    return bt_kernel_lost(r, "copy-lost", part, &err);
}

static enum bt_status read_debugger_data(const struct bt_kernel_reading *r,
                                         const struct bt_triage *t,
                                         struct bt_debugger_data *ret)
{
    struct bt_span *bytes = &r->dump->kernel.debugger_bytes;
    struct bt_error err = {0};
    if (t->debugger_offset == 0 || t->debugger_size == 0)
        return BT_OK;
    uint32_t size = t->debugger_size;
    if (size > LARGEST_DEBUGGER_DATA)
        size = LARGEST_DEBUGGER_DATA;
    struct bt_span raw;
    enum bt_status st = bt_triage_view(r, t, t->debugger_offset, size, &raw, &err);
    if (st == BT_OK)
        st = bt_debugger_data_decode(raw, r->header->is64, ret, &err);
    if (st != BT_OK)
        return bt_kernel_lost(r, "debugger-data-lost", "debugger data block", &err);
    *bytes = raw;
    return BT_OK;
}

static enum bt_status read_copies(const struct bt_kernel_reading *r, const struct bt_triage *t,
                                  const struct bt_debugger_data *debugger)
{
    struct bt_kernel_parts *kernel = &r->dump->kernel;
    BT_TRY(read_copy(r, t, t->prcb_offset, debugger->prcb_size, BT_TRIAGE_PRCB,
                     "processor control block", &kernel->prcb));
    BT_TRY(read_copy(r, t, t->process_offset, debugger->process_size, BT_TRIAGE_PROCESS,
                     "process", &kernel->process));
    return read_copy(r, t, t->thread_offset, debugger->thread_size, BT_TRIAGE_THREAD, "thread",
                     &kernel->thread);
}

// ---- smaller facts

static void describe_service_pack(const struct bt_triage *t, struct bt_system *system)
{
    enum { MOST_SERVICE_PACKS = 9 };
    uint32_t number = t->service_pack >> 8 & 0xff;
    if (t->has_service_pack && !system->service_pack.known && number <= MOST_SERVICE_PACKS)
        system->service_pack = bt_some32(number);
}

// Normally the offset leads back to the context in the header, which was read already.
static void read_context(const struct bt_kernel_reading *r, const struct bt_triage *t)
{
    struct bt_span raw;
    const size_t size = bt_context_size(r->header->arch);
    if (size == 0 || t->context_offset < r->header->size ||
        bt_triage_view_all(r, t, t->context_offset, size, &raw, NULL) != BT_OK)
        return;
    struct bt_registers context;
    if (bt_context_decode(raw, r->header->arch, &context, NULL) == BT_OK) {
        r->dump->context = context;
        r->dump->has_context = true;
    }
}

static enum bt_status read_broken_driver(const struct bt_kernel_reading *r,
                                         const struct bt_triage *t)
{
    struct bt_error err = {0};
    if (t->broken_driver_offset == 0 ||
        bt_triage_string(r, t, t->broken_driver_offset, &r->dump->crash->broken_driver, &err) ==
            BT_OK)
        return BT_OK;
    return bt_kernel_lost(r, "broken-driver-lost", "name of the broken driver", &err);
}

static void compare_kernel_base(const struct bt_kernel_reading *r,
                                const struct bt_debugger_data *debugger)
{
    struct bt_crash *crash = r->dump->crash;
    if (debugger->kernel_base != 0 && crash->module_count != 0 &&
        crash->modules[0].base != debugger->kernel_base)
        bt_note(crash, r->arena, "kernel-base-differs", BT_NO_OFFSET,
                "the driver list begins at 0x%" PRIx64 ", the debugger data block has the "
                "kernel at 0x%" PRIx64,
                crash->modules[0].base, debugger->kernel_base);
}

static void note_overflow(const struct bt_kernel_reading *r, const struct bt_triage *t)
{
    if (t->options != (uint32_t)ALL_OPTIONS && (t->options & OPTION_OVERFLOW) != 0)
        bt_note(r->dump->crash, r->arena, "triage-overflow", BT_NO_OFFSET,
                "the writer notes that not everything found room in the small dump");
}

static enum bt_status read_triage(const struct bt_kernel_reading *r, struct bt_error *err)
{
    struct bt_error why = {0};
    struct bt_triage t;
    if (decode_table(r, &t, &why) != BT_OK)
        return bt_kernel_lost(r, "contents-lost", "table of contents", &why);
    BT_TRY(find_end(r, &t, err));
    if (check_mark(r, &t, &why) != BT_OK)
        BT_TRY(bt_kernel_lost(r, "end-mark-missing", "mark at the end of the dump", &why));
    describe_service_pack(&t, &r->dump->crash->system);
    note_overflow(r, &t);
    read_context(r, &t);

    struct bt_debugger_data debugger = {0};
    BT_TRY(read_debugger_data(r, &t, &debugger));
    BT_TRY(read_copies(r, &t, &debugger));
    BT_TRY(bt_triage_read_drivers(r, &t, err));
    BT_TRY(bt_triage_read_unloaded(r, &t, err));
    BT_TRY(read_broken_driver(r, &t));
    compare_kernel_base(r, &debugger);
    BT_TRY(bt_triage_build_memory(r, &t, &debugger, err));
    return bt_secondary_data_read(r, t.size, err);
}

const struct bt_kernel_body bt_kernel_body_triage = {
    .format = BT_FORMAT_KERNEL_TRIAGE,
    .title = "small memory dump",
    .expected_size = expected_size,
    .read = read_triage,
};
