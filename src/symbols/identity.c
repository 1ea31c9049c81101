// SPDX-License-Identifier: MIT
#include "symbols/identity.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

bool bt_guid_is_known(const uint8_t guid[16])
{
    for (size_t i = 0; i < 16; i++) {
        if (guid[i] != 0)
            return true;
    }
    return false;
}

void bt_guid_text(const uint8_t guid[16], char ret[BT_GUID_TEXT_SIZE])
{
    snprintf(ret, BT_GUID_TEXT_SIZE, "%08" PRIX32 "%04X%04X", bt_le32(guid),
             (unsigned)bt_le16(guid + 4), (unsigned)bt_le16(guid + 6));
    for (size_t i = 8; i < 16; i++)
        snprintf(ret + 2 * i, 3, "%02X", (unsigned)guid[i]);
}

bool bt_pdb_key(const struct bt_symbol_module *module, char ret[BT_IDENTITY_TEXT_SIZE])
{
    char guid[BT_GUID_TEXT_SIZE];
    if (bt_guid_is_known(module->pdb_guid)) {
        bt_guid_text(module->pdb_guid, guid);
        snprintf(ret, BT_IDENTITY_TEXT_SIZE, "%s%" PRIX32, guid, module->pdb_age);
        return true;
    }
    if (!module->pdb_stamp.known)
        return false;
    snprintf(ret, BT_IDENTITY_TEXT_SIZE, "%08" PRIX32 "%" PRIX32, module->pdb_stamp.value,
             module->pdb_age);
    return true;
}

bool bt_image_key(const struct bt_symbol_module *module, char ret[BT_IDENTITY_TEXT_SIZE])
{
    if (!module->timestamp.known || module->size == 0 || module->size > UINT32_MAX)
        return false;
    snprintf(ret, BT_IDENTITY_TEXT_SIZE, "%08" PRIX32 "%" PRIx32, module->timestamp.value,
             (uint32_t)module->size);
    return true;
}

static bool same_stamp(struct bt_opt32 a, struct bt_opt32 b)
{
    return a.known == b.known && a.value == b.value;
}

bool bt_symbol_module_same(const struct bt_symbol_module *a, const struct bt_symbol_module *b)
{
    return bt_casecmp(a->name, b->name) == 0 && same_stamp(a->timestamp, b->timestamp) &&
           a->size == b->size && bt_casecmp(a->pdb_name, b->pdb_name) == 0 &&
           memcmp(a->pdb_guid, b->pdb_guid, sizeof a->pdb_guid) == 0 &&
           same_stamp(a->pdb_stamp, b->pdb_stamp) && a->pdb_age == b->pdb_age &&
           bt_casecmp(a->build_id, b->build_id) == 0;
}
