// SPDX-License-Identifier: MIT
#include "windows/whea.h"

#include <inttypes.h>
#include <string.h>

#include "base/names.h"
#include "base/text.h"

// Record header:                        Section descriptor, 0x48 bytes each, from 0x80:
//   00 "CPER"                              00 u32 offset of the body in the record
//   0a u16 section count                   04 u32 length of the body
//   0c u32 severity                        10 GUID section type
//   14 u32 length of the whole record      30 u32 severity
//                                          34 char[20] FRU text
enum {
    HEADER_SIZE = 0x80,
    DESCRIPTOR_SIZE = 0x48,
    FRU_TEXT_SIZE = 20,
};

static const struct bt_name severity_names[] = {
    {0, "recoverable"},
    {1, "fatal"},
    {2, "corrected"},
    {3, "informational"},
};

// First 32 bits of the section type GUIDs: they are distinct among the published ones.
static const struct bt_name section_names[] = {
    {0x9876ccad, "processor (generic)"},
    {0xdc3ea0b0, "processor (x86/x64)"},
    {0xe429faf1, "processor (Itanium)"},
    {0xe19e3d16, "processor (ARM)"},
    {BT_WHEA_MEMORY, "memory"},
    {0x61ec04fc, "memory"},
    {BT_WHEA_PCI_EXPRESS, "PCI Express"},
    {0xc5753963, "PCI bus"},
    {0xeb5e4685, "PCI device"},
    {0x81212a96, "firmware error record"},
    {0x5b51fef7, "DMA (generic)"},
    {0x71761d37, "DMA (VT-d)"},
    {0x036f84e1, "DMA (IOMMU)"},
    {BT_WHEA_MACHINE_CHECK, "machine check (x86/x64)"},
    {0xe71254e7, "non-maskable interrupt"},
    {0xe16edb28, "recovery information"},
};

static enum bt_status read_section(struct bt_span d, struct bt_arena *arena,
                                   struct bt_whea_section *ret, struct bt_error *err)
{
    ret->offset = bt_span_u32(d, 0x00);
    ret->length = bt_span_u32(d, 0x04);
    ret->kind = bt_span_u32(d, 0x10);
    ret->type = bt_name_of(section_names, BT_COUNT(section_names), ret->kind);
    ret->severity = bt_name_of(severity_names, BT_COUNT(severity_names), bt_span_u32(d, 0x30));
    struct bt_span text;
    BT_TRY(bt_span_sub(d, 0x34, FRU_TEXT_SIZE, &text, err));
    if (text.data[0] != 0)
        BT_TRY(bt_text_bytes(text, arena, &ret->text, err));
    return BT_OK;
}

enum bt_status bt_whea_read(const struct bt_memory *memory, bt_va va, struct bt_arena *arena,
                            struct bt_whea_record *ret, struct bt_error *err)
{
    uint8_t bytes[HEADER_SIZE];
    BT_TRY(bt_memory_read(memory, va, bytes, sizeof bytes, err));
    if (memcmp(bytes, "CPER", 4) != 0)
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET,
                       "no hardware error record at 0x%" PRIx64, va);
    struct bt_span header = {.data = bytes, .size = sizeof bytes};
    struct bt_whea_record record = {
        .address = va,
        .section_count = bt_span_u16(header, 0x0a),
        .severity =
            bt_name_of(severity_names, BT_COUNT(severity_names), bt_span_u32(header, 0x0c)),
        .length = bt_span_u32(header, 0x14),
    };
    while (record.kept < record.section_count && record.kept < BT_WHEA_SECTIONS) {
        uint8_t raw[DESCRIPTOR_SIZE];
        bt_va at = va + HEADER_SIZE + (bt_va)record.kept * DESCRIPTOR_SIZE;
        if (bt_memory_read(memory, at, raw, sizeof raw, NULL) != BT_OK)
            break;
        struct bt_span d = {.data = raw, .size = sizeof raw};
        BT_TRY(read_section(d, arena, &record.sections[record.kept], err));
        record.kept++;
    }
    *ret = record;
    return BT_OK;
}

// Bytes of a section's body that lie inside the record.
static bool read_body(const struct bt_memory *memory, const struct bt_whea_record *record,
                      const struct bt_whea_section *section, uint32_t kind, uint8_t *bytes,
                      size_t size)
{
    return section->kind == kind && section->length >= size &&
           section->offset <= record->length && size <= record->length - section->offset &&
           bt_memory_read(memory, record->address + section->offset, bytes, size, NULL) ==
               BT_OK;
}

// 00 u64 which fields are valid (bit 3: the device); 18 u16 vendor, u16 device, 3 bytes class,
// u8 function, u8 slot, u16 segment, u8 bus.
bool bt_whea_device_read(const struct bt_memory *memory, const struct bt_whea_record *record,
                         const struct bt_whea_section *section, struct bt_whea_device *ret)
{
    enum { SIZE = 0x28, DEVICE_VALID = 8 };
    uint8_t bytes[SIZE];
    if (!read_body(memory, record, section, BT_WHEA_PCI_EXPRESS, bytes, SIZE))
        return false;
    struct bt_span s = {.data = bytes, .size = SIZE};
    *ret = (struct bt_whea_device){
        .vendor = bt_span_u16(s, 0x18),
        .device = bt_span_u16(s, 0x1a),
        .function = bytes[0x1f],
        .slot = bytes[0x20],
        .segment = bt_span_u16(s, 0x21),
        .bus = bytes[0x23],
    };
    return (bt_span_u64(s, 0) & DEVICE_VALID) != 0;
}

// 00 u64 which fields are valid (bit 1: the address); 10 u64 physical address.
bool bt_whea_memory_read(const struct bt_memory *memory, const struct bt_whea_record *record,
                         const struct bt_whea_section *section, uint64_t *ret)
{
    enum { SIZE = 0x18, ADDRESS_VALID = 2 };
    uint8_t bytes[SIZE];
    if (!read_body(memory, record, section, BT_WHEA_MEMORY, bytes, SIZE))
        return false;
    struct bt_span s = {.data = bytes, .size = SIZE};
    *ret = bt_span_u64(s, 0x10);
    return (bt_span_u64(s, 0) & ADDRESS_VALID) != 0;
}
