// SPDX-License-Identifier: MIT
#include "batch/interrupt.h"

#include <signal.h>
#include <windows.h>

static volatile LONG pending;

static BOOL WINAPI note(DWORD event)
{
    if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT)
        return FALSE;
    return InterlockedExchange(&pending, SIGINT) == 0; // the second one ends the program
}

void bt_interrupt_watch(void)
{
    (void)SetConsoleCtrlHandler(note, TRUE);
}

bool bt_interrupt_pending(void)
{
    return pending != 0;
}

int bt_interrupt_fd(void)
{
    return -1;
}

int bt_interrupt_signal(void)
{
    return (int)pending;
}
