// SPDX-License-Identifier: MIT
//
// One machine instruction in words, with the registers it uses. Zydis decodes x86 and x64,
// capstone ARM64; a build or a machine without the library simply has no disassembly.
#ifndef BT_CPU_DISASSEMBLE_H
#define BT_CPU_DISASSEMBLE_H

#include "base/address.h"
#include "base/span.h"
#include "crash/crash.h"

enum {
    BT_INSTRUCTION_MAX = 15, // bytes of the longest instruction
    BT_INSTRUCTION_TEXT = 200,
};

struct bt_instruction {
    char text[BT_INSTRUCTION_TEXT]; // Intel syntax, lower case
    unsigned length;                // bytes
    uint64_t registers;             // bit n: uses general register n of bt_registers
};

// Decodes the instruction at `va`. BT_ABSENT where no decoder is at hand or the bytes are not a
// whole instruction.
enum bt_status bt_disassemble(enum bt_arch arch, bt_va va, struct bt_span code,
                              struct bt_instruction *ret) BT_MUST_USE;

#endif
