// SPDX-License-Identifier: MIT
//
// TRIAGE_DUMP and the order in which two generations of Windows write what it points to.
#include "mk_parts.h"

#include <inttypes.h>
#include <string.h>

// Directly after the header; every ...Offset is one in the file.
static const struct mk_field triage32_fields[] = {
    MK_F("ServicePackBuild", 0x00, MK_U32),
    MK_F("SizeOfDump", 0x04, MK_U32),
    MK_F("ValidOffset", 0x08, MK_U32),
    MK_F("ContextOffset", 0x0c, MK_U32),
    MK_F("ExceptionOffset", 0x10, MK_U32),
    MK_F("MmOffset", 0x14, MK_U32),
    MK_F("UnloadedDriversOffset", 0x18, MK_U32),
    MK_F("PrcbOffset", 0x1c, MK_U32),
    MK_F("ProcessOffset", 0x20, MK_U32),
    MK_F("ThreadOffset", 0x24, MK_U32),
    MK_F("CallStackOffset", 0x28, MK_U32),
    MK_F("SizeOfCallStack", 0x2c, MK_U32),
    MK_F("DriverListOffset", 0x30, MK_U32),
    MK_F("DriverCount", 0x34, MK_U32),
    MK_F("StringPoolOffset", 0x38, MK_U32),
    MK_F("StringPoolSize", 0x3c, MK_U32),
    MK_F("BrokenDriverOffset", 0x40, MK_U32),
    MK_F("TriageOptions", 0x44, MK_U32),
    MK_F("TopOfStack", 0x48, MK_U32),
    MK_F("DataPageAddress", 0x4c, MK_U32),
    MK_F("DataPageOffset", 0x50, MK_U32),
    MK_F("DataPageSize", 0x54, MK_U32),
    MK_F("DebuggerDataOffset", 0x58, MK_U32),
    MK_F("DebuggerDataSize", 0x5c, MK_U32),
    MK_F("DataBlocksOffset", 0x60, MK_U32),
    MK_F("DataBlocksCount", 0x64, MK_U32),
};

static const struct mk_field triage64_fields[] = {
    MK_F("ServicePackBuild", 0x00, MK_U32),
    MK_F("SizeOfDump", 0x04, MK_U32),
    MK_F("ValidOffset", 0x08, MK_U32),
    MK_F("ContextOffset", 0x0c, MK_U32),
    MK_F("ExceptionOffset", 0x10, MK_U32),
    MK_F("MmOffset", 0x14, MK_U32),
    MK_F("UnloadedDriversOffset", 0x18, MK_U32),
    MK_F("PrcbOffset", 0x1c, MK_U32),
    MK_F("ProcessOffset", 0x20, MK_U32),
    MK_F("ThreadOffset", 0x24, MK_U32),
    MK_F("CallStackOffset", 0x28, MK_U32),
    MK_F("SizeOfCallStack", 0x2c, MK_U32),
    MK_F("DriverListOffset", 0x30, MK_U32),
    MK_F("DriverCount", 0x34, MK_U32),
    MK_F("StringPoolOffset", 0x38, MK_U32),
    MK_F("StringPoolSize", 0x3c, MK_U32),
    MK_F("BrokenDriverOffset", 0x40, MK_U32),
    MK_F("TriageOptions", 0x44, MK_U32),
    MK_F("TopOfStack", 0x48, MK_U64),
    MK_F("BStoreOffset", 0x50, MK_U32),
    MK_F("SizeOfBStore", 0x54, MK_U32),
    MK_F("LimitOfBStore", 0x58, MK_U64),
    MK_F("DataPageAddress", 0x60, MK_U64),
    MK_F("DataPageOffset", 0x68, MK_U32),
    MK_F("DataPageSize", 0x6c, MK_U32),
    MK_F("DebuggerDataOffset", 0x70, MK_U32),
    MK_F("DebuggerDataSize", 0x74, MK_U32),
    MK_F("DataBlocksOffset", 0x78, MK_U32),
    MK_F("DataBlocksCount", 0x7c, MK_U32),
};

static const struct mk_field tag_fields[] = {MK_T("Tag", 0x00, 4)};

static struct mk_fields triage_fields(const struct mk_dump *dump)
{
    return dump->machine->is64 ? MK_FIELDS(triage64_fields) : MK_FIELDS(triage32_fields);
}

static struct mk_fields tag_fields_of(const struct mk_dump *dump)
{
    (void)dump;
    return MK_FIELDS(tag_fields);
}

const struct mk_kind mk_triage_kinds[] = {
    {"triage", MK_UNNAMED, "size fill", triage_fields},
    {"tag", MK_UNNAMED, "", tag_fields_of},
    {NULL, MK_UNNAMED, NULL, NULL},
};

// What was laid out, for the offsets in the header.
struct sections {
    struct mk_piece *header, *triage;
    struct mk_piece *mm, *prcb, *process, *thread, *stack, *kdbg;
    struct mk_piece *unloads, *drivers, *strings, *page, *blocks;
    uint64_t driver_count, block_count;
};

// Bits of MiniDumpFields.
enum {
    HAS_PRCB = 0x004,
    HAS_PROCESS = 0x008,
    HAS_THREAD = 0x010,
    HAS_STACK = 0x020,
    HAS_DRIVERS = 0x040,
    HAS_DEBUGGER_DATA = 0x400,
    HAS_DATA_BLOCKS = 0x800,
};

static void put_offset(const struct mk_dump *dump, struct mk_piece *triage, const char *field,
                       const struct mk_piece *piece)
{
    mk_put(dump, triage, field, piece != NULL ? piece->offset : 0);
}

static void put_size(const struct mk_dump *dump, struct mk_piece *triage, const char *field,
                     const struct mk_piece *piece)
{
    mk_put(dump, triage, field, piece != NULL ? piece->size : 0);
}

static void put_places(const struct mk_dump *dump, const struct sections *in)
{
    struct mk_piece *to = in->triage;
    put_offset(dump, to, "MmOffset", in->mm);
    put_offset(dump, to, "UnloadedDriversOffset", in->unloads);
    put_offset(dump, to, "PrcbOffset", in->prcb);
    put_offset(dump, to, "ProcessOffset", in->process);
    put_offset(dump, to, "ThreadOffset", in->thread);
    put_offset(dump, to, "CallStackOffset", in->stack);
    put_size(dump, to, "SizeOfCallStack", in->stack);
    put_offset(dump, to, "DriverListOffset", in->drivers);
    mk_put(dump, to, "DriverCount", in->driver_count);
    put_offset(dump, to, "StringPoolOffset", in->strings);
    put_size(dump, to, "StringPoolSize", in->strings);
    mk_put(dump, to, "TopOfStack", in->stack != NULL ? in->stack->address : 0);
    mk_put(dump, to, "DataPageAddress", in->page != NULL ? in->page->address : 0);
    put_offset(dump, to, "DataPageOffset", in->page);
    put_size(dump, to, "DataPageSize", in->page);
    put_offset(dump, to, "DebuggerDataOffset", in->kdbg);
    put_size(dump, to, "DebuggerDataSize", in->kdbg);
    put_offset(dump, to, "DataBlocksOffset", in->block_count > 0 ? in->blocks : NULL);
    mk_put(dump, to, "DataBlocksCount", in->block_count);
}

// MiniDumpFields: what each writer always claims, without what was left out.
static uint64_t claimed_fields(const struct mk_dump *dump, const struct sections *in)
{
    uint64_t fields = dump->writer_b ? 0xdff : 0xcff;
    fields &= ~(in->prcb == NULL ? (uint64_t)HAS_PRCB : 0);
    fields &= ~(in->process == NULL ? (uint64_t)HAS_PROCESS : 0);
    fields &= ~(in->thread == NULL ? (uint64_t)HAS_THREAD : 0);
    fields &= ~(in->stack == NULL ? (uint64_t)HAS_STACK : 0);
    fields &= ~(in->drivers == NULL ? (uint64_t)HAS_DRIVERS : 0);
    fields &= ~(in->kdbg == NULL ? (uint64_t)HAS_DEBUGGER_DATA : 0);
    return fields & ~(in->block_count == 0 ? (uint64_t)HAS_DATA_BLOCKS : 0);
}

static void put_claims(const struct mk_dump *dump, const struct sections *in,
                       uint64_t service_pack)
{
    bool is64 = dump->machine->is64;
    mk_put(dump, in->triage, "ServicePackBuild", service_pack << 8);
    mk_put(dump, in->triage, "ContextOffset", is64 ? 0x348 : 0x320);
    mk_put(dump, in->triage, "ExceptionOffset", is64 ? 0xf00 : 0x7d0);
    mk_put(dump, in->triage, "TriageOptions", dump->writer_b ? 0x41 : 0xffffffff);
    mk_put(dump, in->header, "DumpType", 4);
    mk_put(dump, in->header, "MiniDumpFields", claimed_fields(dump, in));
    if (dump->writer_b)
        mk_put(dump, in->header, "Attributes", 8);
}

// Writer A puts the unloaded drivers first, writer B behind the debugger data.
static enum bt_status add_sections(struct mk_dump *dump, struct sections *in,
                                   struct bt_error *err)
{
    BT_TRY(mk_add_copy(dump, "mm", &in->mm, err));
    if (!dump->writer_b)
        BT_TRY(mk_add_unloaded(dump, &in->unloads, err));
    BT_TRY(mk_add_copy(dump, "prcb", &in->prcb, err));
    BT_TRY(mk_add_copy(dump, "process", &in->process, err));
    BT_TRY(mk_add_copy(dump, "thread", &in->thread, err));
    BT_TRY(mk_add_stack(dump, &in->stack, err));
    BT_TRY(mk_add_copy(dump, "kdbg", &in->kdbg, err));
    if (dump->writer_b)
        BT_TRY(mk_add_unloaded(dump, &in->unloads, err));
    BT_TRY(mk_add_drivers(dump, &in->drivers, &in->driver_count, err));
    if (in->drivers != NULL)
        BT_TRY(mk_add_strings(dump, in->drivers, &in->strings, err));
    BT_TRY(mk_add_page(dump, &in->page, err));
    return mk_add_blocks(dump, &in->blocks, &in->block_count, err);
}

// The tag is the last word of SizeOfDump bytes.
static enum bt_status add_tag(struct mk_dump *dump, const struct sections *in,
                              struct bt_error *err)
{
    const struct mk_section *section = mk_the(dump, "dump");
    struct mk_piece *tag;
    uint64_t size;
    mk_align(dump, 8);
    BT_TRY(mk_number(dump, section, "size", dump->end + 8, &size, err));
    if (size < dump->end + 4)
        return MK_FAIL(mk_section_get(section, "size")->place, err,
                       "the dump needs at least 0x%" PRIx64 " bytes", dump->end + 4);
    dump->end = size - 4;
    BT_TRY(
        mk_add(dump, mk_the(dump, "tag"), MK_FIELDS(tag_fields), 4, MK_FILL_ZERO, &tag, err));
    mk_put_text(dump, tag, "Tag", "TRGD");
    mk_put(dump, in->triage, "SizeOfDump", size);
    mk_put(dump, in->triage, "ValidOffset", tag->offset);
    mk_put(dump, in->header, "RequiredDumpSpace", size);
    return BT_OK;
}

enum bt_status mk_add_triage(struct mk_dump *dump, struct bt_error *err)
{
    struct sections in = {.header = dump->pieces};
    const struct mk_section *section = mk_the(dump, "triage");
    uint64_t size, service_pack;
    BT_TRY(mk_number(dump, section, "size", dump->machine->is64 ? 0x80 : 0x68, &size, err));
    BT_TRY(mk_number(dump, mk_the(dump, "dump"), "service_pack", 0, &service_pack, err));
    BT_TRY(mk_add(dump, section, triage_fields(dump), size, MK_FILL_ZERO, &in.triage, err));
    BT_TRY(add_sections(dump, &in, err));
    put_places(dump, &in);
    put_claims(dump, &in, service_pack);
    BT_TRY(add_tag(dump, &in, err));
    return mk_add_secondary(dump, err);
}
