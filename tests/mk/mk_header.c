// SPDX-License-Identifier: MIT
//
// DUMP_HEADER32 (0x1000 bytes) and DUMP_HEADER64 (0x2000 bytes), filled with "PAGE" where
// nothing is said, as Windows fills them before it writes.
#include "mk_parts.h"

#include <string.h>

static const struct mk_field header32_fields[] = {
    MK_T("Signature", 0x000, 4),
    MK_T("ValidDump", 0x004, 4),
    MK_F("MajorVersion", 0x008, MK_U32),
    MK_F("MinorVersion", 0x00c, MK_U32),
    MK_F("DirectoryTableBase", 0x010, MK_U32),
    MK_F("PfnDataBase", 0x014, MK_U32),
    MK_F("PsLoadedModuleList", 0x018, MK_U32),
    MK_F("PsActiveProcessHead", 0x01c, MK_U32),
    MK_F("MachineImageType", 0x020, MK_U32),
    MK_F("NumberProcessors", 0x024, MK_U32),
    MK_F("BugCheckCode", 0x028, MK_U32),
    MK_A("BugCheckParameter", 0x02c, MK_U32, 4, 4, 1),
    MK_T("VersionUser", 0x03c, 32),
    MK_F("PaeEnabled", 0x05c, MK_U8),
    MK_F("KdSecondaryVersion", 0x05d, MK_U8),
    MK_F("KdDebuggerDataBlock", 0x060, MK_U32),
    MK_F("NumberOfRuns", 0x064, MK_U32),
    MK_F("NumberOfPages", 0x068, MK_U32),
    MK_A("RunBasePage", 0x06c, MK_U32, 86, 8, 0),
    MK_A("RunPageCount", 0x070, MK_U32, 86, 8, 0),
    MK_T("Comment", 0x820, 128),
    MK_F("Attributes", 0x8a0, MK_U32),
    MK_F("BootId", 0x8a4, MK_U32),
    MK_F("DumpType", 0xf88, MK_U32),
    MK_F("MiniDumpFields", 0xf8c, MK_U32),
    MK_F("SecondaryDataState", 0xf90, MK_U32),
    MK_F("ProductType", 0xf94, MK_U32),
    MK_F("SuiteMask", 0xf98, MK_U32),
    MK_F("WriterStatus", 0xf9c, MK_U32),
    MK_F("RequiredDumpSpace", 0xfa0, MK_U64),
    MK_F("SystemUpTime", 0xfb8, MK_U64),
    MK_F("SystemTime", 0xfc0, MK_U64),
};

static const struct mk_field header64_fields[] = {
    MK_T("Signature", 0x0000, 4),
    MK_T("ValidDump", 0x0004, 4),
    MK_F("MajorVersion", 0x0008, MK_U32),
    MK_F("MinorVersion", 0x000c, MK_U32),
    MK_F("DirectoryTableBase", 0x0010, MK_U64),
    MK_F("PfnDataBase", 0x0018, MK_U64),
    MK_F("PsLoadedModuleList", 0x0020, MK_U64),
    MK_F("PsActiveProcessHead", 0x0028, MK_U64),
    MK_F("MachineImageType", 0x0030, MK_U32),
    MK_F("NumberProcessors", 0x0034, MK_U32),
    MK_F("BugCheckCode", 0x0038, MK_U32),
    MK_A("BugCheckParameter", 0x0040, MK_U64, 4, 8, 1),
    MK_T("VersionUser", 0x0060, 32),
    MK_F("KdDebuggerDataBlock", 0x0080, MK_U64),
    MK_F("NumberOfRuns", 0x0088, MK_U32),
    MK_F("NumberOfPages", 0x0090, MK_U64),
    MK_A("RunBasePage", 0x0098, MK_U64, 42, 16, 0),
    MK_A("RunPageCount", 0x00a0, MK_U64, 42, 16, 0),
    MK_F("DumpType", 0x0f98, MK_U32),
    MK_F("RequiredDumpSpace", 0x0fa0, MK_U64),
    MK_F("SystemTime", 0x0fa8, MK_U64),
    MK_T("Comment", 0x0fb0, 128),
    MK_F("SystemUpTime", 0x1030, MK_U64),
    MK_F("MiniDumpFields", 0x1038, MK_U32),
    MK_F("SecondaryDataState", 0x103c, MK_U32),
    MK_F("ProductType", 0x1040, MK_U32),
    MK_F("SuiteMask", 0x1044, MK_U32),
    MK_F("WriterStatus", 0x1048, MK_U32),
    MK_F("KdSecondaryVersion", 0x104d, MK_U8),
    MK_F("Attributes", 0x1050, MK_U32),
    MK_F("BootId", 0x1054, MK_U32),
};

// EXCEPTION_RECORD32 and EXCEPTION_RECORD64.
static const struct mk_field exception32_fields[] = {
    MK_F("Code", 0x00, MK_U32),
    MK_F("Flags", 0x04, MK_U32),
    MK_F("Record", 0x08, MK_U32),
    MK_F("Address", 0x0c, MK_U32),
    MK_F("NumberParameters", 0x10, MK_U32),
    MK_A("Information", 0x14, MK_U32, 15, 4, 0),
};

static const struct mk_field exception64_fields[] = {
    MK_F("Code", 0x00, MK_U32),
    MK_F("Flags", 0x04, MK_U32),
    MK_F("Record", 0x08, MK_U64),
    MK_F("Address", 0x10, MK_U64),
    MK_F("NumberParameters", 0x18, MK_U32),
    MK_A("Information", 0x20, MK_U64, 15, 8, 0),
};

static struct mk_fields header_fields(const struct mk_dump *dump)
{
    return dump->machine->is64 ? MK_FIELDS(header64_fields) : MK_FIELDS(header32_fields);
}

static struct mk_fields exception_fields(const struct mk_dump *dump)
{
    return dump->machine->is64 ? MK_FIELDS(exception64_fields) : MK_FIELDS(exception32_fields);
}

const struct mk_kind mk_header_kinds[] = {
    {"dump", MK_UNNAMED, "machine build service_pack kind writer size", NULL},
    {"header", MK_UNNAMED, "fill", header_fields},
    {"exception", MK_EITHER, "at fill", exception_fields},
    {"body", MK_UNNAMED, "size fill", NULL},
    {NULL, MK_UNNAMED, NULL, NULL},
};

// The context and the exception record that lie in the header.
static enum bt_status add_saved_state(struct mk_dump *dump, const struct mk_piece *header,
                                      struct bt_error *err)
{
    bool is64 = dump->machine->is64;
    const struct mk_section *context = mk_the(dump, "context");
    const struct mk_section *exception = mk_the(dump, "exception");
    struct mk_piece *piece;
    if (context != NULL) {
        const struct mk_kind *kind = mk_kind_find("context");
        BT_TRY(mk_add_inside(dump, header, is64 ? 0x348 : 0x320, context, kind->fields(dump),
                             mk_context_size(dump), MK_FILL_ZERO, &piece, err));
    }
    if (exception != NULL)
        BT_TRY(mk_add_inside(dump, header, is64 ? 0xf00 : 0x7d0, exception,
                             exception_fields(dump), is64 ? 0x98 : 0x50, MK_FILL_PAGE, &piece,
                             err));
    return BT_OK;
}

enum bt_status mk_add_header(struct mk_dump *dump, struct bt_error *err)
{
    struct mk_piece *header;
    bool is64 = dump->machine->is64;
    BT_TRY(mk_add(dump, mk_the(dump, "header"), header_fields(dump), is64 ? 0x2000 : 0x1000,
                  MK_FILL_PAGE, &header, err));
    mk_put_text(dump, header, "Signature", "PAGE");
    mk_put_text(dump, header, "ValidDump", is64 ? "DU64" : "DUMP");
    mk_put(dump, header, "MachineImageType", dump->machine->image);
    return add_saved_state(dump, header, err);
}

enum bt_status mk_add_body(struct mk_dump *dump, struct bt_error *err)
{
    const struct mk_section *body = mk_the(dump, "body");
    struct mk_piece *piece;
    uint64_t size;
    if (body == NULL)
        return BT_OK;
    BT_TRY(mk_extent(dump, body, &size, err));
    BT_TRY(mk_number(dump, body, "size", size, &size, err));
    return mk_add(dump, body, MK_NO_FIELDS, size, MK_FILL_ZERO, &piece, err);
}
