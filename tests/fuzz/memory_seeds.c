// SPDX-License-Identifier: MIT
//
// Writes a first input for each target that works on memory: something well-formed to start
// from. usage: memory_seeds FOLDER, which has the folders image, unwind, paging, kernel_memory.
#include <stdio.h>
#include <stdlib.h>

#include "fake_image.h"

enum { BUFFER = 0x20000, KERNEL = 0x10000 };

struct seed {
    uint8_t bytes[BUFFER];
    size_t size;
};

static void put(struct seed *s, size_t at, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        s->bytes[at + i] = (uint8_t)(value >> (8 * i));
    if (at + size > s->size)
        s->size = at + size;
}

static void put_bytes(struct seed *s, size_t at, const void *data, size_t size)
{
    memcpy(s->bytes + at, data, size);
    if (at + size > s->size)
        s->size = at + size;
}

static void write_seed(const char *folder, const char *name, const struct seed *s)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(s->bytes, 1, s->size, file) != s->size || fclose(file) != 0) {
        fprintf(stderr, "%s cannot be written\n", path);
        exit(1);
    }
}

static struct fake_image *full_image(bool is64)
{
    static struct fake_image fake;
    fake_image_init(&fake, is64);
    fake_exports(&fake);
    fake_version(&fake);
    fake_debug(&fake);
    fake_functions(&fake);
    return &fake;
}

static void write_images(const char *folder)
{
    static struct seed s;
    for (unsigned wide = 0; wide < 2; wide++) {
        s = (struct seed){.size = 0};
        put_bytes(&s, 0, full_image(wide)->bytes, FAKE_IMAGE_SIZE);
        write_seed(folder, wide ? "image/wide" : "image/narrow", &s);
    }
}

// A function that pushes, allocates and sets a frame; its caller, which is chained; a stack.
static void write_unwind(const char *folder)
{
    static const uint8_t info[] = {0x01, 15, 5,    0x25, 15,   0x64, 7,
                                   0,    10, 0x03, 5,    0x72, 1,    0x50};
    static const uint8_t chained[] = {0x21, 0,    0,    0, 0x00, 0x11, 0,
                                      0,    0x80, 0x11, 0, 0,    0x00, 0x41};
    static struct seed s;
    struct fake_image *fake = full_image(true);
    memcpy(fake->bytes + 0x4100, info, sizeof info);
    memcpy(fake->bytes + 0x4140, chained, sizeof chained);
    for (unsigned arch = 0; arch < 3; arch++) {
        s = (struct seed){.size = 0};
        put(&s, 0, arch, 1);
        put(&s, 1, 0x1140, 4);
        put(&s, 5, 0x6100, 4);
        put(&s, 9, 0x6120, 4);
        put_bytes(&s, 13, fake->bytes, FAKE_IMAGE_SIZE);
        if (arch == 1) { // a packed word, and a full record
            put(&s, 13 + 0x4004, 1 | 32 << 2 | 3 << 16 | 3 << 21 | 3 << 23, 4);
            put(&s, 13 + 0x4100, 32 | 2u << 27, 4);
            put_bytes(&s, 13 + 0x4104, "\xc0\x64\x45\xd1\x04\xe6\x28\xe4", 8);
        }
        for (size_t at = 0x6100; at < 0x6400; at += 16) {
            put(&s, 13 + at, 0x10000000 + at + 32, 8);
            put(&s, 13 + at + 8, 0x10001440, 8);
        }
        write_seed(folder,
                   arch == 0   ? "unwind/x64"
                   : arch == 1 ? "unwind/arm64"
                               : "unwind/x86",
                   &s);
    }
}

// Four levels for 0xfffff80000401000, which serve the other modes as noise.
static void write_paging(const char *folder)
{
    enum { RAM = 41 };
    static struct seed s;
    for (unsigned mode = 0; mode < 6; mode++) {
        char name[32];
        s = (struct seed){.size = 0};
        put(&s, 0, mode, 1);
        put(&s, 1, 0x1000, 8);
        put(&s, 9, mode < 3 ? 0x80405123 : UINT64_C(0xfffff80000401123), 8);
        put(&s, 17, mode < 3 ? 0xc0300000 : UINT64_C(0xfffff80000402ff8), 8);
        put(&s, 25, UINT64_C(0xfffff6fb7dbedf68), 8);
        put(&s, RAM + 0x1000 + 8 * 496, 0x2063, 8);
        put(&s, RAM + 0x1000 + 8 * 0x1ed, 0x1063, 8);
        put(&s, RAM + 0x1000 + 4 * 513, 0x2063, 4);
        put(&s, RAM + 0x1000 + 8 * 2, 0x2063, 8);
        put(&s, RAM + 0x2000, 0x3063, 8);
        put(&s, RAM + 0x2000 + 4 * 5, 0x7063, 4);
        put(&s, RAM + 0x3000 + 8 * 2, 0x4063, 8);
        put(&s, RAM + 0x4000 + 8 * 1, 0x5963, 8);
        put(&s, RAM + 0x4000 + 8 * 2, 0x6800, 8);
        put(&s, RAM + 0x7fff, 0, 1);
        snprintf(name, sizeof name, "paging/mode-%u", mode);
        write_seed(folder, name, &s);
    }
}

static void put_text(struct seed *s, size_t at, const char *text)
{
    for (size_t i = 0; i < strlen(text); i++)
        put(s, at + 2 * i, (unsigned char)text[i], 2);
}

// A kernel of one image with its list of itself, the debugger block, and one processor.
static void write_kernel(const char *folder)
{
    enum {
        MEMORY = 13,
        HEAD = 0x7000,
        ENTRY = 0x7100,
        BLOCK = 0x8000,
        PRCB = 0x9000,
        RING = 0xa000
    };
    static struct seed s;
    for (unsigned wide = 0; wide < 2; wide++) {
        const uint64_t base = wide ? UINT64_C(0xfffff80000400000) : 0x80400000;
        const size_t word = wide ? 8 : 4;
        s = (struct seed){.size = 0};
        put(&s, 0, wide, 1);
        put(&s, 1, 3790, 4);
        put(&s, 5, BLOCK, 4);
        put(&s, 9, HEAD, 4);
        put_bytes(&s, MEMORY, full_image(wide)->bytes, FAKE_IMAGE_SIZE);
        for (unsigned i = 0; i < 2; i++) {
            put(&s, MEMORY + HEAD + i * word, base + ENTRY, word);
            put(&s, MEMORY + ENTRY + i * word, base + HEAD, word);
        }
        put(&s, MEMORY + ENTRY + (wide ? 0x30 : 0x18), base, word);
        put(&s, MEMORY + ENTRY + (wide ? 0x40 : 0x20), FAKE_IMAGE_SIZE, 4);
        put(&s, MEMORY + ENTRY + (wide ? 0x58 : 0x2c), 24, 2);
        put(&s, MEMORY + ENTRY + (wide ? 0x60 : 0x30), base + 0x7400, word);
        put_text(&s, MEMORY + 0x7400, "ntoskrnl.exe");
        put(&s, MEMORY + BLOCK + 0x10, UINT64_C(0x3600000000) << 4 | 0x4742444b, 8);
        put(&s, MEMORY + BLOCK + 0x18, base, 8);
        put(&s, MEMORY + BLOCK + 0x48, base + HEAD, 8);
        put(&s, MEMORY + BLOCK + 0x88, base + 0x7800, 8);
        put(&s, MEMORY + BLOCK + 0x218, base + 0x7900, 8);
        put(&s, MEMORY + BLOCK + 0x220, base + 0x7a00, 8);
        put(&s, MEMORY + BLOCK + 0x228, base + 0x7a10, 8);
        put(&s, MEMORY + BLOCK + 0x2b4, 8, 2);
        put(&s, MEMORY + BLOCK + 0x338, 0x80, 2);
        put(&s, MEMORY + 0x7800, 0xd6, word);
        put(&s, MEMORY + 0x7900, base + PRCB, word);
        put(&s, MEMORY + 0x7a00, base + RING, word);
        put(&s, MEMORY + 0x7a10, 1, 4);
        put(&s, MEMORY + RING, 24, 2);
        put(&s, MEMORY + RING + word, base + 0x7400, word);
        put(&s, MEMORY + RING + 2 * word, base + 0xd00000, word);
        put(&s, MEMORY + RING + 3 * word, base + 0xd08000, word);
        put(&s, MEMORY + PRCB + 8, base + 0xb000, word);
        put(&s, MEMORY + PRCB + 0x80, base + 0xc000, word);
        put(&s, MEMORY + 0xc000 + (wide ? 0x30 : 0), wide ? 0x10001f : 0x1001f, 4);
        put(&s, MEMORY + 0xc000 + (wide ? 0xf8 : 0xb8), base + 0x1140, word);
        put(&s, MEMORY + KERNEL - 1, 0, 1);
        write_seed(folder, wide ? "kernel_memory/wide" : "kernel_memory/narrow", &s);
    }
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: memory_seeds FOLDER\n");
        return 2;
    }
    write_images(argv[1]);
    write_unwind(argv[1]);
    write_paging(argv[1]);
    write_kernel(argv[1]);
    return 0;
}
