// SPDX-License-Identifier: MIT
//
// The container of a PDB (multi-stream file, format 7.00): numbered streams, each a list of
// blocks of the file. Streams are read where they are asked for, never as a whole.
#ifndef BT_SYMBOLS_MSF_H
#define BT_SYMBOLS_MSF_H

#include "io/source.h"

// Numbers of streams that are always the same.
enum bt_msf_stream_index {
    BT_MSF_PDB_INFO = 1,
    BT_MSF_DEBUG_INFO = 3, // DBI
    BT_MSF_ITEM_INFO = 4,  // IPI
    BT_MSF_NO_STREAM = 0xffff,
};

struct bt_msf_stream {
    uint32_t size;         // 0: empty or absent
    struct bt_span blocks; // u32 block numbers
};

struct bt_msf {
    struct bt_source *source; // borrowed
    uint32_t block_size;
    uint32_t block_count;
    const struct bt_msf_stream *streams;
    uint32_t stream_count;
};

// BT_E_UNSUPPORTED names the format where it is one of the other two that are called .pdb.
enum bt_status bt_msf_open(struct bt_source *source, struct bt_arena *arena, struct bt_msf *ret,
                           struct bt_error *err) BT_MUST_USE;

// Bytes in a stream; 0 where there is none of that number.
uint64_t bt_msf_size(const struct bt_msf *msf, uint32_t stream);

// All of buf[0..size) from an offset of a stream, or BT_E_TRUNCATED.
enum bt_status bt_msf_read(const struct bt_msf *msf, uint32_t stream, uint64_t offset,
                           void *buf, size_t size, struct bt_error *err) BT_MUST_USE;
// The same into the arena; BT_E_LIMIT above BT_LIMIT_SYMBOL_PART.
enum bt_status bt_msf_view(const struct bt_msf *msf, uint32_t stream, uint64_t offset,
                           uint64_t size, struct bt_arena *arena, struct bt_span *ret,
                           struct bt_error *err) BT_MUST_USE;
// A NUL-terminated text of at most `limit` bytes, as UTF-8; longer ones are cut.
enum bt_status bt_msf_text(const struct bt_msf *msf, uint32_t stream, uint64_t offset,
                           size_t limit, struct bt_arena *arena, const char **ret,
                           struct bt_error *err) BT_MUST_USE;

#endif
