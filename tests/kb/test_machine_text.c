// SPDX-License-Identifier: MIT
#include "kb/machine_text.h"

#include <stdio.h>

#include "test.h"

static struct bt_machine_text told;

static void read_machine(const char *text)
{
    bt_machine_text_read(text, strlen(text), &told);
}

// Systems as articles, logs and people write them, and what the notation of them is.
static const struct {
    const char *text, *system;
} systems[] = {
    {"On a computer that runs Windows Server 2003, Service Pack 1", "2003 SP1 server"},
    {"Windows Server 2003 SP1", "2003 SP1 server"},
    {"Microsoft Windows 2000 Professional SP4", "2000 SP4 workstation"},
    {"2003 SP1 x64", "2003 SP1 x64"},
    {"XP SP2", "XP SP2"},
    {"Windows 10 22H2", "10 22H2"},
    {"Windows 10 Pro, version 22H2 (OS build 19045.2311)", "10 22H2"},
    {"Windows 7 Ultimate x64 SP1", "7 SP1 x64"},
    {"Windows Server 2008 R2 Standard Service Pack 1", "2008 R2 SP1 server"},
    {"OS Name: Microsoft Windows Server 2012 R2 Standard", "2012 R2 server"},
    {"Windows 8.1", "8.1"},
    {"Windows NT Server version 4.0 SP6a", "NT 4.0 SP6 server"},
    {"NT 4.0", "NT 4.0"},
    {"Windows 11 24H2 x64", "11 24H2 x64"},
    {"Windows Server 2003 x64 Edition SP2", "2003 SP2 x64 server"},
    // The same twice, the second time with more.
    {"Windows XP\nWindows XP SP3", "XP SP3"},
    // Two systems: nobody knows which.
    {"Windows XP SP3 and Windows 7", ""},
    {"restarted on 10/11/2003 at 8 in Room 7", ""},
    {"A dump was saved in: C:\\Windows\\MEMORY.DMP.", ""},
};

static void systems_are_read_as_people_write_them(void **state)
{
    (void)state;
    unsigned wrong = 0;
    for (size_t i = 0; i < sizeof systems / sizeof systems[0]; i++) {
        read_machine(systems[i].text);
        if (strcmp(told.system, systems[i].system) == 0)
            continue;
        print_error("\"%s\" from: %s\n", told.system, systems[i].text);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

static void blue_screen_tells_where_its_module_lies(void **state)
{
    (void)state;
    read_machine("*** STOP: 0x000000D1 (0x00000000,0x00000002,0x00000000,0xF73120AE)\n"
                 "***  gv3.sys - Address F73120AE base at F7310000, DateStamp 3dd991eb\n");
    assert_int_equal(told.module_count, 1);
    assert_string_equal(told.modules[0].name, "gv3.sys");
    assert_int_equal(told.modules[0].base, 0xf7310000);
    assert_int_equal(told.modules[0].size, 0x3000);
    assert_int_equal(told.modules[0].stamp, 0x3dd991eb);
    read_machine("Address 8021ea12 has base at 80100000 - ntoskrnl.exe");
    assert_int_equal(told.modules[0].base, 0x80100000);
}

static void debugger_tells_process_module_and_system(void **state)
{
    (void)state;
    read_machine("Windows 7 Kernel Version 7601 (Service Pack 1) MP (8 procs) Free x64\n"
                 "Built by: 7601.17514.amd64fre.win7sp1_rtm.101119-1850\n"
                 "PROCESS_NAME:  svchost.exe\n"
                 "MODULE_NAME: tcpip\n\nIMAGE_NAME:  tcpip.sys\n\n"
                 "IMAGE_VERSION:  6.1.7601.17514\n"
                 "DEBUG_FLR_IMAGE_TIMESTAMP:  4ce79420\n");
    assert_string_equal(told.system, "7 SP1");
    assert_int_equal(told.build.value, 7601);
    assert_string_equal(told.architecture, "x64");
    assert_string_equal(told.process, "svchost.exe");
    assert_int_equal(told.module_count, 1);
    assert_true(told.modules[0].blamed);
    assert_string_equal(told.modules[0].version, "6.1.7601.17514");
    assert_int_equal(told.modules[0].stamp, 0x4ce79420);
}

static void words_in_place_of_a_module_are_none(void **state)
{
    (void)state;
    read_machine("MODULE_NAME: memory_corruption\nIMAGE_NAME:  memory_corruption\n");
    assert_int_equal(told.module_count, 0);
    read_machine("MODULE_NAME: nt\nIMAGE_NAME:  ntkrnlmp.exe\n");
    assert_string_equal(told.modules[0].name, "ntkrnlmp.exe");
    read_machine("What failed: tcpip.sys");
    assert_true(told.modules[0].blamed);
    read_machine("Probably caused by : RTKVHD64.sys ( RTKVHD64+5d28 )");
    assert_string_equal(told.modules[0].name, "RTKVHD64.sys");
    assert_true(told.modules[0].blamed);
}

static void error_report_tells_build_pack_and_product(void **state)
{
    (void)state;
    read_machine("BCCode : 0000008E BCP1 : C0000005 OSVer : 5_2_3790 SP : 1_0 Product : 272_3");
    assert_int_equal(told.build.value, 3790);
    assert_int_equal(told.service_pack.value, 1);
    assert_string_equal(told.product_type, "server");
    read_machine("  OS Version:\t6_1_7601\n  Service Pack:\t1_0\n  Product:\t256_1\n");
    assert_int_equal(told.build.value, 7601);
    assert_int_equal(told.service_pack.value, 1);
    assert_string_equal(told.product_type, "workstation");
    read_machine("  OS Version:\t6.1.7601.2.1.0.256.48\n");
    assert_int_equal(told.service_pack.value, 1);
}

static void versions_stand_behind_their_files(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "Tcpip.sys 5.2.3790.1830",           "the file Tcpip.sys, version 5.2.3790.1830.",
        "Tcpip.sys (version 5.2.3790.1830)", "TCPIP.SYS: file version 5.2.3790.1830",
        "tcpip.sys v5.2.3790.1830",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        read_machine(texts[i]);
        assert_int_equal(told.module_count, 1);
        assert_string_equal(told.modules[0].version, "5.2.3790.1830");
    }
    read_machine("C:\\pagefile.sys is too small; tcpip.sys 5.2");
    assert_int_equal(told.module_count, 1);
    assert_string_equal(told.modules[0].version, "");
}

static void module_list_of_a_debugger_gives_ranges(void **state)
{
    (void)state;
    read_machine("start             end                 module name\n"
                 "fffff800`03000000 fffff800`035e6000   nt       (pdb symbols)\n"
                 "fffff880`01600000 fffff880`01804000   tcpip    (deferred)\n"
                 "fffff880`01600000 fffff880`01804000\n");
    assert_int_equal(told.module_count, 2);
    assert_string_equal(told.modules[0].name, "ntoskrnl.exe");
    assert_string_equal(told.modules[1].name, "tcpip.sys");
    assert_int_equal(told.modules[1].base, 0xfffff88001600000);
    assert_int_equal(told.modules[1].size, 0x204000);
}

static void more_modules_than_fit_are_left_out(void **state)
{
    (void)state;
    static char text[64 * 300];
    size_t size = 0;
    for (unsigned i = 0; i < 300; i++)
        size += (size_t)snprintf(text + size, sizeof text - size, "driver%u.sys\n", i);
    bt_machine_text_read(text, size, &told);
    assert_int_equal(told.module_count, BT_TOLD_MODULES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(systems_are_read_as_people_write_them),
        cmocka_unit_test(blue_screen_tells_where_its_module_lies),
        cmocka_unit_test(debugger_tells_process_module_and_system),
        cmocka_unit_test(words_in_place_of_a_module_are_none),
        cmocka_unit_test(error_report_tells_build_pack_and_product),
        cmocka_unit_test(versions_stand_behind_their_files),
        cmocka_unit_test(module_list_of_a_debugger_gives_ranges),
        cmocka_unit_test(more_modules_than_fit_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
