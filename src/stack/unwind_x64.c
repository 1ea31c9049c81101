// SPDX-License-Identifier: MIT
#include <inttypes.h>

#include "base/limits.h"
#include "base/span.h"
#include "image/function_table.h"
#include "stack/epilog_x64.h"
#include "stack/unwind.h"

enum {
    // Registers by number.
    RSP = 4,
    RBP = 5,

    // UNWIND_INFO: u8 version (3 bits) and flags, u8 size of the prolog, u8 count of slots, u8
    // frame register (4 bits) and its offset in units of 16; then the slots, two bytes each.
    INFO_SIZE = 4,
    FLAG_CHAINED = 4,
    SLOTS_MAX = 256,

    // Operations of the slots.
    PUSH_NONVOLATILE = 0,
    ALLOC_LARGE = 1,
    ALLOC_SMALL = 2,
    SET_FRAME = 3,
    SAVE_NONVOLATILE = 4,
    SAVE_NONVOLATILE_FAR = 5,
    EPILOG = 6, // version 2 only; describes epilogs, undoes nothing
    SAVE_XMM = 8,
    SAVE_XMM_FAR = 9,
    PUSH_MACHINE_FRAME = 10,
};

// rbx rsp rbp rsi rdi r12..r15: what a call leaves alone.
#define NONVOLATILE UINT32_C(0xf0f8)

struct unwind_info {
    unsigned version, flags, prolog_size, slot_count, frame_register, frame_offset;
    uint8_t slots[SLOTS_MAX * 2];
};

static enum bt_status read_info(const struct bt_image *image, uint64_t rva,
                                struct unwind_info *ret, struct bt_error *err)
{
    uint8_t raw[INFO_SIZE];
    BT_TRY(bt_image_read(image, rva, raw, sizeof raw, err));
    ret->version = raw[0] & 7;
    ret->flags = raw[0] >> 3;
    ret->prolog_size = raw[1];
    ret->slot_count = raw[2];
    ret->frame_register = raw[3] & 15;
    ret->frame_offset = (raw[3] >> 4) * 16u;
    if (ret->version != 1 && ret->version != 2)
        return BT_FAIL(err, BT_E_UNSUPPORTED, BT_NO_OFFSET,
                       "unwind information of version %u at RVA 0x%" PRIx64, ret->version, rva);
    return bt_image_read(image, rva + INFO_SIZE, ret->slots, ret->slot_count * 2, err);
}

// The entry that a chained one continues: it stands behind the slots, of which there is always
// an even number.
static enum bt_status read_parent(const struct bt_image *image, uint64_t rva,
                                  const struct unwind_info *info, struct bt_function *ret,
                                  struct bt_error *err)
{
    uint8_t raw[12];
    uint64_t at = rva + INFO_SIZE + ((info->slot_count + 1u) & ~1u) * 2;
    BT_TRY(bt_image_read(image, at, raw, sizeof raw, err));
    *ret = (struct bt_function){.found = true,
                                .begin = bt_le32(raw),
                                .end = bt_le32(raw + 4),
                                .unwind = bt_le32(raw + 8)};
    return BT_OK;
}

// The registers while their frame is being undone.
struct undoing {
    const struct bt_memory *memory;
    struct bt_registers *registers;
    bool machine_frame; // the processor itself pushed where to go on
};

static enum bt_status load(struct undoing *u, unsigned index, bt_va at, struct bt_error *err)
{
    BT_TRY(bt_memory_u64(u->memory, at, &u->registers->general[index], err));
    u->registers->valid |= UINT32_C(1) << index;
    return BT_OK;
}

static enum bt_status pop(struct undoing *u, unsigned index, struct bt_error *err)
{
    bt_va at = u->registers->general[RSP];
    BT_TRY(load(u, index, at, err));
    if (index != RSP)
        u->registers->general[RSP] = at + 8;
    return BT_OK;
}

static enum bt_status undo_machine_frame(struct undoing *u, bool has_error_code,
                                         struct bt_error *err)
{
    // rip, cs, eflags, rsp, ss; an error code below them for some interrupts.
    bt_va at = u->registers->general[RSP] + (has_error_code ? 8 : 0);
    BT_TRY(bt_memory_u64(u->memory, at, &u->registers->ip, err));
    BT_TRY(bt_memory_u64(u->memory, at + 0x18, &u->registers->general[RSP], err));
    u->machine_frame = true;
    return BT_OK;
}

static unsigned slots_of(unsigned operation, unsigned info)
{
    switch (operation) {
    case ALLOC_LARGE:
        return info == 0 ? 2 : 3;
    case SAVE_NONVOLATILE:
    case SAVE_XMM:
        return 2;
    case SAVE_NONVOLATILE_FAR:
    case SAVE_XMM_FAR:
        return 3;
    default:
        return 1;
    }
}

// One operation; `operand` are the slots behind it. `base` is what saved registers are counted
// from.
static enum bt_status undo(struct undoing *u, const struct unwind_info *info,
                           unsigned operation, unsigned argument, const uint8_t *operand,
                           bt_va base, struct bt_error *err)
{
    uint64_t *rsp = &u->registers->general[RSP];
    switch (operation) {
    case PUSH_NONVOLATILE:
        return pop(u, argument, err);
    case ALLOC_LARGE:
        *rsp += argument == 0 ? bt_le16(operand) * UINT64_C(8) : bt_le32(operand);
        return BT_OK;
    case ALLOC_SMALL:
        *rsp += argument * UINT64_C(8) + 8;
        return BT_OK;
    case SET_FRAME:
        *rsp = u->registers->general[info->frame_register] - info->frame_offset;
        return BT_OK;
    case SAVE_NONVOLATILE:
        return load(u, argument, base + bt_le16(operand) * UINT64_C(8), err);
    case SAVE_NONVOLATILE_FAR:
        return load(u, argument, base + bt_le32(operand), err);
    case EPILOG:
    case SAVE_XMM:
    case SAVE_XMM_FAR:
        return BT_OK;
    case PUSH_MACHINE_FRAME:
        return undo_machine_frame(u, argument != 0, err);
    default:
        return BT_FAIL(err, BT_E_UNSUPPORTED, BT_NO_OFFSET, "unwind operation %u", operation);
    }
}

static bool has_set_frame(const struct unwind_info *info, unsigned done)
{
    for (unsigned i = 0; i < info->slot_count;) {
        unsigned operation = info->slots[i * 2 + 1] & 15,
                 argument = info->slots[i * 2 + 1] >> 4;
        if (operation == SET_FRAME)
            return info->slots[i * 2] <= done;
        i += slots_of(operation, argument);
    }
    return true; // set by the entry that this one continues
}

// What saved registers are counted from: the frame register once it is set, else the stack.
static enum bt_status frame_base(const struct undoing *u, const struct unwind_info *info,
                                 unsigned done, bt_va *ret, struct bt_error *err)
{
    *ret = u->registers->general[RSP];
    if (info->frame_register == 0 || !has_set_frame(info, done))
        return BT_OK;
    if ((u->registers->valid >> info->frame_register & 1) == 0)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "the frame register is not known");
    *ret = u->registers->general[info->frame_register] - info->frame_offset;
    return BT_OK;
}

// Undoes what the first `done` bytes of the prolog did.
static enum bt_status undo_prolog(struct undoing *u, const struct unwind_info *info,
                                  unsigned done, struct bt_error *err)
{
    bt_va base = 0;
    BT_TRY(frame_base(u, info, done, &base, err));
    for (unsigned i = 0; i < info->slot_count;) {
        const uint8_t *slot = info->slots + (size_t)i * 2;
        unsigned operation = slot[1] & 15, argument = slot[1] >> 4;
        unsigned slots = slots_of(operation, argument);
        if (slots > info->slot_count - i)
            return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET, "an unwind operation is cut off");
        if (slot[0] <= done || operation == EPILOG)
            BT_TRY(undo(u, info, operation, argument, slot + 2, base, err));
        i += slots;
    }
    return BT_OK;
}

// All entries of a function, from the one that covers the address to its first.
static enum bt_status undo_function(struct undoing *u, const struct bt_image *image,
                                    struct bt_function function, uint64_t rva,
                                    struct bt_error *err)
{
    for (unsigned depth = 0; depth < BT_LIMIT_UNWIND_CHAIN; depth++) {
        struct unwind_info info;
        BT_TRY(read_info(image, function.unwind, &info, err));
        // The entries that follow in the chain have run their prologs.
        uint64_t offset = depth == 0 && rva >= function.begin ? rva - function.begin : 255;
        BT_TRY(undo_prolog(u, &info, offset < 255 ? (unsigned)offset : 255, err));
        if ((info.flags & FLAG_CHAINED) == 0)
            return BT_OK;
        BT_TRY(read_parent(image, function.unwind, &info, &function, err));
    }
    return BT_FAIL(err, BT_E_LIMIT, BT_NO_OFFSET, "unwind information is chained too deep");
}

static enum bt_status return_to_caller(struct undoing *u, struct bt_error *err)
{
    if (u->machine_frame)
        return BT_OK;
    bt_va at = u->registers->general[RSP];
    BT_TRY(bt_memory_u64(u->memory, at, &u->registers->ip, err));
    u->registers->general[RSP] = at + 8;
    return BT_OK;
}

static enum bt_status finish_epilog(struct undoing *u, const struct bt_epilog *epilog,
                                    struct bt_error *err)
{
    struct bt_registers *r = u->registers;
    if (epilog->frame_register >= 0) {
        if ((r->valid >> epilog->frame_register & 1) == 0)
            return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "the frame register is not known");
        r->general[RSP] = r->general[epilog->frame_register];
    }
    r->general[RSP] += (uint64_t)epilog->offset;
    for (unsigned i = 0; i < epilog->pop_count; i++)
        BT_TRY(pop(u, epilog->pops[i], err));
    return BT_OK;
}

static enum bt_status undo_frame(struct undoing *u, const struct bt_image *image, bool exact,
                                 struct bt_error *err)
{
    const uint64_t rva = u->registers->ip - image->base;
    struct bt_function function;
    struct bt_epilog epilog;
    // A call may be the last instruction of its function.
    BT_TRY(bt_function_find_x64(image, exact ? rva : rva - 1, &function, err));
    if (!function.found)
        return BT_OK; // a leaf: the return address is on top of the stack
    if (exact && bt_epilog_find(image, &function, rva, &epilog))
        return finish_epilog(u, &epilog, err);
    return undo_function(u, image, function, rva, err);
}

enum bt_status bt_unwind_x64(const struct bt_memory *memory, const struct bt_image *image,
                             struct bt_unwind_frame *frame, struct bt_error *err)
{
    struct bt_registers caller = frame->registers;
    struct undoing u = {.memory = memory, .registers = &caller};
    BT_TRY(undo_frame(&u, image, frame->exact, err));
    BT_TRY(return_to_caller(&u, err));
    caller.sp = caller.general[RSP];
    caller.fp = caller.general[RBP];
    caller.valid &= NONVOLATILE;
    *frame = (struct bt_unwind_frame){.registers = caller, .exact = u.machine_frame};
    return BT_OK;
}

static enum bt_status start_of_x64(const struct bt_image *image, uint64_t rva, uint32_t *ret,
                                   struct bt_error *err)
{
    struct bt_function function;
    BT_TRY(bt_function_find_x64(image, rva, &function, err));
    if (!function.found)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "no table covers the address");
    for (unsigned depth = 0; depth < BT_LIMIT_UNWIND_CHAIN; depth++) {
        struct unwind_info info;
        BT_TRY(read_info(image, function.unwind, &info, err));
        if ((info.flags & FLAG_CHAINED) == 0) {
            *ret = function.begin;
            return BT_OK;
        }
        BT_TRY(read_parent(image, function.unwind, &info, &function, err));
    }
    return BT_FAIL(err, BT_E_LIMIT, BT_NO_OFFSET, "unwind information is chained too deep");
}

enum bt_status bt_unwind_function_start(const struct bt_image *image, uint64_t rva,
                                        uint32_t *ret, struct bt_error *err)
{
    struct bt_function function;
    if (bt_arch_from_machine(image->machine) != BT_ARCH_ARM64)
        return start_of_x64(image, rva, ret, err);
    BT_TRY(bt_function_find_arm64(image, rva, &function, err));
    if (!function.found)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "no table covers the address");
    *ret = function.begin;
    return BT_OK;
}
