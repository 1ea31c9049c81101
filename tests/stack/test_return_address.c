// SPDX-License-Identifier: MIT
#include "stack/return_address.h"

#include "test.h"

// A target whose only memory is a few bytes of code that end where the test wants.
struct code_memory {
    struct bt_memory memory;
    bt_va end;
    const uint8_t *bytes;
    size_t size;
};

static size_t read_code(const struct bt_memory *self, bt_va va, void *buf, size_t size)
{
    const struct code_memory *m = (const struct code_memory *)self;
    bt_va start = m->end - m->size;
    if (va < start || va >= m->end)
        return 0;
    size_t left = (size_t)(m->end - va);
    if (size > left)
        size = left;
    memcpy(buf, m->bytes + (va - start), size);
    return size;
}

static struct bt_module module = {.name = "a.sys", .base = 0x10000, .size = 0x10000};
static struct bt_crash crash = {.modules = &module, .module_count = 1};

static enum bt_belief judge(enum bt_arch arch, bt_va value, const void *code, size_t size)
{
    struct code_memory m = {.memory = {.read_some = read_code, .is64 = true},
                            .end = value,
                            .bytes = code,
                            .size = size};
    crash.system.arch = arch;
    return bt_return_address_belief(&crash, code != NULL ? &m.memory : NULL, value);
}

static void every_form_of_call_is_believed(void **state)
{
    (void)state;
    static const uint8_t near_call[] = {0x90, 0x90, 0xe8, 1, 2, 3, 4};
    static const uint8_t call_rax[] = {0x90, 0x90, 0x90, 0x90, 0x90, 0xff, 0xd0};
    static const uint8_t call_rbx_disp8[] = {0x90, 0x90, 0x90, 0x90, 0xff, 0x53, 0x28};
    static const uint8_t call_rip_disp32[] = {0x90, 0xff, 0x15, 1, 2, 3, 4};
    static const uint8_t call_sib_disp32[] = {0xff, 0x94, 0x24, 1, 2, 3, 4};
    assert_int_equal(judge(BT_ARCH_X64, 0x12345, near_call, 7), BT_BELIEF_CALL);
    assert_int_equal(judge(BT_ARCH_X64, 0x12345, call_rax, 7), BT_BELIEF_CALL);
    assert_int_equal(judge(BT_ARCH_X64, 0x12345, call_rbx_disp8, 7), BT_BELIEF_CALL);
    assert_int_equal(judge(BT_ARCH_X64, 0x12345, call_rip_disp32, 7), BT_BELIEF_CALL);
    assert_int_equal(judge(BT_ARCH_X64, 0x12345, call_sib_disp32, 7), BT_BELIEF_CALL);
}

static void code_that_does_not_call_is_refused(void **state)
{
    (void)state;
    static const uint8_t nops[] = {0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90};
    static const uint8_t jump_rax[] = {0x90, 0x90, 0x90, 0x90, 0x90, 0xff, 0xe0};
    assert_int_equal(judge(BT_ARCH_X64, 0x12345, nops, 7), BT_BELIEF_NONE);
    assert_int_equal(judge(BT_ARCH_X64, 0x12345, jump_rax, 7), BT_BELIEF_NONE);
}

static void without_code_an_aligned_value_is_taken_for_a_function(void **state)
{
    (void)state;
    assert_int_equal(judge(BT_ARCH_X64, 0x12345, NULL, 0), BT_BELIEF_LIKELY);
    assert_int_equal(judge(BT_ARCH_X64, 0x12340, NULL, 0), BT_BELIEF_NONE);
}

static void without_code_a_linked_address_may_be_aligned(void **state)
{
    (void)state;
    static const uint8_t nops[] = {0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90};
    struct code_memory m = {.memory = {.read_some = read_code, .is64 = true},
                            .end = 0x12340,
                            .bytes = nops,
                            .size = 7};
    crash.system.arch = BT_ARCH_X64;
    assert_int_equal(bt_linked_address_belief(&crash, NULL, 0x12340), BT_BELIEF_LIKELY);
    assert_int_equal(bt_linked_address_belief(&crash, &m.memory, 0x12340), BT_BELIEF_NONE);
    assert_int_equal(bt_linked_address_belief(&crash, NULL, 0x40000), BT_BELIEF_NONE);
}

// A page of zeros where code should be: nothing was written there.
static void blank_code_counts_as_none_for_a_linked_address(void **state)
{
    (void)state;
    static const uint8_t zeros[8] = {0};
    struct code_memory m = {.memory = {.read_some = read_code, .is64 = true},
                            .end = 0x12340,
                            .bytes = zeros,
                            .size = sizeof zeros};
    const enum bt_arch archs[] = {BT_ARCH_X86, BT_ARCH_X64, BT_ARCH_ARM64};
    for (size_t i = 0; i < BT_COUNT(archs); i++) {
        crash.system.arch = archs[i];
        assert_int_equal(bt_linked_address_belief(&crash, &m.memory, 0x12340),
                         BT_BELIEF_LIKELY);
        assert_int_equal(bt_return_address_belief(&crash, &m.memory, 0x12340), BT_BELIEF_NONE);
    }
}

static void headers_and_foreign_addresses_are_refused(void **state)
{
    (void)state;
    assert_int_equal(judge(BT_ARCH_X64, 0x10123, NULL, 0), BT_BELIEF_NONE);
    assert_int_equal(judge(BT_ARCH_X64, 0x20001, NULL, 0), BT_BELIEF_NONE);
}

static void arm64_wants_a_branch_with_link(void **state)
{
    (void)state;
    static const uint8_t bl[] = {0x10, 0x00, 0x00, 0x94};
    static const uint8_t blr_x8[] = {0x00, 0x01, 0x3f, 0xd6};
    static const uint8_t nop[] = {0x1f, 0x20, 0x03, 0xd5};
    assert_int_equal(judge(BT_ARCH_ARM64, 0x12344, bl, 4), BT_BELIEF_CALL);
    assert_int_equal(judge(BT_ARCH_ARM64, 0x12344, blr_x8, 4), BT_BELIEF_CALL);
    assert_int_equal(judge(BT_ARCH_ARM64, 0x12344, nop, 4), BT_BELIEF_NONE);
    assert_int_equal(judge(BT_ARCH_ARM64, 0x12346, NULL, 0), BT_BELIEF_NONE);
}

static void pointer_authentication_is_removed(void **state)
{
    (void)state;
    assert_int_equal(bt_code_address(BT_ARCH_ARM64, UINT64_C(0x9a36f803f3a20860)),
                     UINT64_C(0xfffff803f3a20860));
    assert_int_equal(bt_code_address(BT_ARCH_X64, UINT64_C(0x9a36f803f3a20860)),
                     UINT64_C(0x9a36f803f3a20860));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_of_call_is_believed),
        cmocka_unit_test(code_that_does_not_call_is_refused),
        cmocka_unit_test(without_code_an_aligned_value_is_taken_for_a_function),
        cmocka_unit_test(without_code_a_linked_address_may_be_aligned),
        cmocka_unit_test(blank_code_counts_as_none_for_a_linked_address),
        cmocka_unit_test(headers_and_foreign_addresses_are_refused),
        cmocka_unit_test(arm64_wants_a_branch_with_link),
        cmocka_unit_test(pointer_authentication_is_removed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
