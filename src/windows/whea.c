// SPDX-License-Identifier: MIT
#include "windows/whea.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
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
    {0xa5bc1114, "memory"},
    {0x61ec04fc, "memory"},
    {0xd995e954, "PCI Express"},
    {0xc5753963, "PCI bus"},
    {0xeb5e4685, "PCI device"},
    {0x81212a96, "firmware error record"},
    {0x5b51fef7, "DMA (generic)"},
    {0x71761d37, "DMA (VT-d)"},
    {0x036f84e1, "DMA (IOMMU)"},
    {0x8a1e1d01, "machine check (x86/x64)"},
    {0xe71254e7, "non-maskable interrupt"},
    {0xe16edb28, "recovery information"},
};

static enum bt_status read_section(struct bt_span d, struct bt_arena *arena,
                                   struct bt_whea_section *ret, struct bt_error *err)
{
    ret->offset = bt_span_u32(d, 0x00);
    ret->length = bt_span_u32(d, 0x04);
    ret->type = bt_name_of(section_names, BT_COUNT(section_names), bt_span_u32(d, 0x10));
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

static const char *const levels[] = {"level 0", "level 1", "level 2", "generic level"};
static const char *const transactions[] = {"instruction", "data", "generic", "unknown"};
static const char *const requests[] = {
    "error",    "read",     "write", "data read", "data write", "instruction fetch",
    "prefetch", "eviction", "snoop",
};

static const char *request_name(unsigned code)
{
    return code < BT_COUNT(requests) ? requests[code] : "error";
}

// Compound error codes: bits 15..0 of MCi_STATUS, bit 12 being a filter flag.
static void describe_code(struct bt_buf *out, unsigned code)
{
    unsigned c = code & 0xefff;
    if (c == 0x0400)
        bt_buf_text(out, "internal timer");
    else if (c == 0x0005)
        bt_buf_text(out, "internal parity");
    else if ((c & 0xf800) == 0x0800)
        bt_buf_printf(out, "bus and interconnect, %s, %s", request_name(c >> 4 & 0xf),
                      levels[c & 3]);
    else if ((c & 0xff00) == 0x0100)
        bt_buf_printf(out, "cache hierarchy, %s, %s, %s", transactions[c >> 2 & 3],
                      request_name(c >> 4 & 0xf), levels[c & 3]);
    else if ((c & 0xff80) == 0x0080)
        bt_buf_printf(out, "memory controller, channel %u", c & 0xf);
    else if ((c & 0xfff0) == 0x0010)
        bt_buf_printf(out, "TLB, %s, %s", transactions[c >> 2 & 3], levels[c & 3]);
    else if ((c & 0xfffc) == 0x000c)
        bt_buf_printf(out, "generic cache hierarchy, %s", levels[c & 3]);
    else
        bt_buf_printf(out, "code 0x%04x", code);
}

enum bt_status bt_machine_check_text(uint64_t mci_status, struct bt_arena *arena,
                                     const char **ret, struct bt_error *err)
{
    struct bt_buf out;
    bt_buf_init(&out, 512);
    if ((mci_status >> 63 & 1) == 0) {
        bt_buf_text(&out, "no valid error in the bank");
    } else {
        bt_buf_text(&out, (mci_status >> 61 & 1) != 0 ? "uncorrected: " : "corrected: ");
        describe_code(&out, (unsigned)(mci_status & 0xffff));
        if ((mci_status >> 57 & 1) != 0)
            bt_buf_text(&out, "; processor context corrupt");
        if ((mci_status >> 62 & 1) != 0)
            bt_buf_text(&out, "; earlier errors lost");
    }
    enum bt_status st = bt_buf_status(&out, err);
    if (st == BT_OK)
        st = bt_arena_text(arena, bt_buf_cstr(&out), out.size, ret, err);
    bt_buf_fini(&out);
    return st;
}
