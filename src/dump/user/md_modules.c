// SPDX-License-Identifier: MIT
//
// Loaded and unloaded modules.
//
// MINIDUMP_MODULE, 108 bytes: 00 u64 base, 08 u32 size, 0C u32 checksum, 10 u32 timestamp,
//   14 u32 RVA of the name, 18 VS_FIXEDFILEINFO (00 u32 signature, 08 file version, 10 product
//   version: u32 high half, u32 low half), 4C CodeView record, 54 misc record.
// MINIDUMP_UNLOADED_MODULE_LIST: u32 header size, u32 record size, u32 count; records
//   {00 u64 base, 08 u32 size, 0C u32 checksum, 10 u32 timestamp, 14 u32 RVA of the name}.
#include <string.h>

#include "base/text.h"
#include "dump/user/minidump.h"

enum { MODULE_SIZE = 108, UNLOADED_SIZE = 24, FIXED_INFO_AT = 0x18, CODEVIEW_AT = 0x4c };

static const uint32_t FIXED_INFO_SIGNATURE = 0xfeef04bd;

// The version at `high` of the record; absent where no resource was read or it holds nothing.
static struct bt_opt64 version_at(struct bt_span record, size_t high)
{
    uint64_t version =
        (uint64_t)bt_span_u32(record, high) << 32 | bt_span_u32(record, high + 4);
    if (bt_span_u32(record, FIXED_INFO_AT) != FIXED_INFO_SIGNATURE || version == 0)
        return (struct bt_opt64){0};
    return bt_some64(version);
}

static struct bt_opt32 nonzero(uint32_t value)
{
    return value != 0 ? bt_some32(value) : (struct bt_opt32){0};
}

// A name that is damaged costs the name only: `lost` counts.
static enum bt_status read_name(struct bt_minidump *md, uint32_t offset, const char **ret,
                                size_t *lost, struct bt_error *err)
{
    enum bt_status status = bt_md_string(md, offset, ret, NULL);
    if (status == BT_E_NOMEM || status == BT_E_LIMIT)
        return BT_FAIL(err, status, offset, "no memory left for names");
    if (status != BT_OK && status != BT_ABSENT)
        (*lost)++;
    return BT_OK;
}

static void note_lost_names(struct bt_minidump *md, uint64_t offset, size_t lost,
                            const char *what)
{
    if (lost != 0)
        bt_md_missing(md, BT_PROBLEM_TRUNCATED, "name-outside-file", offset,
                      "the names of %zu %s lie outside the file", lost, what);
}

static enum bt_status read_module(struct bt_minidump *md, struct bt_span record,
                                  struct bt_module *module, size_t *lost, struct bt_error *err)
{
    const char *path = "";
    BT_TRY(read_name(md, bt_span_u32(record, 0x14), &path, lost, err));
    *module = (struct bt_module){
        .name = *bt_basename(path) != '\0' ? bt_basename(path) : BT_MD_UNNAMED,
        .path = bt_basename(path) != path ? path : NULL,
        .base = bt_md_address(md, bt_span_u64(record, 0x00)),
        .size = bt_span_u32(record, 0x08),
        .checksum = nonzero(bt_span_u32(record, 0x0c)),
        .timestamp = nonzero(bt_span_u32(record, 0x10)),
        .file_version = version_at(record, FIXED_INFO_AT + 0x08),
        .product_version = version_at(record, FIXED_INFO_AT + 0x10),
    };
    enum bt_status status =
        bt_md_codeview(md, bt_md_location(record, CODEVIEW_AT), module, err);
    return status == BT_ABSENT ? BT_OK : status;
}

enum bt_status bt_md_modules(struct bt_minidump *md, struct bt_span stream,
                             struct bt_error *err)
{
    struct bt_crash *crash = md->crash;
    struct bt_md_list list;
    size_t lost = 0;
    BT_TRY(
        bt_md_counted_list(md, stream, MODULE_SIZE, BT_LIMIT_MODULES, "modules", &list, err));
    if (list.count == 0)
        return BT_ABSENT;
    BT_TRY(bt_arena_alloc(md->arena, list.count, sizeof *crash->modules, &crash->modules, err));
    crash->modules_partial = true; // until all are read
    for (size_t i = 0; i < list.count; i++) {
        BT_TRY(read_module(md, bt_md_item(&list, i), &crash->modules[i], &lost, err));
        crash->module_count = i + 1; // what was read stays if the next one fails
    }
    crash->modules_partial = list.count < list.promised || lost != 0;
    note_lost_names(md, stream.file_offset, lost, "modules");
    return BT_OK;
}

static enum bt_status read_unloaded(struct bt_minidump *md, struct bt_span record,
                                    struct bt_unloaded_module *module, size_t *lost,
                                    struct bt_error *err)
{
    const char *path = "";
    BT_TRY(read_name(md, bt_span_u32(record, 0x14), &path, lost, err));
    bt_va base = bt_md_address(md, bt_span_u64(record, 0x00));
    uint32_t size = bt_span_u32(record, 0x08);
    *module = (struct bt_unloaded_module){
        .name = *bt_basename(path) != '\0' ? bt_basename(path) : BT_MD_UNNAMED,
        .base = base,
        .end = size <= UINT64_MAX - base ? base + size : 0,
        .timestamp = nonzero(bt_span_u32(record, 0x10)),
    };
    return BT_OK;
}

enum bt_status bt_md_unloaded_modules(struct bt_minidump *md, struct bt_span stream,
                                      struct bt_error *err)
{
    struct bt_crash *crash = md->crash;
    struct bt_md_list list;
    size_t lost = 0;
    if (stream.size < 12)
        return BT_FAIL(err, BT_E_TRUNCATED, stream.file_offset, "too short for its header");
    BT_TRY(bt_md_sized_list(md, stream, bt_span_u32(stream, 0), bt_span_u32(stream, 4),
                            UNLOADED_SIZE, bt_span_u32(stream, 8), BT_LIMIT_UNLOADED,
                            "unloaded modules", &list, err));
    if (list.count == 0)
        return BT_ABSENT;
    BT_TRY(
        bt_arena_alloc(md->arena, list.count, sizeof *crash->unloaded, &crash->unloaded, err));
    for (size_t i = 0; i < list.count; i++) {
        BT_TRY(read_unloaded(md, bt_md_item(&list, i), &crash->unloaded[i], &lost, err));
        crash->unloaded_count = i + 1;
    }
    note_lost_names(md, stream.file_offset, lost, "unloaded modules");
    return BT_OK;
}
