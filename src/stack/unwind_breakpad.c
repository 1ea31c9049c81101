// SPDX-License-Identifier: MIT
#include "stack/unwind_breakpad.h"

#include <string.h>

#include "stack/return_address.h"

// Registers that a function gives back as it got them, by number.
static uint32_t kept_registers(enum bt_arch arch)
{
    switch (arch) {
    case BT_ARCH_X86:
        return UINT32_C(0xe8); // ebx, ebp, esi, edi
    case BT_ARCH_X64:
        return UINT32_C(0xf028); // rbx, rbp, r12 to r15 (rules name rsi and rdi on Windows)
    case BT_ARCH_ARM64:
        return UINT32_C(0x3ff80000); // x19 to x29
    case BT_ARCH_ARM:
        return UINT32_C(0x0ff0); // r4 to r11
    default:
        return 0;
    }
}

static bool is_stack_pointer(const char *name)
{
    return strcmp(name, "sp") == 0 || strcmp(name, "rsp") == 0 || strcmp(name, "esp") == 0;
}

static bool is_frame_pointer(const char *name)
{
    static const char *const names[] = {"fp", "rbp", "ebp", "x29", "r11"};
    for (size_t i = 0; i < BT_COUNT(names); i++) {
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    return false;
}

static bool read_register(void *self, const char *name, uint64_t *ret)
{
    const struct bt_registers *r = self;
    if (r->arch == BT_ARCH_ARM64 && strcmp(name, "lr") == 0)
        name = "x30";
    for (unsigned i = 0; i < r->count && i < 32; i++) {
        const char *own = bt_register_name(r->arch, i);
        if (own != NULL && strcmp(own, name) == 0 && (r->valid >> i & 1) != 0) {
            *ret = r->general[i];
            return true;
        }
    }
    if (is_stack_pointer(name))
        *ret = r->sp;
    else if (is_frame_pointer(name))
        *ret = r->fp;
    else
        return false;
    return true;
}

// Sets a register of the caller where a rule gives it.
static void apply_rule(const struct bt_unwind_rules *rules, const struct bt_memory *memory,
                       struct bt_registers *from, struct bt_registers *to, unsigned number)
{
    uint64_t value;
    const char *name = bt_register_name(from->arch, number);
    if (name == NULL ||
        bt_unwind_rules_apply(rules, name, read_register, from, memory, &value, NULL) != BT_OK)
        return;
    to->general[number] = value;
    to->valid |= UINT32_C(1) << number;
    if (is_frame_pointer(name))
        to->fp = value;
}

enum bt_status bt_unwind_breakpad(const struct bt_memory *memory,
                                  const struct bt_unwind_rules *rules,
                                  struct bt_unwind_frame *frame, struct bt_error *err)
{
    struct bt_registers *from = &frame->registers;
    struct bt_registers to = *from;
    uint64_t cfa, ip;
    BT_TRY(bt_unwind_rules_apply(rules, ".cfa", read_register, from, memory, &cfa, err));
    BT_TRY(bt_unwind_rules_apply(rules, ".ra", read_register, from, memory, &ip, err));
    to.valid &= kept_registers(from->arch);
    for (unsigned i = 0; i < from->count && i < 32; i++) {
        apply_rule(rules, memory, from, &to, i);
        const char *name = bt_register_name(from->arch, i);
        if (name != NULL && is_stack_pointer(name)) {
            to.general[i] = cfa;
            to.valid |= UINT32_C(1) << i;
        }
    }
    to.ip = bt_code_address(from->arch, ip);
    to.sp = cfa;
    *frame = (struct bt_unwind_frame){.registers = to, .exact = rules->signal_frame};
    return BT_OK;
}
