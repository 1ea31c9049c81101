// SPDX-License-Identifier: MIT
//
// Any bytes as an image that names its own code: the COFF symbol table and exports of a PE
// file, the symbol table of an ELF file. Where this build reads DWARF the same bytes go through
// the library in its helper process: it may die of them, and this process must not.
#include <string.h>

#include "image/image_file.h"
#include "symbols/cfi.h"
#include "symbols/elf.h"
#include "symbols/macho.h"
#include "symbols/provider.h"

#ifdef __linux__
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(struct bt_symbol_provider *provider, struct bt_arena *arena)
{
    static const uint32_t places[] = {0, 0x1000, 0x1010, 0x1100, 0x1500, 0xffffffff};
    for (size_t i = 0; i < BT_COUNT(places); i++) {
        struct bt_symbol_chain chain;
        (void)!provider->find(provider, places[i], arena, &chain, NULL);
    }
    if (provider->close != NULL)
        provider->close(provider);
}

static void ask_frames(struct bt_cfi *cfi, struct bt_arena *arena)
{
    for (size_t i = 0; i < cfi->section_count; i++) {
        const struct bt_buf *items = &cfi->sections[i].functions.items;
        const size_t count = items->size / sizeof(struct bt_named_address);
        for (size_t k = 0; k < count && k < 64; k++) {
            struct bt_named_address function;
            struct bt_unwind_rules rules;
            memcpy(&function, items->data + k * sizeof function, sizeof function);
            uint64_t last = function.rva + function.size - 1;
            (void)!bt_cfi_rules(cfi, function.rva, arena, &rules, NULL);
            (void)!bt_cfi_rules(cfi, last, arena, &rules, NULL);
        }
    }
    bt_cfi_close(cfi);
}

static void read_pe(struct bt_source *source, size_t size, struct bt_arena *arena)
{
    struct bt_symbol_provider *provider;
    struct bt_image image;
    bool has_dwarf;
    if (bt_image_file_open(bt_source_reader(source), size, arena, &image, NULL) != BT_OK)
        return;
    if (bt_coff_open(source, &image, arena, &provider, &has_dwarf, NULL) == BT_OK)
        ask(provider, arena);
    struct bt_cfi cfi;
    if (bt_cfi_open_image(&image, arena, &cfi, NULL) == BT_OK)
        ask_frames(&cfi, arena);
    if (bt_exports_open(&image, arena, &provider, NULL) == BT_OK)
        ask(provider, arena);
}

static void read_elf(struct bt_source *source, struct bt_arena *arena)
{
    struct bt_symbol_provider *provider;
    struct bt_elf *elf;
    struct bt_cfi cfi;
    if (bt_elf_open(source, arena, &elf, NULL) != BT_OK)
        return;
    const char *link;
    (void)!bt_elf_debug_link(elf, arena, &link, NULL);
    if (bt_cfi_open_elf(elf, arena, &cfi, NULL) == BT_OK)
        ask_frames(&cfi, arena);
    if (bt_elf_symbols_open(elf, arena, &provider, NULL) == BT_OK)
        ask(provider, arena);
}

#ifdef __linux__
static void read_dwarf(const uint8_t *data, size_t size, struct bt_arena *arena)
{
    struct bt_symbol_provider *provider;
    char path[64];
    int fd = memfd_create("image", 0);
    if (fd < 0)
        return;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (write(fd, data, size) == (ssize_t)size &&
        bt_dwarf_provider_open(path, 0, arena, &provider, NULL) == BT_OK)
        ask(provider, arena);
    close(fd);
}
#else
static void read_dwarf(const uint8_t *data, size_t size, struct bt_arena *arena)
{
    (void)data;
    (void)size;
    (void)arena;
}
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bt_source *source;
    struct bt_span bytes = {.data = data, .size = size};
    struct bt_arena *arena = bt_arena_new(UINT64_C(64) << 20);
    if (arena != NULL && bt_source_open_memory(bytes, &source, NULL) == BT_OK) {
        read_pe(source, size, arena);
        read_elf(source, arena);
        struct bt_macho macho;
        if (bt_macho_read(source, &macho, NULL) == BT_OK)
            (void)bt_macho_has_id(&macho, "0102030405060708090a0b0c0d0e0f10");
        read_dwarf(data, size, arena);
        bt_source_close(source);
    }
    bt_arena_free(arena);
    return 0;
}
