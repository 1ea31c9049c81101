// SPDX-License-Identifier: MIT
//
// The hardware error record behind stop 0x124. Machine checks in it are read by
// windows/machine_check.h.
//
// Layout: the Common Platform Error Record of the UEFI specification (appendix N).
#ifndef BT_WINDOWS_WHEA_H
#define BT_WINDOWS_WHEA_H

#include "base/arena.h"
#include "memory/memory.h"

enum { BT_WHEA_SECTIONS = 16 };

// First 32 bits of the section type GUIDs whose bodies are read.
#define BT_WHEA_MACHINE_CHECK UINT32_C(0x8a1e1d01)
#define BT_WHEA_MEMORY        UINT32_C(0xa5bc1114)
#define BT_WHEA_PCI_EXPRESS   UINT32_C(0xd995e954)

struct bt_whea_section {
    uint32_t kind;           // first 32 bits of the type's GUID
    const char *type;        // "processor generic", "memory", "PCI Express"; NULL unknown GUID
    const char *severity;    // "fatal", "corrected" ...
    const char *text;        // FRU text; NULL where not given
    uint32_t offset, length; // of the section's body in the record
};

struct bt_whea_record {
    bt_va address;
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

// A device of PCI Express, as its section names it.
struct bt_whea_device {
    uint16_t vendor, device, segment;
    uint8_t bus, slot, function;
};

// The device that a section of PCI Express names. False where it names none, or its bytes are
// not in the dump.
bool bt_whea_device_read(const struct bt_memory *memory, const struct bt_whea_record *record,
                         const struct bt_whea_section *section, struct bt_whea_device *ret);

// The physical address that a section on memory names. False as above.
bool bt_whea_memory_read(const struct bt_memory *memory, const struct bt_whea_record *record,
                         const struct bt_whea_section *section, uint64_t *ret);

#endif
