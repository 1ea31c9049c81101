// SPDX-License-Identifier: MIT
#include "cli/process.h"

#include <windows.h>

#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <time.h>

void bt_process_setup(void)
{
    // No dialogue box for a missing disk; dumps on standard input are bytes.
    SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOOPENFILEERRORBOX);
    _setmode(_fileno(stdin), _O_BINARY);
}

unsigned bt_process_processors(void)
{
    SYSTEM_INFO info;
    GetSystemInfo(&info);
    return info.dwNumberOfProcessors > 0 ? info.dwNumberOfProcessors : 1;
}

uint64_t bt_process_milliseconds(void)
{
    return GetTickCount64();
}

uint64_t bt_process_unix_time(void)
{
    time_t now = time(NULL);
    return now > 0 ? (uint64_t)now : 0;
}
