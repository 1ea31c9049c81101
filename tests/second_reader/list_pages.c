// SPDX-License-Identifier: MIT
//
// What our reader finds at addresses of a dump's memory: one line for each address on standard
// input, with a hash of its page, or "absent".
//
// usage: list_pages DUMP < ADDRESSES
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "dump/dump.h"
#include "io/source.h"

enum { PAGE = 4096 };

// FNV-1a, as in other_reader.cc.
static uint64_t hash_page(const uint8_t *page)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < PAGE; i++)
        hash = (hash ^ page[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static void list_pages(const struct bt_memory *memory)
{
    static uint8_t page[PAGE];
    char line[64];
    while (fgets(line, sizeof line, stdin) != NULL) {
        uint64_t va;
        size_t size = strcspn(line, "\r\n");
        if (!bt_parse_hex(line, size, &va))
            continue;
        line[size] = '\0';
        if (bt_memory_read(memory, va, page, sizeof page, NULL) == BT_OK)
            printf("%s %016" PRIx64 "\n", line, hash_page(page));
        else
            printf("%s absent\n", line);
    }
}

int main(int argc, char **argv)
{
    struct bt_error err = {0};
    struct bt_source *source;
    struct bt_dump dump;
    struct bt_arena *arena = bt_arena_new(BT_LIMIT_ARENA);
    if (argc != 2 || arena == NULL) {
        fprintf(stderr, "usage: list_pages DUMP < ADDRESSES\n");
        return 2;
    }
    if (bt_source_open(argv[1], &source, &err) != BT_OK ||
        bt_dump_read(source, arena, &dump, &err) != BT_OK || dump.memory == NULL) {
        fprintf(stderr, "list_pages: %s: %s\n", argv[1],
                err.message[0] != '\0' ? err.message : "no memory in it");
        return 1;
    }
    list_pages(dump.memory);
    bt_source_close(source);
    bt_arena_free(arena);
    return 0;
}
