// SPDX-License-Identifier: MIT
//
// One decoder per library; inside the cpu room only.
#ifndef BT_CPU_DECODERS_H
#define BT_CPU_DECODERS_H

#include "cpu/disassemble.h"

// false where the bytes are no whole instruction or the library is missing.
bool bt_decode_x86(bool is64, bt_va va, struct bt_span code, struct bt_instruction *ret);
bool bt_decode_arm64(bt_va va, struct bt_span code, struct bt_instruction *ret);

#endif
