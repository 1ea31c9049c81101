// SPDX-License-Identifier: MIT
#include "windows/machine_check.h"

#include "base/buf.h"
#include "base/span.h"

// WHEA_XPF_MCA_SECTION, packed (ntddk.h; offsets as the symbols of Windows 10 and 11 have
// them): 10 u32 processor, 24 u32 bank, 28 u64 MCi_STATUS, 30 u64 MCi_ADDR, 38 u64 MCi_MISC;
// from version 4 on further banks: 124 u32 count, 128 u32 bank[32], 1a8 u64 status[32],
// 2a8 u64 address[32].
enum {
    VERSION_WITH_MORE_BANKS = 4,
    PROCESSOR = 0x10,
    BANK = 0x24,
    STATUS = 0x28,
    ADDRESS = 0x30,
    FIRST_VERSION_SIZE = 0x48,
    MORE_COUNT = 0x124,
    MORE_BANKS = 0x128,
    MORE_STATUS = 0x1a8,
    MORE_ADDRESS = 0x2a8,
    MORE_MAX = 32,
    LARGEST = 0x4a8,
    ADDRESS_VALID_BIT = 58,
};

static struct bt_machine_check read_bank(struct bt_span s, uint32_t bank_at, uint32_t status_at,
                                         uint32_t address_at)
{
    struct bt_machine_check bank = {
        .processor = bt_span_u32(s, PROCESSOR),
        .bank = bt_span_u32(s, bank_at),
        .status = bt_span_u64(s, status_at),
        .address = bt_span_u64(s, address_at),
    };
    bank.has_address = (bank.status >> ADDRESS_VALID_BIT & 1) != 0;
    return bank;
}

size_t bt_machine_checks_read(const struct bt_memory *memory,
                              const struct bt_whea_record *record,
                              const struct bt_whea_section *section,
                              struct bt_machine_check ret[static BT_MACHINE_CHECKS])
{
    uint8_t bytes[LARGEST];
    size_t count = 0;
    uint64_t size = section->length < LARGEST ? section->length : LARGEST;
    if (section->kind != BT_WHEA_MACHINE_CHECK || size < FIRST_VERSION_SIZE ||
        section->offset > record->length || size > record->length - section->offset ||
        bt_memory_read(memory, record->address + section->offset, bytes, (size_t)size, NULL) !=
            BT_OK)
        return 0;
    struct bt_span s = {.data = bytes, .size = (size_t)size};
    ret[count++] = read_bank(s, BANK, STATUS, ADDRESS);
    if (bt_span_u32(s, 0) < VERSION_WITH_MORE_BANKS || size < LARGEST)
        return count;
    uint32_t more = bt_span_u32(s, MORE_COUNT);
    for (uint32_t i = 0; i < more && i < MORE_MAX; i++)
        ret[count++] =
            read_bank(s, MORE_BANKS + 4 * i, MORE_STATUS + 8 * i, MORE_ADDRESS + 8 * i);
    return count;
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
        bt_buf_printf(out, "bus and interconnect, %s, %s%s", request_name(c >> 4 & 0xf),
                      levels[c & 3], (c >> 8 & 1) != 0 ? ", timed out" : "");
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
