// SPDX-License-Identifier: MIT
//
// CONTEXT of each machine, and KTRAP_FRAME of x86 and x64.
#include "mk_parts.h"

static const struct mk_field x86_context[] = {
    MK_F("ContextFlags", 0x00, MK_U32), MK_F("Dr0", 0x04, MK_U32),
    MK_F("Dr1", 0x08, MK_U32),          MK_F("Dr2", 0x0c, MK_U32),
    MK_F("Dr3", 0x10, MK_U32),          MK_F("Dr6", 0x14, MK_U32),
    MK_F("Dr7", 0x18, MK_U32),          MK_F("SegGs", 0x8c, MK_U32),
    MK_F("SegFs", 0x90, MK_U32),        MK_F("SegEs", 0x94, MK_U32),
    MK_F("SegDs", 0x98, MK_U32),        MK_F("Edi", 0x9c, MK_U32),
    MK_F("Esi", 0xa0, MK_U32),          MK_F("Ebx", 0xa4, MK_U32),
    MK_F("Edx", 0xa8, MK_U32),          MK_F("Ecx", 0xac, MK_U32),
    MK_F("Eax", 0xb0, MK_U32),          MK_F("Ebp", 0xb4, MK_U32),
    MK_F("Eip", 0xb8, MK_U32),          MK_F("SegCs", 0xbc, MK_U32),
    MK_F("EFlags", 0xc0, MK_U32),       MK_F("Esp", 0xc4, MK_U32),
    MK_F("SegSs", 0xc8, MK_U32),
};

static const struct mk_field x64_context[] = {
    MK_F("ContextFlags", 0x30, MK_U32), MK_F("MxCsr", 0x34, MK_U32),
    MK_F("SegCs", 0x38, MK_U16),        MK_F("SegDs", 0x3a, MK_U16),
    MK_F("SegEs", 0x3c, MK_U16),        MK_F("SegFs", 0x3e, MK_U16),
    MK_F("SegGs", 0x40, MK_U16),        MK_F("SegSs", 0x42, MK_U16),
    MK_F("EFlags", 0x44, MK_U32),       MK_F("Rax", 0x78, MK_U64),
    MK_F("Rcx", 0x80, MK_U64),          MK_F("Rdx", 0x88, MK_U64),
    MK_F("Rbx", 0x90, MK_U64),          MK_F("Rsp", 0x98, MK_U64),
    MK_F("Rbp", 0xa0, MK_U64),          MK_F("Rsi", 0xa8, MK_U64),
    MK_F("Rdi", 0xb0, MK_U64),          MK_A("R", 0xb8, MK_U64, 8, 8, 8), // R8 to R15
    MK_F("Rip", 0xf8, MK_U64),
};

static const struct mk_field arm64_context[] = {
    MK_F("ContextFlags", 0x00, MK_U32), MK_F("Cpsr", 0x04, MK_U32),
    MK_A("X", 0x08, MK_U64, 29, 8, 0),  MK_F("Fp", 0xf0, MK_U64),
    MK_F("Lr", 0xf8, MK_U64),           MK_F("Sp", 0x100, MK_U64),
    MK_F("Pc", 0x108, MK_U64),
};

static const struct mk_field arm_context[] = {
    MK_F("ContextFlags", 0x00, MK_U32), MK_A("R", 0x04, MK_U32, 13, 4, 0),
    MK_F("Sp", 0x38, MK_U32),           MK_F("Lr", 0x3c, MK_U32),
    MK_F("Pc", 0x40, MK_U32),           MK_F("Cpsr", 0x44, MK_U32),
};

static const struct mk_field ia64_context[] = {
    MK_F("ContextFlags", 0x000, MK_U32), MK_F("IntGp", 0x878, MK_U64),
    MK_F("IntSp", 0x8d0, MK_U64),        MK_F("BrRp", 0x980, MK_U64),
    MK_F("StIIP", 0xa18, MK_U64),
};

static const struct mk_field x86_trap_frame[] = {
    MK_F("Edx", 0x3c, MK_U32),           MK_F("Ecx", 0x40, MK_U32),
    MK_F("Eax", 0x44, MK_U32),           MK_F("Edi", 0x54, MK_U32),
    MK_F("Esi", 0x58, MK_U32),           MK_F("Ebx", 0x5c, MK_U32),
    MK_F("Ebp", 0x60, MK_U32),           MK_F("ErrorCode", 0x64, MK_U32),
    MK_F("Eip", 0x68, MK_U32),           MK_F("SegCs", 0x6c, MK_U32),
    MK_F("EFlags", 0x70, MK_U32),        MK_F("HardwareEsp", 0x74, MK_U32),
    MK_F("HardwareSegSs", 0x78, MK_U32),
};

static const struct mk_field x64_trap_frame[] = {
    MK_F("Rax", 0x30, MK_U64),          MK_F("Rcx", 0x38, MK_U64),
    MK_F("Rdx", 0x40, MK_U64),          MK_A("R", 0x48, MK_U64, 4, 8, 8), // R8 to R11
    MK_F("FaultAddress", 0xd0, MK_U64), MK_F("Rbx", 0x140, MK_U64),
    MK_F("Rdi", 0x148, MK_U64),         MK_F("Rsi", 0x150, MK_U64),
    MK_F("Rbp", 0x158, MK_U64),         MK_F("ErrorCode", 0x160, MK_U64),
    MK_F("Rip", 0x168, MK_U64),         MK_F("SegCs", 0x170, MK_U16),
    MK_F("EFlags", 0x178, MK_U32),      MK_F("Rsp", 0x180, MK_U64),
    MK_F("SegSs", 0x188, MK_U16),
};

static struct mk_fields context_fields(const struct mk_dump *dump)
{
    switch (dump->machine->id) {
    case MK_X86:
        return MK_FIELDS(x86_context);
    case MK_X64:
        return MK_FIELDS(x64_context);
    case MK_ARM64:
        return MK_FIELDS(arm64_context);
    case MK_ARM:
        return MK_FIELDS(arm_context);
    case MK_IA64:
        return MK_FIELDS(ia64_context);
    case MK_ALPHA:
    case MK_MIPS:
    case MK_PPC:
        break;
    }
    return MK_NO_FIELDS;
}

static struct mk_fields trap_frame_fields(const struct mk_dump *dump)
{
    if (dump->machine->id == MK_X86)
        return MK_FIELDS(x86_trap_frame);
    return dump->machine->id == MK_X64 ? MK_FIELDS(x64_trap_frame) : MK_NO_FIELDS;
}

uint64_t mk_context_size(const struct mk_dump *dump)
{
    switch (dump->machine->id) {
    case MK_X86:
        return 0x2cc;
    case MK_X64:
        return 0x4d0;
    case MK_ARM64:
        return 0x390;
    case MK_ARM:
        return 0x1a0;
    case MK_IA64:
        return 0xa70;
    case MK_ALPHA:
    case MK_MIPS:
    case MK_PPC:
        break;
    }
    return 0;
}

const struct mk_kind mk_context_kinds[] = {
    {"context", MK_EITHER, "at fill", context_fields},
    {"trapframe", MK_NAMED, "at fill", trap_frame_fields},
    {NULL, MK_UNNAMED, NULL, NULL},
};
