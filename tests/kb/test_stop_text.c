// SPDX-License-Identifier: MIT
#include "kb/stop_text.h"

#include "test.h"

static struct bt_kb *kb;

static int open_kb(void **state)
{
    (void)state;
    kb = bt_kb_new();
    return kb == NULL || bt_kb_add_builtin(kb, NULL) != BT_OK;
}

static int close_kb(void **state)
{
    (void)state;
    bt_kb_free(kb);
    return 0;
}

// Each form that was counted in articles, logs and screens, with what it must be read as.
static const struct {
    const char *text;
    uint32_t code;
    unsigned count;
    uint64_t first, last; // of the parameters, where there are any
} forms[] = {
    {"STOP 0x0000000A (0x00000010, 0x00000002, 0x00000000, 0x8013D41A)", 0xa, 4, 0x10,
     0x8013d41a},
    {"*** STOP: 0x0000001E (0xC0000005,0xFBDC1234,0x00000000,0x00000008)", 0x1e, 4, 0xc0000005,
     8},
    {"STOP 0xA", 0xa, 0, 0, 0},
    {"STOP: c000021a {Fatal System Error}", 0xc000021a, 0, 0, 0},
    {"STOP 0000001e c0000005 80123456 00000000 00000004", 0x1e, 4, 0xc0000005, 4},
    {"Stop Msg: 0x0000007B (0xF2000818, 0xC0000034, 0, 0)", 0x7b, 4, 0xf2000818, 0},
    {"Stop error code 0x9F", 0x9f, 0, 0, 0},
    {"Stop 7F (0x8,0,0,0)", 0x7f, 4, 8, 0},
    {"STOP D1 (DRIVER_IRQL_NOT_LESS_OR_EQUAL)", 0xd1, 0, 0, 0},
    {"Stop error - #0x000000EF", 0xef, 0, 0, 0},
    {"STOP1E: (0xc0000005, 0x1, 0x2, 0x3)", 0x1e, 4, 0xc0000005, 3},
    {"Fatal System Error: 0x00000074", 0x74, 0, 0, 0},
    {"The computer has rebooted from a bugcheck.  The bugcheck was: 0x0000009f "
     "(0x0000000000000003, 0xffffd68fe35b8050, 0xffffd007d6287ba0, 0xffffd68fe383b8a0). "
     "A dump was saved in: C:\\Windows\\MEMORY.DMP.",
     0x9f, 4, 3, 0xffffd68fe383b8a0},
    {"0x000000D6 (parameter1, parameter2, parameter3, parameter4) "
     "DRIVER_PAGE_FAULT_BEYOND_END_OF_ALLOCATION",
     0xd6, 4, 0, 0},
    {"BCCode : 0000008E     BCP1 : C0000005     BCP2 : BF8154D7     BCP3 : B8DD9B48\n"
     "BCP4 : 00000000     OSVer : 5_2_3790     SP : 0_0     Product : 272_3",
     0x8e, 4, 0xc0000005, 0},
    {"Error code 0000000a, parameter1 00000063, parameter2 0000001c, parameter3 00000000, "
     "parameter4 804fa234.",
     0xa, 4, 0x63, 0x804fa234},
    // Wrapped near the 80th column.
    {"STOP 0x000000CC (parameter 1, parameter 2, parameter\n3, 0x4) PAGE_FAULT", 0xcc, 4, 0, 4},
    {"STOP 0x0000000A (???????? 00000002 ???????? 8013d41a)", 0xa, 4, 0, 0x8013d41a},
    {"Error code 00000093, parameter1 0000000e, parameter2 00000008, parameter3\ne340e040, "
     "parameter4 872d7971.",
     0x93, 4, 0xe, 0x872d7971},
    {"STOP: 0x0000004b 0x80000003 0xEA403EDA 0x8124D817\n0x0000003E", 0x4b, 4, 0x80000003,
     0x3e},
    {"Bugcheck code 00000109\nArguments a3a01f58`92797517 b3b72bde`e4fa7b6c "
     "00000000`c0000103 00000000`00000007",
     0x109, 4, 0xa3a01f5892797517, 7},
    {"DRIVER_IRQL_NOT_LESS_OR_EQUAL (d1)\nAn attempt was made to access memory.\n"
     "Arguments:\nArg1: 0000000000000029, memory referenced\nArg2: 0000000000000002, IRQL\n"
     "Arg3: 0000000000000000, value\nArg4: fffff800a56d1ae9, address",
     0xd1, 4, 0x29, 0xfffff800a56d1ae9},
    {"BUGCHECK_CODE:  9f\n\nBUGCHECK_P1: 3\n\nBUGCHECK_P2: ffffd68fe35b8050\n\n"
     "BUGCHECK_P3: ffffd007d6287ba0\n\nBUGCHECK_P4: ffffd68fe383b8a0\n",
     0x9f, 4, 3, 0xffffd68fe383b8a0},
    {"<Data Name=\"BugcheckCode\">159</Data><Data Name=\"BugcheckParameter1\">0x3</Data>"
     "<Data Name=\"BugcheckParameter2\">0xffffd68fe35b8050</Data>"
     "<Data Name=\"BugcheckParameter3\">0x1</Data><Data Name=\"BugcheckParameter4\">0x2</Data>",
     0x9f, 4, 3, 2},
    {"BugcheckCode 209\nBugcheckParameter1 0x29\n", 0xd1, 1, 0x29, 0x29},
    {"Stop code: MEMORY MANAGEMENT", 0x1a, 0, 0, 0},
    {"Stop code: DPC_WATCHDOG_VIOLATION (0x133)", 0x133, 0, 0, 0},
    {"STOP (0x00000050 0xe2000000 0x00000000 0x00000000 0x00000002)", 0x50, 4, 0xe2000000, 2},
    {"a STOP error message (0xA) may occur", 0xa, 0, 0, 0},
    {"a \"Stop 0x00000050\" (e1400004,0,0,2) error", 0x50, 4, 0xe1400004, 2},
    {"screen STOP Error, 0x0000001E (0xC0000005 0x800145DF 0x00000000 0x0000013C) in", 0x1e, 4,
     0xc0000005, 0x13c},
    {"STOP 0x0000000A (0x<nnnnnnnn>, 0x00000008, 0x00000000, 0x801db9ed)", 0xa, 4, 0,
     0x801db9ed},
    // Wrong digits: nine of them, seven, a doubled prefix, a letter for the zero.
    {"STOP: 0x000000094", 0x94, 0, 0, 0},
    {"STOP 0x0000077 (1, 2, 3, 4)", 0x77, 4, 1, 4},
    {"STOP 0x0x0000000A", 0xa, 0, 0, 0},
    {"STOP 0xC0000021A", 0xc000021a, 0, 0, 0},
    {"STOP: 0x0000001E (Ox14, 0, 0, 0", 0x1e, 4, 0x14, 0},
    {"STOP 0xC00021A", 0xc000021a, 0, 0, 0},
    {"STOP 0x1Ee", 0x1e, 0, 0, 0},
    {"STOP 0x00000A", 0xa, 0, 0, 0},
    {"*** STOP: 0xOOOOOO7B (0x1,0x2,0x3,0x4)", 0x7b, 4, 1, 4},
    {"*** STOP: Ox0000007B (OxFFFFF880009A97E8, OxFFFFFFFFC0000034, Ox0, Ox0)", 0x7b, 4,
     0xfffff880009a97e8, 0},
    // Names with a letter more, less or other.
    {"NO_MORE_SYSTEMS_PTES", 0x3f, 0, 0, 0},
    {"Stop error: K_MODE_EXCEPTION_NOT_HANDLED", 0x1e, 0, 0, 0},
    {"PAGE_FAULT_IN_NON_PAGED_AREA", 0x50, 0, 0, 0},
    {"Stop Code; DPC WATCHDOG VIOLATI0N", 0x133, 0, 0, 0},
    {"Stop: Unexpected_ Kernel_ Mode_ Trap", 0x7f, 0, 0, 0},
    // Screens, logs and tools.
    {"STOP\n0x0000001E\n(0xc0000005, 0x1, 0x2, 0x3)", 0x1e, 4, 0xc0000005, 3},
    {"STOP 0x7B {0xF2000818; 0xC0000034; 0; 0}", 0x7b, 4, 0xf2000818, 0},
    {"Stop 7F", 0x7f, 0, 0, 0},
    {"BlueScreen 0x0000003B", 0x3b, 0, 0, 0},
    {"BugCheck D1, {28, 2, 0, fffff880`016d1ae9}", 0xd1, 4, 0x28, 0xfffff880016d1ae9},
    {"BUGCHECK_STR:  0x133\nDEFAULT_BUCKET_ID: X", 0x133, 0, 0, 0},
    {"FAILURE_BUCKET_ID:  0x116_IMAGE_nvlddmkm.sys", 0x116, 0, 0, 0},
    {"FAILURE_BUCKET_ID:  LKD_0x141_IMAGE_nvlddmkm.sys", 0x141, 0, 0, 0},
    {"Problem Event Name:\tLiveKernelEvent\nCode:\t141\nParameter 1:\tffffb18234b4c0d0\n"
     "Parameter 2:\tfffff8079ae1bd30\nParameter 3:\t0\nParameter 4:\t3ce4\n",
     0x141, 4, 0xffffb18234b4c0d0, 0x3ce4},
    {"Bug Check String : DRIVER_POWER_STATE_FAILURE\nBug Check Code : 0x0000009f\n"
     "Parameter 1 : 00000000`00000003\nParameter 2 : ffffd68f`e35b8050\n"
     "Parameter 3 : 00000000`00000001\nParameter 4 : 00000000`00000002\n",
     0x9f, 4, 3, 2},
    {"<Data Name=\"param1\">0x0000009f (0x3, 0xffffd68fe35b8050, 0x1, 0x2)</Data>", 0x9f, 4, 3,
     2},
    {"[ BugcheckCode] 10\n[ BugcheckParameter1] 0x28", 0xa, 1, 0x28, 0x28},
    // All of event 41 in decimal, as scripts print it; one number is too long for the other.
    {"BugcheckCode: 159\nBugcheckParameter1: 3\nBugcheckParameter2: 18446708889364968448\n"
     "BugcheckParameter3: 10\nBugcheckParameter4: 16",
     0x9f, 4, 3, 16},
    // Events of every language: the numbers tell.
    {"Der Fehlercode war: 0x0000009f (0x0000000000000003, 0xffffd68fe35b8050, 0x1, 0x2). Ein "
     "Abbild wurde gespeichert.",
     0x9f, 4, 3, 2},
    {"\xe6\xa3\x80\xe6\xb5\x8b\xe9\x94\x99\xe8\xaf\xaf: 0x1000007e (0xc0000005, 0x1, 0x2, 0x3)",
     0x1000007e, 4, 0xc0000005, 3},
    {"Fehlercode 1000008e, 1. Parameter c0000005, 2. Parameter bf8a1234, 3. Parameter "
     "a1b2c3d4, 4. Parameter 00000001.",
     0x1000008e, 4, 0xc0000005, 1},
    // The event of Windows Error Reporting; "P1:" is not that of "BCP1:".
    {"Fault bucket , type 0\nEvent Name: BlueScreen\nResponse: Not available\n\nProblem "
     "signature:\nP1: 116\nP2: ffffb48be920b010\nP3: fffff8027a960a40\nP4: c0000001\nP5: 4\n",
     0x116, 4, UINT64_C(0xffffb48be920b010), 4},
    {"Problem Event Name:\tBlueScreen\n  BCCode:\t1a\n  BCP1:\t41790\n  BCP2:\t1\n  BCP3:\t2\n"
     "  BCP4:\t3\n",
     0x1a, 4, 0x41790, 3},
    // Hosts of virtual machines.
    {"failed with the following error codes: ErrorCode0: 0x9F, ErrorCode1: 0x3, ErrorCode2: "
     "0x10, ErrorCode3: 0x20, ErrorCode4: 0x30.",
     0x9f, 4, 3, 0x30},
    {"vcpu-0| W115: WinBSOD: Synthetic MSR[0x40000100] 0x7e\n"
     "vcpu-0| W115: WinBSOD: Synthetic MSR[0x40000101] 0xffffffffc0000005\n"
     "vcpu-0| W115: WinBSOD: Synthetic MSR[0x40000102] 0x1\n"
     "vcpu-0| W115: WinBSOD: Synthetic MSR[0x40000103] 0x2\n"
     "vcpu-0| W115: WinBSOD: Synthetic MSR[0x40000104] 0x3\n",
     0x7e, 4, UINT64_C(0xffffffffc0000005), 3},
    {"panic hyper-v: arg1='0xd1', arg2='0x29', arg3='0x2', arg4='0x0', arg5='0x8'", 0xd1, 4,
     0x29, 8},
    // Buckets, whose sub-code is parameter 1.
    {"0x9F_3_POWER_DOWN_RtsPer_IMAGE_pci.sys", 0x9f, 1, 3, 3},
    {"Bugcheck 0x133_ISR_nt!KeAccumulateTicks", 0x133, 1, 1, 1},
    {"LKD_0x141_Tdr:6_IMAGE_nvlddmkm.sys_Ampere", 0x141, 0, 0, 0},
    {"X64_0x7f_8_ql2300+69416", 0x7f, 1, 8, 8},
    {"0xF4_c0000005_IMAGE_csrss.exe", 0xf4, 0, 0, 0},
    // The header as a tool lists it: hexadecimal, because it is filled with zeros.
    {"BugCheckCode        00000050\nBugCheckParameter1  00000063", 0x50, 1, 0x63, 0x63},
    {"BugCheckCode        0000001e\nBugCheckParameter1  c0000005", 0x1e, 1, 0xc0000005,
     0xc0000005},
    {"0xc000021a {Fatal System Error} The initial session process terminated", 0xc000021a, 0, 0,
     0},
    {"getting BSOD 0x124 WHEA_UNCORRECTABLE_ERROR (0x0, 0x1, 0xbe000000, 0x800400)", 0x124, 4,
     0, 0x800400},
    {"BSOD 0x3b", 0x3b, 0, 0, 0},
    {"blue screen IRQL_NOT_LESS_OR_EQAUL", 0xa, 0, 0, 0},
    {"Stop code: SYSTEM SERVICE EXCEPTION What failed: win32kfull.sys", 0x3b, 0, 0, 0},
    {"KeBugCheckEx called: 0000007B (FFFFF880009A97E8,C0000034,0,1)", 0x7b, 4,
     UINT64_C(0xfffff880009a97e8), 1},
};

static void every_form_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        struct bt_stop_text found = {0};
        if (!bt_stop_text_best(kb, forms[i].text, strlen(forms[i].text), &found))
            fail_msg("nothing found in: %s", forms[i].text);
        if (found.code != forms[i].code || found.count != forms[i].count)
            fail_msg("0x%x with %u parameters in: %s", found.code, found.count, forms[i].text);
        if (found.count != 0 && (found.parameters[0] != forms[i].first ||
                                 found.parameters[found.count - 1] != forms[i].last))
            fail_msg("parameters of: %s", forms[i].text);
    }
}

static void a_second_code_goes_on_behind_or(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t codes[4];
    } cases[] = {
        {"a STOP 0x0000000A or 0x0000001E error message", {0xa, 0x1e}},
        {"STOP Messages 0x00000077 and 0x0000007A are related", {0x77, 0x7a}},
        {"STOP 0x24 (0x190201, 1, 2, 3) or 0x50 (0x1, 0, 0, 0)", {0x24, 0x50}},
        {"STOP 0xA; parameter 2 is 0x1 or 0x2", {0xa}},
        {"STOP 0xA or 12 more", {0xa}},
        {"STOP 0xA, 0x1E, and 0x50 errors", {0xa, 0x1e, 0x50}},
        {"STOP 0x0000000A, 0x0000001E or 0x00000050", {0xa, 0x1e, 0x50}},
        {"Stop 0xD1/0xA", {0xd1, 0xa}},
        {"STOP 0xA (0x1,0x2,0x3,0x4), 0x50 (0x5,0x6,0x7,0x8) and 0x1E", {0xa, 0x50, 0x1e}},
        // The arguments are those of the second.
        {"STOP 0x1E came first.\nKMODE_EXCEPTION_NOT_HANDLED (1e)\n", {0x1e, 0x1e}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bt_stop_text found;
        size_t at = 0, n = 0;
        while (bt_stop_text_next(kb, cases[i].text, strlen(cases[i].text), &at, &found)) {
            if (n >= 4 || found.code != cases[i].codes[n])
                fail_msg("0x%x in: %s", found.code, cases[i].text);
            n++;
        }
        assert_int_equal(cases[i].codes[n], 0);
    }
}

static void prose_about_stopping_is_no_stop(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "The service stopped at 10:35 after 20 minutes.",
        "Stop the server, then start it again.",
        "To stop 1A users from logging on",
        "Bug fixed in build 1381.",
        "0x80070005 was returned",
        "Non-stop 7F operation",
        "FAILURE_BUCKET_ID:  AV_foo!unknown_function",
        "the versions 00000010, 00000011, 00000012",
        "pages (0x0000001a, 0x1, 0x2) were read",
        "",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct bt_stop_text found;
        if (bt_stop_text_best(kb, texts[i], strlen(texts[i]), &found))
            fail_msg("0x%x found in: %s", found.code, texts[i]);
    }
}

static void several_codes_in_one_text_are_all_found(void **state)
{
    (void)state;
    static const char text[] =
        "STOP 0x00000024 (0x00190201,0xfc5136a4,0xfc5134e0,0x8021ea12)\n"
        "STOP 0x00000050 (0xf8ec0f4d, 0x00000000, 0x00000000, 0x00000000)\n";
    struct bt_stop_text found;
    size_t at = 0;
    assert_true(bt_stop_text_next(kb, text, strlen(text), &at, &found));
    assert_int_equal(found.code, 0x24);
    assert_true(bt_stop_text_next(kb, text, strlen(text), &at, &found));
    assert_int_equal(found.code, 0x50);
    assert_false(bt_stop_text_next(kb, text, strlen(text), &at, &found));
}

static void arguments_belong_to_the_stop_that_they_follow(void **state)
{
    (void)state;
    static const char text[] = "STOP 0x6F (SESSION3_INITIALIZATION_FAILED)\n"
                               "DRIVER_IRQL_NOT_LESS_OR_EQUAL (d1)\nArguments:\n"
                               "Arg1: 0000000000000028, memory\nArg2: 0000000000000002, IRQL\n"
                               "Arg3: 0000000000000000, read\nArg4: fffff880016d1ae9, code\n";
    struct bt_stop_text found;
    size_t at = 0;
    assert_true(bt_stop_text_next(kb, text, strlen(text), &at, &found));
    assert_int_equal(found.code, 0x6f);
    assert_int_equal(found.count, 0);
    while (bt_stop_text_next(kb, text, strlen(text), &at, &found) && found.code != 0xd1)
        continue;
    assert_int_equal(found.count, 4);
    assert_int_equal(found.parameters[0], 0x28);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_is_read),
        cmocka_unit_test(a_second_code_goes_on_behind_or),
        cmocka_unit_test(prose_about_stopping_is_no_stop),
        cmocka_unit_test(several_codes_in_one_text_are_all_found),
        cmocka_unit_test(arguments_belong_to_the_stop_that_they_follow),
    };
    return cmocka_run_group_tests(tests, open_kb, close_kb);
}
