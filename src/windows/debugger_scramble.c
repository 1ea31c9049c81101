// SPDX-License-Identifier: MIT
#include "windows/debugger_scramble.h"

#include "base/span.h"

enum {
    AMOUNTS = 64, // of rotation
    PAGE_SIZE = 0x1000,
    // Of the block, by version: 0x360 Windows 8, 0x3a0 in 2024, and room for what may come.
    FIRST_SCRAMBLED_SIZE = 0x340,
    LARGEST_SIZE = 0x1000,
    // The lists are in the data of the kernel's image, which has some twenty megabytes.
    LARGEST_KERNEL = 0x8000000,
};

// A block and the way to its words: as they stand there, or from one that is known.
struct words {
    const uint8_t *raw;
    bool scrambled, is64;
    uint64_t known_q, known;
    unsigned amount;
};

static uint64_t rotate_left(uint64_t value, unsigned count)
{
    return count == 0 ? value : value << count | value >> (64 - count);
}

static uint64_t word_at(const struct words *w, size_t at)
{
    uint64_t q = bt_le64(w->raw + at);
    if (!w->scrambled)
        return q;
    return w->known ^ __builtin_bswap64(rotate_left(q ^ w->known_q, w->amount));
}

static bt_va address_at(const struct words *w, size_t at)
{
    uint64_t word = word_at(w, at);
    return w->is64 ? word : (uint32_t)word;
}

static bool is_kernel_base(const struct words *w, bt_va base, bt_va expected)
{
    if (expected != 0)
        return base == expected;
    return base % PAGE_SIZE == 0 && (w->is64 ? base >> 47 == 0x1ffff : base >= 0x80000000);
}

static bool is_list(bt_va list, bt_va base, bt_va expected)
{
    return list == expected || (list > base && list - base < LARGEST_KERNEL);
}

static bool is_block(const struct words *w, const struct bt_debugger_hints *hints)
{
    const uint64_t tag = word_at(w, BT_BLOCK_TAG_AT);
    const bt_va base = address_at(w, BT_BLOCK_KERNEL_BASE_AT);
    const bt_va processes = address_at(w, BT_BLOCK_ACTIVE_PROCESSES_AT);
    return (uint32_t)tag == BT_BLOCK_TAG && tag >> 32 <= LARGEST_SIZE &&
           tag >> 32 >= BT_BLOCK_MINIMUM_SIZE && is_kernel_base(w, base, hints->kernel_base) &&
           is_list(address_at(w, BT_BLOCK_LOADED_MODULES_AT), base, hints->loaded_modules) &&
           (processes == 0 || is_list(processes, base, hints->active_processes));
}

bool bt_debugger_block_is_plain(const uint8_t *raw, size_t size, bool is64,
                                const struct bt_debugger_hints *hints)
{
    const struct words w = {.raw = raw, .is64 = is64};
    return size >= BT_BLOCK_MINIMUM_SIZE && is_block(&w, hints);
}

static void put_u64(uint8_t *at, uint64_t value)
{
    for (unsigned i = 0; i < 8; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

// Whether an image starts at the base of the kernel, or its list of modules is one. The size of
// the block stands beside its tag: a wrong one changes the same bits in all words, which may
// look well and lead nowhere.
static bool leads_to_kernel(const struct bt_memory *memory, const struct words *w)
{
    enum { IMAGE_MAGIC = 0x5a4d, BACK = 8 };
    const bt_va list = address_at(w, BT_BLOCK_LOADED_MODULES_AT);
    uint16_t magic = 0;
    bt_va first = 0, back = 0;
    if (bt_memory_u16(memory, address_at(w, BT_BLOCK_KERNEL_BASE_AT), &magic, NULL) == BT_OK)
        return magic == IMAGE_MAGIC;
    return bt_memory_u64(memory, list, &first, NULL) == BT_OK &&
           bt_memory_u64(memory, first + BACK, &back, NULL) == BT_OK && back == list;
}

// Tries every amount of rotation, the word at `at` being `known`. `memory` may be NULL: then
// the hints are enough.
static bool unscramble_from(const struct bt_memory *memory, uint8_t *raw, size_t size,
                            const struct bt_debugger_hints *hints, size_t at, uint64_t known)
{
    struct words w = {.raw = raw,
                      .scrambled = true,
                      .is64 = true,
                      .known_q = bt_le64(raw + at),
                      .known = known};
    for (w.amount = 0; w.amount < AMOUNTS; w.amount++) {
        if (!is_block(&w, hints) || (memory != NULL && !leads_to_kernel(memory, &w)))
            continue;
        for (size_t i = 0; i + 8 <= size; i += 8)
            put_u64(raw + i, word_at(&w, i));
        return true;
    }
    return false;
}

static uint64_t tag_of_size(unsigned index)
{
    return (uint64_t)(FIRST_SCRAMBLED_SIZE + 8 * index) << 32 | BT_BLOCK_TAG;
}

bool bt_debugger_block_unscramble(const struct bt_memory *memory, uint8_t *raw, size_t size,
                                  const struct bt_debugger_hints *hints)
{
    const struct {
        size_t at;
        bt_va known;
    } words[] = {
        {BT_BLOCK_LOADED_MODULES_AT, hints->loaded_modules},
        {BT_BLOCK_KERNEL_BASE_AT, hints->kernel_base},
        {BT_BLOCK_ACTIVE_PROCESSES_AT, hints->active_processes},
    };
    if (size < BT_BLOCK_MINIMUM_SIZE)
        return false;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (words[i].known != 0 &&
            unscramble_from(NULL, raw, size, hints, words[i].at, words[i].known))
            return true;
    }
    for (unsigned i = 0; i < BT_SCRAMBLE_SIZES; i++) {
        if (unscramble_from(hints->kernel_base == 0 ? memory : NULL, raw, size, hints,
                            BT_BLOCK_TAG_AT, tag_of_size(i)))
            return true;
    }
    return false;
}

void bt_scramble_pattern_make(const struct bt_debugger_hints *hints,
                              struct bt_scramble_pattern *ret)
{
    *ret = (struct bt_scramble_pattern){0};
    if (hints->loaded_modules != 0)
        ret->kernel_and_modules = __builtin_bswap64(hints->kernel_base ^ hints->loaded_modules);
    for (unsigned i = 0; i < BT_SCRAMBLE_SIZES; i++) {
        ret->kernel_and_tag[i] = __builtin_bswap64(hints->kernel_base ^ tag_of_size(i));
        ret->bit_counts |= UINT64_C(1) << __builtin_popcountll(ret->kernel_and_tag[i]) % 64;
    }
}

static bool is_rotated(uint64_t value, uint64_t wanted)
{
    if (__builtin_popcountll(value) != __builtin_popcountll(wanted))
        return false;
    for (unsigned amount = 0; amount < AMOUNTS; amount++) {
        if (rotate_left(value, amount) == wanted)
            return true;
    }
    return false;
}

bool bt_scramble_pattern_fits(const struct bt_scramble_pattern *pattern, const uint8_t *raw)
{
    const uint64_t base = bt_le64(raw + BT_BLOCK_KERNEL_BASE_AT);
    const uint64_t modules = base ^ bt_le64(raw + BT_BLOCK_LOADED_MODULES_AT);
    const uint64_t tag = base ^ bt_le64(raw + BT_BLOCK_TAG_AT);
    if (pattern->kernel_and_modules != 0 && is_rotated(modules, pattern->kernel_and_modules))
        return true;
    if ((pattern->bit_counts >> __builtin_popcountll(tag) % 64 & 1) == 0)
        return false;
    for (unsigned i = 0; i < BT_SCRAMBLE_SIZES; i++) {
        if (is_rotated(tag, pattern->kernel_and_tag[i]))
            return true;
    }
    return false;
}
