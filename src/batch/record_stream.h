// SPDX-License-Identifier: MIT
//
// Reads records out of a file, one after the other: NDJSON, a JSON array, or JSON objects one
// after the other however they are laid out; plain or gzip. Memory is that of the longest
// record.
#ifndef BT_BATCH_RECORD_STREAM_H
#define BT_BATCH_RECORD_STREAM_H

#include "batch/json_scan.h"

struct bt_record_stream;

// "-" is standard input.
enum bt_status bt_record_stream_open(const char *path, struct bt_record_stream **ret,
                                     struct bt_error *err) BT_MUST_USE;
void bt_record_stream_close(struct bt_record_stream *stream); // NULL is accepted

// The text of the next record, valid until the next call; it may be anything between two line
// ends. BT_ABSENT at the end of the file. BT_E_TRUNCATED: the file ends in the middle of a
// record, or of its compressed data: everything before was handed out.
enum bt_status bt_record_stream_next(struct bt_record_stream *stream, struct bt_slice *ret,
                                     struct bt_error *err) BT_MUST_USE;

// Bytes of the (unpacked) file up to the end of the last record that was handed out.
uint64_t bt_record_stream_position(const struct bt_record_stream *stream);
// Whether a line feed follows that record: then it was written to its end.
bool bt_record_stream_at_line_end(const struct bt_record_stream *stream);

#endif
