// SPDX-License-Identifier: MIT
//
// The raw copies of kernel records that a triage dump carries: the processor's control block,
// the process and the thread (their layout is the build's, mk_era.c), the debugger data block
// and the memory manager's numbers.
#include "mk_parts.h"

#include <string.h>

// KDDEBUGGER_DATA64: one layout for all machines.
static const struct mk_field kdbg_fields[] = {
    MK_T("OwnerTag", 0x010, 4),
    MK_F("Size", 0x014, MK_U32),
    MK_F("KernBase", 0x018, MK_SIGNED),
    MK_F("SavedContext", 0x028, MK_SIGNED),
    MK_F("PaeEnabled", 0x036, MK_U16),
    MK_F("PsLoadedModuleList", 0x048, MK_SIGNED),
    MK_F("PsActiveProcessHead", 0x050, MK_SIGNED),
    MK_F("KiBugCheckData", 0x088, MK_SIGNED),
    MK_F("MmPfnDatabase", 0x0c0, MK_SIGNED),
    MK_F("MmPageSize", 0x138, MK_U64),
    MK_F("MmHighestUserAddress", 0x1c8, MK_SIGNED),
    MK_F("MmSystemRangeStart", 0x1d0, MK_SIGNED),
    MK_F("NtBuildLab", 0x208, MK_SIGNED),
    MK_F("KiProcessorBlock", 0x218, MK_SIGNED),
    MK_F("MmUnloadedDrivers", 0x220, MK_SIGNED),
    MK_F("MmLastUnloadedDriver", 0x228, MK_SIGNED),
    MK_F("MmTriageActionTaken", 0x230, MK_SIGNED),
    MK_F("MmSpecialPoolTag", 0x238, MK_SIGNED),
    MK_F("KernelVerifier", 0x240, MK_SIGNED),
    MK_F("MmVerifierData", 0x248, MK_SIGNED),
    MK_F("CmNtCSDVersion", 0x268, MK_SIGNED),
    MK_F("MmPhysicalMemoryBlock", 0x270, MK_SIGNED),
    MK_F("OffsetKThreadNextProcessor", 0x298, MK_U16),
    MK_F("OffsetKThreadTeb", 0x29a, MK_U16),
    MK_F("OffsetKThreadKernelStack", 0x29c, MK_U16),
    MK_F("OffsetKThreadInitialStack", 0x29e, MK_U16),
    MK_F("OffsetKThreadApcProcess", 0x2a0, MK_U16),
    MK_F("OffsetKThreadState", 0x2a2, MK_U16),
    MK_F("SizeEProcess", 0x2a8, MK_U16),
    MK_F("OffsetEprocessPeb", 0x2aa, MK_U16),
    MK_F("OffsetEprocessParentCID", 0x2ac, MK_U16),
    MK_F("OffsetEprocessDirectoryTableBase", 0x2ae, MK_U16),
    MK_F("SizePrcb", 0x2b0, MK_U16),
    MK_F("OffsetPrcbDpcRoutine", 0x2b2, MK_U16),
    MK_F("OffsetPrcbCurrentThread", 0x2b4, MK_U16),
    MK_F("OffsetPrcbMhz", 0x2b6, MK_U16),
    MK_F("OffsetPrcbCpuType", 0x2b8, MK_U16),
    MK_F("OffsetPrcbVendorString", 0x2ba, MK_U16),
    MK_F("OffsetPrcbProcStateContext", 0x2bc, MK_U16),
    MK_F("OffsetPrcbNumber", 0x2be, MK_U16),
    MK_F("SizeEThread", 0x2c0, MK_U16),
    MK_F("KdPrintCircularBufferPtr", 0x2c8, MK_SIGNED),
    MK_F("KdPrintBufferSize", 0x2d0, MK_U64),
    MK_F("KeLoaderBlock", 0x2d8, MK_SIGNED),
    MK_F("IopNumTriageDumpDataBlocks", 0x308, MK_SIGNED),
    MK_F("IopTriageDumpDataBlocks", 0x310, MK_SIGNED),
    MK_F("VfCrashDataBlock", 0x318, MK_SIGNED),
    MK_F("EtwpDebuggerData", 0x330, MK_SIGNED),
    MK_F("OffsetPrcbContext", 0x338, MK_U16),
    MK_F("OffsetKThreadStackLimit", 0x340, MK_U32),
    MK_F("OffsetKThreadStackBase", 0x344, MK_U32),
    MK_F("PteBase", 0x360, MK_U64),
};

// DUMP_MM_STORAGE.
static const struct mk_field mm32_fields[] = {
    MK_F("Version", 0x00, MK_U32),           MK_F("Size", 0x04, MK_U32),
    MK_F("SpecialPoolTag", 0x08, MK_U32),    MK_F("TriageActionTaken", 0x0c, MK_U32),
    MK_F("VerifyDriverLevel", 0x10, MK_U32), MK_F("KernelVerifier", 0x14, MK_U32),
    MK_F("MaxNonPagedPool", 0x18, MK_U32),   MK_F("AllocatedNonPagedPool", 0x1c, MK_U32),
    MK_F("PagedPoolMax", 0x20, MK_U32),      MK_F("PagedPoolAllocated", 0x24, MK_U32),
    MK_F("CommittedPages", 0x28, MK_U32),    MK_F("CommittedPeak", 0x2c, MK_U32),
    MK_F("CommitLimitMax", 0x30, MK_U32),
};

static const struct mk_field mm64_fields[] = {
    MK_F("Version", 0x00, MK_U32),           MK_F("Size", 0x04, MK_U32),
    MK_F("SpecialPoolTag", 0x08, MK_U32),    MK_F("TriageActionTaken", 0x0c, MK_U32),
    MK_F("VerifyDriverLevel", 0x10, MK_U32), MK_F("KernelVerifier", 0x14, MK_U32),
    MK_F("MaxNonPagedPool", 0x18, MK_U64),   MK_F("AllocatedNonPagedPool", 0x20, MK_U64),
    MK_F("PagedPoolMax", 0x28, MK_U64),      MK_F("PagedPoolAllocated", 0x30, MK_U64),
    MK_F("CommittedPages", 0x38, MK_U64),    MK_F("CommittedPeak", 0x40, MK_U64),
    MK_F("CommitLimitMax", 0x48, MK_U64),
};

static struct mk_fields prcb_fields(const struct mk_dump *dump)
{
    return (struct mk_fields){.items = dump->era.prcb, .count = dump->era.prcb_count};
}

static struct mk_fields process_fields(const struct mk_dump *dump)
{
    return (struct mk_fields){.items = dump->era.process, .count = dump->era.process_count};
}

static struct mk_fields thread_fields(const struct mk_dump *dump)
{
    return (struct mk_fields){.items = dump->era.thread, .count = dump->era.thread_count};
}

static struct mk_fields kdbg_fields_of(const struct mk_dump *dump)
{
    (void)dump;
    return MK_FIELDS(kdbg_fields);
}

static struct mk_fields mm_fields(const struct mk_dump *dump)
{
    return dump->machine->is64 ? MK_FIELDS(mm64_fields) : MK_FIELDS(mm32_fields);
}

const struct mk_kind mk_kernel_kinds[] = {
    {"prcb", MK_UNNAMED, "at size fill", prcb_fields},
    {"process", MK_UNNAMED, "at size fill", process_fields},
    {"thread", MK_UNNAMED, "at size fill", thread_fields},
    {"kdbg", MK_UNNAMED, "at size fill never always", kdbg_fields_of},
    {"mm", MK_UNNAMED, "size fill", mm_fields},
    {NULL, MK_UNNAMED, NULL, NULL},
};

static uint64_t usual_size(const struct mk_dump *dump, const char *kind)
{
    if (strcmp(kind, "prcb") == 0)
        return dump->era.prcb_size;
    if (strcmp(kind, "process") == 0)
        return dump->era.process_size;
    if (strcmp(kind, "thread") == 0)
        return dump->era.thread_size;
    if (strcmp(kind, "kdbg") == 0)
        return dump->era.kdbg_size;
    return dump->machine->is64 ? 0x50 : 0x34;
}

enum bt_status mk_float_copy(struct mk_dump *dump, const char *kind, struct mk_piece **ret,
                             struct bt_error *err)
{
    const struct mk_section *section = mk_the(dump, kind);
    uint64_t size = 0;
    *ret = NULL;
    if (section != NULL)
        BT_TRY(mk_number(dump, section, "size", usual_size(dump, kind), &size, err));
    if (size == 0)
        return BT_OK;
    BT_TRY(mk_add_floating(dump, section, mk_kind_find(kind)->fields(dump), size, MK_FILL_ZERO,
                           ret, err));
    return mk_locate(dump, *ret, err);
}

// How a running 64-bit Windows since version 8 keeps the block: each word is mixed with two
// secrets and the address of a variable.
static uint64_t scramble_word(uint64_t word, uint64_t never, uint64_t always, uint64_t address)
{
    uint64_t x = __builtin_bswap64(word ^ always) ^ address;
    unsigned count = never & 63;
    x = count == 0 ? x : x >> count | x << (64 - count);
    return x ^ never;
}

enum bt_status mk_scramble(struct mk_dump *dump, struct bt_error *err)
{
    const struct mk_section *section = mk_the(dump, "kdbg");
    struct mk_piece *block = section != NULL ? mk_piece_of(dump, section) : NULL;
    uint64_t never, always;
    if (block == NULL || mk_section_get(section, "never") == NULL)
        return BT_OK;
    BT_TRY(mk_number(dump, section, "never", 0, &never, err));
    BT_TRY(mk_number(dump, section, "always", 0, &always, err));
    for (uint64_t at = 0; at + 8 <= block->size; at += 8) {
        uint64_t word = mk_load(block->data + at, 8);
        mk_store(block->data + at, 8,
                 scramble_word(word, never, always, block->address + 0x5a5c0));
    }
    return BT_OK;
}

enum bt_status mk_add_copy(struct mk_dump *dump, const char *kind, struct mk_piece **ret,
                           struct bt_error *err)
{
    const struct mk_section *section = mk_the(dump, kind);
    uint64_t size = 0;
    *ret = NULL;
    if (section != NULL)
        BT_TRY(mk_number(dump, section, "size", usual_size(dump, kind), &size, err));
    if (size == 0)
        return BT_OK;
    BT_TRY(
        mk_add(dump, section, mk_kind_find(kind)->fields(dump), size, MK_FILL_ZERO, ret, err));
    // A reader finds the processor's block only by its place in the file.
    (*ret)->carries_memory = strcmp(kind, "prcb") != 0 && strcmp(kind, "mm") != 0;
    if (strcmp(kind, "mm") == 0)
        mk_put(dump, *ret, "Size", size);
    else
        BT_TRY(mk_locate(dump, *ret, err));
    mk_align(dump, 8);
    return BT_OK;
}
