// SPDX-License-Identifier: MIT
//
// Superblock: 00 magic, 20 u32 block size, 28 u32 block count, 2C u32 bytes of the directory,
// 34 u32 number of the block that lists the directory's blocks. Directory: u32 count, u32 size
// of each stream (FFFFFFFF: absent), then the block numbers of one stream after the other.
// Known from PDBs of several linkers and checked against the answers of llvm-pdbutil.
#include "symbols/msf.h"

#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"

enum { SUPERBLOCK_SIZE = 0x38, BLOCK_SIZE_MIN = 512, BLOCK_SIZE_MAX = 1 << 16 };

static const char MAGIC_7[32] = "Microsoft C/C++ MSF 7.00\r\n\x1a"
                                "DS\0\0";
static const char MAGIC_2[] = "Microsoft C/C++ program database 2.00\r\n\x1a"
                              "JG";
static const uint32_t SIZE_ABSENT = UINT32_MAX;

static enum bt_status check_magic(const uint8_t head[SUPERBLOCK_SIZE], struct bt_error *err)
{
    if (memcmp(head, MAGIC_7, sizeof MAGIC_7) == 0)
        return BT_OK;
    if (memcmp(head, MAGIC_2, sizeof MAGIC_2 - 1) == 0)
        return BT_FAIL(err, BT_E_UNSUPPORTED, 0,
                       "is a PDB of format 2.00 (JG), which is not read");
    if (memcmp(head, "BSJB", 4) == 0)
        return BT_FAIL(err, BT_E_UNSUPPORTED, 0,
                       "is a portable PDB of .NET, which is not read");
    return BT_FAIL(err, BT_E_CORRUPT, 0, "is no PDB");
}

static uint64_t blocks_for(uint64_t size, uint32_t block_size)
{
    return (size + block_size - 1) / block_size;
}

// Reads [offset, offset + size) of what lies in the listed blocks.
static enum bt_status read_blocks(const struct bt_msf *msf, struct bt_span blocks,
                                  uint64_t offset, uint8_t *buf, size_t size,
                                  struct bt_error *err)
{
    while (size != 0) {
        uint64_t index = offset / msf->block_size;
        uint32_t skip = (uint32_t)(offset % msf->block_size);
        if (!bt_span_has(blocks, index * 4, 4))
            return BT_FAIL(err, BT_E_TRUNCATED, BT_NO_OFFSET, "the list of blocks is short");
        uint32_t block = bt_span_u32(blocks, (size_t)index * 4);
        if (block >= msf->block_count)
            return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET, "block %" PRIu32 " of %" PRIu32,
                           block, msf->block_count);
        size_t part = msf->block_size - skip < size ? msf->block_size - skip : size;
        BT_TRY(bt_source_read(msf->source, (uint64_t)block * msf->block_size + skip, buf, part,
                              err));
        buf += part;
        offset += part;
        size -= part;
    }
    return BT_OK;
}

// The directory is found through one more list of blocks.
static enum bt_status read_directory(const struct bt_msf *msf, const uint8_t *head,
                                     struct bt_arena *arena, struct bt_span *ret,
                                     struct bt_error *err)
{
    uint32_t size = bt_le32(head + 0x2c), list_block = bt_le32(head + 0x34);
    if (size > BT_LIMIT_MSF_DIRECTORY)
        return BT_FAIL(err, BT_E_LIMIT, 0x2c, "the directory has %" PRIu32 " bytes", size);
    if (list_block >= msf->block_count)
        return BT_FAIL(err, BT_E_CORRUPT, 0x34, "the directory's blocks lie outside the file");
    uint64_t list_size = blocks_for(size, msf->block_size) * 4;
    struct bt_span list;
    BT_TRY(bt_source_view(msf->source, (uint64_t)list_block * msf->block_size, list_size, arena,
                          &list, err));
    uint8_t *bytes;
    BT_TRY(bt_arena_alloc(arena, size, 1, &bytes, err));
    BT_TRY(read_blocks(msf, list, 0, bytes, size, err));
    *ret = (struct bt_span){.data = bytes, .size = size, .file_offset = BT_NO_OFFSET};
    return BT_OK;
}

static enum bt_status decode_directory(struct bt_msf *msf, struct bt_span directory,
                                       struct bt_arena *arena, struct bt_error *err)
{
    struct bt_cursor at = bt_cursor_at(directory);
    struct bt_span sizes;
    uint32_t count;
    BT_TRY(bt_cursor_u32(&at, &count, err));
    BT_TRY(bt_cursor_take(&at, (uint64_t)count * 4, &sizes, err));
    struct bt_msf_stream *streams;
    BT_TRY(bt_arena_alloc(arena, count, sizeof *streams, &streams, err));
    for (uint32_t i = 0; i < count; i++) {
        uint32_t size = bt_span_u32(sizes, (size_t)i * 4);
        streams[i].size = size == SIZE_ABSENT ? 0 : size;
        BT_TRY(bt_cursor_take(&at, blocks_for(streams[i].size, msf->block_size) * 4,
                              &streams[i].blocks, err));
    }
    msf->streams = streams;
    msf->stream_count = count;
    return BT_OK;
}

enum bt_status bt_msf_open(struct bt_source *source, struct bt_arena *arena, struct bt_msf *ret,
                           struct bt_error *err)
{
    uint8_t head[SUPERBLOCK_SIZE] = {0};
    if (bt_source_has(source, 0, sizeof head))
        BT_TRY(bt_source_read(source, 0, head, sizeof head, err));
    BT_TRY(check_magic(head, err));
    struct bt_msf msf = {
        .source = source,
        .block_size = bt_le32(head + 0x20),
        .block_count = bt_le32(head + 0x28),
    };
    bool is_power = (msf.block_size & (msf.block_size - 1)) == 0;
    if (!is_power || msf.block_size < BLOCK_SIZE_MIN || msf.block_size > BLOCK_SIZE_MAX)
        return BT_FAIL(err, BT_E_CORRUPT, 0x20, "blocks of %" PRIu32 " bytes", msf.block_size);
    struct bt_span directory;
    BT_TRY(read_directory(&msf, head, arena, &directory, err));
    BT_TRY(decode_directory(&msf, directory, arena, err));
    *ret = msf;
    return BT_OK;
}

uint64_t bt_msf_size(const struct bt_msf *msf, uint32_t stream)
{
    return stream < msf->stream_count ? msf->streams[stream].size : 0;
}

enum bt_status bt_msf_read(const struct bt_msf *msf, uint32_t stream, uint64_t offset,
                           void *buf, size_t size, struct bt_error *err)
{
    uint64_t there = bt_msf_size(msf, stream);
    if (offset > there || size > there - offset)
        return BT_FAIL(err, BT_E_TRUNCATED, BT_NO_OFFSET,
                       "stream %" PRIu32 " ends before its offset 0x%" PRIx64, stream,
                       offset + size);
    if (size == 0)
        return BT_OK;
    return read_blocks(msf, msf->streams[stream].blocks, offset, buf, size, err);
}

enum bt_status bt_msf_view(const struct bt_msf *msf, uint32_t stream, uint64_t offset,
                           uint64_t size, struct bt_arena *arena, struct bt_span *ret,
                           struct bt_error *err)
{
    // Compared before anything is allocated: sizes are claims of the file.
    uint64_t there = bt_msf_size(msf, stream);
    if (offset > there || size > there - offset)
        return BT_FAIL(err, BT_E_TRUNCATED, BT_NO_OFFSET,
                       "stream %" PRIu32 " has %" PRIu64 " bytes", stream, there);
    if (size > BT_LIMIT_SYMBOL_PART)
        return BT_FAIL(err, BT_E_LIMIT, BT_NO_OFFSET, "%" PRIu64 " bytes of stream %" PRIu32,
                       size, stream);
    uint8_t *bytes;
    BT_TRY(bt_arena_alloc(arena, size, 1, &bytes, err));
    BT_TRY(bt_msf_read(msf, stream, offset, bytes, (size_t)size, err));
    *ret = (struct bt_span){.data = bytes, .size = (size_t)size, .file_offset = BT_NO_OFFSET};
    return BT_OK;
}

enum bt_status bt_msf_text(const struct bt_msf *msf, uint32_t stream, uint64_t offset,
                           size_t limit, struct bt_arena *arena, const char **ret,
                           struct bt_error *err)
{
    uint8_t raw[BT_LIMIT_SYMBOL_NAME];
    uint64_t there = bt_msf_size(msf, stream);
    if (offset >= there)
        return BT_FAIL(err, BT_E_TRUNCATED, BT_NO_OFFSET, "a name lies outside stream %" PRIu32,
                       stream);
    size_t size = limit < sizeof raw ? limit : sizeof raw;
    if (size > there - offset)
        size = (size_t)(there - offset);
    BT_TRY(bt_msf_read(msf, stream, offset, raw, size, err));
    struct bt_span span = {.data = raw, .size = size, .file_offset = BT_NO_OFFSET};
    return bt_text_bytes(span, arena, ret, err);
}
