// SPDX-License-Identifier: MIT
#include "mk_machine.h"

#include <stddef.h>
#include <string.h>

#include "base/attributes.h"

const char mk_common_defaults[] = "[header]\n"
                                  "MajorVersion = 15\n" // a free build
                                  "MinorVersion = dump.build\n"
                                  "NumberProcessors = 2\n"
                                  "BugCheckCode = 0xe2\n"
                                  "BugCheckParameter1 = 0\n"
                                  "BugCheckParameter2 = 0\n"
                                  "BugCheckParameter3 = 0\n"
                                  "BugCheckParameter4 = 0\n"
                                  "ProductType = 3\n"
                                  "SuiteMask = 0x110\n"
                                  "SystemTime = 2009-11-02T08:14:55Z\n"
                                  "SystemUpTime = 3d4h\n";

const char mk_minidump_defaults[] = "[mdmp]\n"
                                    "Version = 0xa793\n"
                                    "TimeDateStamp = 2009-11-02T08:14:55Z\n"
                                    "[sysinfo]\n"
                                    "NumberOfProcessors = 2\n"
                                    "ProductType = 3\n"
                                    "MajorVersion = 6\n"
                                    "MinorVersion = 0\n"
                                    "PlatformId = 2\n"
                                    "[images]\n" // named here, so that fields can be set
                                    "[tasks]\n"
                                    "[ranges]\n";

const char mk_triage_defaults[] =
    "[triage]\n"
    "[drivers]\n" // named here, so that their fields can be set in one line
    "[strings]\n"
    "[unloads]\n"
    "[blocks]\n"
    "[tag]\n"
    "[mm]\n"
    "Version = 1\n"
    "[header]\n"
    "PsLoadedModuleList = nt + 0x1c8a90\n"
    "PsActiveProcessHead = nt + 0x1b6c40\n"
    "KdDebuggerDataBlock = kdbg\n"
    "[exception]\n" // Windows stores a breakpoint at the bug check itself
    "Code = 0x80000003\n"
    "Flags = 1\n"
    "Record = 0\n"
    "Address = nt + 0x54090\n"
    "NumberParameters = 0\n"
    "[prcb]\n"
    "Number = 0\n"
    "CurrentThread = thread\n"
    "VendorString = \"GenuineIntel\"\n"
    "MHz = 2400\n"
    "CpuType = 6\n"
    "[process]\n"
    "DirectoryTableBase = header.DirectoryTableBase\n"
    "UniqueProcessId = 4\n"
    "ImageFileName = \"System\"\n"
    "[thread]\n"
    "InitialStack = stack + stack.length\n"
    "StackBase = stack + stack.length\n"
    "StackLimit = stack + stack.length - 0x6000\n"
    "KernelStack = stack\n"
    "ApcProcess = process\n"
    "UniqueProcess = process.UniqueProcessId\n"
    "UniqueThread = 0x58\n"
    "[kdbg]\n"
    "OwnerTag = \"KDBG\"\n"
    "Size = kdbg.length\n"
    "KernBase = nt\n"
    "PsLoadedModuleList = header.PsLoadedModuleList\n"
    "PsActiveProcessHead = header.PsActiveProcessHead\n"
    "KiProcessorBlock = nt + 0x1d4b40\n"
    "MmUnloadedDrivers = nt + 0x1c8a58\n"
    "MmPageSize = 0x1000\n"
    "OffsetKThreadTeb = thread@Teb\n"
    "OffsetKThreadKernelStack = thread@KernelStack\n"
    "OffsetKThreadInitialStack = thread@InitialStack\n"
    "OffsetKThreadApcProcess = thread@ApcProcess\n"
    "SizeEProcess = process.length\n"
    "OffsetEprocessPeb = process@Peb\n"
    "OffsetEprocessParentCID = process@InheritedFromUniqueProcessId\n"
    "OffsetEprocessDirectoryTableBase = process@DirectoryTableBase\n"
    "SizePrcb = prcb.length\n"
    "OffsetPrcbCurrentThread = prcb@CurrentThread\n"
    "OffsetPrcbMhz = prcb@MHz\n"
    "OffsetPrcbCpuType = prcb@CpuType\n"
    "OffsetPrcbVendorString = prcb@VendorString\n"
    "OffsetPrcbNumber = prcb@Number\n"
    "SizeEThread = thread.length\n"
    "OffsetPrcbContext = prcb@Context\n"
    "OffsetKThreadStackLimit = thread@StackLimit\n"
    "OffsetKThreadStackBase = thread@StackBase\n";

const char mk_memory_defaults[] = "[memory]\n"
                                  "[bitmap]\n" // named here, so that fields can be set
                                  "[rdmp]\n"
                                  "[prcb]\n"
                                  "Context = saved\n" // a [context saved], where there is one
                                  "[kdbg]\n"
                                  "MmLastUnloadedDriver = nt + 0x1c8a70\n";

static const char x86_defaults[] = "[header]\n"
                                   "DirectoryTableBase = 0x39000\n"
                                   "PfnDataBase = 0x81000000\n"
                                   "PaeEnabled = 0\n"
                                   "[driver ntoskrnl.exe]\n"
                                   "as = nt\n"
                                   "base = 0x80800000\n"
                                   "size = 0x27a000\n"
                                   "timestamp = 2005-03-25T00:24:15Z\n"
                                   "checksum = 0x26b0e1\n"
                                   "[stack]\n"
                                   "at = 0xf7a3b000\n"
                                   "size = 0x1000\n"
                                   "+0x00 = pointer nt + 0x7c3f2\n"
                                   "[process]\n"
                                   "at = 0x8a5c7a00\n"
                                   "[thread]\n"
                                   "at = 0x8a5c7788\n"
                                   "[prcb]\n"
                                   "at = 0xffdff120\n"
                                   "[kdbg]\n"
                                   "at = nt + 0x88e60\n"
                                   "[context]\n"
                                   "ContextFlags = 0x1001f\n"
                                   "Eip = nt + 0x54090\n"
                                   "Esp = stack\n"
                                   "Ebp = stack + 0x14\n"
                                   "SegCs = 0x8\n"
                                   "SegDs = 0x23\n"
                                   "SegEs = 0x23\n"
                                   "SegFs = 0x30\n"
                                   "SegSs = 0x10\n"
                                   "EFlags = 0x246\n";

static const char x64_defaults[] =
    "[header]\n"
    "DirectoryTableBase = 0x187000\n"
    "PfnDataBase = 0xfffffa8000000000\n"
    "[driver ntoskrnl.exe]\n"
    "as = nt\n"
    "base = 0xfffff80001c00000\n"
    "size = 0x519000\n"
    "timestamp = 2009-04-11T05:03:24Z\n"
    "checksum = 0x4a12f7\n"
    "[stack]\n"
    "at = 0xfffffa6001b9a2a8\n"
    "size = 0xd58\n"
    "+0x00 = pointer nt + 0x5402e\n"
    "+0x28 = pointer header.BugCheckParameter4\n" // the fifth argument of KeBugCheckEx
    "[process]\n"
    "at = 0xfffffa8003cd9040\n"
    "[thread]\n"
    "at = 0xfffffa8003cd9bb0\n"
    "[prcb]\n"
    "at = 0xfffff80001d77680\n"
    "[kdbg]\n"
    "at = nt + 0x1da4f0\n"
    "[context]\n"
    "ContextFlags = 0x10001f\n"
    "Rip = nt + 0x54090\n"
    "Rsp = stack\n"
    "Rcx = header.BugCheckCode\n"
    "Rdx = header.BugCheckParameter1\n"
    "R8 = header.BugCheckParameter2\n"
    "R9 = header.BugCheckParameter3\n"
    "SegCs = 0x10\n"
    "SegSs = 0x18\n"
    "EFlags = 0x246\n";

static const char arm64_defaults[] = "[header]\n"
                                     "DirectoryTableBase = 0x4032f000\n"
                                     "PfnDataBase = 0xffffc80000000000\n"
                                     "[driver ntoskrnl.exe]\n"
                                     "as = nt\n"
                                     "base = 0xfffff8020ba00000\n"
                                     "size = 0x1148000\n"
                                     "timestamp = 0x6a3b9c11\n"
                                     "checksum = 0xb1c2d3\n"
                                     "[stack]\n"
                                     "at = 0xffffe88d4c2f16e0\n"
                                     "size = 0x920\n"
                                     "[process]\n"
                                     "at = 0xffffd10f3a07e040\n"
                                     "[thread]\n"
                                     "at = 0xffffd10f3a0c1080\n"
                                     "[prcb]\n"
                                     "at = 0xfffff8020a5f0000\n"
                                     "[kdbg]\n"
                                     "at = nt + 0xc01c18\n"
                                     "[context]\n"
                                     "ContextFlags = 0x400007\n"
                                     "Pc = nt + 0x54090\n"
                                     "Sp = stack\n"
                                     "Lr = nt + 0x5402e\n"
                                     "X0 = header.BugCheckCode\n"
                                     "X1 = header.BugCheckParameter1\n"
                                     "X2 = header.BugCheckParameter2\n"
                                     "X3 = header.BugCheckParameter3\n"
                                     "X4 = header.BugCheckParameter4\n";

static const struct mk_machine machines[] = {
    {MK_X86, "x86", 0x14c, false, x86_defaults},
    {MK_X64, "x64", 0x8664, true, x64_defaults},
    {MK_ARM64, "arm64", 0xaa64, true, arm64_defaults},
    {MK_IA64, "ia64", 0x200, true, NULL},
    {MK_ARM, "arm", 0x1c4, false, NULL},
    {MK_ALPHA, "alpha", 0x184, false, NULL},
    {MK_MIPS, "mips", 0x166, false, NULL},
    {MK_PPC, "ppc", 0x1f0, false, NULL},
};

const struct mk_machine *mk_machine_find(const char *name)
{
    for (size_t i = 0; i < BT_COUNT(machines); i++) {
        if (strcmp(machines[i].name, name) == 0)
            return &machines[i];
    }
    return NULL;
}
