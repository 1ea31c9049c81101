// SPDX-License-Identifier: MIT
//
// Page tables are built here entry by entry, as the processor manuals draw them, in a physical
// memory of 64 pages whose file offset is its address. Each page starts with its own number.
#include "memory/address_space.h"

#include "base/limits.h"
#include "bytes_reader.h"
#include "memory/page_runs.h"
#include "test.h"

enum { PAGES = 64 };

static uint8_t ram[PAGES * BT_PAGE_SIZE];

struct fixture {
    struct bt_arena *arena;
    struct bytes_reader reader;
    struct bt_physical *physical;
};

static int set_up(void **state)
{
    static struct fixture f;
    memset(ram, 0, sizeof ram);
    f = (struct fixture){.arena = bt_arena_new(BT_LIMIT_ARENA)};
    f.reader.bytes = (struct bt_span){.data = ram, .size = sizeof ram};
    struct bt_page_runs *runs;
    assert_int_equal(bt_page_runs_new(f.arena, &runs, NULL), BT_OK);
    assert_int_equal(bt_page_runs_add(runs, 0, PAGES, 0, NULL), BT_OK);
    bt_page_runs_seal(runs);
    assert_int_equal(bt_physical_new(f.arena, bytes_reader(&f.reader), sizeof ram,
                                     bt_page_runs_map(runs), &f.physical, NULL),
                     BT_OK);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    bt_arena_free(((struct fixture *)*state)->arena);
    return 0;
}

static void put(uint64_t at, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        ram[at + i] = (uint8_t)(value >> (8 * i));
}

static struct bt_address_space *open_space(struct fixture *f, const struct bt_paging *paging,
                                           bt_pa root)
{
    struct bt_address_space *space;
    assert_int_equal(bt_address_space_new(f->arena, f->physical, paging, root, &space, NULL),
                     BT_OK);
    return space;
}

static void maps_to(struct bt_address_space *space, bt_va va, bt_pa expected)
{
    bt_pa pa = 0;
    assert_true(bt_address_space_translate(space, va, &pa));
    assert_int_equal(pa, expected);
    assert_true(bt_address_space_translate(space, va, &pa)); // from the cache
    assert_int_equal(pa, expected);
}

static void absent(struct bt_address_space *space, bt_va va)
{
    bt_pa pa;
    assert_false(bt_address_space_translate(space, va, &pa));
}

static void x86_small_and_large_pages(void **state)
{
    struct fixture *f = *state;
    put(0x1000 + 4 * 513, 0x2000 | 0x3, 4);                // 0x80400000: a table
    put(0x2000 + 4 * 5, 0x7000 | 0x103, 4);                // 0x80405000
    put(0x2000 + 4 * 6, 0x9000 | 1 << 11, 4);              // transition
    put(0x2000 + 4 * 7, 0x9000 | 1 << 11 | 2, 4);          // not valid, still transition
    put(0x2000 + 4 * 8, 0x1234000, 4);                     // page file
    put(0x1000 + 4 * 512, 0x00400000 | 0x83, 4);           // 0x80000000: 4 MiB
    put(0x1000 + 4 * 514, 0x00c00000 | 1 << 13 | 0x83, 4); // PSE-36: bit 32
    put(0x1000 + 4 * 768, 0x1000 | 0x3, 4);                // self map at 0xc0000000
    struct bt_address_space *space = open_space(f, &bt_paging_x86, 0x1018);
    maps_to(space, 0x80405123, 0x7123);
    maps_to(space, 0x80406fff, 0x9fff);
    maps_to(space, 0x80407001, 0x9001);
    absent(space, 0x80408000);
    maps_to(space, 0x80012345, 0x00412345);
    maps_to(space, 0x80800010, UINT64_C(0x100c00010));
    maps_to(space, 0xc0300000, 0x1000); // the directory through itself
    maps_to(space, 0xc0201014, 0x2014); // the entry of 0x80405000 through the self map
    absent(space, 0x40000000);
    absent(space, UINT64_C(0xffffffff80405000));
}

// A prototype entry of x86 names a word by its distance from a base: 21 bits of it stand at 11,
// the 8 (before Vista: 7) below at 1.
static void x86_prototype_is_followed_once(void **state)
{
    struct fixture *f = *state;
    put(0x1000 + 4 * 513, 0x2003, 4); // 0x80400000
    put(0x2000 + 4 * 5, 0x7003, 4);   // 0x80405000 holds the prototype
    const uint32_t word = (0x80405008u - 0x80000000u) / 4;
    put(0x2000 + 4 * 9, word >> 8 << 11 | (word & 0xff) << 1 | 1u << 10, 4);
    put(0x7008, 0xb000 | 1 << 11, 4); // the prototype itself: transition
    put(0x2000 + 4 * 10, (word + 1) >> 8 << 11 | ((word + 1) & 0xff) << 1 | 1u << 10, 4);
    put(0x700c, 1u << 10, 4); // a prototype that needs another one
    struct bt_address_space *space = open_space(f, &bt_paging_x86, 0x1000);
    maps_to(space, 0x80409abc, 0xbabc);
    absent(space, 0x8040aabc);
}

// Its base is the start of paged pool, and the low part has 7 bits.
static void x86_prototype_before_vista_counts_from_paged_pool(void **state)
{
    struct fixture *f = *state;
    put(0x1000 + 4 * 513, 0x2003, 4);
    put(0x1000 + 4 * (0xe1000000u >> 22), 0x3003, 4);
    put(0x3000 + 4 * 7, 0x7003, 4); // 0xe1007000
    const uint32_t word = (0xe1007123u - 0xe1000000u) / 4;
    put(0x2000 + 4 * 9, word >> 7 << 11 | (word & 0x7f) << 1 | 1u << 10, 4);
    put(0x7120, 0xb000 | 1 << 11, 4);
    maps_to(open_space(f, &bt_paging_x86_xp, 0x1000), 0x80409abc, 0xbabc);
}

// Where the rule of the version leads nowhere, the other one is tried.
static void x86_prototype_by_the_other_rule(void **state)
{
    struct fixture *f = *state;
    put(0x1000 + 4 * 513, 0x2003, 4);
    put(0x2000 + 4 * 5, 0x7003, 4); // 0x80405000
    const uint32_t word = (0x80405008u - 0x80000000u) / 4;
    put(0x2000 + 4 * 9, word >> 8 << 11 | (word & 0xff) << 1 | 1u << 10, 4);
    put(0x7008, 0xb000 | 1 << 11, 4);
    maps_to(open_space(f, &bt_paging_x86_xp, 0x1000), 0x80409abc, 0xbabc);
}

static void pae_has_a_pointer_table_of_32_bytes(void **state)
{
    struct fixture *f = *state;
    put(0x1020 + 8 * 2, 0x2001, 8);                       // 0x80000000
    put(0x2000 + 8 * 0, 0x3003, 8);                       // a table
    put(0x3000 + 8 * 1, UINT64_C(0x8000000000005003), 8); // no-execute is not address
    put(0x3000 + 8 * 2, UINT64_C(0xffffff8000006800), 8); // transition, junk above
    put(0x3000 + 8 * 3, UINT64_C(0x8000101000000400), 8); // prototype at 0x80001010
    put(0x2000 + 8 * 1, UINT64_C(0x0000000100200083), 8); // 2 MiB above 4 GiB
    put(0x5010, 0xc003, 8);
    struct bt_address_space *space = open_space(f, &bt_paging_pae, 0x1020);
    maps_to(space, 0x80001abc, 0x5abc);
    maps_to(space, 0x80002abc, 0x6abc);
    maps_to(space, 0x80003abc, 0xcabc);
    maps_to(space, 0x80212345, UINT64_C(0x100212345));
    absent(space, 0xc0000000);
}

static void x64_four_levels(void **state)
{
    struct fixture *f = *state;
    put(0x1000 + 8 * 496, 0x2063, 8);   // 0xfffff80000000000
    put(0x1000 + 8 * 0x1ed, 0x1063, 8); // self map at 0xfffff68000000000
    put(0x2000 + 8 * 0, 0x3063, 8);
    put(0x2000 + 8 * 1, UINT64_C(0x40000000) | 0xe3, 8); // 1 GiB
    put(0x3000 + 8 * 2, 0x4063, 8);
    put(0x3000 + 8 * 3, UINT64_C(0x8000000000600000) | 0xe3, 8); // 2 MiB, no-execute
    put(0x4000 + 8 * 1, UINT64_C(0x8010000000005963), 8); // bits above 48 are not address
    put(0x4000 + 8 * 2, 0x6800, 8);                       // transition
    put(0x4000 + 8 * 3, UINT64_C(0xf80000401010) << 16 | 0x400, 8);
    put(0x4000 + 8 * 4, UINT64_C(0x123400000000), 8); // page file
    put(0x5010, 0xd003, 8);
    struct bt_address_space *space =
        open_space(f, &bt_paging_x64, UINT64_C(0x8000000000001002));
    maps_to(space, UINT64_C(0xfffff80000401abc), 0x5abc);
    maps_to(space, UINT64_C(0xfffff80000402abc), 0x6abc);
    maps_to(space, UINT64_C(0xfffff80000403abc), 0xdabc);
    absent(space, UINT64_C(0xfffff80000404000));
    maps_to(space, UINT64_C(0xfffff80000612345), 0x612345);
    maps_to(space, UINT64_C(0xfffff80051234567), UINT64_C(0x51234567));
    maps_to(space, UINT64_C(0xfffff6fb7dbedf68), 0x1f68); // the self map's own entry
    absent(space, UINT64_C(0x0000f80000401abc));          // not canonical
    absent(space, 0);
}

// Against speculation Windows sets the highest address bit of a page in transition, if the
// entry does not say (bit 4) that it was left alone.
static void x64_transition_with_a_bit_too_many(void **state)
{
    struct fixture *f = *state;
    const uint64_t flip = UINT64_C(1) << 45;
    put(0x1000 + 8 * 496, 0x2063, 8);
    put(0x2000 + 8 * 0, 0x3063, 8);
    put(0x3000 + 8 * 2, 0x4063, 8);
    put(0x4000 + 8 * 1, flip | 0x6800, 8);
    put(0x4000 + 8 * 2, flip | 0x6810, 8);
    struct bt_address_space *space = open_space(f, &bt_paging_x64, 0x1000);
    maps_to(space, UINT64_C(0xfffff80000401abc), 0x6abc);
    maps_to(space, UINT64_C(0xfffff80000402abc), flip | 0x6abc);
}

// In prototypes too. Which bit it is shows in a page in transition; before one did, it is taken
// for the one that is usual, where the address as it stands leads nowhere.
static void x64_prototype_with_a_bit_too_many(void **state)
{
    struct fixture *f = *state;
    const uint64_t usual = UINT64_C(1) << 45, other = UINT64_C(1) << 38;
    const uint64_t address = UINT64_C(0xf80000001010) << 16;
    put(0x1000 + 8 * 496, 0x2063, 8);
    put(0x2000 + 8 * 0, 0x3063, 8);
    put(0x3000 + 8 * 0, 0x4063, 8);
    put(0x3000 + 8 * 2, 0x7063, 8); // what has bit 22 set, which is bit 38 of an entry
    put(0x4000 + 8 * 1, 0x5063, 8);
    put(0x7000 + 8 * 1, 0x6063, 8);
    put(0x5010, 0xc063, 8); // the prototype itself
    put(0x6010, 0xd063, 8); // and another one, where the first is with the bit set
    put(0x4000 + 8 * 2, address | usual | 0x400, 8);
    put(0x4000 + 8 * 3, address | usual | 0x410, 8); // says that the bit was there before
    put(0x4000 + 8 * 4, address | other | 0x400, 8);
    put(0x4000 + 8 * 5, address | other | 0x400, 8);
    put(0x4000 + 8 * 6, other | 0xe800, 8);
    struct bt_address_space *space = open_space(f, &bt_paging_x64, 0x1000);
    maps_to(space, UINT64_C(0xfffff80000002abc), 0xcabc);
    absent(space, UINT64_C(0xfffff80000003abc));
    maps_to(space, UINT64_C(0xfffff80000004abc), 0xdabc); // as it stands
    maps_to(space, UINT64_C(0xfffff80000006abc), 0xeabc); // shows the bit
    maps_to(space, UINT64_C(0xfffff80000005abc), 0xcabc);
}

static void pages_in_a_page_file_are_counted_once(void **state)
{
    struct fixture *f = *state;
    put(0x1000 + 8 * 496, 0x2063, 8);
    put(0x2000 + 8 * 0, 0x3063, 8);
    put(0x3000 + 8 * 2, 0x4063, 8);
    put(0x4000 + 8 * 1, UINT64_C(0x0001234500001080), 8);
    put(0x4000 + 8 * 2, UINT64_C(0x0001234600001090), 8);
    put(0x4000 + 8 * 3, 0x80, 8);                         // never written
    put(0x4000 + 8 * 4, UINT64_C(0x0000200000000080), 8); // nor this: only the bit is set
    put(0x4000 + 8 * 5, UINT64_C(0x0000200000001090), 8); // left alone: a place
    struct bt_address_space *space = open_space(f, &bt_paging_x64, 0x1000);
    const struct bt_memory *memory = bt_address_space_memory(space);
    assert_int_equal(memory->count_paged_out(memory), 0);
    for (unsigned i = 0; i < 10; i++)
        absent(space, UINT64_C(0xfffff80000400000) + 0x1000 * (i % 5 + 1));
    assert_int_equal(memory->count_paged_out(memory), 3);
}

static void narrow_entries_name_page_files_too(void **state)
{
    struct fixture *f = *state;
    put(0x1000 + 4 * 512, 0x2003, 4);
    put(0x2000 + 4 * 1, 0x12345082, 4);
    put(0x2000 + 4 * 2, 0x82, 4);
    struct bt_address_space *space = open_space(f, &bt_paging_x86, 0x1000);
    const struct bt_memory *memory = bt_address_space_memory(space);
    absent(space, 0x80001000);
    absent(space, 0x80002000);
    assert_int_equal(memory->count_paged_out(memory), 1);
}

static void la57_has_one_level_more(void **state)
{
    struct fixture *f = *state;
    put(0x1000 + 8 * 0x1ff, 0x2063, 8); // bits 48-56 of 0xfffff80000401000 are all set
    put(0x2000 + 8 * 496, 0x3063, 8);
    put(0x3000 + 8 * 0, 0x4063, 8);
    put(0x4000 + 8 * 2, 0x5063, 8);
    put(0x5000 + 8 * 1, 0x6063, 8);
    put(0x1000 + 8 * 0x100, 0x2063, 8); // 0xff00f80000401000: canonical with 57 bits only
    struct bt_address_space *space = open_space(f, &bt_paging_la57, 0x1000);
    maps_to(space, UINT64_C(0xfffff80000401abc), 0x6abc);
    maps_to(space, UINT64_C(0xff00f80000401abc), 0x6abc);
    absent(open_space(f, &bt_paging_x64, 0x1000), UINT64_C(0xff00f80000401abc));
}

static void arm64_blocks_have_bit_1_clear(void **state)
{
    struct fixture *f = *state;
    put(0x1000 + 8 * 496, 0x2003, 8);
    put(0x2000 + 8 * 0, 0x3003, 8);
    put(0x2000 + 8 * 1, UINT64_C(0x0060000040000401), 8); // 1 GiB block
    put(0x3000 + 8 * 2, 0x4003, 8);
    put(0x3000 + 8 * 3, UINT64_C(0x0060000000600401), 8); // 2 MiB block
    put(0x4000 + 8 * 1, UINT64_C(0x0060000000005403), 8);
    put(0x4000 + 8 * 2, UINT64_C(0x0060000000005401), 8); // a leaf with bit 1 clear: no page
    struct bt_address_space *space =
        open_space(f, &bt_paging_arm64, UINT64_C(0x0001000000001000));
    maps_to(space, UINT64_C(0xfffff80000401abc), 0x5abc);
    maps_to(space, UINT64_C(0xfffff80000612345), 0x612345);
    maps_to(space, UINT64_C(0xfffff80051234567), UINT64_C(0x51234567));
    absent(space, UINT64_C(0xfffff80000402000));
}

static void read_joins_pages_and_returns_what_is_there(void **state)
{
    struct fixture *f = *state;
    put(0x1000 + 4 * 512, 0x2003, 4);
    put(0x2000 + 4 * 0, 0x9003, 4); // neighbours in the space, apart in memory
    put(0x2000 + 4 * 1, 0x5003, 4);
    for (size_t i = 0; i < BT_PAGE_SIZE; i++) {
        ram[0x9000 + i] = (uint8_t)(i ^ 0x99);
        ram[0x5000 + i] = (uint8_t)(i ^ 0x55);
    }
    const struct bt_memory *memory =
        bt_address_space_memory(open_space(f, &bt_paging_x86, 0x1000));
    uint8_t out[0x3000];
    assert_false(memory->is64);
    assert_int_equal(memory->read_some(memory, 0x80000ff0, out, sizeof out), 0x1010);
    assert_memory_equal(out, ram + 0x9ff0, 0x10);
    assert_memory_equal(out + 0x10, ram + 0x5000, 0x1000);
    assert_int_equal(memory->read_some(memory, 0x80002000, out, 1), 0);
    assert_int_equal(memory->read_some(memory, UINT64_MAX, out, 2), 0);
}

static void table_outside_the_dump_makes_addresses_absent(void **state)
{
    struct fixture *f = *state;
    put(0x1000 + 8 * 496, UINT64_C(0x7ffffff003), 8);
    absent(open_space(f, &bt_paging_x64, 0x1000), UINT64_C(0xfffff80000401abc));
    absent(open_space(f, &bt_paging_x64, UINT64_C(0xfffffffff000)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(x86_small_and_large_pages, set_up, tear_down),
        cmocka_unit_test_setup_teardown(x86_prototype_is_followed_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(x86_prototype_before_vista_counts_from_paged_pool,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(x86_prototype_by_the_other_rule, set_up, tear_down),
        cmocka_unit_test_setup_teardown(x64_transition_with_a_bit_too_many, set_up, tear_down),
        cmocka_unit_test_setup_teardown(x64_prototype_with_a_bit_too_many, set_up, tear_down),
        cmocka_unit_test_setup_teardown(pages_in_a_page_file_are_counted_once, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(narrow_entries_name_page_files_too, set_up, tear_down),
        cmocka_unit_test_setup_teardown(pae_has_a_pointer_table_of_32_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(x64_four_levels, set_up, tear_down),
        cmocka_unit_test_setup_teardown(la57_has_one_level_more, set_up, tear_down),
        cmocka_unit_test_setup_teardown(arm64_blocks_have_bit_1_clear, set_up, tear_down),
        cmocka_unit_test_setup_teardown(read_joins_pages_and_returns_what_is_there, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(table_outside_the_dump_makes_addresses_absent, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests_name("address_space", tests, NULL, NULL);
}
