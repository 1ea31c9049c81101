// SPDX-License-Identifier: MIT
//
// What the pipeline makes of inputs that are no dumps, and of stops without a dump. Whole dumps
// are in tests/golden.
#include "triage/triage.h"

#include "kb/kb.h"

#include "test.h"

static struct bt_kb *kb;
static struct bt_triage *triage;

static int load(void **state)
{
    (void)state;
    kb = bt_kb_new();
    return kb == NULL || bt_kb_add_builtin(kb, NULL) != BT_OK;
}

static int unload(void **state)
{
    (void)state;
    bt_kb_free(kb);
    return 0;
}

static int finish(void **state)
{
    (void)state;
    bt_triage_free(triage);
    triage = NULL;
    return 0;
}

static void triage_bytes(const char *bytes, size_t size)
{
    assert_int_equal(bt_triage_bytes(kb, bytes, size, "name", NULL, &triage, NULL), BT_OK);
}

static void empty_input_has_a_result_and_no_verdict(void **state)
{
    (void)state;
    triage_bytes("", 0);
    assert_string_equal(bt_triage_status(triage), "unreadable");
    assert_non_null(bt_triage_problem(triage));
    assert_null(bt_triage_culprit(triage));
    assert_int_equal(bt_triage_article_count(triage), 0);
    assert_null(bt_triage_article(triage, 0, NULL));
    uint32_t code = 77;
    assert_false(bt_triage_stop_code(triage, &code));
    assert_int_equal(code, 77);
    assert_int_equal(bt_triage_result(triage)->crash->problem.code, BT_PROBLEM_EMPTY);
    assert_string_equal(bt_triage_result(triage)->input.path, "name");
}

static void text_is_no_dump(void **state)
{
    (void)state;
    triage_bytes("hello, world\n", 13);
    assert_int_equal(bt_triage_result(triage)->crash->problem.code, BT_PROBLEM_NOT_A_DUMP);
    assert_int_equal(bt_triage_result(triage)->input.size, 13);
}

static void missing_file_is_an_unreadable_input(void **state)
{
    (void)state;
    assert_int_equal(bt_triage_file(kb, "/no/such/file", NULL, &triage, NULL), BT_OK);
    assert_int_equal(bt_triage_result(triage)->crash->problem.code, BT_PROBLEM_IO);
    assert_string_equal(bt_triage_status(triage), "unreadable");
}

static void hash_is_there_on_request(void **state)
{
    (void)state;
    const struct bt_triage_options options = {.hash = true};
    assert_int_equal(bt_triage_bytes(kb, "abc", 3, "name", &options, &triage, NULL), BT_OK);
    // FIPS 180: SHA-256 of "abc".
    assert_string_equal(bt_triage_result(triage)->input.sha256,
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void stop_of_a_small_dump_loses_its_flag(void **state)
{
    (void)state;
    const struct bt_stop_question question = {.code = 0x1000007e, .parameter_count = 0};
    uint32_t code;
    assert_int_equal(bt_triage_stop(kb, &question, &triage, NULL), BT_OK);
    assert_true(bt_triage_stop_code(triage, &code));
    assert_int_equal(code, 0x7e);
    assert_string_equal(bt_triage_stop_name(triage), "SYSTEM_THREAD_EXCEPTION_NOT_HANDLED");
    assert_int_equal(bt_triage_result(triage)->crash->stop.raw, 0x1000007e);
    assert_null(bt_triage_result(triage)->input.path);
}

static void machine_of_a_stop_gets_its_name_from_the_build(void **state)
{
    (void)state;
    const struct bt_stop_question question = {
        .code = 0xa, .architecture = "amd64", .build = 6002};
    assert_int_equal(bt_triage_stop(kb, &question, &triage, NULL), BT_OK);
    const struct bt_system *system = &bt_triage_result(triage)->crash->system;
    assert_int_equal(system->arch, BT_ARCH_X64);
    assert_string_equal(system->version, "6.0.6002");
    assert_true(system->service_pack.known);
    assert_int_equal(system->service_pack.value, 2);
}

static void wrong_question_is_refused(void **state)
{
    (void)state;
    struct bt_error err;
    const struct bt_stop_question arch = {.code = 0xa, .architecture = "z80"};
    assert_int_equal(bt_triage_stop(kb, &arch, &triage, &err), BT_E_SYNTAX);
    assert_non_null(strstr(err.message, "z80"));
    const struct bt_stop_question many = {.code = 0xa, .parameter_count = 5};
    assert_int_equal(bt_triage_stop(kb, &many, &triage, NULL), BT_E_SYNTAX);
    assert_null(triage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(empty_input_has_a_result_and_no_verdict, finish),
        cmocka_unit_test_teardown(text_is_no_dump, finish),
        cmocka_unit_test_teardown(missing_file_is_an_unreadable_input, finish),
        cmocka_unit_test_teardown(hash_is_there_on_request, finish),
        cmocka_unit_test_teardown(stop_of_a_small_dump_loses_its_flag, finish),
        cmocka_unit_test_teardown(machine_of_a_stop_gets_its_name_from_the_build, finish),
        cmocka_unit_test_teardown(wrong_question_is_refused, finish),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
