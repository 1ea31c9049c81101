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

// Whether the page tables lead to something that the header knows of. A head is likely to be in
// the dump, what it points to as well: a dump without them holds nothing of use.
static bool leads_to_kernel(const struct bt_memory *memory,
                            const struct bt_kernel_header *header)
{
    return (header->loaded_modules.value != 0 &&
            is_list_head(memory, header->loaded_modules.value)) ||
           (header->active_processes.value != 0 &&
            is_list_head(memory, header->active_processes.value)) ||
           (header->debugger_data.value != 0 &&
            is_debugger_block(memory, header->debugger_data.value));
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

static enum bt_status open_space(const struct bt_kernel_reading *r,
                                 struct bt_physical *physical, struct bt_error *err)
{
    const struct bt_kernel_header *header = r->header;
    const struct bt_paging *modes[MODES];
    choose_modes(header, modes);
    for (size_t i = 0; i < MODES && modes[i] != NULL; i++) {
        struct bt_address_space *space;
        BT_TRY(bt_address_space_new(r->arena, physical, modes[i], header->directory_table.value,
                                    &space, err));
        const struct bt_memory *memory = bt_address_space_memory(space);
        if (leads_to_kernel(memory, header)) {
            r->dump->memory = memory;
            r->dump->crash->system.pae = modes[i] == &bt_paging_pae;
            return BT_OK;
        }
        if (i == 0)
            r->dump->memory = memory; // better than none
    }
    if (r->dump->memory == NULL)
        bt_note(r->dump->crash, r->arena, "memory-unsupported", BT_NO_OFFSET,
                "page tables of this processor are not understood");
    else if (knows_lists(header))
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
        return BT_OK;
    }
    uint64_t end = 0;
    struct bt_physical *physical;
    BT_TRY(bt_source_size(r->source, &end, err));
    BT_TRY(bt_physical_new(r->arena, bt_source_reader(r->source), end, map, &physical, err));
    return open_space(r, physical, err);
}
