// SPDX-License-Identifier: MIT
//
// Any bytes as a PDB of the module in question: whatever identity it has is taken for the right
// one.
#include <string.h>

#include "symbols/msf.h"
#include "symbols/provider.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_up(struct bt_source *source, struct bt_arena *arena)
{
    static const uint32_t places[] = {0, 0x1000, 0x1040, 0x1100, 0x1fff, 0x5080, 0xffffffff};
    struct bt_symbol_module module = {.name = "a.exe", .pdb_name = "a.pdb"};
    struct bt_symbol_provider *provider;
    struct bt_msf msf;
    uint8_t info[0x1c];
    if (bt_msf_open(source, arena, &msf, NULL) != BT_OK ||
        bt_msf_read(&msf, BT_MSF_PDB_INFO, 0, info, sizeof info, NULL) != BT_OK)
        return;
    memcpy(module.pdb_guid, info + 0xc, sizeof module.pdb_guid);
    module.pdb_age = bt_le32(info + 8);
    if (bt_pdb_open(source, &module, NULL, arena, &provider, NULL) != BT_OK)
        return;
    for (size_t i = 0; i < BT_COUNT(places); i++) {
        struct bt_symbol_chain chain;
        struct bt_windows_frame frame;
        (void)!provider->find(provider, places[i], arena, &chain, NULL);
        (void)!bt_pdb_windows_frame(provider, places[i], arena, &frame, NULL);
    }
    provider->close(provider);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bt_source *source;
    struct bt_span bytes = {.data = data, .size = size};
    struct bt_arena *arena = bt_arena_new(UINT64_C(64) << 20);
    if (arena != NULL && bt_source_open_memory(bytes, &source, NULL) == BT_OK) {
        look_up(source, arena);
        bt_source_close(source);
    }
    bt_arena_free(arena);
    return 0;
}
