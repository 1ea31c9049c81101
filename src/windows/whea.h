// SPDX-License-Identifier: MIT
//
// The hardware error record behind stop 0x124 and its machine-check banks.
//
// Layout: the Common Platform Error Record of the UEFI specification (appendix N), as FORMATS
// gives it; the machine-check status bits are those of the Intel SDM, volume 3, chapter 15.
#ifndef BT_WINDOWS_WHEA_H
#define BT_WINDOWS_WHEA_H

#include "base/arena.h"
#include "memory/memory.h"

enum { BT_WHEA_SECTIONS = 16 };

struct bt_whea_section {
    const char *type;        // "processor generic", "memory", "PCI Express"; NULL unknown GUID
    const char *severity;    // "fatal", "corrected" ...
    const char *text;        // FRU text; NULL where not given
    uint32_t offset, length; // of the section's body in the record
};

struct bt_whea_record {
    unsigned section_count; // as stored
    unsigned kept;          // entries of `sections`
    const char *severity;
    uint32_t length;
    struct bt_whea_section sections[BT_WHEA_SECTIONS];
};

// Reads the record at `va`. BT_ABSENT where it is not in the dump, BT_E_CORRUPT where it does
// not start with "CPER".
enum bt_status bt_whea_read(const struct bt_memory *memory, bt_va va, struct bt_arena *arena,
                            struct bt_whea_record *ret, struct bt_error *err) BT_MUST_USE;

// Words for an MCi_STATUS value of an x86 machine check: "uncorrected; cache hierarchy error,
// level 2, data read". In the arena.
enum bt_status bt_machine_check_text(uint64_t mci_status, struct bt_arena *arena,
                                     const char **ret, struct bt_error *err) BT_MUST_USE;

#endif
