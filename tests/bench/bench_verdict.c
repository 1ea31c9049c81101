// SPDX-License-Identifier: MIT
//
// bench_verdict DUMP [RUNS]
//
// What everything after reading costs for one dump: meaning, stack, objects, articles and
// culprit. Reads the dump alone and triages it, in turn and in one process, from memory. Prints
// medians, and whether the goal holds: at most 1 ms more than reading.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "dump/dump.h"
#include "io/source.h"
#include "kb/kb.h"
#include "triage/triage.h"

#include "bench_time.h"

enum { RUNS_DEFAULT = 300, RUNS_MAX = 100000, WARM_UP = 10 };
static const double goal_ms = 1.0;

_Noreturn static void fail(const char *what)
{
    fprintf(stderr, "bench_verdict: %s\n", what);
    exit(2);
}

static struct bt_span load(const char *path)
{
    enum { LARGEST = 64 << 20 };
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(LARGEST);
    if (file == NULL || data == NULL)
        fail("the dump cannot be opened");
    struct bt_span ret = {.data = data, .size = fread(data, 1, LARGEST, file)};
    fclose(file);
    return ret;
}

static double read_once(struct bt_span bytes)
{
    struct bt_source *source;
    struct bt_dump dump = {0};
    double start = now_ms();
    struct bt_arena *arena = bt_arena_new(BT_LIMIT_ARENA);
    if (arena == NULL || bt_source_open_memory(bytes, &source, NULL) != BT_OK ||
        bt_dump_read(source, arena, &dump, NULL) != BT_OK)
        fail("the dump cannot be read");
    bt_source_close(source);
    bt_arena_free(arena);
    return now_ms() - start;
}

static double triage_once(const struct bt_kb *kb, struct bt_span bytes)
{
    struct bt_triage *triage;
    double start = now_ms();
    if (bt_triage_bytes(kb, bytes.data, bytes.size, "bench.dmp", NULL, &triage, NULL) != BT_OK)
        fail("triage failed");
    bt_triage_free(triage);
    return now_ms() - start;
}

int main(int argc, char **argv)
{
    long runs = argc > 2 ? strtol(argv[2], NULL, 10) : RUNS_DEFAULT;
    if (argc < 2 || runs < 1 || runs > RUNS_MAX)
        fail("usage: bench_verdict DUMP [RUNS]");
    size_t count = (size_t)runs;
    struct bt_span bytes = load(argv[1]);
    struct bt_kb *kb = bt_kb_new();
    double *reading = calloc(count, sizeof *reading), *whole = calloc(count, sizeof *whole);
    if (kb == NULL || reading == NULL || whole == NULL || bt_kb_add_builtin(kb, NULL) != BT_OK)
        fail("out of memory");
    for (int i = 0; i < WARM_UP; i++) {
        read_once(bytes);
        triage_once(kb, bytes);
    }
    for (size_t i = 0; i < count; i++) {
        reading[i] = read_once(bytes);
        whole[i] = triage_once(kb, bytes);
    }
    double r = median(reading, count), w = median(whole, count);
    printf("%s\n  reading %.3f ms   with verdict %.3f ms   more %.3f ms   (medians of %ld)\n",
           argv[1], r, w, w - r, runs);
    printf("  goal: at most %.1f ms more: %s\n", goal_ms,
           w - r <= goal_ms ? "holds" : "MISSED");
    free(reading);
    free(whole);
    bt_kb_free(kb);
    free((void *)(uintptr_t)bytes.data);
    return w - r <= goal_ms ? 0 : 1;
}
