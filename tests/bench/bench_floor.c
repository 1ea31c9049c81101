// SPDX-License-Identifier: MIT
//
// bench_floor LOG
//
// Opens the files and reads the ranges that LOG (read_log.c) names, in the same order, and does
// nothing with them: what no program that looks at these files can be faster than. Prints the
// milliseconds by the clock and of the processor, files, reads and bytes.
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

struct step {
    const char *path; // a file to be opened, instead of the one before; NULL: a read
    off_t offset;
    size_t size;
};

struct steps {
    struct step *items;
    size_t count;
    size_t largest; // read
};

static void fail(const char *what)
{
    fprintf(stderr, "bench_floor: %s\n", what);
    exit(2);
}

// The text of the log; the rest of the file is filled up with zeros.
static char *read_text(const char *path)
{
    FILE *f = fopen(path, "r");
    if (f == NULL || fseek(f, 0, SEEK_END) != 0)
        fail("the log cannot be read");
    long end = ftell(f);
    size_t size = end > 0 ? (size_t)end : 0;
    char *text = calloc(size + 1, 1);
    rewind(f);
    if (text == NULL || fread(text, 1, size, f) != size)
        fail("the log cannot be read");
    fclose(f);
    return text;
}

static void parse(char *text, struct steps *steps)
{
    size_t lines = 0;
    for (const char *p = text; (p = strchr(p, '\n')) != NULL; p++)
        lines++;
    steps->items = calloc(lines + 1, sizeof *steps->items);
    if (steps->items == NULL)
        fail("out of memory");
    char *end;
    for (char *line = text; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        *end = '\0';
        struct step *step = &steps->items[steps->count++];
        if (line[0] == 'F') {
            step->path = &line[2];
            continue;
        }
        char *rest;
        step->offset = (off_t)strtoull(line, &rest, 10);
        step->size = (size_t)strtoull(rest, NULL, 10);
        if (step->size > steps->largest)
            steps->largest = step->size;
    }
}

static double clock_ms(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

int main(int argc, char **argv)
{
    struct steps steps = {0};
    size_t files = 0, reads = 0;
    uint64_t bytes = 0;
    int fd = -1;
    if (argc != 2)
        fail("usage: bench_floor LOG");
    parse(read_text(argv[1]), &steps);
    char *buf = malloc(steps.largest + 1);
    if (buf == NULL)
        fail("out of memory");
    memset(buf, 0, steps.largest + 1); // its pages are there before the time is taken
    double wall = clock_ms(CLOCK_MONOTONIC), cpu = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
    for (size_t i = 0; i < steps.count; i++) {
        const struct step *step = &steps.items[i];
        if (step->path != NULL) {
            if (fd >= 0)
                close(fd);
            fd = open(step->path, O_RDONLY | O_CLOEXEC);
            files += fd >= 0;
            continue;
        }
        ssize_t got = pread(fd, buf, step->size, step->offset);
        reads++;
        bytes += got > 0 ? (uint64_t)got : 0;
    }
    wall = clock_ms(CLOCK_MONOTONIC) - wall;
    cpu = clock_ms(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    printf("%.3f %.3f %zu %zu %llu\n", wall, cpu, files, reads, (unsigned long long)bytes);
    free(buf);
    free(steps.items);
    return 0;
}
