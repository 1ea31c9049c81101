// SPDX-License-Identifier: MIT
#include "verdict/address_hints.h"

#include <inttypes.h>

#include "base/text.h"

// Addresses this close to zero are a null pointer plus the offset of a field, or minus one.
// Windows never maps the first 64 KiB; one page keeps the hint to what is nearly certain.
static const uint64_t NULL_PAGE = 0x1000;
// No program has memory below this: Windows never maps it, Linux and macOS do not by default.
static const uint64_t LOWEST_ADDRESS = 0x10000;
// A stack that is used up is touched this close to its pointer: a large frame, or guard pages.
static const uint64_t STACK_REACH = 0x10000;

enum {
    // A lower bit turned over stays near its origin: that is a near miss of any kind.
    FLIP_LOWEST_BIT = 24,
    FLIP_HIGHEST_BIT = 46,
};

bool bt_address_is_canonical(enum bt_arch arch, bt_va address)
{
    if (arch != BT_ARCH_X64)
        return true;
    uint64_t top = address >> 56;
    return top == 0 || top == 0xff;
}

enum bt_status bt_address_null_hint(bool is64, bt_va address, struct bt_arena *arena,
                                    const char **ret, struct bt_error *err)
{
    uint64_t below = is64 ? 0 - address : (uint32_t)(0 - address);
    if (address == 0) {
        *ret = "null pointer";
        return BT_OK;
    }
    if (address < NULL_PAGE)
        return bt_arena_printf(arena, ret, err, "null pointer plus 0x%" PRIx64, address);
    if (below < NULL_PAGE)
        return bt_arena_printf(arena, ret, err, "null pointer minus 0x%" PRIx64, below);
    return BT_ABSENT;
}

enum bt_status bt_address_fill(const struct bt_kb *kb, bool is64, bt_va address,
                               struct bt_arena *arena, const char **ret, struct bt_error *err)
{
    struct bt_kb_status fill;
    uint32_t upper = (uint32_t)(address >> 32);
    // On 64-bit systems a 32-bit field is often all that was filled.
    if (!bt_kb_fill_near(kb, (uint32_t)address, (uint32_t)NULL_PAGE, &fill) ||
        (is64 ? upper != 0 && upper != fill.value : upper != 0))
        return BT_ABSENT;
    return bt_arena_printf(arena, ret, err, "%s (0x%" PRIx32 ": %s)", fill.text, fill.value,
                           fill.name);
}

bool bt_address_is_text(bool is64, bt_va address, char ret[BT_ADDRESS_TEXT_SIZE])
{
    unsigned width = is64 ? 8 : 4;
    for (unsigned i = 0; i < width; i++) {
        char c = (char)(address >> (8 * i) & 0xff);
        if (!bt_is_alpha(c) && !bt_is_digit(c) && c != ' ')
            return false;
        ret[i] = c;
    }
    ret[width] = '\0';
    return width == 8 || address <= UINT32_MAX;
}

// The module, or the thread whose stack, holds an address: index + 1, or 0.
static size_t stack_at(const struct bt_crash *crash, bt_va address)
{
    for (size_t i = 0; i < crash->thread_count; i++) {
        const struct bt_stack_memory *stack = &crash->threads[i].stack;
        if (address >= stack->start && address < stack->end)
            return i + 1;
    }
    return 0;
}

static bool is_known_place(const struct bt_crash *crash, bt_va address)
{
    const struct bt_range *range = bt_range_at(crash, address);
    bool mapped = range != NULL && (range->flags & (BT_RANGE_FREE | BT_RANGE_RESERVED)) == 0;
    return mapped || bt_module_at(crash, address) != NULL || stack_at(crash, address) != 0;
}

static enum bt_status name_place(const struct bt_crash *crash, bt_va address,
                                 struct bt_arena *arena, const char **ret, struct bt_error *err)
{
    const struct bt_module *module = bt_module_at(crash, address);
    if (module != NULL) {
        *ret = module->name;
        return BT_OK;
    }
    const struct bt_thread *thread = &crash->threads[stack_at(crash, address) - 1];
    return bt_arena_printf(arena, ret, err, "stack of thread 0x%" PRIx32, thread->id);
}

enum bt_status bt_address_bit_flip(const struct bt_crash *crash, bt_va address,
                                   struct bt_arena *arena, struct bt_bit_flip *ret,
                                   struct bt_error *err)
{
    unsigned found = 0;
    struct bt_bit_flip flip = {0};
    if (!bt_arch_is64(crash->system.arch) || address < UINT64_C(1) << FLIP_LOWEST_BIT ||
        is_known_place(crash, address))
        return BT_ABSENT;
    for (unsigned bit = FLIP_LOWEST_BIT; bit <= FLIP_HIGHEST_BIT; bit++) {
        bt_va intended = address ^ UINT64_C(1) << bit;
        if (bt_module_at(crash, intended) == NULL && stack_at(crash, intended) == 0)
            continue;
        found++;
        flip = (struct bt_bit_flip){.bit = bit, .intended = intended};
    }
    if (found != 1)
        return BT_ABSENT;
    BT_TRY(name_place(crash, flip.intended, arena, &flip.place, err));
    *ret = flip;
    return BT_OK;
}

bool bt_address_is_below_stack(const struct bt_crash *crash, bt_va address)
{
    if (!crash->crashing_thread.known)
        return false;
    const struct bt_thread *thread = &crash->threads[crash->crashing_thread.value];
    uint64_t distance = address > thread->sp ? address - thread->sp : thread->sp - address;
    bool present = thread->stack.end != 0;
    return thread->sp >= LOWEST_ADDRESS && distance < STACK_REACH &&
           (!present || address < thread->stack.start);
}

enum bt_status bt_address_hint(const struct bt_kb *kb, const struct bt_crash *crash,
                               bt_va address, struct bt_arena *arena, const char **ret,
                               struct bt_error *err)
{
    bool is64 = bt_arch_is64(crash->system.arch);
    char text[BT_ADDRESS_TEXT_SIZE];
    struct bt_bit_flip flip;
    *ret = NULL;
    enum bt_status status = bt_address_null_hint(is64, address, arena, ret, err);
    if (status != BT_ABSENT)
        return status;
    if (address < LOWEST_ADDRESS)
        return bt_arena_printf(arena, ret, err,
                               "null pointer plus 0x%" PRIx64 ", or a small number in place of "
                               "a pointer",
                               address);
    status = bt_address_fill(kb, is64, address, arena, ret, err);
    if (status != BT_ABSENT)
        return status;
    if (bt_address_is_below_stack(crash, address)) {
        *ret = "just below the stack: it is used up, by recursion or by a large local variable";
        return BT_OK;
    }
    if (!is_known_place(crash, address) && bt_address_is_text(is64, address, text))
        return bt_arena_printf(arena, ret, err, "text in place of a pointer: \"%s\"", text);
    if (!bt_address_is_canonical(crash->system.arch, address)) {
        *ret = "no valid address: its upper bits are neither all 0 nor all 1";
        return BT_OK;
    }
    status = bt_address_bit_flip(crash, address, arena, &flip, err);
    if (status == BT_ABSENT)
        return BT_OK;
    BT_TRY(status);
    return bt_arena_printf(arena, ret, err,
                           "one bit (%u) away from 0x%" PRIx64 " in %s: failing memory?",
                           flip.bit, flip.intended, flip.place);
}
