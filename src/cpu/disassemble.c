// SPDX-License-Identifier: MIT
#include "cpu/disassemble.h"

#include "cpu/decoders.h"

enum bt_status bt_disassemble(enum bt_arch arch, bt_va va, struct bt_span code,
                              struct bt_instruction *ret)
{
    struct bt_instruction instruction = {0};
    bool ok = false;
    switch (arch) {
    case BT_ARCH_X86:
    case BT_ARCH_X64:
        ok = bt_decode_x86(arch == BT_ARCH_X64, va, code, &instruction);
        break;
    case BT_ARCH_ARM64:
        ok = bt_decode_arm64(va, code, &instruction);
        break;
    default:
        break;
    }
    if (!ok)
        return BT_ABSENT;
    *ret = instruction;
    return BT_OK;
}
