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

    TREE_DEPTH = 6, // below the type
    MOST_LEAVES = 8,

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

// A directory of the tree and how far it was looked through. Offsets count from the start of
// the resources.
struct branch {
    uint32_t at;
    uint32_t next, count; // entries
};

// The tree has three levels: type, name, language. Some compilers make more or fewer; the
// leaves below the type are what counts.
struct tree {
    const struct bt_image *image;
    struct branch branches[TREE_DEPTH];
    size_t depth;
    unsigned entries; // that were looked at
};

static enum bt_status open_directory(const struct bt_image *image, uint32_t at,
                                     struct branch *ret, struct bt_error *err)
{
    const uint64_t resources = image->directories[BT_IMAGE_RESOURCES].rva;
    uint8_t raw[DIRECTORY_SIZE];
    BT_TRY(bt_image_read(image, resources + at, raw, sizeof raw, err));
    uint32_t count = bt_le16(raw + DIRECTORY_NAMED) + (uint32_t)bt_le16(raw + DIRECTORY_IDS);
    if (count > BT_LIMIT_RESOURCE_ENTRIES)
        count = BT_LIMIT_RESOURCE_ENTRIES;
    *ret = (struct branch){.at = at, .count = count};
    return BT_OK;
}

// The next entry of a directory: its id, and the offset that it leads to.
static enum bt_status read_entry(const struct bt_image *image, struct branch *branch,
                                 uint32_t *ret_id, uint32_t *ret, struct bt_error *err)
{
    const uint64_t resources = image->directories[BT_IMAGE_RESOURCES].rva;
    uint8_t entry[ENTRY_SIZE];
    BT_TRY(bt_image_read(
        image, resources + branch->at + DIRECTORY_SIZE + (uint64_t)branch->next++ * ENTRY_SIZE,
        entry, sizeof entry, err));
    *ret_id = bt_le32(entry);
    *ret = bt_le32(entry + 4);
    return BT_OK;
}

static enum bt_status find_type(const struct bt_image *image, uint32_t *ret,
                                struct bt_error *err)
{
    struct branch types;
    if (image->directories[BT_IMAGE_RESOURCES].rva == 0)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "the image has no resources");
    BT_TRY(open_directory(image, 0, &types, err));
    while (types.next < types.count) {
        uint32_t id = 0;
        BT_TRY(read_entry(image, &types, &id, ret, err));
        if (id == TYPE_VERSION)
            return BT_OK;
    }
    return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "the resources hold no version");
}

// The next leaf of the tree. What is damaged or not in the dump is passed over; false where
// there is nothing more.
static bool next_leaf(struct tree *tree, uint32_t *ret)
{
    while (tree->depth != 0 && tree->entries < BT_LIMIT_RESOURCE_ENTRIES) {
        struct branch *branch = &tree->branches[tree->depth - 1];
        uint32_t id, at;
        if (branch->next == branch->count) {
            tree->depth--;
            continue;
        }
        tree->entries++;
        if (read_entry(tree->image, branch, &id, &at, NULL) != BT_OK)
            continue;
        if (!(at & IS_DIRECTORY)) {
            *ret = at;
            return true;
        }
        if (tree->depth < TREE_DEPTH &&
            open_directory(tree->image, at & ~IS_DIRECTORY, &tree->branches[tree->depth],
                           NULL) == BT_OK)
            tree->depth++;
    }
    return false;
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

// "6.0.6002.18005 (lh_sp2rtm.090410-1830)": four numbers, which old compilers part by commas.
static struct bt_opt64 parse_version(const char *text)
{
    uint64_t version = 0;
    for (unsigned i = 0; i < 4; i++) {
        uint64_t part = 0;
        const char *start = text;
        for (; bt_is_digit(*text) && part <= UINT16_MAX; text++)
            part = part * 10 + (uint64_t)(*text - '0');
        if (text == start || part > UINT16_MAX)
            return (struct bt_opt64){0};
        version = version << 16 | part;
        if (i < 3 && *text != '.' && *text != ',')
            return (struct bt_opt64){0};
        text += i < 3;
        text += *text == ' ' && i < 3;
    }
    return *text == '\0' || *text == ' ' ? bt_some64(version) : (struct bt_opt64){0};
}

// Without the numbers, what people read instead of them.
static enum bt_status take_version_text(const struct block *block, const char *name,
                                        struct bt_arena *arena, struct bt_opt64 *ret,
                                        struct bt_error *err)
{
    const char *text = NULL;
    if (ret->known || !key_is(block, name))
        return BT_OK;
    BT_TRY(bt_text_utf16(first_of(block->value, BT_LIMIT_NAME * 2), arena, &text, err));
    *ret = parse_version(text);
    return BT_OK;
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
        BT_TRY(take_version_text(&text, "FileVersion", arena, &version->file_version, err));
        BT_TRY(
            take_version_text(&text, "ProductVersion", arena, &version->product_version, err));
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

// The version that a leaf describes.
static enum bt_status read_leaf(const struct bt_image *image, uint32_t at,
                                struct bt_arena *arena, struct bt_version_resource *ret,
                                struct bt_error *err)
{
    const uint64_t resources = image->directories[BT_IMAGE_RESOURCES].rva;
    uint8_t raw_entry[DATA_ENTRY_SIZE];
    struct bt_span raw;
    struct block root;
    struct bt_version_resource version = {0};
    BT_TRY(bt_image_read(image, resources + at, raw_entry, sizeof raw_entry, err));
    uint32_t size = bt_le32(raw_entry + 4);
    if (size > BT_LIMIT_VERSION_RESOURCE)
        size = BT_LIMIT_VERSION_RESOURCE;
    BT_TRY(bt_image_view_some(image, bt_le32(raw_entry), size, arena, &raw, err));
    if (!decode_block(raw, &root) || !key_is(&root, "VS_VERSION_INFO"))
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET,
                       "the version resource starts with something else");
    decode_fixed(root.value, &version);
    BT_TRY(decode_texts(root.children, arena, &version, err));
    *ret = version;
    return BT_OK;
}

enum bt_status bt_version_resource_read(const struct bt_image *image, struct bt_arena *arena,
                                        struct bt_version_resource *ret, struct bt_error *err)
{
    struct tree tree = {.image = image};
    uint32_t at = 0;
    BT_TRY(find_type(image, &at, err));
    if (!(at & IS_DIRECTORY))
        return read_leaf(image, at, arena, ret, err);
    BT_TRY(open_directory(image, at & ~IS_DIRECTORY, &tree.branches[0], err));
    tree.depth = 1;
    // Of several languages the first that is there counts: the numbers are the same in all.
    enum bt_status st = BT_ABSENT;
    bool any = false;
    for (unsigned i = 0; st != BT_OK && st != BT_E_NOMEM && i < MOST_LEAVES; i++) {
        if (!next_leaf(&tree, &at))
            break;
        any = true;
        st = read_leaf(image, at, arena, ret, err);
    }
    if (!any)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "the resources hold no version");
    return st;
}
