// SPDX-License-Identifier: MIT
#include "stack/leaf_x86.h"

#include <string.h>

#include "stack/return_address.h"

enum {
    WORD = 4,
    WORDS_MAX = 64,      // that a function without a frame may have pushed
    FUNCTION_MAX = 4096, // bytes of such a function
    NEAR_CALL = 0xe8,
    NEAR_CALL_SIZE = 5,
    PROLOG_SIZE = 3, // push ebp; mov ebp, esp
    INTEL_SP = 4,
};

// The frame of the function that was returned to: a call changes nothing but the stack pointer.
static void return_to(struct bt_unwind_frame *frame, bt_va ip, bt_va sp)
{
    frame->registers.ip = ip;
    frame->registers.sp = sp;
    frame->registers.general[INTEL_SP] = sp;
    frame->exact = false;
}

enum bt_status bt_unwind_wild_call(const struct bt_crash *crash, const struct bt_memory *memory,
                                   struct bt_unwind_frame *frame, struct bt_error *err)
{
    const struct bt_registers *r = &frame->registers;
    bt_va ip;
    if ((r->arch != BT_ARCH_X86 && r->arch != BT_ARCH_X64) || !frame->exact ||
        bt_module_at(crash, r->ip) != NULL)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "the innermost frame is in code");
    BT_TRY(bt_memory_pointer(memory, r->sp, &ip, err));
    if (bt_linked_address_belief(crash, memory, ip) == BT_BELIEF_NONE)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET,
                       "no return address is at the stack pointer");
    return_to(frame, ip, r->sp + (memory->is64 ? 8 : WORD));
    return BT_OK;
}

// Whether registers hold the stop code and its parameters, as the call that stops the system
// passes them. Some stops get another code inside: then two parameters must do.
static bool is_stop_call(const struct bt_crash *crash, const struct bt_registers *r)
{
    enum { RCX = 1, RDX = 2, R8 = 8 };
    const struct bt_stop *stop = &crash->stop;
    const uint64_t *p = stop->parameters;
    if (!stop->present || r->general[RDX] != p[0])
        return false;
    return r->general[RCX] == stop->raw || r->general[RCX] == stop->code ||
           (r->general[R8] == p[1] && p[0] != 0 && p[1] != 0);
}

enum bt_status bt_unwind_stop_call(const struct bt_crash *crash, const struct bt_memory *memory,
                                   struct bt_unwind_frame *frame, struct bt_error *err)
{
    const struct bt_registers *r = &frame->registers;
    bt_va ip;
    if (r->arch != BT_ARCH_X64 || !frame->exact || !is_stop_call(crash, r))
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "not at the call that stops the system");
    BT_TRY(bt_memory_pointer(memory, r->sp, &ip, err));
    if (bt_linked_address_belief(crash, memory, ip) == BT_BELIEF_NONE)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET,
                       "no return address is at the stack pointer");
    return_to(frame, ip, r->sp + 8);
    return BT_OK;
}

static bool read_code(const struct bt_memory *memory, const struct bt_image *image,
                      const struct bt_module *module, bt_va at, void *buf, size_t size)
{
    if (at < module->base)
        return false;
    return bt_memory_read(memory, at, buf, size, NULL) == BT_OK ||
           (image != NULL && bt_image_read(image, at - module->base, buf, size, NULL) == BT_OK);
}

// Whether the call before `value` leads to a function without a frame that holds `ip`.
static bool called(const struct bt_memory *memory, const struct bt_image *image,
                   const struct bt_module *module, bt_va value, bt_va ip)
{
    static const uint8_t prologs[2][PROLOG_SIZE] = {{0x55, 0x8b, 0xec}, {0x55, 0x89, 0xe5}};
    uint8_t call[NEAR_CALL_SIZE], start[PROLOG_SIZE];
    if (!read_code(memory, image, module, value - NEAR_CALL_SIZE, call, sizeof call) ||
        call[0] != NEAR_CALL)
        return false;
    const bt_va target = (uint32_t)(value + bt_le32(call + 1));
    if (target > ip || ip - target >= FUNCTION_MAX ||
        !read_code(memory, image, module, target, start, sizeof start))
        return false;
    const bool makes_frame = memcmp(start, prologs[0], PROLOG_SIZE) == 0 ||
                             memcmp(start, prologs[1], PROLOG_SIZE) == 0;
    return !makes_frame || ip - target < PROLOG_SIZE;
}

enum bt_status bt_unwind_leaf_x86(const struct bt_crash *crash, const struct bt_memory *memory,
                                  struct bt_stack_images *images, struct bt_unwind_frame *frame,
                                  struct bt_error *err)
{
    const struct bt_registers *r = &frame->registers;
    const struct bt_module *module = bt_module_at(crash, r->ip);
    if (r->arch != BT_ARCH_X86 || !frame->exact || module == NULL)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "no innermost frame of x86");
    const struct bt_image *image = bt_stack_images_open(images, module);
    for (unsigned i = 0; i < WORDS_MAX; i++) {
        const bt_va at = r->sp + (bt_va)i * WORD;
        bt_va value;
        if (r->fp > r->sp && at >= r->fp)
            break;
        if (bt_memory_pointer(memory, at, &value, NULL) != BT_OK)
            break;
        if (bt_module_at(crash, value) != module ||
            !called(memory, image, module, value, r->ip))
            continue;
        return_to(frame, value, at + WORD);
        return BT_OK;
    }
    return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "no call leads to the function");
}
