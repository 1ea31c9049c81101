// SPDX-License-Identifier: MIT
#include "cli/process.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

void bt_process_setup(void)
{
    (void)signal(SIGPIPE, SIG_IGN);
    // A descriptor that the caller closed is opened the wrong way round, so that using it fails
    // as it would have failed closed.
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0)
            (void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    }
}
