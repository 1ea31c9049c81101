// SPDX-License-Identifier: MIT
#include "cpu/decoders.h"

#ifdef BUGTRIAGE_HAVE_ZYDIS

#include <Zydis/Zydis.h>

// Zydis numbers general registers as the encoding does, like bt_registers.
static uint64_t register_bit(ZydisRegister reg)
{
    ZydisRegister full = ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, reg);
    if (full < ZYDIS_REGISTER_RAX || full > ZYDIS_REGISTER_R15)
        return 0;
    return UINT64_C(1) << (full - ZYDIS_REGISTER_RAX);
}

static uint64_t registers_of(const ZydisDisassembledInstruction *instruction)
{
    uint64_t used = 0;
    for (unsigned i = 0; i < instruction->info.operand_count_visible; i++) {
        const ZydisDecodedOperand *o = &instruction->operands[i];
        if (o->type == ZYDIS_OPERAND_TYPE_REGISTER)
            used |= register_bit(o->reg.value);
        else if (o->type == ZYDIS_OPERAND_TYPE_MEMORY)
            used |= register_bit(o->mem.base) | register_bit(o->mem.index);
    }
    return used;
}

bool bt_decode_x86(bool is64, bt_va va, struct bt_span code, struct bt_instruction *ret)
{
    ZydisDisassembledInstruction instruction;
    ZydisMachineMode mode = is64 ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LEGACY_32;
    if (!ZYAN_SUCCESS(ZydisDisassembleIntel(mode, va, code.data, code.size, &instruction)))
        return false;
    ret->length = instruction.info.length;
    ret->registers = registers_of(&instruction);
    size_t i = 0;
    for (; instruction.text[i] != '\0' && i + 1 < sizeof ret->text; i++)
        ret->text[i] = instruction.text[i];
    ret->text[i] = '\0';
    return true;
}

#else

bool bt_decode_x86(bool is64, bt_va va, struct bt_span code, struct bt_instruction *ret)
{
    (void)is64;
    (void)va;
    (void)code;
    (void)ret;
    return false;
}

#endif
