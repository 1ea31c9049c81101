// SPDX-License-Identifier: MIT
#include "minidump_bytes.h"

static const uint64_t FIFTEEN[15] = {1, 0x10, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

// Two threads with stacks and contexts; the second one crashed. Adds the exception's own
// context where `with_context`.
static struct md_file two_threads(bool padded, bool with_exception, bool with_context)
{
    struct md_file f = md_new();
    md_system(&f, MD_X64, MD_NT, NULL);
    size_t stack = md_add64(&f, 0x1111);
    md_add64(&f, 0x2222);
    size_t context = md_context_x64(&f, 0x401000, 0x12ff00);
    size_t crashed = md_context_x64(&f, 0x7ff800001000, 0x22ff00);
    size_t list = md_add32(&f, 2);
    if (padded)
        md_add32(&f, 0);
    md_thread(&f, 0x64, 0x12ff00, stack, 8, context, 0x4d0);
    md_thread(&f, 0x68, 0x22ff00, stack + 8, 8, crashed, 0x4d0);
    md_stream_from(&f, 3, list);
    size_t own = with_context ? md_context_x64(&f, 0x402000, 0x22ff08) : 0;
    if (with_exception)
        md_exception(&f, 0x68, 0xc0000005, 0x402000, 15, FIFTEEN, own,
                     with_context ? 0x4d0 : 0);
    return f;
}

static void threads_have_registers_and_stacks(void **state)
{
    (void)state;
    for (int padded = 0; padded < 2; padded++) {
        struct md_file f = two_threads(padded != 0, true, true);
        struct md_result r = md_read_file(&f);
        assert_int_equal(r.crash->thread_count, 2);
        const struct bt_thread *t = r.crash->threads;
        assert_int_equal(t[0].id, 0x64);
        assert_int_equal(t[0].ip, 0x401000);
        assert_int_equal(t[0].sp, 0x12ff00);
        assert_int_equal(t[0].teb, 0x7ffdf000);
        assert_int_equal(t[0].suspend_count.value, 1);
        assert_int_equal(t[0].stack.start, 0x12ff00);
        assert_int_equal(t[0].stack.end, 0x12ff08);
        uint64_t word;
        assert_int_equal(bt_memory_u64(r.dump.memory, 0x22ff00, &word, NULL), BT_OK);
        assert_int_equal(word, 0x2222);
        assert_int_equal(r.crash->notes.count, 0);
        md_done(&r, &f);
    }
}

static void exception_keeps_all_fifteen_parameters(void **state)
{
    (void)state;
    struct md_file f = two_threads(false, true, true);
    struct md_result r = md_read_file(&f);
    const struct bt_exception *e = &r.crash->exception;
    assert_true(e->present);
    assert_int_equal(e->code, 0xc0000005);
    assert_int_equal(e->flags, 1);
    assert_int_equal(e->address, 0x402000);
    assert_int_equal(e->parameter_count, 15);
    assert_memory_equal(e->parameters, FIFTEEN, sizeof FIFTEEN);
    assert_false(r.crash->live);
    md_done(&r, &f);
}

// A process that dumps itself is inside its handler: the thread's own context lies.
static void exceptions_registers_win_over_the_threads(void **state)
{
    (void)state;
    struct md_file f = two_threads(false, true, true);
    struct md_result r = md_read_file(&f);
    assert_true(r.crash->crashing_thread.known);
    assert_int_equal(r.crash->crashing_thread.value, 1);
    assert_int_equal(r.crash->process.thread_id.value, 0x68);
    assert_true(r.dump.has_context);
    assert_int_equal(r.dump.context.ip, 0x402000);
    assert_int_equal(r.dump.context.sp, 0x22ff08);
    assert_int_equal(r.crash->threads[1].ip, 0x402000);
    assert_int_equal(r.dump.thread_contexts[1].ip, 0x402000);
    assert_int_equal(r.dump.thread_contexts[0].ip, 0x401000);
    assert_int_equal(r.crash->stack.start, 0x22ff00);
    md_done(&r, &f);
}

static void threads_registers_stand_in_for_the_exceptions(void **state)
{
    (void)state;
    struct md_file f = two_threads(false, true, false);
    struct md_result r = md_read_file(&f);
    assert_true(r.dump.has_context);
    assert_int_equal(r.dump.context.ip, 0x7ff800001000);
    assert_int_equal(r.crash->status, BT_READ_OK);
    md_done(&r, &f);
}

static void dump_without_exception_is_of_a_live_process(void **state)
{
    (void)state;
    struct md_file f = two_threads(false, false, false);
    struct md_result r = md_read_file(&f);
    assert_false(r.crash->exception.present);
    assert_true(r.crash->live);
    assert_false(r.crash->crashing_thread.known);
    assert_false(r.dump.has_context);
    md_done(&r, &f);
    // Breakpad says which thread asked, and which one wrote.
    f = two_threads(false, false, false);
    size_t info = md_add32(&f, 3);
    md_add32(&f, 0x64);
    md_add32(&f, 0x68);
    md_stream_from(&f, 0x47670001, info);
    r = md_read_file(&f);
    assert_int_equal(r.crash->crashing_thread.value, 1);
    assert_true(r.crash->crashing_thread.known);
    assert_true(r.crash->threads[0].wrote_dump);
    assert_int_equal(r.dump.context.ip, 0x7ff800001000);
    md_done(&r, &f);
}

static void requested_dump_is_live(void **state)
{
    (void)state;
    const uint32_t codes[] = {0xffffffff, 0x0517a7ed, 0x0cca11ed, 0x43507378};
    for (size_t i = 0; i < BT_COUNT(codes); i++) {
        struct md_file f = two_threads(false, false, false);
        md_exception(&f, 0x68, codes[i], 0, 0, NULL, 0, 0);
        struct md_result r = md_read_file(&f);
        assert_true(r.crash->live);
        assert_true(r.crash->exception.present);
        md_done(&r, &f);
    }
}

static void names_and_times_find_their_threads(void **state)
{
    (void)state;
    struct md_file f = two_threads(false, true, true);
    size_t name = md_add_string(&f, "worker");
    size_t names = md_add32(&f, 2);
    md_add32(&f, 0x68);
    md_add64(&f, name);  // unaligned: records are 12 bytes
    md_add32(&f, 0x999); // no such thread
    md_add64(&f, name);
    md_stream_from(&f, 0x18, names);
    size_t infos = md_add32(&f, 12);
    md_add32(&f, 0x40);
    md_add32(&f, 1);
    size_t record = md_add_zeros(&f, 0x40);
    md_put(&f, record, 0x64, 4);
    md_put(&f, record + 4, 2, 4); // wrote the dump
    md_put(&f, record + 0x10, UINT64_C(129014096950000000), 8);
    md_put(&f, record + 0x20, 500, 8);
    md_put(&f, record + 0x28, 700, 8);
    md_put(&f, record + 0x30, 0x401234, 8);
    md_stream_from(&f, 0x11, infos);
    struct md_result r = md_read_file(&f);
    const struct bt_thread *t = r.crash->threads;
    assert_null(t[0].name);
    assert_string_equal(t[1].name, "worker");
    assert_true(t[0].wrote_dump);
    assert_true(t[0].created.known);
    assert_int_equal(t[0].kernel_time.value, 500);
    assert_int_equal(t[0].user_time.value, 700);
    assert_int_equal(t[0].start_address, 0x401234);
    assert_false(t[1].user_time.known);
    md_done(&r, &f);
}

// Full-memory dumps of Windows leave the RVA of a stack 0: its bytes are in the memory list.
static void stack_without_offset_is_found_in_the_memory_list(void **state)
{
    (void)state;
    struct md_file f = md_new();
    md_system(&f, MD_X64, MD_NT, NULL);
    size_t context = md_context_x64(&f, 0x401000, 0x12f010);
    size_t list = md_add32(&f, 1);
    md_thread(&f, 0x64, 0x12f000, 0, 0x1000, context, 0x4d0);
    md_stream_from(&f, 3, list);
    size_t memory64 = md_add64(&f, 2);
    size_t base = md_add64(&f, 0);
    md_add64(&f, 0x7ffdf000); // the TEB first
    md_add64(&f, 0x18);
    md_add64(&f, 0x12f000);
    md_add64(&f, 0x1000);
    md_stream_from(&f, 9, memory64);
    md_put(&f, base, f.size, 8);
    md_add64(&f, 0);
    md_add64(&f, 0x130000);
    md_add64(&f, 0x12d000);
    size_t stack = md_add_zeros(&f, 0x1000);
    md_put(&f, stack + 0x10, 0xabcdef, 8);
    struct md_result r = md_read_file(&f);
    uint64_t word;
    assert_int_equal(bt_memory_u64(r.dump.memory, r.crash->threads[0].sp, &word, NULL), BT_OK);
    assert_int_equal(word, 0xabcdef);
    assert_int_equal(r.crash->threads[0].stack.base, 0x130000);
    assert_int_equal(r.crash->threads[0].stack.limit, 0x12d000);
    assert_int_equal(r.crash->notes.count, 0);
    md_done(&r, &f);
}

static void extended_thread_list_stands_in_for_the_plain_one(void **state)
{
    (void)state;
    struct md_file f = md_new();
    md_system(&f, MD_X64, MD_NT, NULL);
    size_t list = md_add32(&f, 2);
    for (unsigned i = 0; i < 2; i++) {
        md_thread(&f, 0x10 + i, 0, 0, 0, 0, 0);
        md_add_zeros(&f, 16); // backing store
    }
    md_stream_from(&f, 8, list);
    struct md_result r = md_read_file(&f);
    assert_int_equal(r.crash->thread_count, 2);
    assert_int_equal(r.crash->threads[1].id, 0x11);
    md_done(&r, &f);
}

static struct md_result read_context(struct md_file *f, size_t size)
{
    size_t context = f->size - size;
    size_t list = md_add32(f, 1);
    md_thread(f, 1, 0, 0, 0, context, (uint32_t)size);
    md_stream_from(f, 3, list);
    struct md_result r = md_read_file(f);
    assert_int_equal(r.crash->thread_count, 1);
    return r;
}

static void breakpads_own_arm_context_is_understood(void **state)
{
    (void)state;
    struct md_file f = md_new();
    md_system(&f, MD_ARM, MD_LINUX, NULL);
    md_add32(&f, 0x40000006);
    for (unsigned i = 0; i < 16; i++)
        md_add32(&f, 0x100 + i);
    md_add32(&f, 0x60000010); // cpsr
    md_add_zeros(&f, 0x170 - 0x48);
    struct md_result r = read_context(&f, 0x170);
    const struct bt_registers *c = &r.dump.thread_contexts[0];
    assert_int_equal(c->arch, BT_ARCH_ARM);
    assert_int_equal(c->ip, 0x10f);
    assert_int_equal(c->sp, 0x10d);
    assert_int_equal(c->fp, 0x10b);
    assert_int_equal(c->general[14], 0x10e);
    assert_int_equal(c->flags, 0x60000010);
    md_done(&r, &f);
}

static void breakpads_old_arm64_context_is_understood(void **state)
{
    (void)state;
    struct md_file f = md_new();
    md_system(&f, MD_ARM64_OLD, MD_LINUX, NULL);
    md_add64(&f, 0x80000006);
    for (unsigned i = 0; i < 33; i++)
        md_add64(&f, 0x1000 + i);
    md_add32(&f, 0x60000000);
    md_add_zeros(&f, 0x31c - 0x114);
    struct md_result r = read_context(&f, 0x31c);
    const struct bt_registers *c = &r.dump.thread_contexts[0];
    assert_int_equal(r.crash->system.arch, BT_ARCH_ARM64);
    assert_int_equal(c->arch, BT_ARCH_ARM64);
    assert_int_equal(c->ip, 0x1020);
    assert_int_equal(c->sp, 0x101f);
    assert_int_equal(c->fp, 0x101d);
    assert_int_equal(c->general[30], 0x101e);
    md_done(&r, &f);
}

static void context_of_another_kind_gives_no_registers(void **state)
{
    (void)state;
    struct md_file f = md_new();
    md_system(&f, MD_X64, MD_NT, NULL);
    md_add_zeros(&f, 0x4d0); // flags 0
    struct md_result r = read_context(&f, 0x4d0);
    assert_int_equal(r.dump.thread_contexts[0].arch, BT_ARCH_UNKNOWN);
    assert_int_equal(r.crash->threads[0].ip, 0);
    md_done(&r, &f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_have_registers_and_stacks),
        cmocka_unit_test(exception_keeps_all_fifteen_parameters),
        cmocka_unit_test(exceptions_registers_win_over_the_threads),
        cmocka_unit_test(threads_registers_stand_in_for_the_exceptions),
        cmocka_unit_test(dump_without_exception_is_of_a_live_process),
        cmocka_unit_test(requested_dump_is_live),
        cmocka_unit_test(names_and_times_find_their_threads),
        cmocka_unit_test(stack_without_offset_is_found_in_the_memory_list),
        cmocka_unit_test(extended_thread_list_stands_in_for_the_plain_one),
        cmocka_unit_test(breakpads_own_arm_context_is_understood),
        cmocka_unit_test(breakpads_old_arm64_context_is_understood),
        cmocka_unit_test(context_of_another_kind_gives_no_registers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
