// SPDX-License-Identifier: MIT
#include "windows/loaded_modules.h"

#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "base/span.h"
#include "base/text.h"

// Offsets in the entries of the loader's list. The kernel's entries begin like those of a
// process: links, then addresses, names and flags. Windows 8 moved the time stamp behind the
// rest; what stands at its old place is not always a stamp, so that only a value which can be
// one counts, and an image that is in the dump has the last word.
//
// Source: the debugger extensions' descriptions of KLDR_DATA_TABLE_ENTRY by build.
struct entry_layout {
    size_t size;    // bytes that are read
    size_t minimum; // without these it is no entry; what lies behind may be in a missing page
    size_t base, image_size, full_name, base_name, checksum;
    size_t timestamp, later_timestamp; // until 7 and since 8
};

static const struct entry_layout layout_x86 = {
    .size = 0x5c,
    .minimum = 0x34,
    .base = 0x18,
    .image_size = 0x20,
    .full_name = 0x24,
    .base_name = 0x2c,
    .checksum = 0x40,
    .timestamp = 0x44,
    .later_timestamp = 0x58,
};

static const struct entry_layout layout_64 = {
    .size = 0xa0,
    .minimum = 0x68,
    .base = 0x30,
    .image_size = 0x40,
    .full_name = 0x48,
    .base_name = 0x58,
    .checksum = 0x78,
    .timestamp = 0x80,
    .later_timestamp = 0x9c,
};

enum {
    ENTRY_MAX = 0xa0,
    IMAGE_ALIGNMENT = 0x1000,
    LARGEST_IMAGE = 0x20000000, // drivers of graphics cards have a hundred megabytes
    BUILD_OF_8 = 9200,
    BUILD_OF_10 = 10240,

    // MmUnloadedDrivers: a ring of 50 entries {UNICODE_STRING, start, end, time}.
    UNLOADED_RING = 50,
    UNLOADED_SIZE_64 = 0x28,
    UNLOADED_SIZE_32 = 0x18,
};

struct list_walk {
    const struct bt_memory *memory;
    struct bt_arena *arena;
    struct bt_crash *crash;
    const struct entry_layout *layout;
    bt_va head;
    bt_va *nodes; // every entry that was met
    size_t node_count;
    struct bt_module *modules; // those that describe an image
    size_t count;
};

struct links {
    bt_va forward, back;
};

static bool was_seen(const struct list_walk *w, bt_va node)
{
    for (size_t i = 0; i < w->node_count; i++) {
        if (w->nodes[i] == node)
            return true;
    }
    return false;
}

static bool can_be_time(uint32_t value)
{
    const uint32_t first = 0x2b000000, last = 0x7fffffff; // 1992 to 2038
    return value >= first && value <= last;
}

// Since Windows 10 a stamp is a hash of the build: any value but 0. Of 32-bit entries the old
// place is empty since Windows 8; of 64-bit ones it holds the half of a pointer.
static struct bt_opt32 take_timestamp(const struct list_walk *w, struct bt_span entry)
{
    const struct bt_opt32 build = w->crash->system.build;
    const uint32_t value = bt_span_u32(entry, w->layout->timestamp);
    const uint32_t later = bt_span_u32(entry, w->layout->later_timestamp);
    const bool hashed = build.known && build.value >= BUILD_OF_10;
    const bool moved = hashed || (build.known && build.value >= BUILD_OF_8);
    if (moved && (hashed ? later != 0 : can_be_time(later)) &&
        (w->memory->is64 ? hashed || !can_be_time(value) : value == 0))
        return bt_some32(later);
    return can_be_time(value) ? bt_some32(value) : (struct bt_opt32){0};
}

// A name whose text is not in the dump is unknown; only a full arena is a failure.
static enum bt_status take_name(const struct list_walk *w, bt_va at, const char **ret,
                                struct bt_error *err)
{
    enum bt_status st = bt_memory_unicode_string(w->memory, at, w->arena, ret, err);
    if (st == BT_E_NOMEM)
        return st;
    if (st != BT_OK || (*ret)[0] == '\0')
        *ret = NULL;
    return BT_OK;
}

static enum bt_status take_names(const struct list_walk *w, bt_va node,
                                 struct bt_module *module, struct bt_error *err)
{
    BT_TRY(take_name(w, node + w->layout->full_name, &module->path, err));
    BT_TRY(take_name(w, node + w->layout->base_name, &module->name, err));
    if (module->name == NULL && module->path != NULL)
        module->name = bt_basename(module->path);
    w->crash->modules_partial = w->crash->modules_partial || module->name == NULL;
    if (module->name == NULL)
        BT_TRY(bt_arena_printf(w->arena, &module->name, err, BT_UNKNOWN_MODULE "%" PRIx64,
                               module->base));
    return BT_OK;
}

// `present`: bytes of the entry that are in the dump; the rest is zero.
static enum bt_status add_entry(struct list_walk *w, bt_va node, struct bt_span entry,
                                size_t present, struct bt_error *err)
{
    const bool is64 = w->memory->is64;
    struct bt_module *module = &w->modules[w->count];
    *module = (struct bt_module){
        .base = bt_span_word(entry, w->layout->base, is64),
        .size = bt_span_u32(entry, w->layout->image_size),
        .timestamp = take_timestamp(w, entry),
    };
    if (present >= w->layout->checksum + 4)
        module->checksum = bt_some32(bt_span_u32(entry, w->layout->checksum));
    BT_TRY(take_names(w, node, module, err));
    w->count++;
    return BT_OK;
}

// Whether there is an entry of the list: images start at pages.
static bool is_entry(const struct list_walk *w, bt_va node)
{
    bt_va base = 0;
    return bt_memory_pointer(w->memory, node + w->layout->base, &base, NULL) == BT_OK &&
           base != 0 && base % IMAGE_ALIGNMENT == 0;
}

// Why the walk cannot go on from `previous` to `node`, or NULL; `ret` gets its links.
static const char *step_to(struct list_walk *w, bt_va node, bt_va previous, struct links *ret)
{
    const size_t word = w->memory->is64 ? 8 : 4;
    if (w->node_count == BT_LIMIT_MODULES)
        return "is one more than there can be";
    if (was_seen(w, node))
        return "was there before";
    if (bt_memory_pointer(w->memory, node, &ret->forward, NULL) != BT_OK ||
        bt_memory_pointer(w->memory, node + word, &ret->back, NULL) != BT_OK)
        return "is not in the dump";
    // A damaged link may still lead to an entry, and an entry may be damaged where it is linked
    // well; what is neither is not of the list.
    if (ret->back != previous && !is_entry(w, node))
        return "is no entry";
    w->nodes[w->node_count++] = node;
    return NULL;
}

// What lies behind a damaged place, from the end of the list backwards. Only entries that both
// neighbours agree on count: nothing is known about how the place was damaged.
static void walk_back(struct list_walk *w)
{
    const size_t word = w->memory->is64 ? 8 : 4, first = w->node_count;
    bt_va node, next = w->head;
    if (bt_memory_pointer(w->memory, w->head + word, &node, NULL) != BT_OK)
        return;
    while (w->node_count < BT_LIMIT_MODULES && node != w->head && !was_seen(w, node)) {
        bt_va forward, back;
        if (bt_memory_pointer(w->memory, node, &forward, NULL) != BT_OK || forward != next ||
            bt_memory_pointer(w->memory, node + word, &back, NULL) != BT_OK)
            break;
        w->nodes[w->node_count++] = node;
        next = node;
        node = back;
    }
    for (size_t a = first, b = w->node_count; a + 1 < b; a++) {
        bt_va other = w->nodes[--b];
        w->nodes[b] = w->nodes[a];
        w->nodes[a] = other;
    }
    if (w->node_count != first)
        bt_note(w->crash, w->arena, "module-list-resumed", BT_NO_OFFSET,
                "from its end, %zu more module%s found", w->node_count - first,
                w->node_count - first == 1 ? " was" : "s were");
}

// From entry to entry until the head comes up again, or something is wrong.
static void walk_list(struct list_walk *w, bt_va first)
{
    struct links links = {.forward = first};
    bt_va node = first, previous = w->head;
    for (; node != w->head; previous = node, node = links.forward) {
        const char *why = step_to(w, node, previous, &links);
        if (why != NULL) {
            w->crash->modules_partial = true;
            bt_note(w->crash, w->arena, "module-list-cut", BT_NO_OFFSET,
                    "the list of modules ends after %zu entries: the one at 0x%" PRIx64 " %s",
                    w->node_count, node, why);
            walk_back(w);
            return;
        }
        if (links.back == previous)
            continue;
        w->crash->modules_partial = true;
        bt_note(w->crash, w->arena, "module-list-damaged", BT_NO_OFFSET,
                "the entry at 0x%" PRIx64 " of the list of modules does not point back", node);
    }
}

// Decodes the entries that were met. One without an image is damaged, or no entry at all.
static enum bt_status read_entries(struct list_walk *w, struct bt_error *err)
{
    for (size_t i = 0; i < w->node_count; i++) {
        uint8_t raw[ENTRY_MAX] = {0};
        struct bt_span entry = {
            .data = raw, .size = w->layout->size, .file_offset = BT_NO_OFFSET};
        size_t got = is_entry(w, w->nodes[i])
                         ? w->memory->read_some(w->memory, w->nodes[i], raw, w->layout->size)
                         : 0;
        if (got >= w->layout->minimum)
            BT_TRY(add_entry(w, w->nodes[i], entry, got, err));
        else
            w->crash->modules_partial = true;
    }
    return BT_OK;
}

enum bt_status bt_loaded_modules_read(const struct bt_memory *memory, bt_va head,
                                      struct bt_arena *arena, struct bt_crash *crash,
                                      struct bt_error *err)
{
    bt_va first;
    BT_TRY(bt_memory_pointer(memory, head, &first, err));
    struct list_walk w = {.memory = memory,
                          .arena = arena,
                          .crash = crash,
                          .layout = memory->is64 ? &layout_64 : &layout_x86,
                          .head = head};
    BT_TRY(bt_arena_alloc(arena, BT_LIMIT_MODULES, sizeof *w.nodes, &w.nodes, err));
    walk_list(&w, first);
    BT_TRY(bt_arena_alloc(arena, w.node_count, sizeof *w.modules, &w.modules, err));
    BT_TRY(read_entries(&w, err));
    crash->modules = w.modules;
    crash->module_count = w.count;
    return BT_OK;
}

// Where the next image behind a module begins; UINT64_MAX where there is none.
static bt_va next_base(const struct bt_crash *crash, bt_va base)
{
    bt_va next = UINT64_MAX;
    for (size_t i = 0; i < crash->module_count; i++) {
        if (crash->modules[i].base > base && crash->modules[i].base < next)
            next = crash->modules[i].base;
    }
    return next;
}

void bt_loaded_modules_settle(struct bt_arena *arena, struct bt_crash *crash)
{
    for (size_t i = 0; i < crash->module_count; i++) {
        struct bt_module *module = &crash->modules[i];
        const uint64_t room = next_base(crash, module->base) - module->base;
        const uint64_t most = room < LARGEST_IMAGE ? room : LARGEST_IMAGE;
        if (module->size <= most)
            continue;
        bt_note(crash, arena, "module-size-wrong", BT_NO_OFFSET,
                "%s is said to have 0x%" PRIx64 " bytes, which reach into other modules or "
                "beyond: 0x%" PRIx64 " are taken",
                module->name != NULL ? module->name : "a module", module->size, most);
        module->size = most;
    }
}

struct unloaded_ring {
    const struct bt_memory *memory;
    struct bt_arena *arena;
    bt_va entries;
    uint32_t next; // index that the next unloaded module will take
};

static enum bt_status open_ring(const struct bt_memory *memory,
                                const struct bt_debugger_data *block, struct bt_arena *arena,
                                struct unloaded_ring *ret, struct bt_error *err)
{
    *ret = (struct unloaded_ring){.memory = memory, .arena = arena};
    if (block->unloaded_modules == 0 || block->last_unloaded_module == 0)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "this version keeps no unloaded modules");
    BT_TRY(bt_memory_pointer(memory, block->unloaded_modules, &ret->entries, err));
    BT_TRY(bt_memory_u32(memory, block->last_unloaded_module, &ret->next, err));
    if (ret->entries == 0)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "nothing was unloaded yet");
    return BT_OK;
}

// Whether an image can have been there: what was never used is zero, or anything.
static bool is_image_range(bool is64, bt_va base, bt_va end)
{
    const bt_va lowest = is64 ? UINT64_C(0xff00000000000000) : 0x80000000;
    return base >= lowest && base % IMAGE_ALIGNMENT == 0 && end > base &&
           end - base <= LARGEST_IMAGE;
}

// One entry, or BT_ABSENT where it is empty.
static enum bt_status read_unloaded(const struct unloaded_ring *ring, uint32_t index,
                                    struct bt_unloaded_module *ret, struct bt_error *err)
{
    const bool is64 = ring->memory->is64;
    const size_t size = is64 ? UNLOADED_SIZE_64 : UNLOADED_SIZE_32;
    const size_t start = is64 ? 0x10 : 8, word = is64 ? 8 : 4;
    const bt_va at = ring->entries + (bt_va)index * size;
    uint8_t raw[UNLOADED_SIZE_64];
    BT_TRY(bt_memory_read(ring->memory, at, raw, size, err));
    struct bt_span entry = {.data = raw, .size = size, .file_offset = BT_NO_OFFSET};
    uint64_t time = bt_span_u64(entry, start + 2 * word);
    struct bt_unloaded_module module = {.base = bt_span_word(entry, start, is64),
                                        .end = bt_span_word(entry, start + word, is64)};
    if (!is_image_range(is64, module.base, module.end))
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "the entry is empty");
    if (bt_filetime_is_plausible(time))
        module.time = bt_some64(time);
    enum bt_status st =
        bt_memory_unicode_string(ring->memory, at, ring->arena, &module.name, err);
    if (st == BT_E_NOMEM)
        return st;
    if (st != BT_OK || module.name[0] == '\0')
        BT_TRY(bt_arena_printf(ring->arena, &module.name, err, BT_UNKNOWN_MODULE "%" PRIx64,
                               module.base));
    *ret = module;
    return BT_OK;
}

enum bt_status bt_unloaded_modules_read(const struct bt_memory *memory,
                                        const struct bt_debugger_data *block,
                                        struct bt_arena *arena, struct bt_crash *crash,
                                        struct bt_error *err)
{
    struct unloaded_ring ring;
    struct bt_unloaded_module *modules;
    BT_TRY(open_ring(memory, block, arena, &ring, err));
    BT_TRY(bt_arena_alloc(arena, UNLOADED_RING, sizeof *modules, &modules, err));
    size_t count = 0;
    for (uint32_t i = 0; i < UNLOADED_RING; i++) {
        uint32_t index = (ring.next % UNLOADED_RING + UNLOADED_RING - 1 - i) % UNLOADED_RING;
        enum bt_status st = read_unloaded(&ring, index, &modules[count], err);
        if (st == BT_E_NOMEM)
            return st;
        if (st == BT_OK)
            count++;
    }
    crash->unloaded = modules;
    crash->unloaded_count = count;
    return BT_OK;
}
