// SPDX-License-Identifier: MIT
#include "dump/kernel/kernel_memory.h"

#include <inttypes.h>

#include "memory/address_space.h"

enum {
    MODES = 2, // of one architecture
    FIRST_BUILD_OF_VISTA = 6000,
};

// The paging modes that a header allows, likeliest first; the rest NULL.
static void choose_modes(const struct bt_kernel_header *header, const struct bt_paging **modes)
{
    modes[0] = modes[1] = NULL;
    switch (header->arch) {
    case BT_ARCH_X86: {
        bool pae = header->pae.known && header->pae.value != 0;
        bool old = header->minor.known && header->minor.value < FIRST_BUILD_OF_VISTA;
        const struct bt_paging *plain = old ? &bt_paging_x86_xp : &bt_paging_x86;
        modes[0] = pae ? &bt_paging_pae : plain;
        modes[1] = pae ? plain : &bt_paging_pae;
        break;
    }
    case BT_ARCH_X64:
        modes[0] = &bt_paging_x64;
        modes[1] = &bt_paging_la57;
        break;
    case BT_ARCH_ARM64:
        modes[0] = &bt_paging_arm64;
        break;
    default:
        break;
    }
}

// Whether there is a list head: the first entry points back to it.
static bool is_list_head(const struct bt_memory *memory, bt_va head)
{
    const size_t word = memory->is64 ? 8 : 4;
    bt_va first = 0, back = 0;
    return bt_memory_pointer(memory, head, &first, NULL) == BT_OK &&
           bt_memory_pointer(memory, first + word, &back, NULL) == BT_OK && back == head;
}

static bool is_debugger_block(const struct bt_memory *memory, bt_va va)
{
    enum { TAG_AT = 0x10, TAG = 0x4742444b }; // KDBG
    uint32_t tag = 0;
    return bt_memory_u32(memory, va + TAG_AT, &tag, NULL) == BT_OK && tag == TAG;
}

// KUSER_SHARED_DATA, which the kernel has at one address on every machine: the version of
// Windows in it, below which nothing else can be mistaken for it.
static bool is_shared_data(const struct bt_memory *memory)
{
    enum { MAJOR_AT = 0x26c, MINOR_AT = 0x270, LAST_MAJOR = 10, LAST_MINOR = 51 };
    const bt_va at = memory->is64 ? UINT64_C(0xfffff78000000000) : 0xffdf0000;
    uint32_t major = 0, minor = 0;
    return bt_memory_u32(memory, at + MAJOR_AT, &major, NULL) == BT_OK &&
           bt_memory_u32(memory, at + MINOR_AT, &minor, NULL) == BT_OK && major >= 3 &&
           major <= LAST_MAJOR && minor <= LAST_MINOR;
}

// Whether the page tables lead to something that is known: what the header names, or what is
// always at the same place. A head is likely to be in the dump, what it points to as well.
static bool leads_to_kernel(const struct bt_memory *memory,
                            const struct bt_kernel_header *header)
{
    return (header->loaded_modules.value != 0 &&
            is_list_head(memory, header->loaded_modules.value)) ||
           (header->active_processes.value != 0 &&
            is_list_head(memory, header->active_processes.value)) ||
           (header->debugger_data.value != 0 &&
            is_debugger_block(memory, header->debugger_data.value)) ||
           is_shared_data(memory);
}

// Whether there are page tables for the lists at least, where the dump misses their pages.
static bool translates_lists(struct bt_address_space *space,
                             const struct bt_kernel_header *header)
{
    bt_pa pa;
    return header->loaded_modules.value != 0 && header->active_processes.value != 0 &&
           bt_address_space_translate(space, header->loaded_modules.value, &pa) &&
           bt_address_space_translate(space, header->active_processes.value, &pa);
}

// Whether the header names anything that the page tables can be tried on.
static bool knows_lists(const struct bt_kernel_header *header)
{
    return header->loaded_modules.value != 0 || header->active_processes.value != 0 ||
           header->debugger_data.value != 0;
}

static void report_wrong_tables(const struct bt_kernel_reading *r)
{
    const uint64_t root = r->header->directory_table.value;
    bt_note(r->dump->crash, r->arena, "page-tables-lead-nowhere", BT_NO_OFFSET,
            "the page tables at 0x%" PRIx64 " do not lead to the kernel's lists", root);
    bt_crash_problem(r->dump->crash, r->arena, BT_READ_PARTIAL, BT_PROBLEM_CORRUPT,
                     BT_NO_OFFSET,
                     "The memory in this dump cannot be searched: the page tables at 0x%" PRIx64
                     " do not lead to the kernel's lists.",
                     root);
}

static void count_missing(const struct bt_kernel_reading *r, struct bt_kernel_pages pages)
{
    if (pages.missing == 0)
        return;
    bt_note(r->dump->crash, r->arena, "pages-missing", BT_NO_OFFSET,
            "%" PRIu64 " of %" PRIu64 " pages of memory are beyond the end of the file",
            pages.missing, pages.promised);
    bt_crash_problem(
        r->dump->crash, r->arena, BT_READ_PARTIAL, BT_PROBLEM_TRUNCATED, BT_NO_OFFSET,
        "%" PRIu64 " of %" PRIu64 " pages of memory are beyond the end of the file.",
        pages.missing, pages.promised);
}

// Of the spaces that there can be, the one that is, and whether that is sure.
static size_t choose_space(struct bt_address_space *const *spaces, size_t count,
                           const struct bt_kernel_header *header, bool *ret_sure)
{
    *ret_sure = true;
    for (size_t i = 0; i < count; i++) {
        if (leads_to_kernel(bt_address_space_memory(spaces[i]), header))
            return i;
    }
    for (size_t i = 0; i < count; i++) {
        if (translates_lists(spaces[i], header))
            return i;
    }
    *ret_sure = !knows_lists(header);
    return 0; // better than none
}

bool bt_kernel_memory_is_supported(const struct bt_kernel_header *header)
{
    const struct bt_paging *modes[MODES];
    choose_modes(header, modes);
    return modes[0] != NULL;
}

void bt_kernel_memory_unsupported(const struct bt_kernel_reading *r)
{
    bt_note(r->dump->crash, r->arena, "memory-unsupported", BT_NO_OFFSET,
            "page tables of this processor are not understood");
    bt_crash_problem(r->dump->crash, r->arena, BT_READ_PARTIAL, BT_PROBLEM_UNSUPPORTED,
                     r->header->size,
                     "The memory in this dump is not read: page tables of this processor (type "
                     "0x%" PRIx32 ") are not understood.",
                     r->header->machine.value);
}

static enum bt_status open_space(const struct bt_kernel_reading *r,
                                 struct bt_physical *physical, struct bt_error *err)
{
    const struct bt_kernel_header *header = r->header;
    const struct bt_paging *modes[MODES];
    struct bt_address_space *spaces[MODES];
    size_t count = 0;
    choose_modes(header, modes);
    for (; count < MODES && modes[count] != NULL; count++)
        BT_TRY(bt_address_space_new(r->arena, physical, modes[count],
                                    header->directory_table.value, &spaces[count], err));
    if (count == 0) {
        bt_kernel_memory_unsupported(r);
        return BT_OK;
    }
    bool sure;
    const size_t chosen = choose_space(spaces, count, header, &sure);
    r->dump->memory = bt_address_space_memory(spaces[chosen]);
    if (sure)
        r->dump->crash->system.pae = modes[chosen] == &bt_paging_pae;
    else
        report_wrong_tables(r);
    return BT_OK;
}

enum bt_status bt_kernel_memory_open(const struct bt_kernel_reading *r, struct bt_page_map *map,
                                     struct bt_kernel_pages pages, struct bt_error *err)
{
    count_missing(r, pages);
    if (!r->header->directory_table.known) {
        bt_note(r->dump->crash, r->arena, "page-tables-unknown", BT_NO_OFFSET,
                "the header does not say where the page tables are");
        bt_crash_problem(r->dump->crash, r->arena, BT_READ_PARTIAL, BT_PROBLEM_CORRUPT,
                         BT_NO_OFFSET,
                         "The memory in this dump cannot be searched: the header does not say "
                         "where the page tables are.");
        return BT_OK;
    }
    uint64_t end = 0;
    struct bt_physical *physical;
    BT_TRY(bt_source_size(r->source, &end, err));
    BT_TRY(bt_physical_new(r->arena, bt_source_reader(r->source), end, map, &physical, err));
    return open_space(r, physical, err);
}
