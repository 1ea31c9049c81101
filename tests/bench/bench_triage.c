// SPDX-License-Identifier: MIT
//
// bench_triage PROGRAM DUMP [RUNS]
//
// What one warm `PROGRAM DUMP` costs against `cat DUMP`, both with their output thrown away,
// run in turn so that a busy machine slows both. Prints medians, the ratio and the largest peak
// of resident memory, and whether the goals hold: at most twice the time of cat plus 3 ms, and
// under 16 MiB.
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "bench_time.h"

enum {
    RUNS_DEFAULT = 200,
    RUNS_MAX = 100000,
    WARM_UP = 5,
    PEAK_GOAL_KIB = 16 * 1024,
};

static const double extra_ms = 3.0;

extern char **environ;

struct sample {
    double ms;
    long peak_kib;
};

static void fail(const char *what)
{
    fprintf(stderr, "bench_triage: %s\n", what);
    exit(2);
}

static struct sample run_once(char *const argv[])
{
    posix_spawn_file_actions_t actions;
    struct rusage usage;
    pid_t child;
    int status;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    double start = now_ms();
    if (posix_spawnp(&child, argv[0], &actions, NULL, argv, environ) != 0)
        fail("the program cannot be started");
    if (wait4(child, &status, 0, &usage) != child)
        fail("the program was lost");
    double end = now_ms();
    posix_spawn_file_actions_destroy(&actions);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail("the program did not end with status 0");
    return (struct sample){.ms = end - start, .peak_kib = usage.ru_maxrss};
}

int main(int argc, char **argv)
{
    long runs = argc > 3 ? strtol(argv[3], NULL, 10) : RUNS_DEFAULT;
    if (argc < 3 || runs < 1 || runs > RUNS_MAX)
        fail("usage: bench_triage PROGRAM DUMP [RUNS]");
    char cat[] = "cat";
    char *const triage_argv[] = {argv[1], argv[2], NULL};
    char *const cat_argv[] = {cat, argv[2], NULL};
    size_t count = (size_t)runs;
    double *triage_ms = calloc(count, sizeof *triage_ms),
           *cat_ms = calloc(count, sizeof *cat_ms);
    long peak_kib = 0;
    if (triage_ms == NULL || cat_ms == NULL)
        fail("out of memory");
    for (int i = 0; i < WARM_UP; i++) {
        run_once(triage_argv);
        run_once(cat_argv);
    }
    for (size_t i = 0; i < count; i++) {
        struct sample triage = run_once(triage_argv);
        triage_ms[i] = triage.ms;
        cat_ms[i] = run_once(cat_argv).ms;
        peak_kib = triage.peak_kib > peak_kib ? triage.peak_kib : peak_kib;
    }
    double t = median(triage_ms, count), c = median(cat_ms, count), goal = 2 * c + extra_ms;
    bool holds = t <= goal && peak_kib < PEAK_GOAL_KIB;
    printf("%s\n  bugtriage %.3f ms   cat %.3f ms   ratio %.2f   (medians of %ld)\n", argv[2],
           t, c, t / c, runs);
    printf("  goal: 2 x cat + 3 ms = %.3f ms, under 16 MiB; peak %.1f MiB: %s\n", goal,
           (double)peak_kib / 1024, holds ? "holds" : "MISSED");
    free(triage_ms);
    free(cat_ms);
    return holds ? 0 : 1;
}
