// SPDX-License-Identifier: MIT
#include "batch/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "base/attributes.h"

static volatile sig_atomic_t pending;
static int wake[2] = {-1, -1};

static void note(int number)
{
    int saved = errno;
    pending = number;
    if (wake[1] >= 0)
        (void)!write(wake[1], "", 1);
    errno = saved;
}

void bt_interrupt_watch(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction old, action = {.sa_handler = note, .sa_flags = (int)SA_RESETHAND};
    if (pipe(wake) == 0) {
        for (int i = 0; i < 2; i++) {
            (void)fcntl(wake[i], F_SETFD, FD_CLOEXEC);
            (void)fcntl(wake[i], F_SETFL, O_NONBLOCK);
        }
    }
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < BT_COUNT(numbers); i++) {
        // What the caller had ignored stays so: nohup, or a shell's background job.
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            (void)sigaction(numbers[i], &action, NULL);
    }
}

bool bt_interrupt_pending(void)
{
    return pending != 0;
}

int bt_interrupt_fd(void)
{
    return wake[0];
}

int bt_interrupt_signal(void)
{
    return pending;
}
