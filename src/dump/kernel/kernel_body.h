// SPDX-License-Identifier: MIT
//
// What follows the header of a kernel dump. One file per kind of body, each with one row here.
#ifndef BT_DUMP_KERNEL_BODY_H
#define BT_DUMP_KERNEL_BODY_H

#include "dump/dump.h"
#include "dump/kernel/kernel_header.h"
#include "io/source.h"

// What every reader of a body works with.
struct bt_kernel_reading {
    struct bt_source *source;
    struct bt_span head; // the first BT_DUMP_HEAD_SIZE bytes of the file, or fewer
    const struct bt_kernel_header *header;
    struct bt_arena *arena;
    struct bt_dump *dump;
};

struct bt_kernel_body {
    enum bt_format format;
    const char *title; // "complete memory dump"
    // Bytes that the whole file should have; BT_ABSENT where the header does not tell, another
    // failure where it contradicts itself. NULL: nothing to expect.
    enum bt_status (*expected_size)(const struct bt_kernel_reading *r, uint64_t *ret,
                                    struct bt_error *err);
    // Reads the body into r->dump. What cannot be read goes through bt_kernel_lost; fails only
    // when nothing more can be done. NULL: this build reads the header only.
    enum bt_status (*read)(const struct bt_kernel_reading *r, struct bt_error *err);
};

extern const struct bt_kernel_body bt_kernel_body_triage;
extern const struct bt_kernel_body bt_kernel_body_full;
extern const struct bt_kernel_body bt_kernel_body_summary;
extern const struct bt_kernel_body bt_kernel_body_bitmap;
extern const struct bt_kernel_body bt_kernel_body_ranges;
extern const struct bt_kernel_body bt_kernel_body_header;  // DumpType 3
extern const struct bt_kernel_body bt_kernel_body_unknown; // any other

// The body that follows the header at the start of `head`; never NULL. The marks that most
// bodies begin with count for more than the type that the header tells: writers of their own
// forget the type, or leave that of another dump.
const struct bt_kernel_body *bt_kernel_body_of(const struct bt_kernel_header *header,
                                               struct bt_span head);

// Whether two words begin the header of a bitmap; which of its two forms `body` holds, by its
// numbers: true for the older.
bool bt_kernel_bitmap_mark(uint32_t first, uint32_t second);
bool bt_kernel_bitmap_is_classic(struct bt_span body, bool is64);

// A part that the format promised is not (wholly) there: a note, and the dump is partial. `err`
// says why. Hands up BT_E_NOMEM, where nothing else will work either; BT_OK otherwise.
enum bt_status bt_kernel_lost(const struct bt_kernel_reading *r, const char *note_code,
                              const char *part, const struct bt_error *err) BT_MUST_USE;

#endif
