// SPDX-License-Identifier: MIT
//
// Stands for somebody else's driver, which mounts and unmounts the volumes of a storage server.
#include "rig.h"

RIG_IMPORT int NtfsPerformDismountOnVcb(unsigned volume);

RIG_NOINLINE static int unmount_all(unsigned count)
{
    int done = 0;
    for (unsigned volume = count; volume > 0; volume--)
        done += NtfsPerformDismountOnVcb(volume);
    return done;
}

int DriverEntry(void *driver, void *registry)
{
    (void)registry;
    return unmount_all(driver != 0 ? 3 : 1) - 1;
}
