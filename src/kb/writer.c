// SPDX-License-Identifier: MIT
#include "kb/writer.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/limits.h"
#include "base/span.h"

void bt_kb_writer_init(struct bt_kb_writer *w)
{
    memset(w, 0, sizeof *w);
    for (size_t i = 0; i < BT_KB_SECTIONS; i++)
        bt_buf_init(&w->sections[i], BT_LIMIT_KB_IMAGE);
    static const char zero[4];
    bt_buf_add(&w->sections[BT_KB_TEXTS], zero, sizeof zero);
}

void bt_kb_writer_fini(struct bt_kb_writer *w)
{
    for (size_t i = 0; i < BT_KB_SECTIONS; i++)
        bt_buf_fini(&w->sections[i]);
    free(w->texts);
    w->texts = NULL;
}

static void add_le(struct bt_buf *buf, uint64_t value, size_t size)
{
    char bytes[8];
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)(value >> (8 * i) & 0xff);
    bt_buf_add(buf, bytes, size);
}

static uint64_t hash_bytes(uint64_t hash, const void *data, size_t size)
{
    const unsigned char *bytes = data; // FNV-1a
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static const uint64_t hash_start = UINT64_C(0xcbf29ce484222325);

static const char *text_at(const struct bt_kb_writer *w, uint32_t reference)
{
    return &w->sections[BT_KB_TEXTS].data[(size_t)reference + 4];
}

// The slot that holds `text`, or the free one where it belongs.
static size_t find_slot(const struct bt_kb_writer *w, const char *text)
{
    size_t slot = hash_bytes(hash_start, text, strlen(text)) & (w->text_slots - 1);
    while (w->texts[slot] != 0 && strcmp(text_at(w, w->texts[slot]), text) != 0)
        slot = (slot + 1) & (w->text_slots - 1);
    return slot;
}

static bool grow_table(struct bt_kb_writer *w)
{
    size_t old_slots = w->text_slots;
    uint32_t *old = w->texts;
    w->text_slots = old_slots == 0 ? 1024 : old_slots * 2;
    w->texts = calloc(w->text_slots, sizeof *w->texts);
    if (w->texts == NULL) {
        w->texts = old;
        w->text_slots = old_slots;
        return false;
    }
    for (size_t i = 0; i < old_slots; i++) {
        if (old[i] != 0)
            w->texts[find_slot(w, text_at(w, old[i]))] = old[i];
    }
    free(old);
    return true;
}

uint32_t bt_kb_writer_text(struct bt_kb_writer *w, const char *text)
{
    if (text == NULL || w->failed)
        return 0;
    if (w->text_count * 2 >= w->text_slots && !grow_table(w)) {
        w->failed = true;
        return 0;
    }
    size_t slot = find_slot(w, text);
    if (w->texts[slot] != 0)
        return w->texts[slot];
    struct bt_buf *pool = &w->sections[BT_KB_TEXTS];
    uint32_t reference = (uint32_t)pool->size;
    size_t length = strlen(text);
    add_le(pool, length, 4);
    bt_buf_add(pool, text, length + 1);
    bt_buf_fill(pool, '\0', (4 - (length + 1) % 4) % 4);
    if (pool->status != BT_OK) {
        w->failed = true;
        return 0;
    }
    w->texts[slot] = reference;
    w->text_count++;
    return reference;
}

uint32_t bt_kb_writer_row(struct bt_kb_writer *w, enum bt_kb_section section,
                          const uint32_t *words)
{
    for (uint32_t i = 0; i < bt_kb_layout[section].words; i++)
        add_le(&w->sections[section], words[i], 4);
    return w->rows[section]++;
}

void bt_kb_put_wide(uint32_t *words, unsigned word, uint64_t value)
{
    words[word] = (uint32_t)value;
    words[word + 1] = (uint32_t)(value >> 32);
}

void bt_kb_put_list(struct bt_kb_writer *w, uint32_t *words, unsigned word,
                    enum bt_kb_section section, uint32_t first)
{
    words[word] = first;
    words[word + 1] = w->rows[section] - first;
    w->overlong |= words[word + 1] > bt_kb_list_limit(section);
}

static void pad(struct bt_buf *out, size_t start)
{
    bt_buf_fill(out, '\0', (8 - (out->size - start) % 8) % 8);
}

static void add_header(const struct bt_kb_writer *w, uint32_t flags, struct bt_buf *out)
{
    uint64_t end = BT_KB_HEADER_SIZE + (uint64_t)BT_KB_SECTIONS * BT_KB_SECTION_ENTRY_SIZE;
    uint64_t offsets[BT_KB_SECTIONS];
    uint64_t content = hash_start;
    for (size_t i = 0; i < BT_KB_SECTIONS; i++) {
        offsets[i] = end = (end + 7) & ~UINT64_C(7);
        end += w->sections[i].size;
        content = hash_bytes(content, w->sections[i].data, w->sections[i].size);
    }
    bt_buf_add(out, BT_KB_MAGIC, BT_KB_MAGIC_SIZE);
    add_le(out, BT_KB_FORMAT_VERSION, 4);
    add_le(out, 0, 4); // the checksum comes last
    add_le(out, (end + 7) & ~UINT64_C(7), 8);
    add_le(out, content, 8);
    add_le(out, BT_KB_SECTIONS, 4);
    add_le(out, flags, 4);
    for (size_t i = 0; i < BT_KB_SECTIONS; i++) {
        uint32_t stride = i == BT_KB_TEXTS ? 1 : bt_kb_layout[i].words * 4;
        add_le(out, i, 4);
        add_le(out, stride, 4);
        add_le(out, offsets[i], 8);
        add_le(out, w->sections[i].size / stride, 8);
    }
}

enum bt_status bt_kb_writer_finish(struct bt_kb_writer *w, uint32_t flags, struct bt_buf *out,
                                   struct bt_error *err)
{
    size_t start = out->size;
    for (size_t i = 0; i < BT_KB_SECTIONS; i++)
        BT_TRY(bt_buf_status(&w->sections[i], err));
    if (w->failed)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "the image does not fit into memory");
    add_header(w, flags, out);
    for (size_t i = 0; i < BT_KB_SECTIONS; i++) {
        pad(out, start);
        bt_buf_add(out, w->sections[i].data, w->sections[i].size);
    }
    pad(out, start);
    BT_TRY(bt_buf_status(out, err));
    unsigned char *image = (unsigned char *)&out->data[start];
    uint32_t sum =
        (uint32_t)crc32_z(0, &image[BT_KB_CRC_START], out->size - start - BT_KB_CRC_START);
    for (size_t i = 0; i < 4; i++)
        image[12 + i] = (unsigned char)(sum >> (8 * i));
    return BT_OK;
}
