// SPDX-License-Identifier: MIT
#include "kb/image.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/limits.h"
#include "base/text.h"

uint32_t bt_kb_lower_bound(const struct bt_kb_image *image, enum bt_kb_section section,
                           uint64_t key)
{
    uint32_t low = 0, high = bt_kb_rows(image, section);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (bt_kb_word(image, section, middle, 0) < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool bt_kb_find_text(const struct bt_kb_image *image, enum bt_kb_section section,
                     const char *key, bool ignore_case, uint32_t *ret)
{
    uint32_t low = 0, high = bt_kb_rows(image, section);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const char *text = bt_kb_text_of(image, section, middle, 0);
        int order = ignore_case ? bt_casecmp(text, key) : strcmp(text, key);
        if (order == 0) {
            *ret = middle;
            return true;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

// Reads the header and the table of sections: what every later access stands on, so it is
// checked for trusted images too. It costs nothing.
static enum bt_status read_sections(struct bt_span bytes, struct bt_kb_image *image,
                                    struct bt_error *err)
{
    struct bt_span table;
    BT_TRY(bt_span_table(bytes, BT_KB_HEADER_SIZE, BT_KB_SECTIONS, BT_KB_SECTION_ENTRY_SIZE,
                         &table, err));
    uint64_t end = BT_KB_HEADER_SIZE + (uint64_t)BT_KB_SECTIONS * BT_KB_SECTION_ENTRY_SIZE;
    for (uint32_t i = 0; i < BT_KB_SECTIONS; i++) {
        size_t at = (size_t)i * BT_KB_SECTION_ENTRY_SIZE;
        uint32_t stride = i == BT_KB_TEXTS ? 1 : bt_kb_layout[i].words * 4;
        uint64_t offset = bt_span_u64(table, at + 8), count = bt_span_u64(table, at + 16);
        end = (end + 7) & ~UINT64_C(7);
        if (bt_span_u32(table, at) != i || bt_span_u32(table, at + 4) != stride ||
            offset != end || count > BT_LIMIT_KB_IMAGE)
            return BT_FAIL(err, BT_E_CORRUPT, BT_KB_HEADER_SIZE + at,
                           "entry of section \"%s\" is wrong", bt_kb_layout[i].name);
        struct bt_span rows;
        BT_TRY(bt_span_table(bytes, offset, count, stride, &rows, err));
        image->sections[i] = rows.data;
        image->rows[i] = (uint32_t)count;
        end = offset + count * stride;
    }
    if (((end + 7) & ~UINT64_C(7)) != bytes.size)
        return BT_FAIL(err, BT_E_CORRUPT, end, "bytes follow the last section");
    return BT_OK;
}

static enum bt_status check_header(struct bt_span bytes, struct bt_error *err)
{
    if (bytes.size > BT_LIMIT_KB_IMAGE)
        return BT_FAIL(err, BT_E_LIMIT, BT_NO_OFFSET, "image is larger than 1 GiB");
    if (bytes.size < BT_KB_MAGIC_SIZE || memcmp(bytes.data, BT_KB_MAGIC, BT_KB_MAGIC_SIZE) != 0)
        return BT_FAIL(err, BT_E_CORRUPT, 0, "not a knowledge image");
    if (!bt_span_has(bytes, 0, BT_KB_HEADER_SIZE))
        return BT_FAIL(err, BT_E_TRUNCATED, bytes.size, "image ends inside its header");
    if (bt_span_u32(bytes, 8) != BT_KB_FORMAT_VERSION)
        return BT_FAIL(err, BT_E_UNSUPPORTED, 8,
                       "image has format version %u, this program reads version %d: build it "
                       "again with `bugtriage kb build`",
                       bt_span_u32(bytes, 8), BT_KB_FORMAT_VERSION);
    if (bt_span_u64(bytes, 16) != bytes.size)
        return BT_FAIL(err, BT_E_TRUNCATED, 16, "image is cut or grown: %zu bytes", bytes.size);
    if (bt_span_u32(bytes, 32) != BT_KB_SECTIONS)
        return BT_FAIL(err, BT_E_CORRUPT, 32, "image has %u sections instead of %d",
                       bt_span_u32(bytes, 32), BT_KB_SECTIONS);
    if (bt_span_u32(bytes, 36) & ~(uint32_t)BT_KB_FLAG_TESTS)
        return BT_FAIL(err, BT_E_CORRUPT, 36, "image has unknown flags");
    return BT_OK;
}

static enum bt_status check_sum(struct bt_span bytes, struct bt_error *err)
{
    struct bt_span rest;
    BT_TRY(bt_span_sub(bytes, BT_KB_CRC_START, bytes.size - BT_KB_CRC_START, &rest, err));
    if (crc32_z(0, rest.data, rest.size) != bt_span_u32(bytes, 12))
        return BT_FAIL(err, BT_E_CORRUPT, 12, "checksum is wrong");
    return BT_OK;
}

enum bt_status bt_kb_image_open(struct bt_span bytes, bool trusted, struct bt_kb_image *ret,
                                struct bt_error *err)
{
    struct bt_kb_image image = {.bytes = bytes};
    BT_TRY(check_header(bytes, err));
    if (!trusted)
        BT_TRY(check_sum(bytes, err));
    BT_TRY(read_sections(bytes, &image, err));
    image.content = bt_span_u64(bytes, 24);
    image.flags = bt_span_u32(bytes, 36);
    if (!trusted)
        BT_TRY(bt_kb_validate(&image, err));
    *ret = image;
    return BT_OK;
}

// How much memory to begin with: what the file says its size is, which may be wrong or unknown.
static size_t guess_size(FILE *file)
{
    size_t guess = 1 << 16;
    if (fseek(file, 0, SEEK_END) == 0) {
        long end = ftell(file);
        if (end > 0 && (uint64_t)end < BT_LIMIT_KB_IMAGE)
            guess = (size_t)end + 1; // one more byte shows the end of the file
    }
    rewind(file);
    return guess;
}

// Reads a whole file, at most BT_LIMIT_KB_IMAGE bytes.
static enum bt_status read_all(FILE *file, struct bt_span *ret, void **ret_owned,
                               struct bt_error *err)
{
    setvbuf(file, NULL, _IONBF, 0); // straight into place
    size_t size = 0, capacity = guess_size(file);
    uint8_t *data = malloc(capacity);
    while (data != NULL) {
        size += fread(&data[size], 1, capacity - size, file);
        if (size < capacity)
            break;
        if (capacity > BT_LIMIT_KB_IMAGE) {
            free(data);
            return BT_FAIL(err, BT_E_LIMIT, BT_NO_OFFSET, "image is larger than 1 GiB");
        }
        capacity *= 2;
        uint8_t *grown = realloc(data, capacity);
        if (grown == NULL)
            free(data);
        data = grown;
    }
    if (data == NULL)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    if (ferror(file)) {
        int failure = errno;
        free(data);
        return BT_FAIL_OS(err, failure, "cannot read");
    }
    *ret = (struct bt_span){.data = data, .size = size};
    *ret_owned = data;
    return BT_OK;
}

enum bt_status bt_kb_image_read(const char *path, struct bt_span *ret, void **ret_owned,
                                struct bt_error *err)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return BT_FAIL_OS(err, errno, "cannot open");
    enum bt_status status = read_all(file, ret, ret_owned, err);
    fclose(file);
    return status;
}
