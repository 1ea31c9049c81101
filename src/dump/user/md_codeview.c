// SPDX-License-Identifier: MIT
//
// The CodeView record of a module says which symbols belong to it:
//   "RSDS": 04 GUID, 14 u32 age, 18 path in UTF-8 (valid without one, too)
//   "NB10": 04 u32 offset, 08 u32 stamp, 0C u32 age, 10 path
//   "LEpB" (BpEL): 04 the build id of an ELF image, 4 to 64 bytes
// Other signatures carry the symbols themselves or belong to debuggers of old.
#include <string.h>

#include "base/text.h"
#include "dump/user/minidump.h"

enum { RSDS_HEADER = 24, NB10_HEADER = 16, BUILD_ID_MAX = 64 };

static const uint32_t SIGNATURE_RSDS = 0x53445352;
static const uint32_t SIGNATURE_NB10 = 0x3031424e;
static const uint32_t SIGNATURE_ELF = 0x4270454c;

static enum bt_status hex_text(struct bt_span bytes, struct bt_arena *arena, const char **ret,
                               struct bt_error *err)
{
    static const char digits[] = "0123456789abcdef";
    char text[2 * BUILD_ID_MAX];
    size_t size = bytes.size < BUILD_ID_MAX ? bytes.size : BUILD_ID_MAX;
    for (size_t i = 0; i < size; i++) {
        text[2 * i] = digits[bytes.data[i] >> 4];
        text[2 * i + 1] = digits[bytes.data[i] & 15];
    }
    return bt_arena_text(arena, text, 2 * size, ret, err);
}

static enum bt_status read_path(struct bt_minidump *md, struct bt_span record, size_t at,
                                struct bt_module *module, struct bt_error *err)
{
    struct bt_span raw;
    const char *path;
    BT_TRY(bt_span_sub(record, at, record.size - at, &raw, err));
    BT_TRY(bt_text_bytes(raw, md->arena, &path, err));
    if (*path != '\0')
        module->pdb_name = path;
    return BT_OK;
}

// Mach-O: writers store the UUID of the image as a GUID, so that the GUID's text is the UUID's.
static void uuid_from_guid(const uint8_t guid[16], uint8_t ret[16])
{
    static const uint8_t order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    for (size_t i = 0; i < 16; i++)
        ret[i] = guid[order[i]];
}

static enum bt_status read_rsds(struct bt_minidump *md, struct bt_span record,
                                struct bt_module *module, struct bt_error *err)
{
    enum bt_platform platform = md->crash->system.platform;
    uint8_t id[16];
    memcpy(module->pdb_guid, record.data + 4, 16);
    module->pdb_age = bt_span_u32(record, 20);
    memcpy(id, module->pdb_guid, 16);
    if (platform == BT_PLATFORM_MACOS || platform == BT_PLATFORM_IOS)
        uuid_from_guid(module->pdb_guid, id);
    struct bt_span id_span = {.data = id, .size = 16};
    bool is_image_id = platform != BT_PLATFORM_WINDOWS && platform != BT_PLATFORM_UNKNOWN;
    if (is_image_id && !bt_span_is_zero(id_span))
        BT_TRY(hex_text(id_span, md->arena, &module->build_id, err));
    return read_path(md, record, RSDS_HEADER, module, err);
}

static enum bt_status read_build_id(struct bt_minidump *md, struct bt_span record,
                                    struct bt_module *module, struct bt_error *err)
{
    struct bt_span id;
    BT_TRY(bt_span_sub(record, 4, record.size - 4, &id, err));
    if (bt_span_is_zero(id))
        return BT_ABSENT;
    // The id that symbol files are named by: the first 16 bytes, taken as a GUID.
    memcpy(module->pdb_guid, id.data, id.size < 16 ? id.size : 16);
    return hex_text(id, md->arena, &module->build_id, err);
}

enum bt_status bt_md_codeview(struct bt_minidump *md, struct bt_md_location at,
                              struct bt_module *module, struct bt_error *err)
{
    struct bt_span record;
    if (at.size < 4)
        return BT_ABSENT;
    // A path is all that makes a record long.
    uint64_t size = at.size < BT_LIMIT_NAME ? at.size : BT_LIMIT_NAME;
    enum bt_status status = bt_md_view(md, at.offset, size, &record, err);
    if (status == BT_E_TRUNCATED || (status == BT_OK && record.size < 4))
        return BT_ABSENT; // a module without its symbols' identity is still a module
    BT_TRY(status);
    uint32_t signature = bt_span_u32(record, 0);
    if (signature == SIGNATURE_RSDS && record.size >= RSDS_HEADER)
        return read_rsds(md, record, module, err);
    if (signature == SIGNATURE_NB10 && record.size >= NB10_HEADER) {
        module->pdb_stamp = bt_some32(bt_span_u32(record, 8));
        module->pdb_age = bt_span_u32(record, 12);
        return read_path(md, record, NB10_HEADER, module, err);
    }
    if (signature == SIGNATURE_ELF)
        return read_build_id(md, record, module, err);
    return BT_ABSENT;
}
