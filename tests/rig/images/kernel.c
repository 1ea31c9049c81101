// SPDX-License-Identifier: MIT
//
// A stand-in for the kernel's image: it holds what a dump of a crashed system is read by (the
// debugger block, lists, processor and thread), and stops like the real one. make_dump.py fills
// the structures in, by their exported names. Nothing of Windows is in it.
#include "rig.h"

#define EXPORT __declspec(dllexport)

EXPORT word PsLoadedModuleList[2];
EXPORT word PsActiveProcessHead[2];
EXPORT word MmPfnDatabase;
EXPORT word KiProcessorBlock[32];
EXPORT volatile word KiBugCheckData[5];
EXPORT word MmUnloadedDrivers;
EXPORT unsigned MmLastUnloadedDriver;
EXPORT unsigned CmNtCSDVersion;
EXPORT word RigDriverEntry; // of the driver that brings the system down
EXPORT unsigned char KdDebuggerDataBlock[0x400] __attribute__((aligned(16)));
EXPORT unsigned char RigControlRegion[0x6000] __attribute__((aligned(4096)));
EXPORT unsigned char RigContext[0x600] __attribute__((aligned(64)));
EXPORT unsigned char RigProcess[0x800] __attribute__((aligned(16)));
EXPORT unsigned char RigThread[0x800] __attribute__((aligned(16)));
EXPORT unsigned char RigUnloaded[50 * 0x28] __attribute__((aligned(16)));
EXPORT const char NtBuildLab[] = RIG_BUILD_LAB;

// Part of its callers, so that the saved context is theirs.
__attribute__((always_inline)) static inline void halt(void)
{
    for (;;)
        __asm__ volatile("cli; hlt");
}

EXPORT RIG_NOINLINE void KeBugCheckEx(unsigned code, word a, word b, word c, word d)
{
    KiBugCheckData[0] = code;
    KiBugCheckData[1] = a;
    KiBugCheckData[2] = b;
    KiBugCheckData[3] = c;
    KiBugCheckData[4] = d;
    halt();
}

EXPORT RIG_NOINLINE int IopLoadDriver(int (*entry)(void *, void *))
{
    volatile int status = entry(RigProcess, 0);
    return status + 1;
}

EXPORT void KiSystemStartup(void)
{
    volatile int status = IopLoadDriver((int (*)(void *, void *))RigDriverEntry);
    (void)status;
    halt();
}
