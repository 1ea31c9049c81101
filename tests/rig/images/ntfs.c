// SPDX-License-Identifier: MIT
//
// Stands for the file system: unmounting a damaged volume stops the machine with 0x24.
#include "rig.h"

RIG_IMPORT void KeBugCheckEx(unsigned code, word a, word b, word c, word d);

RIG_NOINLINE static int check_record(volatile const unsigned *record, unsigned expected)
{
    if (*record != expected)
        KeBugCheckEx(0x24, 0x1904fb, 0, 0, 0);
    return 1;
}

static volatile unsigned damaged_record = 0x44414142; // "BAAD" instead of "FILE"

__declspec(dllexport) RIG_NOINLINE int NtfsPerformDismountOnVcb(unsigned volume)
{
    int done = check_record(&damaged_record, 0x454c4946);
    return done + (int)volume;
}

int DriverEntry(void *driver, void *registry)
{
    (void)driver;
    (void)registry;
    return 0;
}
