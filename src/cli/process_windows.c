// SPDX-License-Identifier: MIT
#include "cli/process.h"

#include <windows.h>

#include <fcntl.h>
#include <io.h>
#include <stdio.h>

void bt_process_setup(void)
{
    // No dialogue box for a missing disk; dumps on standard input are bytes.
    SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOOPENFILEERRORBOX);
    _setmode(_fileno(stdin), _O_BINARY);
}
