// SPDX-License-Identifier: MIT
#include "mk_pages.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "mk_parts.h"

enum {
    FRAMES_MAX = 16384,
    MAPS_MAX = 32,
    LEVELS_MAX = 5,
    LARGE_FIRST_PAGE = 0x10000, // large pages stand apart, aligned to 4 MiB
    LARGE_PAGES = 0x400,
    FIRST_BUILD_OF_VISTA = 6000,
};

// How a page of the target is described by its table.
enum mapping { MAP_VALID, MAP_LARGE, MAP_TRANSITION, MAP_PROTOTYPE, MAP_MISSING, MAP_ABSENT };

static const char *const mapping_words[] = {"valid",     "large",   "transition",
                                            "prototype", "missing", "absent"};

// The tables of one processor mode: the lowest address bit that each level decides.
struct mode {
    const char *name;
    unsigned levels, entry_size, shifts[LEVELS_MAX];
    bool is_arm;
};

static const struct mode modes[] = {
    {"x86", 2, 4, {22, 12, 0, 0, 0}, false},    {"pae", 3, 8, {30, 21, 12, 0, 0}, false},
    {"x64", 4, 8, {39, 30, 21, 12, 0}, false},  {"la57", 5, 8, {48, 39, 30, 21, 12}, false},
    {"arm64", 4, 8, {39, 30, 21, 12, 0}, true},
};

struct map {
    uint64_t start, size;
    enum mapping mapping;
};

struct paging {
    struct mk_dump *dump;
    const struct mode *mode;
    struct mk_frame *frames;
    size_t count;
    uint64_t next_page, step, root_page, root; // root: physical address of the first table
    struct map maps[MAPS_MAX];
    size_t map_count;
    struct mk_piece *prototypes; // page of prototype entries, or NULL
    size_t prototype_count;
};

// --- what the text says

static const struct mode *find_mode(const struct mk_dump *dump, const char *word)
{
    const char *name = word;
    if (name == NULL)
        name = dump->machine->id == MK_X86     ? "x86"
               : dump->machine->id == MK_ARM64 ? "arm64"
                                               : "x64";
    for (size_t i = 0; i < BT_COUNT(modes); i++) {
        if (strcmp(modes[i].name, name) == 0)
            return &modes[i];
    }
    return NULL;
}

static enum bt_status read_map(struct paging *p, const struct mk_section *section,
                               struct bt_error *err)
{
    const struct mk_statement *word = mk_section_get(section, "mapping");
    struct mk_piece *marker;
    if (p->map_count == MAPS_MAX)
        return MK_FAIL(section->place, err, "more than %d [map] sections", MAPS_MAX);
    struct map *map = &p->maps[p->map_count++];
    BT_TRY(mk_number(p->dump, section, "at", 0, &map->start, err));
    BT_TRY(mk_number(p->dump, section, "size", MK_PAGE, &map->size, err));
    BT_TRY(mk_add_floating(p->dump, section, MK_NO_FIELDS, 0, MK_FILL_ZERO, &marker, err));
    for (size_t i = 0; word != NULL && i < BT_COUNT(mapping_words); i++) {
        if (strcmp(mapping_words[i], word->value) == 0) {
            map->mapping = (enum mapping)i;
            return BT_OK;
        }
    }
    return MK_FAIL(section->place, err,
                   "mapping is valid, large, transition, prototype, missing or absent");
}

static enum bt_status read_properties(struct paging *p, struct bt_error *err)
{
    const struct mk_section *memory = mk_the(p->dump, "memory");
    const struct mk_statement *word = mk_section_get(memory, "paging");
    struct mk_piece *marker; // the section takes no bytes
    BT_TRY(mk_add_floating(p->dump, memory, MK_NO_FIELDS, 0, MK_FILL_ZERO, &marker, err));
    p->mode = find_mode(p->dump, word != NULL ? word->value : NULL);
    if (p->mode == NULL)
        return MK_FAIL(word->place, err, "paging is x86, pae, x64, la57 or arm64");
    BT_TRY(mk_number(p->dump, memory, "first_page", 0x100, &p->next_page, err));
    BT_TRY(mk_number(p->dump, memory, "step", 1, &p->step, err));
    BT_TRY(mk_number(p->dump, mk_the(p->dump, "header"), "DirectoryTableBase", 0x187000,
                     &p->root, err));
    p->root_page = p->root / MK_PAGE;
    for (const struct mk_section *s = mk_next(p->dump, "map", NULL); s != NULL;
         s = mk_next(p->dump, "map", s))
        BT_TRY(read_map(p, s, err));
    return BT_OK;
}

static enum mapping mapping_of(const struct paging *p, uint64_t address)
{
    for (size_t i = 0; i < p->map_count; i++) {
        // A page belongs to a map when any part of it does.
        uint64_t start = p->maps[i].start & ~(uint64_t)(MK_PAGE - 1);
        if (address >= start && address < p->maps[i].start + p->maps[i].size)
            return p->maps[i].mapping;
    }
    return MAP_VALID;
}

// --- frames

static enum bt_status add_frame(struct paging *p, struct mk_frame **ret, struct bt_error *err)
{
    if (p->count == FRAMES_MAX)
        return BT_FAIL(err, BT_E_LIMIT, BT_NO_OFFSET, "more than %d pages", FRAMES_MAX);
    *ret = &p->frames[p->count++];
    **ret = (struct mk_frame){.page = 0};
    return BT_OK;
}

static uint64_t take_page(struct paging *p)
{
    uint64_t page = p->next_page;
    if (page == p->root_page)
        page += p->step;
    p->next_page = page + p->step;
    return page;
}

static bool has_frame(const struct paging *p, uint64_t address)
{
    for (size_t i = 0; i < p->count; i++) {
        if (p->frames[i].address == address)
            return true;
    }
    return false;
}

static int compare_addresses(const void *a, const void *b)
{
    const struct mk_frame *x = a, *y = b;
    return x->address < y->address ? -1 : x->address > y->address;
}

static int compare_pages(const void *a, const void *b)
{
    const struct mk_frame *x = a, *y = b;
    return x->page < y->page ? -1 : x->page > y->page;
}

// A page for everything that lies in the target's memory.
static enum bt_status collect_addresses(struct paging *p, struct bt_error *err)
{
    for (const struct mk_piece *piece = p->dump->pieces; piece != NULL; piece = piece->next) {
        if (!piece->has_address || piece->offset != MK_NOWHERE || piece->size == 0)
            continue;
        uint64_t first = piece->address & ~(uint64_t)(MK_PAGE - 1);
        for (uint64_t at = 0; at < piece->address - first + piece->size; at += MK_PAGE) {
            struct mk_frame *frame;
            if (has_frame(p, first + at))
                continue;
            BT_TRY(add_frame(p, &frame, err));
            frame->address = first + at;
        }
    }
    qsort(p->frames, p->count, sizeof *p->frames, compare_addresses);
    return BT_OK;
}

static uint64_t large_size(const struct mode *mode)
{
    return UINT64_C(1) << mode->shifts[mode->levels - 2];
}

// Pages that share a large one keep their distance.
static void place_frames(struct paging *p)
{
    uint64_t region = 0, regions = 0;
    for (size_t i = 0; i < p->count; i++) {
        struct mk_frame *frame = &p->frames[i];
        enum mapping mapping = mapping_of(p, frame->address);
        frame->is_missing = mapping == MAP_MISSING;
        if (mapping != MAP_LARGE) {
            frame->page = take_page(p);
            continue;
        }
        uint64_t start = frame->address & ~(large_size(p->mode) - 1);
        if (regions == 0 || start != region) {
            region = start;
            regions++;
        }
        frame->page =
            LARGE_FIRST_PAGE + regions * LARGE_PAGES + (frame->address - start) / MK_PAGE;
    }
}

// --- tables

static struct mk_frame *find_table(const struct paging *p, uint64_t page)
{
    for (size_t i = 0; i < p->count; i++) {
        if (p->frames[i].table != NULL && p->frames[i].page == page)
            return &p->frames[i];
    }
    return NULL;
}

static enum bt_status add_table(struct paging *p, uint64_t page, struct mk_frame **ret,
                                struct bt_error *err)
{
    BT_TRY(add_frame(p, ret, err));
    (*ret)->page = page;
    (*ret)->address = UINT64_MAX;
    return bt_arena_alloc(p->dump->arena, MK_PAGE, 1, &(*ret)->table, err);
}

static uint64_t table_entry(const struct mode *mode, uint64_t page, unsigned level)
{
    // The pointer table of PAE has no access bits.
    bool bare = strcmp(mode->name, "pae") == 0 && level == 0;
    return page * MK_PAGE | (mode->is_arm ? 3 : bare ? 1 : 0x63);
}

static uint64_t valid_entry(const struct mode *mode, uint64_t page, bool is_large)
{
    if (mode->is_arm)
        return page * MK_PAGE | (is_large ? 0x401 : 0x403);
    return page * MK_PAGE | (is_large ? 0x1e3 : 0x163);
}

static uint64_t transition_entry(uint64_t page)
{
    return page * MK_PAGE | 0x880; // bit 11; the protection in bits 5 to 9
}

// An entry that says where the prototype of the page is.
static uint64_t prototype_entry(const struct paging *p, uint64_t at)
{
    if (p->mode->entry_size == 4) {
        if (p->dump->build >= FIRST_BUILD_OF_VISTA) {
            uint64_t word = (at - 0x80000000) / 4;
            return word >> 8 << 11 | (word & 0xff) << 1 | 0x400;
        }
        uint64_t word = (at - 0xe1000000) / 4;
        return word >> 7 << 11 | (word & 0x7f) << 1 | 0x400;
    }
    return strcmp(p->mode->name, "pae") == 0 ? at << 32 | 0x400 : at << 16 | 0x400;
}

static uint64_t leaf_entry(struct paging *p, const struct mk_frame *frame)
{
    const unsigned size = p->mode->entry_size;
    switch (mapping_of(p, frame->address)) {
    case MAP_TRANSITION:
        return transition_entry(frame->page);
    case MAP_PROTOTYPE: {
        uint64_t offset = p->prototype_count++ * size;
        mk_store(p->prototypes->data + offset, size, transition_entry(frame->page));
        return prototype_entry(p, p->prototypes->address + offset);
    }
    case MAP_ABSENT:
        return 0;
    default:
        return valid_entry(p->mode, frame->page, false);
    }
}

static enum bt_status map_frame(struct paging *p, const struct mk_frame *frame,
                                struct bt_error *err)
{
    const struct mode *mode = p->mode;
    const uint64_t address = frame->address, page = frame->page;
    const bool is_large = mapping_of(p, address) == MAP_LARGE;
    const unsigned last = mode->levels - (is_large ? 2 : 1);
    struct mk_frame *table = find_table(p, p->root_page);
    uint64_t base = p->root % MK_PAGE & (mode->levels == 3 ? 0xfe0 : 0);
    for (unsigned level = 0;; level++) {
        unsigned above = level == 0 ? (mode->entry_size == 8 && mode->levels > 3 ? 64 : 32)
                                    : mode->shifts[level - 1];
        uint64_t index = address >> mode->shifts[level];
        if (above < 64)
            index &= (UINT64_C(1) << (above - mode->shifts[level])) - 1;
        index &= MK_PAGE / mode->entry_size - 1;
        uint8_t *entry = table->table + base + index * mode->entry_size;
        base = 0;
        if (level == last) {
            uint64_t first = page - address % large_size(mode) / MK_PAGE;
            mk_store(entry, mode->entry_size,
                     is_large ? valid_entry(mode, first, true) : leaf_entry(p, frame));
            return BT_OK;
        }
        uint64_t next = mk_load(entry, mode->entry_size) / MK_PAGE & UINT64_C(0xfffffffff);
        if (next == 0) {
            next = take_page(p);
            mk_store(entry, mode->entry_size, table_entry(mode, next, level));
            BT_TRY(add_table(p, next, &table, err));
        } else {
            table = find_table(p, next);
        }
    }
}

static enum bt_status make_tables(struct paging *p, struct bt_error *err)
{
    const size_t pages = p->count;
    struct mk_frame *root;
    BT_TRY(add_table(p, p->root_page, &root, err));
    for (size_t i = 0; i < pages; i++)
        BT_TRY(map_frame(p, &p->frames[i], err));
    return BT_OK;
}

// Prototype entries live in paged pool.
static enum bt_status add_prototypes(struct paging *p, struct bt_error *err)
{
    bool wanted = false;
    for (size_t i = 0; i < p->map_count; i++)
        wanted = wanted || p->maps[i].mapping == MAP_PROTOTYPE;
    if (!wanted)
        return BT_OK;
    BT_TRY(mk_add_floating(p->dump, NULL, MK_NO_FIELDS, MK_PAGE, MK_FILL_ZERO, &p->prototypes,
                           err));
    p->prototypes->has_address = true;
    p->prototypes->address =
        p->dump->machine->is64 ? UINT64_C(0xfffff8a000108000) : UINT64_C(0xe1008000);
    return BT_OK;
}

enum bt_status mk_make_frames(struct mk_dump *dump, struct mk_frames *ret, struct bt_error *err)
{
    struct paging *p;
    BT_TRY(bt_arena_alloc(dump->arena, 1, sizeof *p, &p, err));
    p->dump = dump;
    BT_TRY(bt_arena_alloc(dump->arena, FRAMES_MAX, sizeof *p->frames, &p->frames, err));
    BT_TRY(read_properties(p, err));
    BT_TRY(add_prototypes(p, err));
    BT_TRY(collect_addresses(p, err));
    place_frames(p);
    BT_TRY(make_tables(p, err));
    // An absent page has no frame either.
    size_t kept = 0;
    for (size_t i = 0; i < p->count; i++) {
        if (p->frames[i].table != NULL || mapping_of(p, p->frames[i].address) != MAP_ABSENT)
            p->frames[kept++] = p->frames[i];
    }
    qsort(p->frames, kept, sizeof *p->frames, compare_pages);
    *ret = (struct mk_frames){.items = p->frames, .count = kept};
    return BT_OK;
}
