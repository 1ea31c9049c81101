// SPDX-License-Identifier: MIT
//
// Frame data, 32 bytes: 00 u32 RVA, 04 size of the code, 08 locals, 0C parameters, 10 most of
// the stack, 14 program (offset in the names), 18 u16 prolog, 1A u16 saved registers, 1C flags.
// FPO data, 16 bytes: 00 u32 RVA, 04 size, 08 words of locals, 0C u16 words of parameters, 0E
// u16: 8 bits prolog, 3 saved registers, 1 handler, 1 ebp is used, 1, 2 kind of frame.
#include "symbols/pdb.h"

enum {
    FRAME_DATA_SIZE = 32,
    FPO_DATA_SIZE = 16,
    NAMES_HEADER = 12, // of the stream of names
    CHUNK = 64,        // records that are read at once
};

static void index_records(struct bt_pdb *pdb, uint32_t stream, uint64_t start, size_t size,
                          struct bt_name_list *list)
{
    uint8_t chunk[CHUNK * FRAME_DATA_SIZE];
    const uint64_t end = bt_msf_size(&pdb->msf, stream);
    for (uint64_t at = start; at + size <= end;) {
        uint64_t count = (end - at) / size < CHUNK ? (end - at) / size : CHUNK;
        if (bt_msf_read(&pdb->msf, stream, at, chunk, (size_t)count * size, NULL) != BT_OK)
            break;
        for (size_t i = 0; i < count; i++) {
            const uint8_t *record = &chunk[i * size];
            bt_name_list_add(list, (struct bt_named_address){.rva = bt_le32(record),
                                                             .size = bt_le32(record + 4),
                                                             .rank = bt_le32(record + 4),
                                                             .name = at + i * size});
        }
        at += count * size;
    }
    bt_name_list_sort(list);
}

// Microsoft's linker and LLVM's differ in a word in front of the frame data.
static void index_all(struct bt_pdb *pdb)
{
    if (pdb->frames_indexed)
        return;
    pdb->frames_indexed = true;
    index_records(pdb, pdb->frame_data_stream,
                  bt_msf_size(&pdb->msf, pdb->frame_data_stream) % FRAME_DATA_SIZE,
                  FRAME_DATA_SIZE, &pdb->frame_data);
    index_records(pdb, pdb->fpo_data_stream, 0, FPO_DATA_SIZE, &pdb->fpo_data);
}

static enum bt_status read_frame_data(const struct bt_pdb *pdb, uint64_t at,
                                      struct bt_arena *arena, struct bt_windows_frame *ret,
                                      struct bt_error *err)
{
    uint8_t raw[FRAME_DATA_SIZE];
    BT_TRY(bt_msf_read(&pdb->msf, pdb->frame_data_stream, at, raw, sizeof raw, err));
    struct bt_windows_frame frame = {
        .parameters = bt_le32(raw + 0xc),
        .locals = bt_le32(raw + 8),
        .saved_registers = bt_le16(raw + 0x1a),
        .described = true,
    };
    BT_TRY(bt_msf_text(&pdb->msf, pdb->names_stream,
                       (uint64_t)NAMES_HEADER + bt_le32(raw + 0x14), BT_LIMIT_SYMBOL_NAME,
                       arena, &frame.program, err));
    *ret = frame;
    return BT_OK;
}

static enum bt_status read_fpo_data(const struct bt_pdb *pdb, uint64_t at,
                                    struct bt_windows_frame *ret, struct bt_error *err)
{
    enum { REGISTERS_SHIFT = 8, REGISTERS = 7, USES_EBP = 1 << 12 };
    uint8_t raw[FPO_DATA_SIZE];
    BT_TRY(bt_msf_read(&pdb->msf, pdb->fpo_data_stream, at, raw, sizeof raw, err));
    const uint16_t bits = bt_le16(raw + 0xe);
    *ret = (struct bt_windows_frame){
        .parameters = (uint32_t)bt_le16(raw + 0xc) * 4,
        .locals = bt_le32(raw + 8) * 4,
        .saved_registers = (uint32_t)(bits >> REGISTERS_SHIFT & REGISTERS) * 4,
        .described = true,
        .uses_ebp = (bits & USES_EBP) != 0,
    };
    return BT_OK;
}

enum bt_status bt_pdb_windows_frame(struct bt_symbol_provider *self, uint64_t rva,
                                    struct bt_arena *arena, struct bt_windows_frame *ret,
                                    struct bt_error *err)
{
    struct bt_pdb *pdb = (struct bt_pdb *)self;
    struct bt_pdb_address at;
    if (!pdb->is_x86)
        return BT_ABSENT;
    BT_TRY(bt_pdb_locate(pdb, rva, &at, err));
    const uint64_t source = (uint64_t)pdb->sections[at.segment - 1].rva + at.offset;
    index_all(pdb);
    const struct bt_named_address *found = bt_name_list_find_inside(&pdb->frame_data, source);
    if (found != NULL)
        return read_frame_data(pdb, found->name, arena, ret, err);
    found = bt_name_list_find_inside(&pdb->fpo_data, source);
    return found != NULL ? read_fpo_data(pdb, found->name, ret, err) : BT_ABSENT;
}
