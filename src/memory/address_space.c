// SPDX-License-Identifier: MIT
#include "memory/address_space.h"

enum {
    CACHE_SLOTS = 512,
    // Pages in a page file that are counted: more than a triage of a whole machine asks for.
    PAGED_OUT_SLOTS = 4096,
    PAGED_OUT_PROBES = 8,
    // The bit of an entry that Windows sets against speculation, where none has shown it yet:
    // the highest of 46 address bits, which is what others have seen. No processor has fewer
    // than 36.
    USUAL_FLIP = 45,
    LOWEST_FLIP = 35,
    PROTOTYPE_AT = 16, // of the address in a prototype entry
};

// One translated page of 4 KiB, also where it is a part of a larger one.
struct translation {
    uint64_t page; // virtual page number
    bt_pa address;
    bool used;
};

struct bt_address_space {
    struct bt_memory memory; // first: `self` of its functions is the address of this
    struct bt_physical *physical;
    const struct bt_paging *paging;
    bt_pa root;
    struct translation cache[CACHE_SLOTS];
    unsigned flip; // the bit of entries that Windows sets, once one has shown it; 0: none yet
    uint64_t paged_out[PAGED_OUT_SLOTS]; // page numbers; 0: free
    unsigned paged_out_count;
};

static size_t read_virtual(const struct bt_memory *self, bt_va va, void *buf, size_t size);
static unsigned count_paged_out(const struct bt_memory *self);

enum bt_status bt_address_space_new(struct bt_arena *arena, struct bt_physical *physical,
                                    const struct bt_paging *paging, bt_pa root,
                                    struct bt_address_space **ret, struct bt_error *err)
{
    struct bt_address_space *space;
    BT_TRY(bt_arena_alloc(arena, 1, sizeof *space, &space, err));
    space->memory = (struct bt_memory){
        .read_some = read_virtual, .is64 = paging->is64, .count_paged_out = count_paged_out};
    space->physical = physical;
    space->paging = paging;
    space->root = root & paging->root_mask;
    *ret = space;
    return BT_OK;
}

const struct bt_memory *bt_address_space_memory(const struct bt_address_space *space)
{
    return &space->memory;
}

// Whether the bits that no level indexes are what the processor demands.
static bool is_canonical(const struct bt_paging *paging, bt_va va)
{
    if (!paging->is64)
        return va >> 32 == 0;
    uint64_t above = va >> (paging->address_bits - 1); // with the sign bit
    return above == 0 || above == UINT64_MAX >> (paging->address_bits - 1);
}

static bool read_entry(const struct bt_address_space *space, bt_pa at, uint64_t *ret)
{
    uint8_t raw[8];
    unsigned size = space->paging->entry_size;
    if (bt_physical_read_some(space->physical, at, raw, size) != size)
        return false;
    *ret = size == 8 ? bt_le64(raw) : bt_le32(raw);
    return true;
}

// Descends as far as the tables lead. On return `*ret_shift` is the level of the entry.
static struct bt_entry walk(const struct bt_address_space *space, bt_va va, unsigned *ret_shift)
{
    const struct bt_paging *paging = space->paging;
    struct bt_entry entry = {.kind = BT_ENTRY_TABLE, .address = space->root};
    for (unsigned i = 0; i < paging->level_count && entry.kind == BT_ENTRY_TABLE; i++) {
        unsigned shift = paging->levels[i].shift;
        uint64_t index = va >> shift & ((UINT64_C(1) << paging->levels[i].bits) - 1);
        uint64_t raw;
        if (!read_entry(space, entry.address + index * paging->entry_size, &raw))
            return (struct bt_entry){.kind = BT_ENTRY_NONE};
        entry = paging->decode(raw, shift);
        *ret_shift = shift;
    }
    return entry;
}

// The address of a page that is in transition, whose highest bit may be one that Windows set.
static bt_pa without_flip(struct bt_address_space *space, bt_pa address)
{
    if (address == 0 || bt_physical_has(space->physical, address))
        return address;
    const unsigned bit = 63 - (unsigned)__builtin_clzll(address);
    const bt_pa without = address & ~(UINT64_C(1) << bit);
    if (!bt_physical_has(space->physical, without))
        return address;
    space->flip = bit;
    return without;
}

static bt_pa inside_page(struct bt_address_space *space, const struct bt_entry *page, bt_va va,
                         unsigned shift)
{
    bt_pa address = page->flipped ? without_flip(space, page->address) : page->address;
    return address | (va & ((UINT64_C(1) << shift) - 1));
}

// Counts a page once, whatever how often it is asked for.
static void remember_paged_out(struct bt_address_space *space, bt_va va)
{
    const uint64_t page = va >> BT_PAGE_SHIFT;
    for (unsigned i = 0; i < PAGED_OUT_PROBES && page != 0; i++) {
        uint64_t *slot = &space->paged_out[(page + i) % PAGED_OUT_SLOTS];
        if (*slot == page)
            return;
        if (*slot == 0) {
            *slot = page;
            space->paged_out_count++;
            return;
        }
    }
}

static unsigned count_paged_out(const struct bt_memory *self)
{
    return ((const struct bt_address_space *)self)->paged_out_count;
}

// A prototype entry describes one page of 4 KiB. It is in pageable memory of its own, which is
// mapped by ordinary entries: a prototype that needs another one leads nowhere.
static bool follow_prototype(struct bt_address_space *space, bt_va at, bt_va va, bt_pa *ret)
{
    if (!is_canonical(space->paging, at))
        return false;
    unsigned shift = 0;
    struct bt_entry holder = walk(space, at, &shift);
    uint64_t raw;
    if (holder.kind != BT_ENTRY_PAGE ||
        !read_entry(space, inside_page(space, &holder, at, shift), &raw))
        return false;
    struct bt_entry page = space->paging->decode(raw, BT_PAGE_SHIFT);
    if (page.kind == BT_ENTRY_PAGED_OUT)
        remember_paged_out(space, va);
    if (page.kind != BT_ENTRY_PAGE)
        return false;
    *ret = inside_page(space, &page, va, BT_PAGE_SHIFT);
    return true;
}

// The prototype of an entry in which Windows may have set a bit, as in those of pages in
// transition: where one of them has shown that it does so, and which, the address without it is
// the likelier one. Source: MemProcFS and Volatility, which undo the bit likewise.
static bool follow_flipped(struct bt_address_space *space, bt_va at, bt_va va, bt_pa *ret)
{
    const unsigned bit = space->flip >= LOWEST_FLIP ? space->flip : USUAL_FLIP;
    const bt_va without = at & ~(UINT64_C(1) << (bit - PROTOTYPE_AT));
    const bool shown = space->flip >= LOWEST_FLIP;
    return follow_prototype(space, shown ? without : at, va, ret) ||
           (without != at && follow_prototype(space, shown ? at : without, va, ret));
}

static bool translate_uncached(struct bt_address_space *space, bt_va va, bt_pa *ret)
{
    if (!is_canonical(space->paging, va))
        return false;
    unsigned shift = 0;
    struct bt_entry entry = walk(space, va, &shift);
    if (entry.kind == BT_ENTRY_PAGED_OUT)
        remember_paged_out(space, va);
    if (entry.kind == BT_ENTRY_PROTOTYPE && entry.flipped)
        return follow_flipped(space, entry.prototype, va, ret);
    if (entry.kind == BT_ENTRY_PROTOTYPE)
        return follow_prototype(space, entry.prototype, va, ret) ||
               (entry.other_prototype != 0 &&
                follow_prototype(space, entry.other_prototype, va, ret));
    if (entry.kind != BT_ENTRY_PAGE)
        return false;
    *ret = inside_page(space, &entry, va, shift);
    return true;
}

bool bt_address_space_translate(struct bt_address_space *space, bt_va va, bt_pa *ret)
{
    const bt_pa inside = va & (BT_PAGE_SIZE - 1);
    const uint64_t page = va >> BT_PAGE_SHIFT;
    struct translation *slot = &space->cache[page % CACHE_SLOTS];
    if (!slot->used || slot->page != page) {
        bt_pa address;
        if (!translate_uncached(space, va - inside, &address))
            return false;
        *slot = (struct translation){.page = page, .address = address, .used = true};
    }
    *ret = slot->address + inside;
    return true;
}

static size_t read_virtual(const struct bt_memory *self, bt_va va, void *buf, size_t size)
{
    // The caches are no part of the memory's state: the interface is const, the space is not.
    struct bt_address_space *space = (struct bt_address_space *)(uintptr_t)self;
    uint8_t *out = buf;
    size_t done = 0;
    while (done < size) {
        size_t left_in_page = BT_PAGE_SIZE - (size_t)((va + done) & (BT_PAGE_SIZE - 1));
        size_t part = left_in_page < size - done ? left_in_page : size - done;
        bt_pa pa;
        if (va + done < va || !bt_address_space_translate(space, va + done, &pa))
            break;
        size_t present = bt_physical_read_some(space->physical, pa, out + done, part);
        done += present;
        if (present < part)
            break;
    }
    return done;
}
