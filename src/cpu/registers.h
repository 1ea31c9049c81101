// SPDX-License-Identifier: MIT
//
// What a processor saves: CONTEXT records and trap frames of each architecture, decoded into
// one register file. Pure functions over bytes.
#ifndef BT_CPU_REGISTERS_H
#define BT_CPU_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "base/span.h"
#include "crash/crash.h"

enum { BT_REGISTERS_MAX = 33 };

// General registers in the order of the instruction encoding (x64: rax rcx rdx rbx rsp rbp rsi
// rdi r8..r15; x86: eax ecx edx ebx esp ebp esi edi; ARM: r0..r12 sp lr; ARM64: x0..x30 sp).
struct bt_registers {
    enum bt_arch arch;
    bt_va ip, sp, fp; // also among the general ones, where the architecture has them there
    uint64_t general[BT_REGISTERS_MAX];
    unsigned count; // how many of `general` this architecture has; 0: only ip, sp, fp
    uint32_t valid; // bit n: general[n] is known (a trap frame holds the volatile ones only)
    uint64_t flags; // eflags, cpsr
    uint16_t cs;    // x86 and x64; 0 elsewhere
};

// The bytes of a CONTEXT that are needed, or 0 for an architecture without a known layout.
size_t bt_context_size(enum bt_arch arch);
// Decodes a CONTEXT record. BT_ABSENT where its flags word is not one of this architecture (a
// header whose context was never written holds filler), BT_E_TRUNCATED where it is too short.
enum bt_status bt_context_decode(struct bt_span raw, enum bt_arch arch,
                                 struct bt_registers *ret, struct bt_error *err) BT_MUST_USE;

size_t bt_trap_frame_size(enum bt_arch arch);
// Decodes a KTRAP_FRAME found at `va`: x86 and x64.
enum bt_status bt_trap_frame_decode(struct bt_span raw, bt_va va, enum bt_arch arch,
                                    struct bt_registers *ret, struct bt_error *err) BT_MUST_USE;

// "rax", "x17"; NULL past the last register.
const char *bt_register_name(enum bt_arch arch, unsigned index);

#endif
