// SPDX-License-Identifier: MIT
//
// Puts an image together: texts once each, rows in the order in which they come, then header
// and checksum. The same calls give the same bytes.
#ifndef BT_KB_WRITER_H
#define BT_KB_WRITER_H

#include "base/buf.h"
#include "kb/layout.h"

struct bt_kb_writer {
    struct bt_buf sections[BT_KB_SECTIONS];
    uint32_t rows[BT_KB_SECTIONS];
    uint32_t *texts; // open hash table of references into the pool
    size_t text_slots, text_count;
    bool failed;   // out of memory, or an image that grew too large
    bool overlong; // a list is longer than a reader accepts; reset by whoever complains
};

void bt_kb_writer_init(struct bt_kb_writer *w);
void bt_kb_writer_fini(struct bt_kb_writer *w);

// The reference of a text; 0 for NULL. An equal text has an equal reference.
uint32_t bt_kb_writer_text(struct bt_kb_writer *w, const char *text);
// Appends a record of as many words as its section has; gives its row.
uint32_t bt_kb_writer_row(struct bt_kb_writer *w, enum bt_kb_section section,
                          const uint32_t *words);
// Writes 64 bits into two words of a record.
void bt_kb_put_wide(uint32_t *words, unsigned word, uint64_t value);
// Writes a list: `first` rows exist, and all that came since then are its members.
void bt_kb_put_list(struct bt_kb_writer *w, uint32_t *words, unsigned word,
                    enum bt_kb_section section, uint32_t first);

// Appends the finished image to `out`.
enum bt_status bt_kb_writer_finish(struct bt_kb_writer *w, uint32_t flags, struct bt_buf *out,
                                   struct bt_error *err) BT_MUST_USE;

#endif
