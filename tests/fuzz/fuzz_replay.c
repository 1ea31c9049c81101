// SPDX-License-Identifier: MIT
//
// Replays inputs without a fuzzer: every file named on the command line, and every file in the
// folders named there, goes through the target once. With -m each input is also cut at some
// lengths and has some bits flipped, always the same ones.
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    PATH_SIZE = 4096,
    MUTATIONS = 64,
};

static size_t inputs;
static bool mutates;

// A buffer of exactly the input's size, so that a sanitizer sees one byte too far.
static void run_copy(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);
    if (copy == NULL)
        abort();
    memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
    inputs++;
}

static uint64_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

static void run_mutations(uint8_t *data, size_t size)
{
    uint64_t state = size;
    for (int i = 0; i < MUTATIONS && size > 0; i++) {
        size_t at = next_random(&state) % (i % 2 == 0 ? size : (size < 0x3000 ? size : 0x3000));
        uint8_t bit = (uint8_t)(1u << (next_random(&state) % 8));
        run_copy(data, next_random(&state) % size);
        data[at] ^= bit;
        run_copy(data, size);
        data[at] ^= bit;
    }
}

static void run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat st;
    if (file == NULL || fstat(fileno(file), &st) != 0) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        exit(1);
    }
    size_t size = (size_t)st.st_size;
    uint8_t *data = malloc(size > 0 ? size : 1);
    if (data == NULL || fread(data, 1, size, file) != size) {
        fprintf(stderr, "%s: cannot be read\n", path);
        exit(1);
    }
    fclose(file);
    run_copy(data, size);
    if (mutates)
        run_mutations(data, size);
    free(data);
}

static void run_path(const char *path)
{
    struct dirent *entry;
    DIR *folder = opendir(path);
    if (folder == NULL) {
        run_file(path);
        return;
    }
    while ((entry = readdir(folder)) != NULL) {
        char name[PATH_SIZE];
        if (entry->d_name[0] == '.')
            continue;
        int length = snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        if (length > 0 && length < PATH_SIZE)
            run_file(name);
    }
    closedir(folder);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-m") == 0)
            mutates = true;
        else
            run_path(argv[i]);
    }
    printf("%zu inputs\n", inputs);
    return inputs > 0 ? 0 : 1;
}
