// SPDX-License-Identifier: MIT
#include "verdict/kernel_address.h"

#include <inttypes.h>

#include "verdict/address_hints.h"

enum {
    // Modules of the kernel lie somewhere in one range of 512 GiB: a lower bit turned over
    // leads
    // from what was unloaded there to another module by chance.
    FLIP_LOWEST_BIT = 40,
    FLIP_HIGHEST_BIT = 63,
};

static bool is_64bit(const struct bt_crash *crash)
{
    return crash->stop.parameter_bits == 64;
}

static bool is_in_kernel_stack(const struct bt_crash *crash, bt_va address)
{
    const struct bt_stack_memory *s = &crash->stack;
    return (address >= s->start && address < s->end) ||
           (address >= s->limit && address < s->base);
}

static bool is_present(const struct bt_scene *scene, bt_va address)
{
    uint8_t byte;
    return scene->memory != NULL &&
           scene->memory->read_some(scene->memory, address, &byte, 1) == 1;
}

// A module or the stack of the crash that is one bit away, where just one is. An address that
// is mapped itself, or that belongs to a program, is as it was meant.
static bool find_flip(const struct bt_scene *scene, bt_va address, unsigned *ret_bit,
                      const char **ret_place)
{
    const struct bt_crash *crash = scene->crash;
    unsigned found = 0;
    if (!is_64bit(crash) || (address >> 47) == 0 || bt_module_at(crash, address) != NULL ||
        bt_unloaded_at(crash, address) != NULL || is_in_kernel_stack(crash, address) ||
        is_present(scene, address))
        return false;
    for (unsigned bit = FLIP_LOWEST_BIT; bit <= FLIP_HIGHEST_BIT; bit++) {
        bt_va intended = address ^ UINT64_C(1) << bit;
        const struct bt_module *module = bt_module_at(crash, intended);
        if (module == NULL && !is_in_kernel_stack(crash, intended))
            continue;
        found++;
        *ret_bit = bit;
        *ret_place = module != NULL ? module->name : "the kernel stack";
    }
    return found == 1;
}

static enum bt_status hint_at_flip(const struct bt_scene *scene, bt_va address,
                                   const char **ret, struct bt_error *err)
{
    unsigned bit = 0;
    const char *place = NULL;
    if (!find_flip(scene, address, &bit, &place))
        return BT_ABSENT;
    return bt_arena_printf(scene->arena, ret, err,
                           "one bit (%u) away from 0x%" PRIx64 " in %s: failing memory?", bit,
                           address ^ UINT64_C(1) << bit, place);
}

// A null pointer, or the offset of a field in one, in which one bit was turned over: above
// 4 GiB nothing else makes such a number, and no program or kernel has memory at most of them.
static enum bt_status hint_at_flipped_null(const struct bt_scene *scene, bt_va address,
                                           const char **ret, struct bt_error *err)
{
    enum { LOWEST_BIT = 33, NULL_PAGE = 0x1000 };
    const char *null;
    if (!is_64bit(scene->crash) || is_present(scene, address))
        return BT_ABSENT;
    for (unsigned bit = LOWEST_BIT; bit <= FLIP_HIGHEST_BIT; bit++) {
        bt_va intended = address ^ UINT64_C(1) << bit;
        if (intended >= NULL_PAGE)
            continue;
        BT_TRY(bt_address_null_hint(true, intended, scene->arena, &null, err));
        return bt_arena_printf(scene->arena, ret, err,
                               "one bit (%u) away from a %s: failing "
                               "memory?",
                               bit, null);
    }
    return BT_ABSENT;
}

static const char not_canonical[] =
    "no valid address: its upper bits are neither all 0 nor all 1";

enum bt_status bt_kernel_address_hint(const struct bt_scene *scene, bt_va address,
                                      const char **ret, struct bt_error *err)
{
    const struct bt_crash *crash = scene->crash;
    bool is64 = is_64bit(crash);
    char text[BT_ADDRESS_TEXT_SIZE];
    *ret = NULL;
    enum bt_status status = bt_address_null_hint(is64, address, scene->arena, ret, err);
    if (status == BT_ABSENT)
        status = bt_address_fill(scene->kb, is64, address, scene->arena, ret, err);
    if (status == BT_ABSENT)
        status = hint_at_flip(scene, address, ret, err);
    if (status == BT_ABSENT)
        status = hint_at_flipped_null(scene, address, ret, err);
    if (status != BT_ABSENT)
        return status;
    bool canonical = bt_address_is_canonical(crash->system.arch, address);
    if (is64 && !canonical && bt_address_is_text(is64, address, text))
        return bt_arena_printf(scene->arena, ret, err, "text in place of a pointer: \"%s\"",
                               text);
    if (!canonical)
        *ret = not_canonical;
    return BT_OK;
}

enum bt_status bt_kernel_object_hint(const struct bt_scene *scene, bt_va address,
                                     const char **ret, struct bt_error *err)
{
    const struct bt_crash *crash = scene->crash;
    *ret = NULL;
    enum bt_status status =
        bt_address_fill(scene->kb, is_64bit(crash), address, scene->arena, ret, err);
    if (status != BT_ABSENT)
        return status;
    if (!bt_address_is_canonical(crash->system.arch, address))
        *ret = not_canonical;
    return BT_OK;
}
