// SPDX-License-Identifier: MIT
#include "cli/terminal.h"

#include <windows.h>

#include <io.h>
#include <stdio.h>
#include <stdlib.h>

struct bt_terminal bt_terminal_describe(void)
{
    struct bt_terminal terminal = {.is_terminal = _isatty(_fileno(stdout)) != 0};
    HANDLE console = GetStdHandle(STD_OUTPUT_HANDLE);
    CONSOLE_SCREEN_BUFFER_INFO info;
    DWORD mode;
    if (!terminal.is_terminal)
        return terminal;
    terminal.utf8 = SetConsoleOutputCP(CP_UTF8) != 0;
    if (GetConsoleScreenBufferInfo(console, &info))
        terminal.width = (unsigned)(info.srWindow.Right - info.srWindow.Left + 1);
    const char *no_color = getenv("NO_COLOR");
    bool forbidden = no_color != NULL && *no_color != '\0';
    // Consoles before Windows 10 show escape sequences as they are.
    terminal.colour = !forbidden && GetConsoleMode(console, &mode) &&
                      SetConsoleMode(console, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
    return terminal;
}

bool bt_terminal_shows_progress(void)
{
    HANDLE console = GetStdHandle(STD_ERROR_HANDLE);
    DWORD mode;
    return _isatty(_fileno(stderr)) != 0 && GetConsoleMode(console, &mode) &&
           SetConsoleMode(console, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
}

unsigned bt_terminal_progress_width(void)
{
    CONSOLE_SCREEN_BUFFER_INFO info;
    if (!GetConsoleScreenBufferInfo(GetStdHandle(STD_ERROR_HANDLE), &info))
        return 0;
    return (unsigned)(info.srWindow.Right - info.srWindow.Left + 1);
}
