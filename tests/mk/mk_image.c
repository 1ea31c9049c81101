// SPDX-License-Identifier: MIT
//
// Images in the memory of the target: headers with one code section, and a version resource in
// their last page. Nothing of the code is there unless [data] puts it.
#include <string.h>

#include "base/version_number.h"
#include "mk_pages.h"
#include "mk_parts.h"
#include "mk_value.h"

enum {
    NT = 0x80,
    OPTIONAL = NT + 0x18,
    HEADERS = 0x400,
    SECTION_CODE = 0x60000020,
    SECTION_DATA = 0x40000040,
};

// Forced by name, these make an image differ from its entry in the list.
static const struct mk_field image_fields[] = {
    MK_F("ImageMagic", 0x00, MK_U16),
    MK_F("ImageTimeDateStamp", NT + 8, MK_U32),
    MK_F("ImageSize", OPTIONAL + 0x38, MK_U32),
    MK_F("ImageCheckSum", OPTIONAL + 0x40, MK_U32),
};

struct builder {
    uint8_t *data;
    uint64_t at;
};

static void put(uint8_t *data, uint64_t at, uint32_t size, uint64_t value)
{
    mk_store(data + at, size, value);
}

static void put_section(uint8_t *table, unsigned index, const char *name, uint64_t rva,
                        uint64_t size, uint64_t flags)
{
    uint8_t *entry = table + index * 0x28;
    memcpy(entry, name, strlen(name));
    put(entry, 0x08, 4, size);
    put(entry, 0x0c, 4, rva);
    put(entry, 0x10, 4, size);
    put(entry, 0x14, 4, rva);
    put(entry, 0x24, 4, flags);
}

static enum bt_status add_headers(struct mk_dump *dump, const struct mk_section *section,
                                  uint64_t base, uint64_t size, struct bt_error *err)
{
    const bool is64 = dump->machine->is64;
    const struct mk_statement *time = mk_section_get(section, "timestamp");
    struct mk_piece *piece;
    uint64_t timestamp = 0, checksum;
    if (time != NULL)
        BT_TRY(mk_eval(dump, time->place, time->value, 4, &timestamp, err));
    BT_TRY(mk_number(dump, section, "checksum", 0, &checksum, err));
    BT_TRY(mk_add_floating(dump, section, MK_FIELDS(image_fields), HEADERS, MK_FILL_ZERO,
                           &piece, err));
    piece->has_address = true;
    piece->address = base;
    uint8_t *d = piece->data;
    const uint64_t optional_size = is64 ? 0xf0 : 0xe0;
    const uint64_t directories = OPTIONAL + (is64 ? 0x70 : 0x60);
    put(d, 0x00, 2, 0x5a4d);
    put(d, 0x3c, 4, NT);
    put(d, NT, 4, 0x4550);
    put(d, NT + 4, 2, dump->machine->image);
    put(d, NT + 6, 2, 2);
    put(d, NT + 8, 4, timestamp);
    put(d, NT + 0x14, 2, optional_size);
    put(d, OPTIONAL, 2, is64 ? 0x20b : 0x10b);
    put(d, OPTIONAL + 0x10, 4, 0x1000);
    put(d, OPTIONAL + (is64 ? 0x18 : 0x1c), is64 ? 8 : 4, base);
    put(d, OPTIONAL + 0x38, 4, size);
    put(d, OPTIONAL + 0x3c, 4, HEADERS);
    put(d, OPTIONAL + 0x40, 4, checksum);
    put(d, directories - 4, 4, 16);
    put(d, directories + 2 * 8, 4, size - MK_PAGE); // resources
    put(d, directories + 2 * 8 + 4, 4, MK_PAGE);
    put_section(d + OPTIONAL + optional_size, 0, ".text", 0x1000, size - 0x2000, SECTION_CODE);
    put_section(d + OPTIONAL + optional_size, 1, ".rsrc", size - MK_PAGE, MK_PAGE,
                SECTION_DATA);
    return BT_OK;
}

// --- the version resource

static void put_wide(struct builder *b, const char *text)
{
    for (size_t i = 0; i <= strlen(text); i++, b->at += 2)
        put(b->data, b->at, 2, (unsigned char)text[i]);
}

static void align4(struct builder *b)
{
    b->at = (b->at + 3) & ~UINT64_C(3);
}

// Length, length of the value, kind, key; the length is put when the block ends.
static uint64_t begin_block(struct builder *b, const char *key, uint64_t value_length,
                            unsigned kind)
{
    align4(b);
    uint64_t start = b->at;
    put(b->data, start + 2, 2, value_length);
    put(b->data, start + 4, 2, kind);
    b->at += 6;
    put_wide(b, key);
    align4(b);
    return start;
}

static void end_block(struct builder *b, uint64_t start)
{
    put(b->data, start, 2, b->at - start);
}

static void put_string(struct builder *b, const char *key, const char *value)
{
    if (value == NULL)
        return;
    uint64_t start = begin_block(b, key, strlen(value) + 1, 1);
    put_wide(b, value);
    end_block(b, start);
}

static void put_fixed(struct builder *b, bt_file_version version)
{
    put(b->data, b->at, 4, 0xfeef04bd);
    put(b->data, b->at + 4, 4, 0x10000);
    for (unsigned i = 0; i < 2; i++) { // file, then product
        put(b->data, b->at + 8 + 8 * i, 4, version >> 32);
        put(b->data, b->at + 12 + 8 * i, 4, version & 0xffffffff);
    }
    b->at += 0x34;
}

// Three levels of directories with one entry each: type 16, name 1, language 0x409.
static void put_tree(uint8_t *data, uint64_t resources_rva, uint64_t size)
{
    static const uint32_t ids[] = {16, 1, 0x409};
    for (unsigned i = 0; i < 3; i++) {
        put(data, i * 0x18 + 0x0e, 2, 1);
        put(data, i * 0x18 + 0x10, 4, ids[i]);
        put(data, i * 0x18 + 0x14, 4, i < 2 ? 0x80000000 | (i + 1) * 0x18 : 0x48);
    }
    put(data, 0x48, 4, resources_rva + 0x58);
    put(data, 0x4c, 4, size);
}

static enum bt_status add_resources(struct mk_dump *dump, const struct mk_section *section,
                                    uint64_t base, uint64_t size, struct bt_error *err)
{
    const char *version_text, *company, *description;
    struct mk_piece *piece;
    bt_file_version version;
    BT_TRY(mk_text(dump, section, "version", NULL, &version_text, err));
    BT_TRY(mk_text(dump, section, "company", NULL, &company, err));
    BT_TRY(mk_text(dump, section, "description", NULL, &description, err));
    if (!bt_parse_file_version(version_text, &version))
        return MK_FAIL(section->place, err, "'%s' is no version", version_text);
    if ((company != NULL ? strlen(company) : 0) + (description ? strlen(description) : 0) > 400)
        return MK_FAIL(section->place, err, "the texts of the version are too long");
    BT_TRY(mk_add_floating(dump, NULL, MK_NO_FIELDS, MK_PAGE, MK_FILL_ZERO, &piece, err));
    piece->has_address = true;
    piece->address = base + size - MK_PAGE;
    struct builder b = {.data = piece->data, .at = 0x58};
    uint64_t root = begin_block(&b, "VS_VERSION_INFO", 0x34, 0);
    put_fixed(&b, version);
    uint64_t info = begin_block(&b, "StringFileInfo", 0, 1);
    uint64_t table = begin_block(&b, "040904B0", 0, 1);
    put_string(&b, "CompanyName", company);
    put_string(&b, "FileDescription", description);
    put_string(&b, "FileVersion", version_text);
    end_block(&b, table);
    end_block(&b, info);
    end_block(&b, root);
    put_tree(piece->data, size - MK_PAGE, b.at - 0x58);
    return BT_OK;
}

enum bt_status mk_add_image(struct mk_dump *dump, const struct mk_section *section,
                            struct bt_error *err)
{
    uint64_t base, size;
    if (mk_section_get(section, "version") == NULL)
        return BT_OK;
    BT_TRY(mk_number(dump, section, "base", 0, &base, err));
    BT_TRY(mk_number(dump, section, "size", 0x10000, &size, err));
    if (base % MK_PAGE != 0 || size % MK_PAGE != 0 || size < 3 * MK_PAGE)
        return MK_FAIL(
            section->place, err,
            "an image with a version starts and ends at pages, and has three at least");
    BT_TRY(add_headers(dump, section, base, size, err));
    return add_resources(dump, section, base, size, err);
}
