// SPDX-License-Identifier: MIT
//
// The drivers that were loaded, and those that no longer were.
//
// DUMP_DRIVER_ENTRY: 00 u32 file offset of the name (a DUMP_STRING), then the kernel's own
// KLDR_DATA_TABLE_ENTRY, of which the writers keep or zero the rest (source: rizin; the 64-bit
// form compared with 75 real dumps, one of them with the module list of a debugger):
//                64-bit, 0x90 bytes   32-bit, 0x4c bytes or more
//   base         38                   1c
//   image size   48                   24
//   checksum     80                   44
//   timestamp    88                   48
//
// Unloaded drivers: u32 count, then (64-bit: from offset 8) entries, newest first:
//                64-bit, 0x38 bytes   32-bit, 0x28 bytes
//   u16 length   00                   00         bytes of the name, at most 24
//   name         10                   08         12 UTF-16 units, no NUL
//   start, end   28, 30               20, 24
#include "dump/kernel/triage_dump.h"

#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"

enum {
    NAME_LENGTH_SIZE = 4,
    STRIDE64 = 0x90,
    STRIDE32 = 0x4c,
    STRIDE32_STEP = 4,
    LARGEST_STRIDE32 = 0x58,
    UNLOADED_NAME_SIZE = 24,
};

// The driver list and the names, which live next to each other in a pool of strings.
struct driver_list {
    const struct bt_kernel_reading *r;
    const struct bt_triage *t;
    struct bt_span entries;
    struct bt_span strings;
    size_t stride;
    size_t lost_names;
};

static uint32_t name_offset_at(const struct driver_list *list, size_t index, size_t stride)
{
    return bt_span_u32(list->entries, index * stride);
}

static bool name_lies_in_pool(const struct driver_list *list, uint32_t offset)
{
    const struct bt_triage *t = list->t;
    return offset >= t->strings_offset && offset - t->strings_offset < t->strings_size;
}

// How many of the first entries have a name in the pool when they are `stride` bytes apart.
static size_t count_good_names(const struct driver_list *list, size_t stride)
{
    enum { SAMPLE = 64 };
    size_t count = list->entries.size / stride;
    if (count > list->t->driver_count)
        count = list->t->driver_count;
    size_t good = 0;
    for (size_t i = 0; i < count && i < SAMPLE; i++)
        good += name_lies_in_pool(list, name_offset_at(list, i, stride));
    return good;
}

// 32-bit entries grew with the loader's own structure, by a few bytes and without a sign of it:
// the stride is the one that makes sense of the names. Without a pool there is nothing to go
// by, and the oldest is taken.
static size_t find_stride32(const struct driver_list *list)
{
    size_t best = STRIDE32;
    size_t best_names = 0;
    for (size_t stride = STRIDE32; stride <= LARGEST_STRIDE32; stride += STRIDE32_STEP) {
        size_t names = count_good_names(list, stride);
        if (names > best_names) {
            best = stride;
            best_names = names;
        }
    }
    return best;
}

static enum bt_status read_name(struct driver_list *list, uint32_t offset, const char **ret,
                                struct bt_error *err)
{
    const struct bt_triage *t = list->t;
    struct bt_cursor c = bt_cursor_at(list->strings);
    uint32_t characters;
    struct bt_span text;
    if (!name_lies_in_pool(list, offset))
        return bt_triage_string(list->r, t, offset, ret, err);
    BT_TRY(bt_cursor_skip(&c, offset - t->strings_offset, err));
    BT_TRY(bt_cursor_u32(&c, &characters, err));
    if (characters > BT_LIMIT_NAME)
        return BT_FAIL(err, BT_E_LIMIT, offset, "a name of %" PRIu32 " characters", characters);
    BT_TRY(bt_cursor_take(&c, (uint64_t)characters * 2, &text, err));
    return bt_text_utf16(text, list->r->arena, ret, err);
}

static struct bt_opt32 known_unless_zero(uint32_t value)
{
    return value != 0 ? bt_some32(value) : (struct bt_opt32){0};
}

static enum bt_status name_module(struct driver_list *list, uint32_t name_offset,
                                  struct bt_module *module, struct bt_error *err)
{
    const char *name = "";
    struct bt_error why = {0};
    enum bt_status st = read_name(list, name_offset, &name, &why);
    if (st == BT_E_NOMEM)
        return st;
    if (st != BT_OK || name[0] == '\0') {
        list->lost_names++;
        module->nameless = true;
        return bt_arena_printf(list->r->arena, &module->name, err, "unknown_0x%" PRIx64,
                               module->base);
    }
    // One writer keeps full paths, the other base names.
    module->name = bt_basename(name);
    module->path = module->name != name ? name : NULL;
    return BT_OK;
}

static enum bt_status read_driver(struct driver_list *list, size_t index,
                                  struct bt_module *module, struct bt_error *err)
{
    const bool is64 = list->r->header->is64;
    struct bt_span entry;
    BT_TRY(
        bt_span_sub(list->entries, (uint64_t)index * list->stride, list->stride, &entry, err));
    module->base = bt_span_word(entry, is64 ? 0x38 : 0x1c, is64);
    module->size = bt_span_u32(entry, is64 ? 0x48 : 0x24);
    module->checksum = known_unless_zero(bt_span_u32(entry, is64 ? 0x80 : 0x44));
    module->timestamp = known_unless_zero(bt_span_u32(entry, is64 ? 0x88 : 0x48));
    return name_module(list, bt_span_u32(entry, 0), module, err);
}

static enum bt_status read_list(struct driver_list *list, size_t count, struct bt_error *err)
{
    struct bt_crash *crash = list->r->dump->crash;
    BT_TRY(bt_arena_alloc(list->r->arena, count, sizeof *crash->modules, &crash->modules, err));
    for (crash->module_count = 0; crash->module_count < count; crash->module_count++) {
        BT_TRY(
            read_driver(list, crash->module_count, &crash->modules[crash->module_count], err));
    }
    crash->modules_partial = list->lost_names != 0;
    if (list->lost_names != 0)
        bt_note(crash, list->r->arena, "driver-names-lost", list->t->drivers_offset,
                "the names of %zu of %zu drivers could not be read", list->lost_names, count);
    return BT_OK;
}

// Loads the bytes of the list and of the names, as far as they are there.
static enum bt_status load_list(struct driver_list *list, uint32_t count, struct bt_error *err)
{
    const struct bt_triage *t = list->t;
    const bool is64 = list->r->header->is64;
    const size_t largest = is64 ? (size_t)STRIDE64 : (size_t)LARGEST_STRIDE32;
    const uint64_t largest_pool =
        (uint64_t)BT_LIMIT_MODULES * (NAME_LENGTH_SIZE + 2 * (BT_LIMIT_NAME + 1));
    BT_TRY(bt_triage_view(list->r, t, t->drivers_offset, count * (uint64_t)largest,
                          &list->entries, err));
    uint64_t pool = t->strings_size < largest_pool ? t->strings_size : largest_pool;
    // Without its pool a driver still has a base; its name is then looked for on its own.
    if (pool != 0 &&
        bt_triage_view(list->r, t, t->strings_offset, pool, &list->strings, NULL) != BT_OK)
        list->strings = (struct bt_span){0};
    list->stride = is64 ? (size_t)STRIDE64 : find_stride32(list);
    return BT_OK;
}

// A list that says it goes on into the next part ends there: what follows is no driver.
static size_t count_that_fits(const struct driver_list *list, uint32_t count)
{
    uint64_t room = bt_triage_room(list->t, list->t->drivers_offset);
    if (room > list->entries.size)
        room = list->entries.size;
    size_t fits = (size_t)room / list->stride;
    return fits < count ? fits : count;
}

static enum bt_status read_drivers(struct driver_list *list, struct bt_error *err)
{
    const struct bt_triage *t = list->t;
    uint32_t count = t->driver_count < BT_LIMIT_MODULES ? t->driver_count : BT_LIMIT_MODULES;
    if (t->drivers_offset == 0 || count == 0)
        return BT_FAIL(err, BT_E_CORRUPT, list->r->header->size + 0x30, "there is none");
    BT_TRY(load_list(list, count, err));
    size_t there = count_that_fits(list, count);
    BT_TRY(read_list(list, there, err));
    if (there < count)
        return BT_FAIL(err, BT_E_CORRUPT, t->drivers_offset,
                       "%zu drivers are there, %" PRIu32 " should be", there, t->driver_count);
    if (count < t->driver_count)
        return BT_FAIL(err, BT_E_LIMIT, t->drivers_offset,
                       "only the first %" PRIu32 " of %" PRIu32 " drivers were read", count,
                       t->driver_count);
    return BT_OK;
}

enum bt_status bt_triage_read_drivers(const struct bt_kernel_reading *r,
                                      const struct bt_triage *t, struct bt_error *err)
{
    const struct bt_opt32 fields = r->header->minidump_fields;
    const bool promised = fields.known && (fields.value & BT_TRIAGE_DRIVER_LIST) != 0;
    struct driver_list list = {.r = r, .t = t};
    struct bt_error why = {0};
    if (t->drivers_offset == 0 && !promised)
        return BT_OK;
    enum bt_status st = read_drivers(&list, &why);
    if (st == BT_OK)
        return BT_OK;
    r->dump->crash->modules_partial = true;
    st = bt_kernel_lost(r, "driver-list-cut", "list of drivers", &why);
    if (st != BT_OK && err != NULL)
        *err = why;
    return st;
}

// ---- unloaded drivers

static enum bt_status read_unloaded_driver(const struct bt_kernel_reading *r,
                                           struct bt_span entry, struct bt_unloaded_module *ret,
                                           struct bt_error *err)
{
    const bool is64 = r->header->is64;
    uint16_t length = bt_span_u16(entry, 0);
    struct bt_span name;
    BT_TRY(bt_span_sub(entry, is64 ? 0x10 : 0x08,
                       length < UNLOADED_NAME_SIZE ? length : UNLOADED_NAME_SIZE, &name, err));
    ret->base = bt_span_word(entry, is64 ? 0x28 : 0x20, is64);
    ret->end = bt_span_word(entry, is64 ? 0x30 : 0x24, is64);
    return bt_text_utf16(name, r->arena, &ret->name, err);
}

static enum bt_status read_unloaded(const struct bt_kernel_reading *r,
                                    const struct bt_triage *t, struct bt_error *err)
{
    const bool is64 = r->header->is64;
    const size_t stride = is64 ? 0x38 : 0x28;
    const uint64_t first = (uint64_t)t->unloaded_offset + (is64 ? 8 : 4);
    struct bt_crash *crash = r->dump->crash;
    struct bt_span raw;
    BT_TRY(bt_triage_view_all(r, t, t->unloaded_offset, 4, &raw, err));
    uint32_t promised = bt_span_u32(raw, 0);
    uint32_t count = promised < BT_LIMIT_UNLOADED ? promised : BT_LIMIT_UNLOADED;
    if (count == 0)
        return BT_OK;
    const uint64_t room = bt_triage_room(t, t->unloaded_offset);
    const uint64_t size = count * (uint64_t)stride;
    BT_TRY(bt_triage_view(r, t, first, size < room ? size : room, &raw, err));
    if (raw.size / stride < count)
        count = (uint32_t)(raw.size / stride);
    BT_TRY(bt_arena_alloc(r->arena, count, sizeof *crash->unloaded, &crash->unloaded, err));
    for (crash->unloaded_count = 0; crash->unloaded_count < count; crash->unloaded_count++) {
        struct bt_span entry;
        BT_TRY(bt_span_sub(raw, crash->unloaded_count * (uint64_t)stride, stride, &entry, err));
        BT_TRY(read_unloaded_driver(r, entry, &crash->unloaded[crash->unloaded_count], err));
    }
    if (count < promised)
        return BT_FAIL(err, BT_E_CORRUPT, first,
                       "%" PRIu32 " drivers are there, %" PRIu32 " should be", count, promised);
    return BT_OK;
}

enum bt_status bt_triage_read_unloaded(const struct bt_kernel_reading *r,
                                       const struct bt_triage *t, struct bt_error *err)
{
    struct bt_error why = {0};
    if (t->unloaded_offset == 0 || read_unloaded(r, t, &why) == BT_OK)
        return BT_OK;
    enum bt_status st =
        bt_kernel_lost(r, "unloaded-list-cut", "list of unloaded drivers", &why);
    if (st != BT_OK && err != NULL)
        *err = why;
    return st;
}
