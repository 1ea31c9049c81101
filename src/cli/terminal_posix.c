// SPDX-License-Identifier: MIT
#include "cli/terminal.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/attributes.h"
#include "base/text.h"

static bool is_clever(void)
{
    const char *term = getenv("TERM");
    return term != NULL && *term != '\0' && strcmp(term, "dumb") != 0;
}

static bool wants_colour(void)
{
    const char *no_color = getenv("NO_COLOR"); // https://no-color.org: set and not empty
    return (no_color == NULL || *no_color == '\0') && is_clever();
}

bool bt_terminal_shows_progress(void)
{
    return isatty(STDERR_FILENO) == 1 && is_clever();
}

unsigned bt_terminal_progress_width(void)
{
    struct winsize size;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

// Whether the locale's characters are UTF-8. Its name tells that nearly always; where it does
// not, the C library reads a file or two.
static bool is_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"}; // the first that is set
    const char *locale = NULL;
    for (size_t i = 0; i < BT_COUNT(names) && (locale == NULL || *locale == '\0'); i++)
        locale = getenv(names[i]);
    if (locale == NULL || *locale == '\0' || strcmp(locale, "C") == 0)
        return false;
    const char *codes = strchr(locale, '.');
    if (codes != NULL && (bt_ieq(codes, ".UTF-8") || bt_ieq(codes, ".utf8")))
        return true;
    return setlocale(LC_CTYPE, "") != NULL && strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

struct bt_terminal bt_terminal_describe(void)
{
    struct winsize size;
    struct bt_terminal terminal = {.is_terminal = isatty(STDOUT_FILENO) == 1,
                                   .utf8 = is_utf8()};
    if (!terminal.is_terminal)
        return terminal;
    terminal.colour = wants_colour();
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        terminal.width = size.ws_col;
    return terminal;
}
