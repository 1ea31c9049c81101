// SPDX-License-Identifier: MIT
//
// bench_kb FILE [ARTICLES]
//
// What a knowledge base of 100,000 articles costs. The base is constructed, compiled as `kb
// build` would and written to FILE. Measured in turn, in one run, so that a busy machine slows
// all alike:
//
//   loading    bt_kb_add_image_file against reading the same file and its CRC-32 (the floor)
//   matching   one crash against the built-in base alone, and with the constructed base above
//
// Goals: at most twice the floor, and at most twice the built-in base. The articles of the
// constructed base are shaped like real ones: every stop code that the built-in base describes
// has its share, most name a driver of a third party that few machines have.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "bench_time.h"

#include "base/limits.h"
#include "crash/crash.h"
#include "kb/article.h"
#include "kb/compile.h"
#include "rules/rules.h"

enum { DEFAULT_ARTICLES = 100000, LOAD_RUNS = 15, MATCH_RUNS = 400, MODULES = 160 };

struct timing {
    double best, median;
};

static void fail(const char *what, const struct bt_error *err)
{
    fprintf(stderr, "bench_kb: %s: %s\n", what, err->message);
    exit(2);
}

static struct timing sum_up(double *samples, size_t count)
{
    double middle = median(samples, count);
    return (struct timing){.best = samples[0], .median = middle};
}

// --- The constructed base -------------------------------------------------------------------

// What an article of the base looks like: one of four, by its number.
static void write_article(size_t number, uint32_t code, struct bt_buf *out)
{
    static const char *const systems[] = {"2003 SP1 x86, 2003 x64", "2008 R2, 7",
                                          "2016, 2019, 10", "2000, XP"};
    const char *vendor = number % 8 == 0 ? "tcpip" : NULL; // an eighth names a file of Windows
    char driver[32];
    snprintf(driver, sizeof driver, "drv%05zu.sys", number % 20000);
    if (vendor != NULL)
        snprintf(driver, sizeof driver, "%s.sys", vendor);
    bt_buf_printf(
        out,
        "id: BENCH%06zu\ntitle: Product %zu stops with 0x%X when volume %zu goes away\n"
        "url: https://example.org/kb/%zu\nclass: %c\nkeywords: [product%zu, volume]\n"
        "applies: [%s]\nsymptoms: Machine of kind %zu stops while it is busy.\n"
        "cause: Routine %zu of %s uses a request that was freed.\n"
        "resolution: Install release %zu.\n",
        number, number, code, number, number, vendor != NULL ? 'D' : 'A', number,
        systems[number % 4], number, number, driver, number);
    bt_buf_printf(out, "stop:\n  - code: 0x%X\n    sample: [0x%zX, 0x2, 0x%zX, any]\n", code,
                  number * 0x1000, number % 2);
    if (number % 3 == 0)
        bt_buf_text(out, "    p2: 0x2\n");
    bt_buf_printf(out,
                  "rule:\n  needs: loaded(\"%s\")\n  probable: on_stack(\"%s\")\n"
                  "  strong: fault_in(\"%s\")\nask: [Was volume %zu in use?]\n",
                  driver, driver, driver, number);
    if (vendor == NULL)
        bt_buf_printf(
            out,
            "fix: {kind: vendor, restart: yes, files: [{name: %s, version: 4.2.%zu.1, "
            "size: %zu}]}\n",
            driver, number % 999, number + 4096);
}

static size_t collect_codes(const struct bt_kb *kb, uint32_t *ret, size_t limit)
{
    struct bt_kb_stop stop;
    size_t count = 0;
    for (uint64_t at = 0; count < limit && bt_kb_stop_next(kb, &at, &stop);) {
        if ((stop.code & 0xF0000000) != 0x10000000) // codes of small dumps stand for others
            ret[count++] = stop.code;
    }
    return count;
}

static void build(const struct bt_kb *builtin, size_t articles, const char *path)
{
    static uint32_t codes[4096];
    static struct bt_kb_diagnostics diagnostics;
    size_t code_count = collect_codes(builtin, codes, sizeof codes / sizeof codes[0]);
    struct bt_kb_source *sources = calloc(articles, sizeof *sources);
    struct bt_kb_compile_options options = {.base = builtin};
    struct bt_kb_compile_counts counts;
    struct bt_error err = {0};
    struct bt_buf image, messages;
    if (sources == NULL || code_count == 0)
        exit(2);
    for (size_t i = 0; i < articles; i++) {
        struct bt_buf text;
        bt_buf_init(&text, 1 << 16);
        write_article(i, codes[i % code_count], &text);
        sources[i] = (struct bt_kb_source){.name = "bench.yaml",
                                           .bytes = {(const uint8_t *)text.data, text.size, 0}};
    }
    bt_buf_init(&image, BT_LIMIT_KB_IMAGE);
    bt_buf_init(&messages, 1 << 20);
    bt_kb_diagnostics_init(&diagnostics);
    double start = now_ms();
    enum bt_status status =
        bt_kb_compile(sources, articles, &options, &image, &diagnostics, &counts, &err);
    bt_kb_diagnostics_print(&diagnostics, &messages);
    if (status != BT_OK || (status = bt_kb_write_image(&image, path, &err)) != BT_OK)
        fail(bt_buf_cstr(&messages), &err);
    printf("built    %zu articles on %zu stop codes, %.1f MiB, in %.1f s\n", articles,
           code_count, (double)image.size / (1 << 20), (now_ms() - start) / 1e3);
    for (size_t i = 0; i < articles; i++)
        free((void *)(uintptr_t)sources[i].bytes.data);
    free(sources);
    bt_buf_fini(&image);
    bt_buf_fini(&messages);
    bt_kb_diagnostics_fini(&diagnostics);
}

// --- Loading --------------------------------------------------------------------------------

static double read_and_sum(const char *path)
{
    double start = now_ms();
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        exit(2);
    long end = ftell(file);
    rewind(file);
    setvbuf(file, NULL, _IONBF, 0);
    unsigned char *data = malloc((size_t)end);
    if (data == NULL || fread(data, 1, (size_t)end, file) != (size_t)end)
        exit(2);
    volatile unsigned long sum = crc32_z(0, data, (size_t)end);
    (void)sum;
    fclose(file);
    free(data);
    return now_ms() - start;
}

static double load(const char *path)
{
    struct bt_error err = {0};
    double start = now_ms();
    struct bt_kb *kb = bt_kb_new();
    if (kb == NULL || bt_kb_add_image_file(kb, path, &err) != BT_OK)
        fail(path, &err);
    bt_kb_free(kb);
    return now_ms() - start;
}

// Runs one of the two in a process of its own, as a start of the program is: memory that was in
// use before would come without the cost of getting it.
static double run_alone(double (*run)(const char *path), const char *path)
{
    double ms = 0;
    int ends[2], status = 0;
    if (pipe(ends) != 0)
        exit(2);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        ms = run(path);
        _exit(write(ends[1], &ms, sizeof ms) == sizeof ms ? 0 : 2);
    }
    close(ends[1]);
    bool got = read(ends[0], &ms, sizeof ms) == sizeof ms;
    close(ends[0]);
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0 || !got)
        exit(2);
    return ms;
}

static void measure_loading(const char *path)
{
    double floors[LOAD_RUNS], loads[LOAD_RUNS];
    run_alone(read_and_sum, path);
    for (size_t i = 0; i < LOAD_RUNS; i++) {
        floors[i] = run_alone(read_and_sum, path);
        loads[i] = run_alone(load, path);
    }
    struct timing floor = sum_up(floors, LOAD_RUNS), loaded = sum_up(loads, LOAD_RUNS);
    printf("reading and checksum  median %7.1f ms  best %7.1f ms\n", floor.median, floor.best);
    printf("loading               median %7.1f ms  best %7.1f ms  %.2f times (goal: 2)  %s\n",
           loaded.median, loaded.best, loaded.median / floor.median,
           loaded.median <= 2 * floor.median ? "holds" : "DOES NOT HOLD");
}

// --- Matching -------------------------------------------------------------------------------

static double match(const struct bt_kb *kb, const struct bt_crash *crash, size_t *ret_mentions)
{
    struct bt_error err = {0};
    struct bt_match_list list;
    struct bt_arena *arena = bt_arena_new(256 << 20);
    double start = now_ms();
    if (arena == NULL || bt_rules_match(kb, crash, true, arena, &list, &err) != BT_OK)
        fail("match", &err);
    double end = now_ms();
    *ret_mentions = list.mentions;
    bt_arena_free(arena);
    return end - start;
}

static void measure_matching(const struct bt_kb *small, const struct bt_kb *large,
                             uint32_t code)
{
    static struct bt_module modules[MODULES];
    static char names[MODULES][16];
    static double with_small[MATCH_RUNS], with_large[MATCH_RUNS];
    size_t mentions = 0, mentions_large = 0;
    for (size_t i = 0; i < MODULES; i++) {
        snprintf(names[i], sizeof names[i], "mod%03zu.sys", i);
        modules[i] = (struct bt_module){
            .name = i == 0   ? "ntoskrnl.exe"
                    : i == 1 ? "tcpip.sys"
                    : i == 2 ? "ntfs.sys"
                             : names[i],
            .base = 0xfffff80000000000 + i * 0x100000,
            .size = 0x80000,
        };
    }
    struct bt_crash crash = {
        .stop = {.present = true,
                 .raw = code,
                 .code = code,
                 .parameters = {8, 2, 0, modules[1].base + 0x100},
                 .parameter_bits = 64,
                 .parameter_count = 4},
        .system = {.build = bt_some32(7601),
                   .arch = BT_ARCH_X64,
                   .product_type = BT_PRODUCT_SERVER},
        .modules = modules,
        .module_count = MODULES,
    };
    for (size_t i = 0; i < MATCH_RUNS; i++) {
        with_small[i] = match(small, &crash, &mentions);
        with_large[i] = match(large, &crash, &mentions_large);
    }
    struct timing a = sum_up(with_small, MATCH_RUNS), b = sum_up(with_large, MATCH_RUNS);
    printf("0x%-4X built-in alone  median %7.3f ms  %4zu articles name it\n", code, a.median,
           mentions);
    printf("       with the base   median %7.3f ms  %4zu articles name it  %.2f times (goal: 2)"
           "  %s\n",
           b.median, mentions_large, b.median / a.median,
           b.median <= 2 * a.median ? "holds" : "DOES NOT HOLD");
}

int main(int argc, char **argv)
{
    static const uint32_t codes[] = {0x0A, 0x50, 0x7F, 0xD1};
    struct bt_error err = {0};
    if (argc < 2) {
        fprintf(stderr, "bench_kb FILE [ARTICLES]\n");
        return 2;
    }
    size_t articles = argc > 2 ? (size_t)strtoull(argv[2], NULL, 10) : DEFAULT_ARTICLES;
    struct bt_kb *small = bt_kb_new(), *large = bt_kb_new();
    if (small == NULL || large == NULL || bt_kb_add_builtin(small, &err) != BT_OK ||
        bt_kb_add_builtin(large, &err) != BT_OK)
        fail("built-in", &err);
    fflush(stdout);
    pid_t builder = fork(); // the memory that it takes is not ours
    if (builder == 0) {
        build(small, articles, argv[1]);
        fflush(stdout);
        _exit(0);
    }
    int status = 0;
    if (builder < 0 || waitpid(builder, &status, 0) != builder || status != 0)
        return 2;
    measure_loading(argv[1]);
    if (bt_kb_add_image_file(large, argv[1], &err) != BT_OK)
        fail(argv[1], &err);
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        measure_matching(small, large, codes[i]);
    bt_kb_free(small);
    bt_kb_free(large);
    return 0;
}
