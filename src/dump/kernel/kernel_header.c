// SPDX-License-Identifier: MIT
#include "dump/kernel/kernel_header.h"

#include <string.h>

enum {
    FILLER = 0x45474150,       // "PAGE": what Windows fills a header with before it writes
    OTHER_FILLER = 0x58585858, // "XXXX": what some programs that make dumps fill it with
    SIZE32 = 0x1000,
    SIZE64 = 0x2000,
    PAGE_SIZE = 0x1000,
    LARGE_PAGE_SIZE = 0x2000, // IA64 and Alpha
};

// No processor that Windows runs on has more than 52 address bits.
static const uint64_t page_limit = UINT64_C(1) << 40;

// Where a header keeps its fields. Sources: the structures in the public parsers kdmp-parser,
// Volatility, Rekall and LeechCore, which agree; the 64-bit column compared with 76 real dumps.
struct layout {
    uint64_t size;
    unsigned word; // bytes of a pointer-sized field
    uint16_t major, minor, directory_table, pfn_database, loaded_modules, active_processes;
    uint16_t machine, processors, code, parameters;
    uint16_t version_user, pae, secondary_version, debugger_data;
    uint16_t run_count, page_count, runs, most_runs;
    uint16_t context, context_size, exception, exception_size, comment;
    uint16_t dump_type, minidump_fields, secondary_state, product_type, suite_mask;
    uint16_t writer_status, attributes, boot_id, required_space, uptime, time;
};

enum { NO_FIELD = 0xffff, VERSION_USER_SIZE = 32, COMMENT_SIZE = 128 };

static const struct layout layout32 = {
    .size = SIZE32,
    .word = 4,
    .major = 0x008,
    .minor = 0x00c,
    .directory_table = 0x010,
    .pfn_database = 0x014,
    .loaded_modules = 0x018,
    .active_processes = 0x01c,
    .machine = 0x020,
    .processors = 0x024,
    .code = 0x028,
    .parameters = 0x02c,
    .version_user = 0x03c,
    .pae = 0x05c,
    .secondary_version = 0x05d,
    .debugger_data = 0x060,
    .run_count = 0x064,
    .page_count = 0x068,
    .runs = 0x06c,
    .most_runs = 86, // of the 700 bytes that are set aside
    .context = 0x320,
    .context_size = 1200,
    .exception = 0x7d0,
    .exception_size = 0x50,
    .comment = 0x820,
    .attributes = 0x8a0,
    .boot_id = 0x8a4,
    .dump_type = 0xf88,
    .minidump_fields = 0xf8c,
    .secondary_state = 0xf90,
    .product_type = 0xf94,
    .suite_mask = 0xf98,
    .writer_status = 0xf9c,
    .required_space = 0xfa0,
    .uptime = 0xfb8,
    .time = 0xfc0,
};

static const struct layout layout64 = {
    .size = SIZE64,
    .word = 8,
    .major = 0x0008,
    .minor = 0x000c,
    .directory_table = 0x0010,
    .pfn_database = 0x0018,
    .loaded_modules = 0x0020,
    .active_processes = 0x0028,
    .machine = 0x0030,
    .processors = 0x0034,
    .code = 0x0038,
    .parameters = 0x0040,
    .version_user = 0x0060,
    .pae = NO_FIELD,
    .secondary_version = 0x104d,
    .debugger_data = 0x0080,
    // A u32 with four bytes of padding behind it, which hold filler: never one u64.
    .run_count = 0x0088,
    .page_count = 0x0090,
    .runs = 0x0098,
    .most_runs = 42,
    .context = 0x0348,
    .context_size = 3000,
    .exception = 0x0f00,
    .exception_size = 0x98,
    .comment = 0x0fb0,
    .attributes = 0x1050,
    .boot_id = 0x1054,
    .dump_type = 0x0f98,
    .minidump_fields = 0x1038,
    .secondary_state = 0x103c,
    .product_type = 0x1040,
    .suite_mask = 0x1044,
    .writer_status = 0x1048,
    .required_space = 0x0fa0,
    .uptime = 0x1030,
    .time = 0x0fa8,
};

static bool is_filler(uint32_t value)
{
    return value == FILLER || value == OTHER_FILLER;
}

static struct bt_opt32 take32(struct bt_span head, size_t offset)
{
    if (!bt_span_has(head, offset, 4) || is_filler(bt_span_u32(head, offset)))
        return (struct bt_opt32){0};
    return bt_some32(bt_span_u32(head, offset));
}

static struct bt_opt64 take64(struct bt_span head, size_t offset)
{
    if (!bt_span_has(head, offset, 8) ||
        (is_filler(bt_span_u32(head, offset)) &&
         bt_span_u32(head, offset) == bt_span_u32(head, offset + 4)))
        return (struct bt_opt64){0};
    return bt_some64(bt_span_u64(head, offset));
}

static struct bt_opt64 take_word(struct bt_span head, size_t offset, unsigned word)
{
    if (word == 8)
        return take64(head, offset);
    struct bt_opt32 narrow = take32(head, offset);
    return (struct bt_opt64){.value = narrow.value, .known = narrow.known};
}

// One byte cannot tell filler from a value; only 0 and 1 are taken for a truth value.
static struct bt_opt32 take_flag(struct bt_span head, size_t offset)
{
    if (!bt_span_has(head, offset, 1) || head.data[offset] > 1)
        return (struct bt_opt32){0};
    return bt_some32(head.data[offset]);
}

static struct bt_span take_part(struct bt_span head, size_t offset, size_t size)
{
    struct bt_span part = {0};
    return bt_span_sub(head, offset, size, &part, NULL) == BT_OK ? part : (struct bt_span){0};
}

static bool knows_machine_at(struct bt_span head, size_t offset)
{
    struct bt_opt32 machine = take32(head, offset);
    return machine.known && bt_arch_from_machine(machine.value) != BT_ARCH_UNKNOWN;
}

static bool starts_with(struct bt_span head, const char *text)
{
    size_t size = strlen(text);
    return head.size >= size && memcmp(head.data, text, size) == 0;
}

// The layout of a header, or NULL where it is none. A header whose second word is neither of
// the two marks was not finished, or was made invalid after the dump was copied out of the page
// file: the place of the processor type tells the width.
static const struct layout *find_layout(struct bt_span head, bool *ret_complete)
{
    *ret_complete = true;
    if (starts_with(head, "PAGEDU64"))
        return &layout64;
    if (starts_with(head, "PAGEDUMP"))
        return &layout32;
    *ret_complete = false;
    if (!starts_with(head, "PAGE"))
        return NULL;
    if (knows_machine_at(head, layout64.machine))
        return &layout64;
    if (knows_machine_at(head, layout32.machine))
        return &layout32;
    return NULL;
}

bool bt_kernel_header_probe(struct bt_span head)
{
    bool complete;
    return find_layout(head, &complete) != NULL;
}

struct bt_kernel_run bt_kernel_run_at(const struct bt_kernel_header *header, uint32_t index)
{
    const size_t word = header->is64 ? 8 : 4;
    const size_t at = (size_t)index * 2 * word;
    return (struct bt_kernel_run){
        .first_page = bt_span_word(header->runs, at, header->is64),
        .page_count = bt_span_word(header->runs, at + word, header->is64),
    };
}

// The pages of all runs, or 0 where one of them is beyond what a processor can address.
static uint64_t count_pages(const struct bt_kernel_header *header, uint32_t run_count)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < run_count; i++) {
        const struct bt_kernel_run run = bt_kernel_run_at(header, i);
        if (run.first_page >= page_limit || run.page_count > page_limit - run.first_page)
            return 0;
        sum += run.page_count;
    }
    return sum;
}

// Takes the description of physical memory. Some writers forget the sum of the pages.
static void decode_runs(struct bt_span head, const struct layout *layout,
                        struct bt_kernel_header *ret)
{
    const struct bt_opt32 run_count = take32(head, layout->run_count);
    if (!run_count.known || run_count.value == 0 || run_count.value > layout->most_runs)
        return;
    ret->runs = take_part(head, layout->runs, (size_t)run_count.value * 2 * layout->word);
    const uint64_t sum = ret->runs.size != 0 ? count_pages(ret, run_count.value) : 0;
    if (sum == 0) {
        ret->runs = (struct bt_span){0};
        return;
    }
    const struct bt_opt64 told = take_word(head, layout->page_count, layout->word);
    ret->run_count = run_count;
    ret->page_count = bt_some64(sum);
    ret->runs_add_up = told.known && told.value == sum;
}

// The build; the kernel's own variable has 0xf or 0xc in the highest bits, for a free or a
// checked build, and some writers copy it as it is.
static void decode_build(struct bt_span head, const struct layout *layout,
                         struct bt_kernel_header *ret)
{
    enum { FREE_BUILD = 0xf, CHECKED_BUILD = 0xc };
    ret->major = take32(head, layout->major);
    ret->minor = take32(head, layout->minor);
    const uint32_t kind = ret->minor.value >> 28;
    if ((kind != FREE_BUILD && kind != CHECKED_BUILD) || (ret->minor.value >> 16 & 0xfff) != 0)
        return;
    ret->minor.value &= 0xffff;
    if (!ret->major.known)
        ret->major = bt_some32(kind);
}

static void decode_with(struct bt_span head, const struct layout *l,
                        struct bt_kernel_header *ret)
{
    decode_build(head, l, ret);
    ret->directory_table = take_word(head, l->directory_table, l->word);
    ret->pfn_database = take_word(head, l->pfn_database, l->word);
    ret->loaded_modules = take_word(head, l->loaded_modules, l->word);
    ret->active_processes = take_word(head, l->active_processes, l->word);
    ret->machine = take32(head, l->machine);
    ret->processors = take32(head, l->processors);
    ret->code = take32(head, l->code);
    for (unsigned i = 0; i < 4; i++)
        ret->parameters[i] = take_word(head, l->parameters + i * l->word, l->word);
    if (l->pae != NO_FIELD)
        ret->pae = take_flag(head, l->pae);
    ret->secondary_version = take_flag(head, l->secondary_version);
    ret->debugger_data = take_word(head, l->debugger_data, l->word);
    ret->dump_type = take32(head, l->dump_type);
    ret->minidump_fields = take32(head, l->minidump_fields);
    ret->secondary_state = take32(head, l->secondary_state);
    ret->product_type = take32(head, l->product_type);
    ret->suite_mask = take32(head, l->suite_mask);
    ret->writer_status = take32(head, l->writer_status);
    ret->attributes = take32(head, l->attributes);
    ret->boot_id = take32(head, l->boot_id);
    ret->required_space = take64(head, l->required_space);
    ret->uptime = take64(head, l->uptime);
    ret->time = take64(head, l->time);
    ret->version_user = take_part(head, l->version_user, VERSION_USER_SIZE);
    ret->comment = take_part(head, l->comment, COMMENT_SIZE);
    ret->context = take_part(head, l->context, l->context_size);
    ret->exception = take_part(head, l->exception, l->exception_size);
}

void bt_kernel_header_decode(struct bt_span head, struct bt_kernel_header *ret)
{
    *ret = (struct bt_kernel_header){0};
    const struct layout *layout = find_layout(head, &ret->complete);
    if (layout == NULL)
        return;
    // Pages and the body count from the end of the header; nothing behind it is a field.
    if (head.size > layout->size)
        head.size = (size_t)layout->size;
    ret->is64 = layout->word == 8;
    ret->size = layout->size;
    decode_with(head, layout, ret);
    decode_runs(head, layout, ret);
    ret->arch = bt_arch_from_machine(ret->machine.value);
}

uint64_t bt_kernel_page_size(const struct bt_kernel_header *header)
{
    switch (header->arch) {
    case BT_ARCH_IA64:
    case BT_ARCH_ALPHA:
    case BT_ARCH_ALPHA64:
        return LARGE_PAGE_SIZE;
    default:
        return PAGE_SIZE;
    }
}
