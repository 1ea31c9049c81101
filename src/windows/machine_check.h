// SPDX-License-Identifier: MIT
//
// Machine checks of x86 and x64 processors: the banks in a hardware error record, and what
// their status says. The bits are those of the Intel SDM, volume 3, chapter 15; AMD's
// processors use the same for what is read here.
#ifndef BT_WINDOWS_MACHINE_CHECK_H
#define BT_WINDOWS_MACHINE_CHECK_H

#include "windows/whea.h"

// One section holds one bank and, since its version 4, up to 32 more.
enum { BT_MACHINE_CHECKS = 33 };

struct bt_machine_check {
    uint32_t processor, bank;
    uint64_t status;  // MCi_STATUS
    uint64_t address; // MCi_ADDR, where `has_address`
    bool has_address;
};

// The banks of a section; returns how many. 0 where it is of another kind, or its bytes are not
// in the dump.
size_t bt_machine_checks_read(const struct bt_memory *memory,
                              const struct bt_whea_record *record,
                              const struct bt_whea_section *section,
                              struct bt_machine_check ret[static BT_MACHINE_CHECKS]);

// Words for an MCi_STATUS value: "uncorrected: cache hierarchy, data, data read, level 2". In
// the arena.
enum bt_status bt_machine_check_text(uint64_t mci_status, struct bt_arena *arena,
                                     const char **ret, struct bt_error *err) BT_MUST_USE;

#endif
