// SPDX-License-Identifier: MIT
//
// One case for each tier of docs/verdict.md, and the cases where nobody is to be named.
#include "verdict/culprit.h"

#include <stdio.h>

#include "verdict/fault.h"
#include "verdict/scene_fixture.h"
#include "verdict/verdict.h"

static void judge(struct fixture *f, struct bt_result *result)
{
    struct bt_evidence_base base;
    memset(result, 0, sizeof *result);
    assert_int_equal(bt_verdict_gather(&f->scene, &base, result, NULL), BT_OK);
    assert_int_equal(bt_verdict_conclude(&f->scene, &base, result, NULL), BT_OK);
}

static void check(struct fixture *f, const char *module, const char *method,
                  enum bt_confidence confidence)
{
    struct bt_result r;
    judge(f, &r);
    if (module == NULL) {
        assert_null(r.verdict.culprit.module);
        assert_non_null(r.verdict.reason);
    } else {
        assert_non_null(r.verdict.culprit.module);
        assert_string_equal(r.verdict.culprit.module, module);
        assert_string_equal(r.verdict.culprit.method, method);
        assert_int_equal(r.verdict.culprit.confidence, confidence);
    }
    fixture_free(f);
}

static void name_that_the_kernel_wrote_wins(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(0xd1, 0x28, 2, 0, STORX_BASE + 0x1abc);
    f->crash.broken_driver = "named.sys";
    check(f, "named.sys", "broken-driver", BT_CONFIDENCE_HIGH);
}

static void instruction_in_a_third_party_is_high(void **state)
{
    (void)state;
    check(fixture_new(0xd1, 0x28, 2, 0, STORX_BASE + 0x1abc), "storx.sys", "parameter",
          BT_CONFIDENCE_HIGH);
}

static void driver_without_a_name_is_not_blamed(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(0xd1, 0x28, 2, 0, STORX_BASE + 0x1abc);
    struct bt_result r;
    f->modules[2].nameless = true;
    judge(f, &r);
    assert_null(r.verdict.culprit.module);
    assert_non_null(strstr(r.verdict.reason, "whose name cannot be read"));
    assert_string_equal(r.signature.group, "g1:0x000000d1:-:-");
    fixture_free(f);
}

static void image_that_a_tool_took_is_like_no_crash(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(0x5454414d, 0x4e4f4f4d, 0x534c4f53, 0, 0);
    struct bt_result r;
    f->crash.generated_by_tool = true;
    judge(f, &r);
    assert_null(r.verdict.culprit.module);
    assert_null(r.signature.group);
    assert_null(r.signature.wer_report_folder);
    fixture_free(f);
}

static void instruction_in_windows_code_is_said_and_stays(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(0xd1, 0x28, 2, 0, DISK_BASE + 0x1abc);
    fixture_put(f, STACK_BASE + 0x100, STORX_BASE + 0x2345, 8); // a bystander
    struct bt_result r;
    judge(f, &r);
    assert_string_equal(r.verdict.culprit.module, "disk.sys");
    assert_int_equal(r.verdict.culprit.confidence, BT_CONFIDENCE_MEDIUM);
    assert_int_equal(r.verdict.candidate_count, 1);
    assert_string_equal(r.verdict.candidates[0].module, "storx.sys");
    fixture_free(f);
}

static void instruction_in_the_kernel_is_low(void **state)
{
    (void)state;
    check(fixture_new(0x0a, 0x28, 2, 0, KERNEL_BASE + 0x1abc), "ntoskrnl.exe", "parameter",
          BT_CONFIDENCE_LOW);
}

// The kernel fails two calls deep; `function` is the innermost one.
static const char *blame_unwound(const char *function, bool other_stack, enum bt_trust trust)
{
    static char name[32];
    const bt_va ip = KERNEL_BASE + 0x1abc;
    struct fixture *f = fixture_new(0x0a, 0x28, 2, 0, ip);
    struct bt_frame frames[] = {
        {.address = ip, .function = function, .module = &f->modules[0]},
        {.address = KERNEL_BASE + 0x2345, .trust = BT_TRUST_CFI, .module = &f->modules[0]},
        {.address = STORX_BASE + 0x103e,
         .trust = trust,
         .module = &f->modules[2],
         .other_stack = other_stack},
    };
    const struct bt_walks walks = {0};
    struct bt_verdict verdict;
    struct bt_fault fault;
    frames[0].trust = BT_TRUST_CONTEXT;
    f->crash.frames = frames;
    f->crash.frame_count = BT_COUNT(frames);
    assert_int_equal(bt_fault_find(&f->scene, &fault, NULL), BT_OK);
    assert_int_equal(bt_culprit_decide(&f->scene, &fault, &walks, &verdict, NULL), BT_OK);
    assert_non_null(verdict.culprit.module);
    if (strcmp(verdict.culprit.module, "storx.sys") == 0) {
        assert_string_equal(verdict.culprit.method, "caller");
        assert_int_equal(verdict.culprit.confidence, BT_CONFIDENCE_MEDIUM);
    }
    snprintf(name, sizeof name, "%s", verdict.culprit.module);
    fixture_free(f);
    return name;
}

static void third_party_that_called_the_kernel_is_named_where_it_is_sure(void **state)
{
    (void)state;
    assert_string_equal(blame_unwound("RtlRbInsertNodeEx", false, BT_TRUST_CFI), "storx.sys");
    assert_string_equal(blame_unwound(NULL, false, BT_TRUST_CFI), "storx.sys");
    // Damaged pool is met by whoever comes next, an interrupted thread has nothing to do with
    // it, and a scan finds what returned long ago.
    assert_string_equal(blame_unwound("ExFreePoolWithTag", false, BT_TRUST_CFI),
                        "ntoskrnl.exe");
    assert_string_equal(blame_unwound(NULL, true, BT_TRUST_CFI), "ntoskrnl.exe");
    assert_string_equal(blame_unwound(NULL, false, BT_TRUST_SCAN), "ntoskrnl.exe");
}

static void memory_of_an_unloaded_driver_that_windows_touched_names_it(void **state)
{
    (void)state;
    check(fixture_new(0xd4, GONE_BASE + 0x1abc, 2, 0, KERNEL_BASE + 0x1abc), "gone.sys",
          "parameter", BT_CONFIDENCE_MEDIUM);
    // A third party that touches it is the one that failed.
    check(fixture_new(0xd1, GONE_BASE + 0x1abc, 2, 0, STORX_BASE + 0x1abc), "storx.sys",
          "parameter", BT_CONFIDENCE_HIGH);
}

static void instruction_where_a_driver_was_names_it(void **state)
{
    (void)state;
    check(fixture_new(0xce, GONE_BASE + 0x1abc, 8, GONE_BASE + 0x1abc, 0), "gone.sys",
          "parameter", BT_CONFIDENCE_HIGH);
}

static void driver_that_calls_for_the_stop_itself_is_high(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(0xa0000001, 5, 0, 0, 0);
    fixture_put(f, STACK_BASE, STORX_BASE + 0x2783e, 8);
    check(f, "storx.sys", "bugcheck-caller", BT_CONFIDENCE_HIGH);
}

// A memory dump's context lies behind the call, in a function that the kernel calls to halt:
// the arguments are still in their registers. The unwound stack tells who called.
static void driver_behind_the_halting_kernel_is_found_on_the_stack(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(0x24, 0x190201, 0, 0, 0);
    struct bt_frame frames[] = {
        {.address = f->context.ip, .trust = BT_TRUST_CONTEXT, .module = &f->modules[0]},
        {.address = KERNEL_BASE + 0x1047,
         .trust = BT_TRUST_CFI,
         .module = &f->modules[0],
         .function = "KeBugCheckEx"},
        {.address = STORX_BASE + 0x103e, .trust = BT_TRUST_CFI, .module = &f->modules[2]},
    };
    const struct bt_walks walks = {0};
    struct bt_verdict verdict;
    struct bt_fault fault;
    f->crash.format = BT_FORMAT_KERNEL_FULL;
    f->context.general[1] = 0x24;
    f->context.general[2] = 0x190201;
    f->context.valid |= 1u << 1 | 1u << 2 | 1u << 8 | 1u << 9;
    f->crash.frames = frames;
    f->crash.frame_count = BT_COUNT(frames);
    assert_int_equal(bt_fault_find(&f->scene, &fault, NULL), BT_OK);
    assert_int_equal(bt_culprit_decide(&f->scene, &fault, &walks, &verdict, NULL), BT_OK);
    assert_non_null(verdict.culprit.module);
    assert_string_equal(verdict.culprit.module, "storx.sys");
    assert_string_equal(verdict.culprit.method, "bugcheck-caller");
    fixture_free(f);
}

// A trap frame on the stack whose instruction lies nowhere: the caller is at its stack pointer.
static void jump_into_nowhere_names_the_caller(void **state)
{
    (void)state;
    const bt_va nowhere = UINT64_C(0xfffff80099999990);
    struct fixture *f = fixture_new(0xd1, nowhere, 2, 8, nowhere);
    bt_va frame = STACK_BASE + 0x400;
    fixture_put(f, frame + 0x168, nowhere, 8);            // Rip
    fixture_put(f, frame + 0x170, 0x10, 8);               // SegCs
    fixture_put(f, frame + 0x180, STACK_BASE + 0x800, 8); // Rsp
    fixture_put(f, frame + 0x188, 0x18, 8);               // SegSs
    fixture_put(f, STACK_BASE + 0x800, STORX_BASE + 0x1235, 8);
    check(f, "storx.sys", "wild-jump-caller", BT_CONFIDENCE_MEDIUM);
}

static void third_party_on_the_stack_is_a_guess(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(0xea, OBJECTS_BASE, 0, 0, 0);
    fixture_put(f, STACK_BASE + 0x100, STORX_BASE + 0x2345, 8);
    check(f, "storx.sys", "stack-scan", BT_CONFIDENCE_LOW);
    f = fixture_new(0xea, OBJECTS_BASE, 0, 0, 0);
    for (unsigned i = 0; i < 3; i++)
        fixture_put(f, STACK_BASE + 0x100 + 64 * i, STORX_BASE + 0x2345 + 0x111 * i, 8);
    check(f, "storx.sys", "stack-scan", BT_CONFIDENCE_MEDIUM);
}

static void hardware_blames_no_driver(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(0x124, 0, OBJECTS_BASE, 0xb2000000, 0x00070f0f);
    fixture_put(f, STACK_BASE + 0x100, STORX_BASE + 0x2345, 8);
    struct bt_result r;
    judge(f, &r);
    assert_null(r.verdict.culprit.module);
    assert_non_null(strstr(r.verdict.reason, "hardware"));
    // The bystander is listed, and the machine check is put into words.
    assert_int_equal(r.verdict.candidate_count, 1);
    assert_int_equal(r.object_count, 1);
    assert_non_null(strstr(r.objects[0].text, "uncorrected: bus and interconnect"));
    fixture_free(f);
}

static void no_evidence_gives_no_culprit(void **state)
{
    (void)state;
    check(fixture_new(0x1a, 0x41792, OBJECTS_BASE, 0x2000000000, 0), NULL, NULL,
          BT_CONFIDENCE_NONE);
    struct fixture *f = fixture_new(0x5454414d, 0x4e4f4f4d, 0x534c4f53, 0, 0);
    f->crash.generated_by_tool = true;
    fixture_put(f, STACK_BASE + 0x100, STORX_BASE + 0x2345, 8);
    check(f, NULL, NULL, BT_CONFIDENCE_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(name_that_the_kernel_wrote_wins),
        cmocka_unit_test(instruction_in_a_third_party_is_high),
        cmocka_unit_test(driver_without_a_name_is_not_blamed),
        cmocka_unit_test(image_that_a_tool_took_is_like_no_crash),
        cmocka_unit_test(instruction_in_windows_code_is_said_and_stays),
        cmocka_unit_test(instruction_in_the_kernel_is_low),
        cmocka_unit_test(third_party_that_called_the_kernel_is_named_where_it_is_sure),
        cmocka_unit_test(memory_of_an_unloaded_driver_that_windows_touched_names_it),
        cmocka_unit_test(instruction_where_a_driver_was_names_it),
        cmocka_unit_test(driver_that_calls_for_the_stop_itself_is_high),
        cmocka_unit_test(driver_behind_the_halting_kernel_is_found_on_the_stack),
        cmocka_unit_test(jump_into_nowhere_names_the_caller),
        cmocka_unit_test(third_party_on_the_stack_is_a_guess),
        cmocka_unit_test(hardware_blames_no_driver),
        cmocka_unit_test(no_evidence_gives_no_culprit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
