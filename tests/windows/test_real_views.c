// SPDX-License-Identifier: MIT
//
// What the windows room says about real dumps, compared with what others know of them: the
// process that a debugger names, the thread that a stop code points to, and the end of the
// stack that the dump itself holds. BUGTRIAGE_REAL_DUMPS names the folder that has the dumps;
// without it the test is skipped.
#include "windows/kernel_view.h"

#include <stdio.h>
#include <stdlib.h>

#include "dump/dump.h"

#include "test.h"

struct opened {
    struct bt_source *source;
    struct bt_arena *arena;
    struct bt_dump dump;
};

static bool open_and_describe(const char *name, struct opened *ret)
{
    const char *folder = getenv("BUGTRIAGE_REAL_DUMPS");
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder != NULL ? folder : "", name);
    if (folder == NULL || bt_source_open(path, &ret->source, NULL) != BT_OK)
        return false;
    ret->arena = bt_arena_new(BT_LIMIT_ARENA);
    assert_int_equal(bt_dump_read(ret->source, ret->arena, &ret->dump, NULL), BT_OK);
    const struct bt_kernel_parts *kernel = &ret->dump.kernel;
    const struct bt_kernel_input input = {.memory = ret->dump.memory,
                                          .debugger_data = kernel->debugger_data,
                                          .loaded_modules = kernel->loaded_modules,
                                          .debugger_bytes = kernel->debugger_bytes,
                                          .prcb = kernel->prcb,
                                          .process = kernel->process,
                                          .thread = kernel->thread};
    assert_int_equal(bt_windows_describe(&input, ret->arena, ret->dump.crash, NULL), BT_OK);
    return true;
}

static void close_opened(struct opened *o)
{
    bt_source_close(o->source);
    bt_arena_free(o->arena);
}

static void process_is_the_one_that_a_debugger_names(void **state)
{
    (void)state;
    struct opened o;
    if (!open_and_describe("eolaruhagen-minidump-diagnostics-tool__083125-14875-01.dmp", &o))
        skip();
    assert_string_equal(o.dump.crash->process.name, "notmyfault64.e");
    close_opened(&o);
}

static void thread_is_the_one_that_the_stop_points_to(void **state)
{
    (void)state;
    struct opened o;
    if (!open_and_describe("CriticalRocket-DriverProblems__111417-76578-01.dmp", &o))
        skip();
    assert_int_equal(o.dump.crash->stop.code, 0xea); // parameter 1: the stuck thread
    assert_true(o.dump.crash->process.thread_object == o.dump.crash->stop.parameters[0]);
    assert_string_equal(o.dump.crash->process.name, "System");
    assert_int_equal(o.dump.crash->process.pid.value, 4);
    assert_int_equal(o.dump.crash->system.revision.value, 18821);
    close_opened(&o);
}

static void stack_of_the_dump_ends_at_the_base_of_the_threads(void **state)
{
    static const char *const names[] = {
        "CriticalRocket-DriverProblems__111417-58375-01.dmp",
        "NoamHuang-dell__040124-5515-01.dmp",
        "r-Techsupport-training_bsods__3b_0.dmp",
        "r-Techsupport-training_bsods__d1.dmp",
        "rizinorg-rizin-testbins__triage_arm64.dmp",
    };
    (void)state;
    size_t seen = 0;
    for (size_t i = 0; i < BT_COUNT(names); i++) {
        struct opened o;
        if (!open_and_describe(names[i], &o))
            continue;
        const struct bt_crash *c = o.dump.crash;
        assert_true(c->stack.base != 0 && c->stack.base == c->stack.end);
        assert_true(c->stack.start > c->stack.limit);
        assert_true(c->process.pid.known && c->process.thread_id.known && c->processor.known);
        assert_non_null(c->process.name);
        // The copy of the thread is found at its own address.
        bt_va base = 0;
        assert_int_equal(
            bt_memory_pointer(o.dump.memory, c->process.thread_object + 0x38, &base, NULL),
            BT_OK);
        assert_true(base == c->stack.base);
        close_opened(&o);
        seen++;
    }
    if (seen == 0)
        skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(process_is_the_one_that_a_debugger_names),
        cmocka_unit_test(thread_is_the_one_that_the_stop_points_to),
        cmocka_unit_test(stack_of_the_dump_ends_at_the_base_of_the_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
