// SPDX-License-Identifier: MIT
#include "stack/return_address.h"

#include "base/span.h"

enum {
    LONGEST_CALL = 7, // REX FF /2 with SIB and disp32
    // Before the code are the image's headers: in PE a page of their own.
    FIRST_CODE_PE = 0x1000,
    FIRST_CODE_OTHER = 0x40,
};

bt_va bt_code_address(enum bt_arch arch, uint64_t value)
{
    if (arch != BT_ARCH_ARM64)
        return value;
    // Kernel addresses have their top bits set; pointer authentication keeps its code in bits
    // 48 to 63, so extend from bit 47.
    static const uint64_t sign = UINT64_C(1) << 47;
    uint64_t low = value & (2 * sign - 1);
    return (low & sign) != 0 ? low | ~(2 * sign - 1) : low;
}

// Whether the bytes are FF /2 (call r/m) and `length` long in all.
static bool is_indirect_call(const uint8_t *p, size_t length)
{
    if (p[0] != 0xff || (p[1] >> 3 & 7) != 2)
        return false;
    unsigned mod = p[1] >> 6;
    unsigned rm = p[1] & 7;
    size_t expected = 2;
    if (mod != 3 && rm == 4)
        expected += 1;
    if (mod == 1)
        expected += 1;
    else if (mod == 2 || (mod == 0 && rm == 5))
        expected += 4;
    return length == expected;
}

// `code` holds the LONGEST_CALL bytes before the return address.
static bool ends_with_x86_call(const uint8_t code[LONGEST_CALL])
{
    if (code[LONGEST_CALL - 5] == 0xe8)
        return true;
    for (size_t length = 2; length <= LONGEST_CALL; length++) {
        if (is_indirect_call(code + LONGEST_CALL - length, length))
            return true;
    }
    return false;
}

static bool is_arm64_call(uint32_t instruction)
{
    bool bl = (instruction & 0xfc000000) == 0x94000000;
    bool blr = (instruction & 0xfffffc1f) == 0xd63f0000;
    bool blr_authenticated = (instruction & 0xfefff800) == 0xd63f0800;
    return bl || blr || blr_authenticated;
}

// No code is all zero: its page was not written, as in what some tools dump.
static bool is_blank(const uint8_t *code, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (code[i] != 0)
            return false;
    }
    return true;
}

static enum bt_belief judge_arm64(const struct bt_memory *memory, bt_va value, bool linked)
{
    uint8_t code[4];
    if (value % 4 != 0)
        return BT_BELIEF_NONE;
    if (memory == NULL || bt_memory_read(memory, value - 4, code, sizeof code, NULL) != BT_OK ||
        (linked && is_blank(code, sizeof code)))
        return BT_BELIEF_LIKELY;
    return is_arm64_call(bt_le32(code)) ? BT_BELIEF_CALL : BT_BELIEF_NONE;
}

static enum bt_belief judge_x86(const struct bt_memory *memory, bt_va value, bool linked)
{
    uint8_t code[LONGEST_CALL];
    if (memory == NULL ||
        bt_memory_read(memory, value - LONGEST_CALL, code, sizeof code, NULL) != BT_OK ||
        (linked && is_blank(code, sizeof code)))
        // Compilers start functions at multiples of 16 and a return address falls there only
        // one time in sixteen: without code bytes an aligned value is taken for a pointer to a
        // function, unless frame pointers lead to it.
        return linked || value % 16 != 0 ? BT_BELIEF_LIKELY : BT_BELIEF_NONE;
    return ends_with_x86_call(code) ? BT_BELIEF_CALL : BT_BELIEF_NONE;
}

static uint64_t first_code(const struct bt_crash *crash)
{
    const enum bt_platform platform = crash->system.platform;
    return platform == BT_PLATFORM_WINDOWS || platform == BT_PLATFORM_UNKNOWN
               ? FIRST_CODE_PE
               : FIRST_CODE_OTHER;
}

static enum bt_belief judge(const struct bt_crash *crash, const struct bt_memory *memory,
                            bt_va value, bool linked)
{
    const struct bt_module *module = bt_module_at(crash, value);
    if (module == NULL || value - module->base < first_code(crash))
        return BT_BELIEF_NONE;
    switch (crash->system.arch) {
    case BT_ARCH_ARM64:
        return judge_arm64(memory, value, linked);
    case BT_ARCH_X86:
    case BT_ARCH_X64:
        return judge_x86(memory, value, linked);
    default:
        return BT_BELIEF_LIKELY;
    }
}

enum bt_belief bt_return_address_belief(const struct bt_crash *crash,
                                        const struct bt_memory *memory, bt_va value)
{
    return judge(crash, memory, value, false);
}

enum bt_belief bt_linked_address_belief(const struct bt_crash *crash,
                                        const struct bt_memory *memory, bt_va value)
{
    return judge(crash, memory, value, true);
}
