// SPDX-License-Identifier: MIT
//
// Crashpad's own stream (its minidump_extensions.h): key and value pairs that the program, and
// each of its modules, attached.
//
// MinidumpCrashpadInfo: 00 u32 version, 04 report UUID, 14 client UUID, 24 location of the
//   simple annotations, 2C location of the module list.
// Simple annotations: u32 count, records {u32 RVA of the key, u32 RVA of the value}.
// Module list: u32 count, records {u32 index in the module list, location}; there
//   {00 u32 version, 04 list annotations, 0C simple annotations, 14 annotation objects}.
// List annotations: u32 count, u32 RVAs of texts. Annotation objects: u32 count, records {u32
//   RVA of the name, u16 type (1: text), u16 0, u32 RVA of the value}.
#include "dump/user/minidump.h"

enum {
    INFO_LEAST = 0x34,
    PAIR_SIZE = 8,
    MODULE_LINK_SIZE = 12,
    MODULE_INFO_SIZE = 28,
    OBJECT_SIZE = 12,
    OBJECT_TEXT = 1,
};

static const char SOURCE[] = "crashpad";

// The list at a location. BT_ABSENT where the location is empty.
static enum bt_status list_at(struct bt_minidump *md, struct bt_md_location at, size_t stride,
                              const char *what, struct bt_md_list *ret, struct bt_error *err)
{
    struct bt_span stream;
    if (at.size == 0 || at.offset == 0)
        return BT_ABSENT;
    BT_TRY(bt_md_view(md, at.offset, at.size, &stream, err));
    BT_TRY(bt_md_counted_list(md, stream, stride, BT_LIMIT_ANNOTATIONS, what, ret, err));
    return ret->count != 0 ? BT_OK : BT_ABSENT;
}

static enum bt_status annotate_pair(struct bt_minidump *md, const char *module, uint32_t key,
                                    uint32_t value, struct bt_error *err)
{
    struct bt_annotation annotation = {.source = SOURCE, .module = module};
    enum bt_status status =
        key != 0 ? bt_md_utf8(md, key, &annotation.key, err) : (enum bt_status)BT_OK;
    if (status == BT_OK)
        status = bt_md_utf8(md, value, &annotation.value, err);
    if (status == BT_OK)
        status = bt_md_annotate(md, annotation, err);
    return status == BT_ABSENT ? BT_OK : status;
}

static enum bt_status read_simple(struct bt_minidump *md, struct bt_md_location at,
                                  const char *module, struct bt_error *err)
{
    struct bt_md_list list;
    enum bt_status status = list_at(md, at, PAIR_SIZE, "annotations", &list, err);
    for (size_t i = 0; status == BT_OK && i < list.count; i++) {
        struct bt_span record = bt_md_item(&list, i);
        status = annotate_pair(md, module, bt_span_u32(record, 0), bt_span_u32(record, 4), err);
    }
    return status;
}

static enum bt_status read_texts(struct bt_minidump *md, struct bt_md_location at,
                                 const char *module, struct bt_error *err)
{
    struct bt_md_list list;
    enum bt_status status = list_at(md, at, 4, "annotations", &list, err);
    for (size_t i = 0; status == BT_OK && i < list.count; i++)
        status = annotate_pair(md, module, 0, bt_span_u32(bt_md_item(&list, i), 0), err);
    return status;
}

static enum bt_status read_objects(struct bt_minidump *md, struct bt_md_location at,
                                   const char *module, struct bt_error *err)
{
    struct bt_md_list list;
    enum bt_status status = list_at(md, at, OBJECT_SIZE, "annotations", &list, err);
    for (size_t i = 0; status == BT_OK && i < list.count; i++) {
        struct bt_span record = bt_md_item(&list, i);
        if (bt_span_u16(record, 4) == OBJECT_TEXT)
            status =
                annotate_pair(md, module, bt_span_u32(record, 0), bt_span_u32(record, 8), err);
    }
    return status;
}

static enum bt_status read_module(struct bt_minidump *md, struct bt_span link,
                                  struct bt_error *err)
{
    const struct bt_crash *crash = md->crash;
    struct bt_md_location at = bt_md_location(link, 4);
    uint32_t index = bt_span_u32(link, 0);
    const char *module = index < crash->module_count ? crash->modules[index].name : NULL;
    struct bt_span info;
    if (at.size < MODULE_INFO_SIZE)
        return BT_ABSENT;
    BT_TRY(bt_md_view(md, at.offset, MODULE_INFO_SIZE, &info, err));
    if (info.size < MODULE_INFO_SIZE)
        return BT_FAIL(err, BT_E_TRUNCATED, at.offset,
                       "the file ends in a module's annotations");
    enum bt_status status = read_texts(md, bt_md_location(info, 0x04), module, err);
    if (status == BT_OK || status == BT_ABSENT)
        status = read_simple(md, bt_md_location(info, 0x0c), module, err);
    if (status == BT_OK || status == BT_ABSENT)
        status = read_objects(md, bt_md_location(info, 0x14), module, err);
    return status;
}

enum bt_status bt_md_crashpad(struct bt_minidump *md, struct bt_span stream,
                              struct bt_error *err)
{
    struct bt_md_list list;
    if (stream.size < INFO_LEAST)
        return BT_FAIL(err, BT_E_TRUNCATED, stream.file_offset, "%zu bytes, expected %d",
                       stream.size, INFO_LEAST);
    enum bt_status status = read_simple(md, bt_md_location(stream, 0x24), NULL, err);
    if (status != BT_OK && status != BT_ABSENT)
        return status;
    status = list_at(md, bt_md_location(stream, 0x2c), MODULE_LINK_SIZE, "annotated modules",
                     &list, err);
    for (size_t i = 0; status == BT_OK && i < list.count; i++) {
        status = read_module(md, bt_md_item(&list, i), err);
        if (status == BT_ABSENT)
            status = BT_OK;
    }
    return status;
}
