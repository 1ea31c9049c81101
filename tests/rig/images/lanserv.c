// SPDX-License-Identifier: MIT
//
// Stands for a network adapter's driver whose large send offload hands the work back.
#include "rig.h"

RIG_IMPORT int TcpipSend(unsigned depth);
RIG_IMPORT void TcpipRegister(int (*handler)(unsigned depth));

RIG_NOINLINE static int send_large(unsigned depth)
{
    int sent = TcpipSend(depth);
    return sent + 1;
}

int DriverEntry(void *driver, void *registry)
{
    (void)registry;
    TcpipRegister(send_large);
    return TcpipSend(driver != 0 ? 3 : 1) - 1;
}
