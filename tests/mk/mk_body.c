// SPDX-License-Identifier: MIT
//
// What follows the header of a memory dump: a description of the pages it holds, in one of four
// forms, and the pages.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "mk_pages.h"
#include "mk_parts.h"

enum { RUNS_MAX_32 = 86, RUNS_MAX_64 = 42, TITLE_SIZE = 64 };

static const struct mk_field classic_fields[] = {
    MK_T("Signature", 0x00, 4),         MK_T("ValidDump", 0x04, 4),
    MK_F("DumpOptions", 0x08, MK_U32),  MK_F("HeaderSize", 0x0c, MK_U32),
    MK_F("BitmapSize", 0x10, MK_U32),   MK_F("Pages", 0x14, MK_U32),
    MK_F("SizeOfBitMap", 0x18, MK_U32),
};

static const struct mk_field modern_fields[] = {
    MK_T("Signature", 0x00, 4),      MK_T("ValidDump", 0x04, 4),
    MK_F("FirstPage", 0x20, MK_U64), MK_F("TotalPresentPages", 0x28, MK_U64),
    MK_F("Pages", 0x30, MK_U64),
};

static const struct mk_field ranges_fields[] = {
    MK_F("Mark", 0x00, MK_U32),
    MK_T("Signature", 0x04, 4),
    MK_T("ValidDump", 0x08, 4),
    MK_F("MetadataSize", 0x10, MK_U64),
    MK_F("FirstPageOffset", 0x18, MK_U64),
    MK_F("NumberOfRanges", 0x20, MK_U32),
    MK_F("TotalNumberOfPages", 0x28, MK_U64),
    MK_A("RangePage", 0x30, MK_U64, 64, 16, 0),
    MK_A("RangeCount", 0x38, MK_U64, 64, 16, 0),
};

static bool is_body(const struct mk_dump *dump, const char *word)
{
    const struct mk_statement *body = mk_section_get(mk_the(dump, "memory"), "body");
    return strcmp(body != NULL ? body->value : "full", word) == 0;
}

static struct mk_fields bitmap_fields(const struct mk_dump *dump)
{
    return is_body(dump, "summary") ? MK_FIELDS(classic_fields) : MK_FIELDS(modern_fields);
}

static struct mk_fields ranges_fields_of(const struct mk_dump *dump)
{
    (void)dump;
    return MK_FIELDS(ranges_fields);
}

const struct mk_kind mk_body_kinds[] = {
    {"memory", MK_UNNAMED, "body paging first_page step", NULL},
    {"map", MK_NAMED, "at size mapping", NULL},
    {"bitmap", MK_UNNAMED, "fill", bitmap_fields},
    {"rdmp", MK_UNNAMED, "fill", ranges_fields_of},
    {NULL, MK_UNNAMED, NULL, NULL},
};

// Consecutive pages of the dump.
struct run {
    uint64_t first, count;
};

struct body {
    struct mk_dump *dump;
    struct mk_piece *header;
    const struct mk_frames *frames;
    struct run *runs;
    size_t run_count;
    uint64_t pages, last_page;
};

static enum bt_status find_runs(struct body *b, struct bt_error *err)
{
    BT_TRY(bt_arena_alloc(b->dump->arena, b->frames->count, sizeof *b->runs, &b->runs, err));
    for (size_t i = 0; i < b->frames->count; i++) {
        const struct mk_frame *frame = &b->frames->items[i];
        struct run *last = b->run_count != 0 ? &b->runs[b->run_count - 1] : NULL;
        if (frame->is_missing)
            continue;
        b->pages++;
        b->last_page = frame->page;
        if (last != NULL && last->first + last->count == frame->page)
            last->count++;
        else
            b->runs[b->run_count++] = (struct run){frame->page, 1};
    }
    return BT_OK;
}

static void put_indexed(const struct mk_dump *dump, struct mk_piece *piece, const char *name,
                        size_t index, uint64_t value)
{
    char title[TITLE_SIZE];
    snprintf(title, sizeof title, "%s%zu", name, index);
    mk_put(dump, piece, title, value);
}

static enum bt_status describe_full(struct body *b, struct bt_error *err)
{
    size_t most = b->dump->machine->is64 ? RUNS_MAX_64 : RUNS_MAX_32;
    mk_put(b->dump, b->header, "DumpType", 1);
    if (b->run_count > most)
        return MK_FAIL(b->header->section->place, err,
                       "%zu runs of pages do not fit into the header: [memory] step = 1, or "
                       "another body",
                       b->run_count);
    mk_put(b->dump, b->header, "NumberOfRuns", b->run_count);
    mk_put(b->dump, b->header, "NumberOfPages", b->pages);
    for (size_t i = 0; i < b->run_count; i++) {
        put_indexed(b->dump, b->header, "RunBasePage", i, b->runs[i].first);
        put_indexed(b->dump, b->header, "RunPageCount", i, b->runs[i].count);
    }
    return BT_OK;
}

static void set_bits(const struct body *b, uint8_t *bits)
{
    for (size_t i = 0; i < b->run_count; i++) {
        for (uint64_t k = 0; k < b->runs[i].count; k++) {
            uint64_t page = b->runs[i].first + k;
            bits[page / 8] = (uint8_t)(bits[page / 8] | 1u << (page % 8));
        }
    }
}

static enum bt_status describe_bitmap(struct body *b, bool is_classic, struct bt_error *err)
{
    struct mk_dump *dump = b->dump;
    struct mk_piece *table, *bits;
    uint64_t size = is_classic ? (dump->machine->is64 ? 0x28 : 0x20) : 0x38;
    BT_TRY(mk_add(dump, mk_the(dump, "bitmap"), bitmap_fields(dump), size, MK_FILL_ZERO, &table,
                  err));
    BT_TRY(mk_add(dump, NULL, MK_NO_FIELDS, b->last_page / 8 + 1, MK_FILL_ZERO, &bits, err));
    set_bits(b, bits->data);
    mk_align(dump, MK_PAGE);
    mk_put(dump, b->header, "DumpType", is_classic ? 2 : 6);
    mk_put_text(dump, table, "Signature", "SDMP");
    mk_put_text(dump, table, "ValidDump", "DUMP");
    mk_put(dump, table, is_classic ? "HeaderSize" : "FirstPage", dump->end);
    mk_put(dump, table, is_classic ? "Pages" : "TotalPresentPages", b->pages);
    mk_put(dump, table, is_classic ? "BitmapSize" : "Pages", b->last_page + 1);
    if (is_classic)
        mk_put(dump, table, "SizeOfBitMap", bits->size);
    return BT_OK;
}

static enum bt_status describe_ranges(struct body *b, struct bt_error *err)
{
    struct mk_dump *dump = b->dump;
    struct mk_piece *table;
    uint64_t start = dump->end;
    BT_TRY(mk_add(dump, mk_the(dump, "rdmp"), MK_FIELDS(ranges_fields),
                  0x30 + (b->run_count + 1) * 16, MK_FILL_ZERO, &table, err));
    mk_align(dump, MK_PAGE);
    mk_put(dump, b->header, "DumpType", 10);
    mk_put(dump, table, "Mark", 0x40);
    mk_put_text(dump, table, "Signature", "RDMP");
    mk_put_text(dump, table, "ValidDump", "DUMP");
    mk_put(dump, table, "MetadataSize", dump->end - start - 0x20);
    mk_put(dump, table, "FirstPageOffset", dump->end);
    mk_put(dump, table, "NumberOfRanges", b->run_count);
    mk_put(dump, table, "TotalNumberOfPages", b->pages);
    for (size_t i = 0; i < b->run_count; i++) {
        mk_store(table->data + 0x30 + i * 16, 8, b->runs[i].first);
        mk_store(table->data + 0x38 + i * 16, 8, b->runs[i].count);
    }
    return BT_OK;
}

static enum bt_status describe_pages(struct body *b, struct bt_error *err)
{
    if (is_body(b->dump, "full"))
        return describe_full(b, err);
    if (is_body(b->dump, "summary"))
        return describe_bitmap(b, true, err);
    if (is_body(b->dump, "bitmap"))
        return describe_bitmap(b, false, err);
    if (is_body(b->dump, "ranges"))
        return describe_ranges(b, err);
    return MK_FAIL(mk_section_get(mk_the(b->dump, "memory"), "body")->place, err,
                   "body is full, summary, bitmap or ranges");
}

enum bt_status mk_add_pages(struct mk_dump *dump, struct bt_error *err)
{
    struct mk_frames frames;
    BT_TRY(mk_make_frames(dump, &frames, err));
    struct body b = {.dump = dump, .header = dump->pieces, .frames = &frames};
    BT_TRY(find_runs(&b, err));
    BT_TRY(describe_pages(&b, err));
    for (size_t i = 0; i < frames.count; i++) {
        const struct mk_frame *frame = &frames.items[i];
        struct mk_piece *page;
        if (frame->is_missing)
            continue;
        BT_TRY(mk_add(dump, NULL, MK_NO_FIELDS, MK_PAGE, MK_FILL_ZERO, &page, err));
        if (frame->table != NULL) {
            memcpy(page->data, frame->table, MK_PAGE);
            continue;
        }
        page->address = frame->address;
        page->has_address = page->carries_memory = true;
    }
    mk_put(dump, b.header, "RequiredDumpSpace", dump->end);
    return BT_OK;
}
