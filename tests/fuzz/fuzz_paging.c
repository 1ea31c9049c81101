// SPDX-License-Identifier: MIT
//
// Any bytes as physical memory with page tables in it. Input: mode (1), root (8), four
// addresses (8 each), then memory from page 0 on.
#include "fuzz_input.h"

#include "memory/address_space.h"
#include "memory/page_runs.h"

static const struct bt_paging *const modes[] = {&bt_paging_x86,  &bt_paging_x86_xp,
                                                &bt_paging_pae,  &bt_paging_x64,
                                                &bt_paging_la57, &bt_paging_arm64};

enum { ADDRESSES = 4, READ_SIZE = 0x1800 };

static enum bt_status read_bytes(void *self, uint64_t offset, void *buf, size_t size,
                                 struct bt_error *err)
{
    const struct bt_span *bytes = self;
    struct bt_span part;
    BT_TRY(bt_span_sub(*bytes, offset, size, &part, err));
    memcpy(buf, part.data, size);
    return BT_OK;
}

// A second look gives the same, from the cache; a read agrees with reads of its bytes.
static void look_at(struct bt_address_space *space, bt_va va)
{
    const struct bt_memory *memory = bt_address_space_memory(space);
    bt_pa first = 0, second = 0;
    const bool mapped = bt_address_space_translate(space, va, &first);
    require(bt_address_space_translate(space, va, &second) == mapped);
    require(!mapped || (first == second && first % BT_PAGE_SIZE == va % BT_PAGE_SIZE));
    static uint8_t bytes[READ_SIZE];
    size_t got = memory->read_some(memory, va, bytes, sizeof bytes);
    require(got <= sizeof bytes && (mapped || got == 0));
    for (size_t i = 0; i < got; i += 509) {
        uint8_t byte;
        require(memory->read_some(memory, va + i, &byte, 1) == 1 && byte == bytes[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct bt_paging *mode = modes[take(&data, &size, 1) % BT_COUNT(modes)];
    const bt_pa root = take(&data, &size, 8);
    bt_va addresses[ADDRESSES];
    for (size_t i = 0; i < ADDRESSES; i++)
        addresses[i] = take(&data, &size, 8);
    struct bt_span ram = {.data = data, .size = size};
    struct bt_arena *arena = bt_arena_new(BT_LIMIT_ARENA);
    struct bt_page_runs *runs = NULL;
    struct bt_physical *physical;
    struct bt_address_space *space;
    require(arena != NULL && bt_page_runs_new(arena, &runs, NULL) == BT_OK);
    require(bt_page_runs_add(runs, 0, size / BT_PAGE_SIZE + 1, 0, NULL) == BT_OK);
    bt_page_runs_seal(runs);
    require(bt_physical_new(arena, (struct bt_reader){.read = read_bytes, .self = &ram}, size,
                            bt_page_runs_map(runs), &physical, NULL) == BT_OK);
    require(bt_address_space_new(arena, physical, mode, root, &space, NULL) == BT_OK);
    for (size_t i = 0; i < ADDRESSES; i++)
        look_at(space, addresses[i]);
    bt_arena_free(arena);
    return 0;
}
