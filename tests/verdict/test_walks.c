// SPDX-License-Identifier: MIT
#include "verdict/fault.h"
#include "verdict/scene_fixture.h"
#include "verdict/verdict.h"
#include "verdict/walks.h"

#define PDO       (OBJECTS_BASE + 0x0000)
#define FDO       (OBJECTS_BASE + 0x0200)
#define STORX     (OBJECTS_BASE + 0x0600)
#define DISK      (OBJECTS_BASE + 0x0800)
#define NAMES     (OBJECTS_BASE + 0x0a00)
#define IRP       (OBJECTS_BASE + 0x1000)
#define LOCATION  (OBJECTS_BASE + 0x1200)
#define EXTENSION (OBJECTS_BASE + 0x1400)

// Offsets of wdm.h for 64-bit Windows.
static void put_device(struct fixture *f, bt_va va, bt_va driver, bt_va attached,
                       bt_va extension)
{
    fixture_put(f, va, 3, 2);
    fixture_put(f, va + 0x08, driver, 8);
    fixture_put(f, va + 0x18, attached, 8);
    fixture_put(f, va + 0x138, extension, 8);
}

static void put_driver(struct fixture *f, bt_va va, bt_va start, bt_va name_at,
                       const char *name)
{
    fixture_put(f, va, 4, 2);
    fixture_put(f, va + 0x18, start, 8);
    fixture_put(f, va + 0x20, 0x20000, 4);
    fixture_put(f, va + 0x38, 2 * strlen(name), 2);
    fixture_put(f, va + 0x3a, 2 * strlen(name) + 2, 2);
    fixture_put(f, va + 0x40, name_at, 8);
    for (size_t i = 0; name[i] != '\0'; i++)
        fixture_put(f, name_at + 2 * i, (uint8_t)name[i], 2);
}

// disk.sys holds a power IRP in a stack whose physical device is storx.sys's.
static struct fixture *power_failure(void)
{
    struct fixture *f = fixture_new(0x9f, 3, PDO, 0, IRP);
    put_device(f, PDO, STORX, FDO, EXTENSION);
    put_device(f, FDO, DISK, 0, EXTENSION + 0x40);
    fixture_put(f, EXTENSION + 0x08, PDO, 8);
    fixture_put(f, EXTENSION + 0x48, FDO, 8);
    fixture_put(f, EXTENSION + 0x70, PDO, 8); // AttachedTo
    put_driver(f, STORX, STORX_BASE, NAMES, "\\Driver\\storx");
    put_driver(f, DISK, DISK_BASE, NAMES + 0x100, "\\Driver\\disk");
    fixture_put(f, IRP, 6, 2);
    fixture_put(f, IRP + 0x42, 5, 1);
    fixture_put(f, IRP + 0x43, 3, 1);
    fixture_put(f, IRP + 0xb8, LOCATION, 8);
    fixture_put(f, LOCATION, 0x16, 1);
    fixture_put(f, LOCATION + 1, 0x02, 1);
    fixture_put(f, LOCATION + 0x28, FDO, 8);
    return f;
}

static void held_irp_leads_to_the_driver_below(void **state)
{
    (void)state;
    struct fixture *f = power_failure();
    struct bt_walks w;
    assert_int_equal(bt_walks_open(&f->scene, &w, NULL), BT_OK);
    assert_int_equal(w.count, 2);
    assert_string_equal(w.facts[0].text,
                        "IRP_MJ_POWER IRP_MN_SET_POWER, stack location 3 of 5, "
                        "held by \\Driver\\disk (disk.sys)");
    assert_string_equal(w.facts[1].text,
                        "\\Driver\\disk (disk.sys) > \\Driver\\storx (storx.sys)");
    assert_ptr_equal(w.suspect, &f->modules[2]);
    assert_true(w.suspect_is_third_party);
    fixture_free(f);
}

static void device_stack_that_turns_in_a_circle_ends(void **state)
{
    (void)state;
    struct fixture *f = power_failure();
    fixture_put(f, FDO + 0x18, PDO, 8);
    fixture_put(f, PDO + 0x18, FDO, 8);
    struct bt_walks w;
    assert_int_equal(bt_walks_open(&f->scene, &w, NULL), BT_OK);
    fixture_free(f);
}

static void objects_of_another_type_are_left_alone(void **state)
{
    (void)state;
    struct fixture *f = power_failure();
    fixture_put(f, IRP, 3, 2);
    fixture_put(f, PDO, 6, 2);
    struct bt_walks w;
    assert_int_equal(bt_walks_open(&f->scene, &w, NULL), BT_OK);
    assert_int_equal(w.count, 0);
    assert_null(w.suspect);
    fixture_free(f);
}

static void every_object_missing_from_the_dump_is_survived(void **state)
{
    (void)state;
    for (size_t from = 0; from < AREA_SIZE; from += 0x100) {
        struct fixture *f = power_failure();
        memset(f->bytes + AREA_SIZE + from, 0xff, AREA_SIZE - from);
        struct bt_walks w;
        assert_int_equal(bt_walks_open(&f->scene, &w, NULL), BT_OK);
        fixture_free(f);
    }
}

static void held_power_request_has_the_bucket_of_the_debugger(void **state)
{
    (void)state;
    struct fixture *f = power_failure();
    struct bt_evidence_base base;
    struct bt_result r = {.kb_version = NULL};
    assert_int_equal(bt_verdict_gather(&f->scene, &base, &r, NULL), BT_OK);
    assert_int_equal(bt_verdict_conclude(&f->scene, &base, &r, NULL), BT_OK);
    assert_string_equal(r.signature.failure_bucket_id, "0x9F_3_disk_IMAGE_storx.sys");
    fixture_free(f);
}

static void put_text(struct fixture *f, bt_va va, const char *text)
{
    for (size_t i = 0; i <= strlen(text); i++)
        fixture_put(f, va + i, (uint8_t)text[i], 1);
}

static void names_are_read_in_each_form(void **state)
{
    (void)state;
    struct bt_walks w;
    // A counted UTF-16 name of a driver, with and without its ending.
    struct fixture *f = fixture_new(0xd8, OBJECTS_BASE, 10, 1, 100);
    for (size_t i = 0; i < 5; i++)
        fixture_put(f, OBJECTS_BASE + 0x400 + 2 * i, (uint8_t) "storx"[i], 2);
    fixture_put(f, OBJECTS_BASE, 10, 2);
    fixture_put(f, OBJECTS_BASE + 2, 12, 2);
    fixture_put(f, OBJECTS_BASE + 8, OBJECTS_BASE + 0x400, 8);
    assert_int_equal(bt_walks_open(&f->scene, &w, NULL), BT_OK);
    assert_string_equal(w.facts[0].text, "storx");
    assert_ptr_equal(w.suspect, &f->modules[2]);
    fixture_free(f);
    // Plain characters: the process of 0xF4.
    f = fixture_new(0xf4, 3, 0, OBJECTS_BASE + 0x100, OBJECTS_BASE + 0x200);
    put_text(f, OBJECTS_BASE + 0x100, "csrss.exe");
    put_text(f, OBJECTS_BASE + 0x200, "Terminating critical process");
    assert_int_equal(bt_walks_open(&f->scene, &w, NULL), BT_OK);
    assert_int_equal(w.count, 2);
    assert_string_equal(w.facts[0].text, "csrss.exe");
    assert_null(w.suspect);
    fixture_free(f);
    // Binary rubbish is no name.
    f = fixture_new(0xd8, OBJECTS_BASE + 0x100, 10, 1, 100);
    fixture_put(f, OBJECTS_BASE + 0x100, 0x8180ff7f01020304, 8);
    assert_int_equal(bt_walks_open(&f->scene, &w, NULL), BT_OK);
    assert_int_equal(w.count, 0);
    fixture_free(f);
}

// The block of the watchdog, and what the control block of the processor leads to.
static struct fixture *watchdog(uint64_t p1, struct bt_kernel_input *kernel, uint8_t *prcb,
                                size_t prcb_size)
{
    enum { PROFILE_AT = 0x40 };
    const bt_va block = OBJECTS_BASE + 0x100, samples = OBJECTS_BASE + 0x800;
    struct fixture *f = p1 == 1 ? fixture_new(0x133, 1, 0x1e00, block, 0)
                                : fixture_new(0x133, 0, 0x501, 0x500, block);
    fixture_put(f, block, 0xaebecede, 4);
    fixture_put(f, block + 4, 1, 2);
    fixture_put(f, block + 6, 0x10, 2);
    fixture_put(f, block + 8, PROFILE_AT, 2);
    fixture_put(f, block + 0xc, 8 * 8, 4);
    memset(prcb, 0, prcb_size);
    for (unsigned i = 0; i < 8; i++)
        prcb[PROFILE_AT + i] = (uint8_t)(samples >> (8 * i));
    const bt_va code[8] = {KERNEL_BASE + 0x1235,
                           STORX_BASE + 0x1235,
                           STORX_BASE + 0x2345,
                           DISK_BASE + 0x1235,
                           DISK_BASE + 0x1236,
                           DISK_BASE + 0x1237,
                           0x1234,
                           STACK_BASE};
    for (unsigned i = 0; i < 8; i++)
        fixture_put(f, samples + 8 * i, code[i], 8);
    *kernel = (struct bt_kernel_input){.memory = f->scene.memory,
                                       .prcb = {.data = prcb, .size = prcb_size}};
    f->scene.kernel = kernel;
    return f;
}

static void samples_of_the_watchdog_are_counted(void **state)
{
    (void)state;
    struct bt_walks w;
    struct bt_kernel_input kernel;
    uint8_t prcb[0x80];
    struct fixture *f = watchdog(1, &kernel, prcb, sizeof prcb);
    assert_int_equal(bt_walks_open(&f->scene, &w, NULL), BT_OK);
    assert_int_equal(w.count, 1);
    assert_string_equal(w.facts[0].text,
                        "samples show disk.sys 3, storx.sys 2, ntoskrnl.exe 1");
    assert_ptr_equal(w.suspect, &f->modules[2]);
    assert_int_equal(w.suspect_confidence, BT_CONFIDENCE_MEDIUM);
    // Another signature is another structure.
    fixture_put(f, OBJECTS_BASE + 0x100, 0xaebecedf, 4);
    assert_int_equal(bt_walks_open(&f->scene, &w, NULL), BT_OK);
    assert_int_equal(w.count, 0);
    fixture_free(f);
    // A single long DPC is the one on the stack; the samples are only a hint.
    f = watchdog(0, &kernel, prcb, sizeof prcb);
    assert_int_equal(bt_walks_open(&f->scene, &w, NULL), BT_OK);
    assert_null(w.suspect);
    assert_ptr_equal(w.bystander, &f->modules[2]);
    fixture_free(f);
}

// x86: the processor wrote the registers of the task that failed into its segment.
static void double_fault_of_x86_is_read_from_its_task_state(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(0x7f, 8, OBJECTS_BASE, 0, 0);
    f->crash.system.arch = BT_ARCH_X86;
    assert_int_equal(bt_explain_stop(&f->scene, &f->stop, NULL), BT_OK);
    fixture_put(f, OBJECTS_BASE + 0x08, 0x10, 2);       // ss0
    fixture_put(f, OBJECTS_BASE + 0x20, 0xf7a01234, 4); // eip
    fixture_put(f, OBJECTS_BASE + 0x38, 0xf7900010, 4); // esp
    fixture_put(f, OBJECTS_BASE + 0x4c, 0x08, 2);       // cs
    struct bt_fault fault;
    assert_int_equal(bt_fault_find(&f->scene, &fault, NULL), BT_OK);
    assert_true(fault.has_registers);
    assert_int_equal(fault.ip, 0xf7a01234);
    assert_int_equal(fault.registers.sp, 0xf7900010);
    assert_string_equal(fault.where, "task state (parameter 2)");
    // Another code segment is no task of the kernel.
    fixture_put(f, OBJECTS_BASE + 0x4c, 0x1b, 2);
    assert_int_equal(bt_fault_find(&f->scene, &fault, NULL), BT_OK);
    assert_false(fault.has_registers);
    fixture_free(f);
}

static void call_that_stops_is_known_by_its_arguments(void **state)
{
    (void)state;
    // A memory dump: nothing says where the stack begins.
    struct fixture *f = fixture_new(0xa0000001, 5, 0, 0, 0);
    struct bt_fault fault;
    f->crash.format = BT_FORMAT_KERNEL_FULL;
    f->crash.stack = (struct bt_stack_memory){0};
    fixture_put(f, STACK_BASE, STORX_BASE + 0x1235, 8);
    assert_int_equal(bt_fault_find(&f->scene, &fault, NULL), BT_OK);
    assert_false(fault.has_caller);
    f->context.valid = 0xffff;
    f->context.general[1] = 0xa0000001;
    f->context.general[2] = 5;
    assert_int_equal(bt_fault_find(&f->scene, &fault, NULL), BT_OK);
    assert_true(fault.has_caller);
    assert_int_equal(fault.caller, STORX_BASE + 0x1235);
    // Zeros fit anything.
    f->context.general[1] = 0;
    f->context.general[2] = 0;
    assert_int_equal(bt_fault_find(&f->scene, &fault, NULL), BT_OK);
    assert_false(fault.has_caller);
    fixture_free(f);
}

static void stack_pointer_of_a_double_fault_is_enough_to_walk_from(void **state)
{
    (void)state;
    struct fixture *f =
        fixture_new(0x7f, 8, OBJECTS_BASE + 0x9000, STACK_BASE + 0x800, DISK_BASE + 0x1abc);
    struct bt_fault fault;
    assert_int_equal(bt_fault_find(&f->scene, &fault, NULL), BT_OK);
    assert_true(fault.has_registers);
    assert_int_equal(fault.registers.sp, STACK_BASE + 0x800);
    fixture_free(f);
}

// Builds 19041 to 19045 keep CurrentThread at 8, Cid at 0x478, the process at 0xb8 and its id
// and name at 0x440 and 0x5a8, by published symbols.
static void processor_that_hangs_tells_what_it_runs(void **state)
{
    (void)state;
    const bt_va thread = OBJECTS_BASE + 0x1000, process = OBJECTS_BASE + 0x2000;
    struct bt_walks w;
    struct fixture *f = fixture_new(0x101, 0x30, 0, OBJECTS_BASE + 0x100, 2);
    fixture_put(f, OBJECTS_BASE + 0x108, thread, 8);
    fixture_put(f, thread + 0x478, 412, 8);
    fixture_put(f, thread + 0x480, 3328, 8);
    fixture_put(f, thread + 0xb8, process, 8);
    fixture_put(f, process + 0x440, 412, 8);
    put_text(f, process + 0x5a8, "chrome.exe");
    assert_int_equal(bt_walks_open(&f->scene, &w, NULL), BT_OK);
    assert_int_equal(w.count, 1);
    assert_string_equal(w.facts[0].label, "processor");
    assert_string_equal(w.facts[0].text, "runs thread 3328 of chrome.exe (412)");
    assert_null(w.suspect);
    // A thread that is not in the dump is not told.
    fixture_put(f, OBJECTS_BASE + 0x108, UINT64_C(0xffffe00099990000), 8);
    assert_int_equal(bt_walks_open(&f->scene, &w, NULL), BT_OK);
    assert_int_equal(w.count, 0);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(held_irp_leads_to_the_driver_below),
        cmocka_unit_test(device_stack_that_turns_in_a_circle_ends),
        cmocka_unit_test(objects_of_another_type_are_left_alone),
        cmocka_unit_test(every_object_missing_from_the_dump_is_survived),
        cmocka_unit_test(held_power_request_has_the_bucket_of_the_debugger),
        cmocka_unit_test(names_are_read_in_each_form),
        cmocka_unit_test(samples_of_the_watchdog_are_counted),
        cmocka_unit_test(double_fault_of_x86_is_read_from_its_task_state),
        cmocka_unit_test(call_that_stops_is_known_by_its_arguments),
        cmocka_unit_test(processor_that_hangs_tells_what_it_runs),
        cmocka_unit_test(stack_pointer_of_a_double_fault_is_enough_to_walk_from),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
