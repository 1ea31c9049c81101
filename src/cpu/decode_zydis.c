// SPDX-License-Identifier: MIT
#include "cpu/decoders.h"

#ifdef BUGTRIAGE_HAVE_ZYDIS

#include <Zydis/Zydis.h>

// Zydis numbers general registers as the encoding does, like bt_registers.
static int register_number(ZydisRegister reg)
{
    ZydisRegister full = ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, reg);
    if (full < ZYDIS_REGISTER_RAX || full > ZYDIS_REGISTER_R15)
        return -1;
    return (int)(full - ZYDIS_REGISTER_RAX);
}

static uint64_t register_bit(ZydisRegister reg)
{
    int number = register_number(reg);
    return number < 0 ? 0 : UINT64_C(1) << number;
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

// Thread-local segments have a base that no register shows; the instruction pointer has no
// number.
static bool is_plain_address(const ZydisDecodedOperand *o)
{
    return o->mem.type == ZYDIS_MEMOP_TYPE_MEM && o->mem.segment != ZYDIS_REGISTER_FS &&
           o->mem.segment != ZYDIS_REGISTER_GS &&
           (o->mem.base == ZYDIS_REGISTER_NONE || register_number(o->mem.base) >= 0);
}

static struct bt_memory_operand memory_of(const ZydisDisassembledInstruction *instruction)
{
    const ZydisDecodedOperand *found = NULL;
    for (unsigned i = 0; i < instruction->info.operand_count; i++) {
        const ZydisDecodedOperand *o = &instruction->operands[i];
        if (o->type != ZYDIS_OPERAND_TYPE_MEMORY)
            continue;
        if (found != NULL || !is_plain_address(o))
            return (struct bt_memory_operand){0};
        found = o;
    }
    if (found == NULL)
        return (struct bt_memory_operand){0};
    return (struct bt_memory_operand){
        .present = true,
        .base = register_number(found->mem.base),
        .index = register_number(found->mem.index),
        .scale = found->mem.scale,
        .displacement = (uint64_t)found->mem.disp.value,
        .size = found->size / 8U,
    };
}

bool bt_decode_x86(bool is64, bt_va va, struct bt_span code, struct bt_instruction *ret)
{
    ZydisDisassembledInstruction instruction;
    ZydisMachineMode mode = is64 ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LEGACY_32;
    if (!ZYAN_SUCCESS(ZydisDisassembleIntel(mode, va, code.data, code.size, &instruction)))
        return false;
    ret->length = instruction.info.length;
    ret->registers = registers_of(&instruction);
    ret->memory = memory_of(&instruction);
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
