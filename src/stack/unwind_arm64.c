// SPDX-License-Identifier: MIT
//
// Carries out the unwind codes of ARM64 functions (see unwind_arm64_codes.h).
#include "base/span.h"
#include "stack/return_address.h"
#include "stack/unwind.h"
#include "stack/unwind_arm64_codes.h"

enum {
    FP = 29,
    LR = 30,
    SP = 31,
    FIRST_SAVED = 19, // x19 to x28 are kept by callees

    CONTEXT_MAX = 0x400,
};

// x19 to x29 and sp.
#define NONVOLATILE (UINT32_C(0x3ff80000) | UINT32_C(1) << SP)

struct undoing {
    const struct bt_memory *memory;
    struct bt_registers *registers;
    unsigned next_pairs; // pairs that "save next" announced
    bool exact;          // the processor or the kernel put the registers there itself
};

static enum bt_status load(struct undoing *u, unsigned index, bt_va at, struct bt_error *err)
{
    BT_TRY(bt_memory_u64(u->memory, at, &u->registers->general[index], err));
    u->registers->valid |= UINT32_C(1) << index;
    return BT_OK;
}

// A pair from x(19 + first) on, and the pairs above it that "save next" stands for.
static enum bt_status load_pairs(struct undoing *u, unsigned first, uint64_t offset,
                                 struct bt_error *err)
{
    const bt_va at = u->registers->general[SP] + offset;
    const unsigned pairs = u->next_pairs + 1;
    u->next_pairs = 0;
    for (unsigned i = 0; i < pairs; i++) {
        unsigned index = FIRST_SAVED + first + 2 * i;
        if (index + 1 > LR)
            return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET, "x%u is kept by nobody", index);
        BT_TRY(load(u, index, at + i * UINT64_C(16), err));
        BT_TRY(load(u, index + 1, at + i * UINT64_C(16) + 8, err));
    }
    return BT_OK;
}

static enum bt_status load_one(struct undoing *u, unsigned first, uint64_t offset,
                               struct bt_error *err)
{
    if (FIRST_SAVED + first > LR)
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET, "x%u is kept by nobody",
                       FIRST_SAVED + first);
    return load(u, FIRST_SAVED + first, u->registers->general[SP] + offset, err);
}

static enum bt_status load_frame(struct undoing *u, uint64_t offset, struct bt_error *err)
{
    BT_TRY(load(u, FP, u->registers->general[SP] + offset, err));
    return load(u, LR, u->registers->general[SP] + offset + 8, err);
}

static enum bt_status require_fp(const struct undoing *u, struct bt_error *err)
{
    if ((u->registers->valid >> FP & 1) == 0)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "the frame pointer is not known");
    return BT_OK;
}

// Codes whose first byte is below 0xc0: all of them are one byte.
static enum bt_status undo_short(struct undoing *u, uint8_t code, struct bt_error *err)
{
    uint64_t *sp = &u->registers->general[SP];
    switch (code >> 5) {
    case 0: // alloc_s
        *sp += (code & 0x1f) * UINT64_C(16);
        return BT_OK;
    case 1: // save_r19r20_x
        BT_TRY(load_pairs(u, 0, 0, err));
        *sp += (code & 0x1f) * UINT64_C(8);
        return BT_OK;
    case 2: // save_fplr
    case 3:
        return load_frame(u, (code & 0x3f) * UINT64_C(8), err);
    default: // save_fplr_x
        BT_TRY(load_frame(u, 0, err));
        *sp += ((code & 0x3fu) + 1) * UINT64_C(8);
        return BT_OK;
    }
}

// Codes of two bytes from 0xc0 to 0xdf: registers x and offset z in the low bits of both.
static enum bt_status undo_save(struct undoing *u, uint16_t code, struct bt_error *err)
{
    uint64_t *sp = &u->registers->general[SP];
    const unsigned x = code >> 6 & 15;
    const uint64_t offset = (code & 0x3f) * UINT64_C(8), whole = offset + 8;
    switch (code >> 10) {
    case 0xc0 >> 2: // alloc_m: eleven bits of size, over two rows
    case 0xc4 >> 2:
        *sp += (code & 0x7ff) * UINT64_C(16);
        return BT_OK;
    case 0xc8 >> 2: // save_regp
        return load_pairs(u, x, offset, err);
    case 0xcc >> 2: // save_regp_x
        BT_TRY(load_pairs(u, x, 0, err));
        *sp += whole;
        return BT_OK;
    case 0xd0 >> 2: // save_reg
        return load_one(u, x, offset, err);
    case 0xd4 >> 2:
        if ((code >> 9 & 1) == 0) { // save_reg_x: four bits of register, five of offset
            BT_TRY(load_one(u, code >> 5 & 15, 0, err));
            *sp += ((code & 0x1fu) + 1) * UINT64_C(8);
            return BT_OK;
        }
        // save_lrpair
        BT_TRY(load_one(u, 2 * (code >> 6 & 7u), offset, err));
        return load(u, LR, *sp + offset + 8, err);
    case 0xd8 >> 2: // save_fregp, save_fregp_x: floating point registers are not followed
        u->next_pairs = 0;
        *sp += (code >> 9 & 1) != 0 ? whole : 0;
        return BT_OK;
    default: // save_freg; save_freg_x (0xde)
        if (code >> 8 == 0xde)
            *sp += ((code & 0x1fu) + 1) * UINT64_C(8);
        return BT_OK;
    }
}

// Where an interrupt or a call into a debugger left a whole CONTEXT on the stack.
static enum bt_status restore_context(struct undoing *u, struct bt_error *err)
{
    uint8_t raw[CONTEXT_MAX];
    size_t size = bt_context_size(BT_ARCH_ARM64);
    BT_TRY(bt_memory_read(u->memory, u->registers->general[SP], raw, size, err));
    struct bt_span span = {.data = raw, .size = size, .file_offset = BT_NO_OFFSET};
    u->exact = true;
    return bt_context_decode(span, BT_ARCH_ARM64, u->registers, err);
}

// What the processor keeps of an interrupt: the stack pointer, then the program counter.
static enum bt_status restore_machine_frame(struct undoing *u, struct bt_error *err)
{
    const bt_va at = u->registers->general[SP];
    BT_TRY(bt_memory_u64(u->memory, at + 8, &u->registers->ip, err));
    u->exact = true;
    return bt_memory_u64(u->memory, at, &u->registers->general[SP], err);
}

static enum bt_status undo_special(struct undoing *u, const uint8_t *code, struct bt_error *err)
{
    uint64_t *sp = &u->registers->general[SP];
    switch (code[0]) {
    case BT_UNWIND_ALLOC_LARGE:
        *sp += ((uint64_t)code[1] << 16 | (uint64_t)code[2] << 8 | code[3]) * 16;
        return BT_OK;
    case BT_UNWIND_SET_FP:
        BT_TRY(require_fp(u, err));
        *sp = u->registers->general[FP];
        return BT_OK;
    case BT_UNWIND_ADD_FP:
        BT_TRY(require_fp(u, err));
        *sp = u->registers->general[FP] - code[1] * UINT64_C(8);
        return BT_OK;
    case BT_UNWIND_NOP:
    case BT_UNWIND_END_CHAINED:
    case BT_UNWIND_SIGN_LR: // the address is stripped where it is used
        return BT_OK;
    case BT_UNWIND_SAVE_NEXT:
        u->next_pairs++;
        return BT_OK;
    case BT_UNWIND_CONTEXT:
        return restore_context(u, err);
    case BT_UNWIND_MACHINE_FRAME:
        return restore_machine_frame(u, err);
    default:
        return BT_FAIL(err, BT_E_UNSUPPORTED, BT_NO_OFFSET, "unwind code 0x%02x",
                       (unsigned)code[0]);
    }
}

static enum bt_status run_codes(struct undoing *u, const struct bt_unwind_codes *codes,
                                struct bt_error *err)
{
    for (size_t i = 0; i < codes->size;) {
        const uint8_t *code = codes->bytes + i;
        size_t size = bt_unwind_code_size(code[0]);
        if (size > codes->size - i)
            return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET, "an unwind code is cut off");
        if (code[0] == BT_UNWIND_END)
            return BT_OK;
        if (code[0] < 0xc0)
            BT_TRY(undo_short(u, code[0], err));
        else if (code[0] < 0xe0)
            BT_TRY(undo_save(u, (uint16_t)(code[0] << 8 | code[1]), err));
        else
            BT_TRY(undo_special(u, code, err));
        if (u->exact)
            return BT_OK;
        i += size;
    }
    return BT_OK;
}

enum bt_status bt_unwind_arm64(const struct bt_memory *memory, const struct bt_image *image,
                               struct bt_unwind_frame *frame, struct bt_error *err)
{
    struct bt_registers caller = frame->registers;
    struct undoing u = {.memory = memory, .registers = &caller};
    struct bt_unwind_codes codes;
    if (!frame->exact)
        caller.valid &= ~(UINT32_C(1) << LR); // it holds this frame's own return address
    BT_TRY(bt_unwind_arm64_codes(image, caller.ip - image->base, frame->exact, &codes, err));
    BT_TRY(run_codes(&u, &codes, err));
    if (!u.exact) {
        if ((caller.valid >> LR & 1) == 0)
            return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "the link register is not known");
        caller.ip = bt_code_address(BT_ARCH_ARM64, caller.general[LR]);
        caller.valid &= NONVOLATILE;
    }
    caller.sp = caller.general[SP];
    caller.fp = caller.general[FP];
    *frame = (struct bt_unwind_frame){.registers = caller, .exact = u.exact};
    return BT_OK;
}
