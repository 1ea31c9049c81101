// SPDX-License-Identifier: MIT
#include "windows/shared_data.h"

#include "base/span.h"

// Offsets as published in the driver kit's headers; the same since NT 4 but for the build,
// which Windows 10 added.
enum {
    OFFSET_BUILD = 0x260,
    OFFSET_PRODUCT_TYPE = 0x264,
    OFFSET_PRODUCT_TYPE_IS_VALID = 0x268,
    OFFSET_MAJOR = 0x26c,
    OFFSET_MINOR = 0x270,
    OFFSET_SUITES = 0x2d0,
    SHARED_DATA_SIZE = 0x2d4,

    FIRST_MAJOR = 3,
    LAST_MAJOR = 10,
    FIRST_MAJOR_WITH_BUILD = 10,
};

// Where the kernel sees it, on every machine.
static const bt_va address_64 = UINT64_C(0xfffff78000000000);
static const bt_va address_32 = 0xffdf0000;

void bt_shared_data_describe(const struct bt_memory *memory, struct bt_crash *crash)
{
    uint8_t raw[SHARED_DATA_SIZE];
    struct bt_system *system = &crash->system;
    if (bt_memory_read(memory, memory->is64 ? address_64 : address_32, raw, sizeof raw, NULL) !=
        BT_OK)
        return;
    const uint32_t major = bt_le32(raw + OFFSET_MAJOR), build = bt_le32(raw + OFFSET_BUILD);
    const uint32_t product = bt_le32(raw + OFFSET_PRODUCT_TYPE);
    if (major < FIRST_MAJOR || major > LAST_MAJOR)
        return;
    if (!system->major.known) {
        system->major = bt_some32(major);
        system->minor = bt_some32(bt_le32(raw + OFFSET_MINOR));
    }
    if (!system->build.known && major >= FIRST_MAJOR_WITH_BUILD && build != 0)
        system->build = bt_some32(build & 0xffff); // the upper half says free or checked
    if (system->product_type == BT_PRODUCT_UNKNOWN && raw[OFFSET_PRODUCT_TYPE_IS_VALID] != 0 &&
        product >= BT_PRODUCT_WORKSTATION && product <= BT_PRODUCT_SERVER)
        system->product_type = (enum bt_product_type)product;
    if (!system->suite_mask.known)
        system->suite_mask = bt_some32(bt_le32(raw + OFFSET_SUITES));
}
