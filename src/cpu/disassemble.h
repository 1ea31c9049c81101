// SPDX-License-Identifier: MIT
//
// One machine instruction in words, with the registers it uses. Zydis decodes x86 and x64,
// capstone ARM64; a build or a machine without the library simply has no disassembly.
#ifndef BT_CPU_DISASSEMBLE_H
#define BT_CPU_DISASSEMBLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "base/span.h"
#include "crash/crash.h"

enum {
    BT_INSTRUCTION_MAX = 15, // bytes of the longest instruction
    BT_INSTRUCTION_TEXT = 200,
};

// The one place in memory that an instruction of x86 or x64 touches: base + index * scale +
// displacement. Not present where it touches none or two (the stack counts), or where more than
// general registers goes into the address.
struct bt_memory_operand {
    bool present;
    int base, index; // general registers of bt_registers; -1: none
    unsigned scale;
    uint64_t displacement; // sign-extended
    unsigned size;         // bytes
};

struct bt_instruction {
    char text[BT_INSTRUCTION_TEXT]; // Intel syntax, lower case
    unsigned length;                // bytes
    uint64_t registers;             // bit n: uses general register n of bt_registers
    struct bt_memory_operand memory;
};

// Decodes the instruction at `va`. BT_ABSENT where no decoder is at hand or the bytes are not a
// whole instruction.
enum bt_status bt_disassemble(enum bt_arch arch, bt_va va, struct bt_span code,
                              struct bt_instruction *ret) BT_MUST_USE;

#endif
