// SPDX-License-Identifier: MIT
//
// Stands for the TCP/IP driver: a network adapter that hands large sends back is called again
// and again, until the stack is used up.
#include "rig.h"

RIG_IMPORT void KeBugCheckEx(unsigned code, word a, word b, word c, word d);

typedef int (*send_handler)(unsigned depth);

static volatile send_handler adapter;

__declspec(dllexport) RIG_NOINLINE int TcpipSend(unsigned depth)
{
    int sent = 0;
    if (depth == 0)
        KeBugCheckEx(0x7f, 8, 0, 0, 0);
    else
        sent = adapter(depth - 1);
    return sent + 1;
}

__declspec(dllexport) void TcpipRegister(send_handler handler)
{
    adapter = handler;
}

int DriverEntry(void *driver, void *registry)
{
    (void)driver;
    (void)registry;
    return 0;
}
