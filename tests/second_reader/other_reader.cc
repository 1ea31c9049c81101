// SPDX-License-Identifier: MIT
//
// The same as list_pages.c with somebody else's parser: kdmp-parser, a library of headers that
// is not part of this project.
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "kdmp-parser.h"

static uint64_t hash_page(const uint8_t *page)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < 4096; i++)
        hash = (hash ^ page[i]) * UINT64_C(0x100000001b3);
    return hash;
}

int main(int argc, char **argv)
{
    kdmpparser::KernelDumpParser dump;
    char line[64];
    if (argc != 2 || !dump.Parse(argv[1])) {
        std::fprintf(stderr, "other_reader: the dump is refused\n");
        return 1;
    }
    while (std::fgets(line, sizeof line, stdin) != nullptr) {
        line[std::strcspn(line, "\r\n")] = '\0';
        const uint8_t *page = dump.GetVirtualPage(std::strtoull(line, nullptr, 16));
        if (page != nullptr)
            std::printf("%s %016" PRIx64 "\n", line, hash_page(page));
        else
            std::printf("%s absent\n", line);
    }
    return 0;
}
