// SPDX-License-Identifier: MIT
//
// Where results go: standard output or a file. Every piece is written with one call where the
// system takes it whole, so that a record is never cut in two by another process.
//
// A file is written under the name FILE.part and gets its own name only when it is whole: who
// finds FILE finds all of it; a second run that would write it meanwhile is refused. FILE.gz is
// compressed. What is no regular file (a device, a pipe)
// is written to directly.
#ifndef BT_CLI_OUTPUT_H
#define BT_CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct bt_compressor;

struct bt_output {
    int fd;
    bool owned; // opened here
    char *path; // the name that the file gets at the end; NULL: it has its name
    char *part; // the name that it has until then
    struct bt_compressor *compressor; // NULL: none
};

// Opens a file for writing, made new or emptied; NULL or "-" is standard output.
enum bt_status bt_output_open(const char *path, struct bt_output *ret,
                              struct bt_error *err) BT_MUST_USE;
// Goes on with FILE.part, of which the first `keep` bytes stay.
enum bt_status bt_output_continue(const char *path, uint64_t keep, struct bt_output *ret,
                                  struct bt_error *err) BT_MUST_USE;
// BT_ABSENT where the reader of a pipe has gone: nothing more is wanted, and that is no error.
enum bt_status bt_output_write(struct bt_output *output, const void *data, size_t size,
                               struct bt_error *err) BT_MUST_USE;
// What becomes of a file: its name, or nothing; or it stays FILE.part for a later run.
enum bt_output_end { BT_OUTPUT_WHOLE, BT_OUTPUT_REMOVE, BT_OUTPUT_KEEP_PART };
// Some systems report only here that a file could not be written; then it is kept as
// FILE.part.
enum bt_status bt_output_close(struct bt_output *output, enum bt_output_end end,
                               struct bt_error *err) BT_MUST_USE;

// Why a file of that name must not be written: it is one of the `count` inputs, a crash dump,
// or named like something compressed that it would not be; NULL where it may be. What a user
// has only once is not replaced by a report.
const char *bt_output_refuse(const char *path, char *const *inputs, size_t count);

// "FILE.part"; NULL: out of memory. To be freed.
char *bt_output_part_name(const char *path);
bool bt_output_is_compressed(const char *path); // by its name

// Formatted text to standard output. Returns an exit status, after a message where there was a
// failure. Texts of others are not made harmless here.
int bt_print(const char *format, ...) BT_PRINTF(1, 2) BT_MUST_USE;

// What differs between systems (output_posix.c, output_windows.c).
int bt_output_standard(
    void); // the descriptor of standard output, which takes bytes as they are
// Opens a file for writing, and fails where another run has it open for that.
enum bt_status bt_output_create(const char *path, bool empty, int *ret,
                                struct bt_error *err) BT_MUST_USE;
enum bt_status bt_output_cut(int fd, uint64_t size, struct bt_error *err) BT_MUST_USE;
enum bt_status bt_output_put(int fd, const void *data, size_t size,
                             struct bt_error *err) BT_MUST_USE;            // BT_ABSENT as above
enum bt_status bt_output_finish(int fd, struct bt_error *err) BT_MUST_USE; // syncs and closes
void bt_output_abandon(int fd);
enum bt_status bt_output_rename(const char *from, const char *to,
                                struct bt_error *err) BT_MUST_USE; // replaces `to`
void bt_output_remove(const char *path);
bool bt_output_exists(const char *path);
// Whether a file of that name can be put in place of what is there: nothing, or a regular file.
bool bt_output_is_replaceable(const char *path);

#endif
