// SPDX-License-Identifier: MIT
//
// What goes between a reader and the process that leads, as bytes: questions, the items of an
// answer, and notes. What comes from a reader is untrusted: a dump may have taken it over.
#ifndef BT_BATCH_JOB_ITEM_H
#define BT_BATCH_JOB_ITEM_H

#include "base/buf.h"
#include "crash/crash.h"

// An input, as a question to a reader.
struct bt_job_input {
    const char *path; // "-" is standard input, if it was named
    bool named;       // by the user; false: found below a directory, a regular file
    bool dumps_only;  // found where all files are named like dumps
    uint64_t done;    // of an archive: so much of it was reported before, and is left out
};

// What became of an input. An archive has one for each dump in it.
struct bt_job_item {
    bool passed_over; // found below a directory, and no dump
    bool recorded;    // in an archive, and left out: see struct bt_job
    bool notice;      // no dump: only `message`, which is for the screen
    enum bt_read_status status;
    bool unopened;       // the system did not let us read it
    bool matched;        // an article fits
    const char *message; // why it is not readable, with the member; "" where it is
    const char *text;    // to be written; not NUL-terminated
    size_t size;
};

// A word in between: the reader begins with a dump in an archive, or says how far it has read
// something that is packed.
struct bt_job_note {
    bool begins;
    // Where it begins: the dump's name in its archive, and what leaves out everything up to it.
    const char *member, *container; // `container` may be NULL
    uint64_t size, done;
    // Otherwise: bytes of the input, and those that were read; `whole` 0: not known.
    uint64_t whole, position;
};

void bt_job_question(const struct bt_job_input *input, struct bt_buf *out);
// False for what bt_job_question has not written. The path is inside the text, which must be
// NUL-terminated.
bool bt_job_read_question(const char *question, size_t size, struct bt_job_input *ret);

void bt_job_add_item(const struct bt_job_item *item, struct bt_buf *out);
// The next item of an answer, from *position on (0 at first). BT_ABSENT at the end,
// BT_E_CORRUPT for an answer that no reader of ours has written.
enum bt_status bt_job_next_item(const char *answer, size_t size, size_t *position,
                                struct bt_job_item *ret, struct bt_error *err) BT_MUST_USE;

void bt_job_write_note(const struct bt_job_note *note, struct bt_buf *out);
// False for a note that no reader of ours has written. Texts are inside of it.
bool bt_job_read_note(const char *text, size_t size, struct bt_job_note *ret);

#endif
