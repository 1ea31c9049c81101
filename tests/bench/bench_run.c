// SPDX-License-Identifier: MIT
//
// bench_run OUTPUT PROGRAM [ARGUMENT]...
//
// Runs a program with its standard output in a file and prints the milliseconds by the clock
// and of the processors, and the KiB of memory of its largest process: what a large parent (an
// interpreter) cannot tell, because Linux adds its own memory to that of its children.
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double clock_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double in_ms(struct timeval t)
{
    return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

static void fail(const char *what)
{
    fprintf(stderr, "bench_run: %s\n", what);
    exit(2);
}

int main(int argc, char **argv)
{
    posix_spawn_file_actions_t actions;
    struct rusage usage;
    pid_t child;
    int status;
    if (argc < 3)
        fail("usage: bench_run OUTPUT PROGRAM [ARGUMENT]...");
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0666);
    double start = clock_ms();
    if (posix_spawnp(&child, argv[2], &actions, NULL, &argv[2], environ) != 0)
        fail("the program cannot be started");
    if (wait4(child, &status, 0, &usage) != child)
        fail("the program was lost");
    double wall = clock_ms() - start;
    posix_spawn_file_actions_destroy(&actions);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail("the program did not end with status 0");
    printf("%.3f %.3f %ld\n", wall, in_ms(usage.ru_utime) + in_ms(usage.ru_stime),
           usage.ru_maxrss);
    return 0;
}
