// SPDX-License-Identifier: MIT
#include "image/version_resource.h"

#include <string.h>

#include "base/limits.h"
#include "base/span.h"
#include "base/text.h"

enum {
    TYPE_VERSION = 16, // RT_VERSION

    // IMAGE_RESOURCE_DIRECTORY, followed by its entries: named ones first.
    DIRECTORY_NAMED = 0xc,
    DIRECTORY_IDS = 0xe,
    DIRECTORY_SIZE = 0x10,
    ENTRY_SIZE = 8, // u32 id or name, u32 offset

    DATA_ENTRY_SIZE = 8, // of which RVA and size are used

    // VS_FIXEDFILEINFO
    FIXED_SIGNATURE_AT = 0,
    FIXED_FILE_HIGH = 8,
    FIXED_FILE_LOW = 0xc,
    FIXED_PRODUCT_HIGH = 0x10,
    FIXED_PRODUCT_LOW = 0x14,
    FIXED_SIZE = 0x18, // as far as is used

    BLOCK_HEADER = 6, // u16 length, u16 length of the value, u16 kind; then the key
};

#define IS_DIRECTORY    UINT32_C(0x80000000)
#define FIXED_SIGNATURE UINT32_C(0xfeef04bd)

// One directory of the tree: the offset that its first entry, or the entry of `id`, leads to.
// Offsets count from the start of the resources.
static enum bt_status find_entry(const struct bt_image *image, uint64_t at, const uint32_t *id,
                                 uint32_t *ret, struct bt_error *err)
{
    const uint64_t resources = image->directories[BT_IMAGE_RESOURCES].rva;
    uint8_t raw[DIRECTORY_SIZE];
    BT_TRY(bt_image_read(image, resources + at, raw, sizeof raw, err));
    uint32_t count = bt_le16(raw + DIRECTORY_NAMED) + (uint32_t)bt_le16(raw + DIRECTORY_IDS);
    if (count > BT_LIMIT_RESOURCE_ENTRIES)
        count = BT_LIMIT_RESOURCE_ENTRIES;
    for (uint32_t i = 0; i < count; i++) {
        uint8_t entry[ENTRY_SIZE];
        BT_TRY(bt_image_read(image, resources + at + DIRECTORY_SIZE + (uint64_t)i * ENTRY_SIZE,
                             entry, sizeof entry, err));
        if (id == NULL || bt_le32(entry) == *id) {
            *ret = bt_le32(entry + 4);
            return BT_OK;
        }
    }
    return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "the resources hold no version");
}

// The tree has three levels: type, name, language. Images have one version, in one language.
static enum bt_status find_version(const struct bt_image *image, uint32_t *ret_rva,
                                   uint32_t *ret_size, struct bt_error *err)
{
    const struct bt_image_directory *directory = &image->directories[BT_IMAGE_RESOURCES];
    const uint32_t type = TYPE_VERSION;
    uint32_t at = 0;
    if (directory->rva == 0)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "the image has no resources");
    BT_TRY(find_entry(image, 0, &type, &at, err));
    for (unsigned level = 1; level < 3; level++) {
        if (!(at & IS_DIRECTORY))
            return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET, "the resource tree is too flat");
        BT_TRY(find_entry(image, at & ~IS_DIRECTORY, NULL, &at, err));
    }
    if (at & IS_DIRECTORY)
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET, "the resource tree is too deep");
    uint8_t raw[DATA_ENTRY_SIZE];
    BT_TRY(bt_image_read(image, (uint64_t)directory->rva + at, raw, sizeof raw, err));
    *ret_rva = bt_le32(raw);
    *ret_size = bt_le32(raw + 4);
    return BT_OK;
}

// One block of the version: all its parts have this form, and hold others behind their value.
struct block {
    struct bt_span key;   // UTF-16 with its NUL
    struct bt_span value; // as long as it says, or as is there
    struct bt_span children;
    size_t size; // of the whole block, with the padding behind it
    bool is_text;
};

static size_t align4(size_t n)
{
    return (n + 3) & ~(size_t)3;
}

static struct bt_span rest_of(struct bt_span span, size_t from)
{
    struct bt_span rest = {0};
    if (from < span.size && bt_span_sub(span, from, span.size - from, &rest, NULL) != BT_OK)
        rest = (struct bt_span){0};
    return rest;
}

static struct bt_span first_of(struct bt_span span, size_t size)
{
    span.size = size < span.size ? size : span.size;
    return span;
}

// Decodes the block at the start of `in`; false where there is none.
static bool decode_block(struct bt_span in, struct block *ret)
{
    if (!bt_span_has(in, 0, BLOCK_HEADER))
        return false;
    size_t length = bt_span_u16(in, 0);
    size_t value_size = bt_span_u16(in, 2);
    if (length < BLOCK_HEADER)
        return false;
    ret->size = align4(length);
    ret->is_text = bt_span_u16(in, 4) == 1;
    in = first_of(in, length);
    size_t key_end = BLOCK_HEADER;
    while (bt_span_has(in, key_end, 2) && bt_span_u16(in, key_end) != 0)
        key_end += 2;
    ret->key = first_of(rest_of(in, BLOCK_HEADER), key_end - BLOCK_HEADER);
    size_t value_at = align4(key_end + 2);
    // Texts count their value in characters, and some writers in bytes: take what follows.
    ret->value =
        ret->is_text ? rest_of(in, value_at) : first_of(rest_of(in, value_at), value_size);
    ret->children = rest_of(in, align4(value_at + (ret->is_text ? 0 : value_size)));
    return true;
}

static bool key_is(const struct block *block, const char *name)
{
    size_t size = strlen(name);
    if (block->key.size != size * 2)
        return false;
    for (size_t i = 0; i < size; i++) {
        if (bt_span_u16(block->key, i * 2) != (unsigned char)name[i])
            return false;
    }
    return true;
}

static void decode_fixed(struct bt_span value, struct bt_version_resource *version)
{
    if (!bt_span_has(value, 0, FIXED_SIZE) ||
        bt_span_u32(value, FIXED_SIGNATURE_AT) != FIXED_SIGNATURE)
        return;
    version->file_version = bt_some64((uint64_t)bt_span_u32(value, FIXED_FILE_HIGH) << 32 |
                                      bt_span_u32(value, FIXED_FILE_LOW));
    version->product_version =
        bt_some64((uint64_t)bt_span_u32(value, FIXED_PRODUCT_HIGH) << 32 |
                  bt_span_u32(value, FIXED_PRODUCT_LOW));
}

static enum bt_status take_text(const struct block *block, const char *name,
                                struct bt_arena *arena, const char **ret, struct bt_error *err)
{
    if (*ret != NULL || !key_is(block, name))
        return BT_OK;
    const char *text;
    BT_TRY(bt_text_utf16(first_of(block->value, BT_LIMIT_NAME * 2), arena, &text, err));
    if (text[0] != '\0')
        *ret = text;
    return BT_OK;
}

// The texts of one language.
static enum bt_status decode_table(struct bt_span table, struct bt_arena *arena,
                                   struct bt_version_resource *version, struct bt_error *err)
{
    struct block text;
    for (unsigned i = 0; i < BT_LIMIT_RESOURCE_ENTRIES && decode_block(table, &text); i++) {
        BT_TRY(take_text(&text, "CompanyName", arena, &version->company, err));
        BT_TRY(take_text(&text, "FileDescription", arena, &version->description, err));
        BT_TRY(take_text(&text, "OriginalFilename", arena, &version->original_name, err));
        table = rest_of(table, text.size);
    }
    return BT_OK;
}

// StringFileInfo holds one table for each language; the first that has a text wins.
static enum bt_status decode_texts(struct bt_span children, struct bt_arena *arena,
                                   struct bt_version_resource *version, struct bt_error *err)
{
    struct block info;
    for (unsigned i = 0; i < BT_LIMIT_RESOURCE_ENTRIES && decode_block(children, &info); i++) {
        struct bt_span tables =
            key_is(&info, "StringFileInfo") ? info.children : (struct bt_span){0};
        struct block table;
        for (unsigned k = 0; k < BT_LIMIT_RESOURCE_ENTRIES && decode_block(tables, &table);
             k++) {
            BT_TRY(decode_table(table.children, arena, version, err));
            tables = rest_of(tables, table.size);
        }
        children = rest_of(children, info.size);
    }
    return BT_OK;
}

enum bt_status bt_version_resource_read(const struct bt_image *image, struct bt_arena *arena,
                                        struct bt_version_resource *ret, struct bt_error *err)
{
    uint32_t rva = 0, size = 0;
    BT_TRY(find_version(image, &rva, &size, err));
    if (size > BT_LIMIT_VERSION_RESOURCE)
        size = BT_LIMIT_VERSION_RESOURCE;
    struct bt_span raw;
    BT_TRY(bt_image_view_some(image, rva, size, arena, &raw, err));
    struct block root;
    struct bt_version_resource version = {0};
    if (!decode_block(raw, &root) || !key_is(&root, "VS_VERSION_INFO"))
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET,
                       "the version resource starts with something else");
    decode_fixed(root.value, &version);
    BT_TRY(decode_texts(root.children, arena, &version, err));
    *ret = version;
    return BT_OK;
}
