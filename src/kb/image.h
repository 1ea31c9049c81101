// SPDX-License-Identifier: MIT
//
// One knowledge image, checked: every accessor here relies on the validator having seen each
// record, so an index must come from the image itself or be below bt_kb_rows.
#ifndef BT_KB_IMAGE_H
#define BT_KB_IMAGE_H

#include "kb/kb.h"
#include "kb/layout.h"

struct bt_kb_image {
    struct bt_span bytes;
    const uint8_t *sections[BT_KB_SECTIONS];
    uint32_t rows[BT_KB_SECTIONS]; // bytes for BT_KB_TEXTS
    uint64_t content;              // hash of what the image says
    uint32_t flags;
    char *name;  // owned
    void *owned; // the bytes, where the image owns them
};

// Opens an image over borrowed bytes, and unless `trusted` (linked into the program by our own
// build) checks all of it: checksum, structure, every field of every record. `ret` is set only
// on success; its `name` and `owned` are left empty.
enum bt_status bt_kb_image_open(struct bt_span bytes, bool trusted, struct bt_kb_image *ret,
                                struct bt_error *err) BT_MUST_USE;

// Reads a whole image file into memory that the caller frees.
enum bt_status bt_kb_image_read(const char *path, struct bt_span *ret, void **ret_owned,
                                struct bt_error *err) BT_MUST_USE;

static inline uint32_t bt_kb_rows(const struct bt_kb_image *image, enum bt_kb_section section)
{
    return image->rows[section];
}

static inline uint32_t bt_kb_word(const struct bt_kb_image *image, enum bt_kb_section section,
                                  uint32_t row, unsigned word)
{
    size_t at = ((size_t)row * bt_kb_layout[section].words + word) * 4;
    return bt_le32(&image->sections[section][at]);
}

static inline uint64_t bt_kb_wide(const struct bt_kb_image *image, enum bt_kb_section section,
                                  uint32_t row, unsigned word)
{
    size_t at = ((size_t)row * bt_kb_layout[section].words + word) * 4;
    return bt_le64(&image->sections[section][at]);
}

// The text of a reference; NULL for 0.
static inline const char *bt_kb_pool_text(const struct bt_kb_image *image, uint32_t reference)
{
    if (reference == 0)
        return NULL;
    return (const char *)&image->sections[BT_KB_TEXTS][(size_t)reference + 4];
}

static inline const char *bt_kb_text_of(const struct bt_kb_image *image,
                                        enum bt_kb_section section, uint32_t row, unsigned word)
{
    return bt_kb_pool_text(image, bt_kb_word(image, section, row, word));
}

static inline struct bt_kb_list bt_kb_list_of(const struct bt_kb_image *image,
                                              enum bt_kb_section section, uint32_t row,
                                              unsigned word)
{
    return (struct bt_kb_list){
        .image = image,
        .first = bt_kb_word(image, section, row, word),
        .count = bt_kb_word(image, section, row, word + 1),
    };
}

// Of a field that is 0 or 1 + index.
static inline struct bt_kb_expr bt_kb_expr_of(const struct bt_kb_image *image,
                                              enum bt_kb_section section, uint32_t row,
                                              unsigned word)
{
    uint32_t reference = bt_kb_word(image, section, row, word);
    if (reference == 0)
        return (struct bt_kb_expr){0};
    return (struct bt_kb_expr){.image = image, .index = reference - 1};
}

// The first row of a section whose word 0 is not below `key`.
uint32_t bt_kb_lower_bound(const struct bt_kb_image *image, enum bt_kb_section section,
                           uint64_t key);
// The row whose text in word 0 equals `key` after ASCII lower-casing; false where none is.
bool bt_kb_find_text(const struct bt_kb_image *image, enum bt_kb_section section,
                     const char *key, bool ignore_case, uint32_t *ret);

// validate.c: every check of content that bt_kb_image_open makes of an untrusted image.
enum bt_status bt_kb_validate(const struct bt_kb_image *image,
                              struct bt_error *err) BT_MUST_USE;
// validate_expr.c: its part for the nodes of all expressions.
enum bt_status bt_kb_validate_expressions(const struct bt_kb_image *image,
                                          struct bt_error *err) BT_MUST_USE;

#endif
