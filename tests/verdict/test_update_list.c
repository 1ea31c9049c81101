// SPDX-License-Identifier: MIT
//
// Lists as the tools print them, with names and numbers made up.
#include "verdict/update_list.h"

#include <stdlib.h>

#include "test.h"
#include "test_arena.h"

static struct bt_update_list list;

static enum bt_status parse_bytes(const char *bytes, size_t size)
{
    struct bt_span span = {.data = (const uint8_t *)bytes, .size = size};
    return bt_update_list_parse(span, arena, &list, NULL);
}

static enum bt_status parse(const char *text)
{
    return parse_bytes(text, strlen(text));
}

// The numbers that must be there, ended by 0, and no others.
static void assert_numbers(const uint32_t *numbers)
{
    size_t count = 0;
    for (; numbers[count] != 0; count++) {
        assert_true(count < list.count);
        assert_int_equal(list.updates[count].number, numbers[count]);
    }
    assert_int_equal(list.count, count);
}

#define ASSERT_NUMBERS(...) assert_numbers((const uint32_t[]){__VA_ARGS__, 0})

static const char systeminfo[] =
    "\r\n"
    "Host Name:                 SRV1\r\n"
    "OS Name:                   Microsoft Windows 7 Enterprise\r\n"
    "OS Version:                6.1.7601 Service Pack 1 Build 7601\r\n"
    "System Type:               x64-based PC\r\n"
    "Processor(s):              1 Processor(s) Installed.\r\n"
    "                           [01]: Intel64 Family 6 KB2000000\r\n"
    "BIOS Version:              Vendor 6.1.1, KB3000000\r\n"
    "Hotfix(s):                 3 Hotfix(s) Installed.\r\n"
    "                           [01]: KB2849697\r\n"
    "                           [02]: KB976932\r\n"
    "                           [03]: Q147222\r\n"
    "Network Card(s):           1 NIC(s) Installed.\r\n";

static void systeminfo_tells_updates_host_and_build(void **state)
{
    (void)state;
    assert_int_equal(parse(systeminfo), BT_OK);
    ASSERT_NUMBERS(147222, 976932, 2849697);
    assert_int_equal(list.updates[2].line, 10);
    assert_string_equal(list.form, "systeminfo");
    assert_string_equal(list.host, "SRV1");
    assert_int_equal(list.build.value, 7601);
    assert_int_equal(list.arch, BT_ARCH_X64);
}

static void systeminfo_needs_no_english(void **state)
{
    (void)state;
    // Code page 850: \x81 is u with two dots.
    assert_int_equal(
        parse("Hostname:                  PC-7\r\n"
              "Betriebssystemname:        Microsoft Windows 10 Pro\r\n"
              "Betriebssystemversion:     10.0.19045 Nicht zutreffend Build 19045\r\n"
              "Hotfix(es):                1 Hotfix(e) installiert f\x81r alle.\r\n"
              "                           [01]: KB5011048\r\n"),
        BT_OK);
    ASSERT_NUMBERS(5011048);
    assert_string_equal(list.host, "PC-7");
    assert_int_equal(list.build.value, 19045);
}

static void systeminfo_without_updates_is_an_empty_list(void **state)
{
    (void)state;
    assert_int_equal(parse("Host Name: A\nOS Name: B\n"
                           "OS Version: 5.2.3790 Service Pack 2 Build 3790\nHotfix(s): N/A\n"),
                     BT_OK);
    assert_int_equal(list.count, 0);
}

static void systeminfo_as_csv(void **state)
{
    (void)state;
    assert_int_equal(
        parse(
            "\"Host Name\",\"OS Name\",\"OS Version\",\"System Type\",\"Hotfix(s)\"\r\n"
            "\"SRV2\",\"Microsoft Windows Server 2008\",\"6.0.6002 Service Pack 2 Build 6002\","
            "\"X86-based PC\",\"2 Hotfix(s) Installed.,[01]: KB955430,[02]: KB977153\"\r\n"),
        BT_OK);
    ASSERT_NUMBERS(955430, 977153);
    assert_string_equal(list.host, "SRV2");
    assert_int_equal(list.build.value, 6002);
    assert_int_equal(list.arch, BT_ARCH_X86);
}

// A wide copy of an ASCII text, with a mark or without.
static enum bt_status parse_wide(const char *text, const char *mark, bool big)
{
    size_t size = strlen(text), at = strlen(mark);
    char *bytes = calloc(1, 2 * size + at + 2);
    assert_non_null(bytes);
    memcpy(bytes, mark, at);
    for (size_t i = 0; i < size; i++)
        bytes[at + 2 * i + big] = text[i];
    enum bt_status status = parse_bytes(bytes, at + 2 * size);
    free(bytes);
    return status;
}

static void every_encoding_reads_the_same(void **state)
{
    (void)state;
    assert_int_equal(parse_wide(systeminfo + 2, "\xff\xfe", false), BT_OK);
    ASSERT_NUMBERS(147222, 976932, 2849697);
    assert_int_equal(parse_wide(systeminfo + 2, "\xfe\xff", true), BT_OK);
    ASSERT_NUMBERS(147222, 976932, 2849697);
    assert_int_equal(parse_wide(systeminfo + 2, "", false), BT_OK);
    ASSERT_NUMBERS(147222, 976932, 2849697);
    assert_string_equal(list.host, "SRV1");
}

static void wmic_table(void **state)
{
    (void)state;
    assert_int_equal(
        parse("Caption                                     CSName  Description      "
              "FixComments  HotFixID   InstallDate  InstalledBy          InstalledOn  "
              "\r\r\n"
              "http://support.microsoft.com/?kbid=2849697  SRV1    Update           "
              "             KB2849697               SRV1\\KB1111111       3/15/2013    "
              "\r\r\n"
              "http://support.microsoft.com/?kbid=976932   SRV1    Service Pack     "
              "             KB976932                SRV1\\Administrator   11/21/2010   "
              "\r\r\n"),
        BT_OK);
    ASSERT_NUMBERS(976932, 2849697);
    assert_string_equal(list.host, "SRV1");
}

static void wmic_list_and_csv(void **state)
{
    (void)state;
    assert_int_equal(
        parse("\r\n\r\nCaption=http://support.microsoft.com/?kbid=2849697\r\n"
              "Description=Fixes KB1000000\r\nHotFixID=KB2849697\r\nCSName=SRV1\r\n"
              "\r\nHotFixID=KB976932\r\n"),
        BT_OK);
    ASSERT_NUMBERS(976932, 2849697);
    assert_string_equal(list.host, "SRV1");
    assert_int_equal(parse("\r\nNode,Caption,Description,HotFixID,InstalledOn\r\n"
                           "SRV3,http://support/?kbid=1,KB1000000,KB2849697,3/15/2013\r\n"),
                     BT_OK);
    ASSERT_NUMBERS(2849697);
    assert_string_equal(list.host, "SRV3");
}

static void get_hotfix_table_list_and_csv(void **state)
{
    (void)state;
    // The accent takes two bytes and one column.
    assert_int_equal(
        parse(
            "\xef\xbb\xbf\nSource        Description      HotFixID      InstalledBy     "
            "     InstalledOn\n"
            "------        -----------      --------      -----------          -----------\n"
            "SRV1          Mise \xc3\xa0 jour      KB5011048     AUTORITE NT\\Syst\xc3\xa8me   "
            "01/02/2023 00:00:00\n"
            "SRV1          Security Update  KB5012170     NT AUTHORITY\\SYSTEM  8/9/2022\n"),
        BT_OK);
    ASSERT_NUMBERS(5011048, 5012170);
    assert_string_equal(list.host, "SRV1");
    assert_int_equal(parse("\nPSComputerName      : SRV1\nDescription         : Update\n"
                           "HotFixID            : KB5011048\nInstalledOn         : 1/2/2023\n"),
                     BT_OK);
    ASSERT_NUMBERS(5011048);
    assert_int_equal(parse("#TYPE System.Management.ManagementObject\n"
                           "\"PSComputerName\",\"Description\",\"HotFixID\",\"InstalledOn\"\n"
                           "\"SRV4\",\"Update, KB1000000\",\"KB5011048\",\"1/2/2023\"\n"),
                     BT_OK);
    ASSERT_NUMBERS(5011048);
    assert_string_equal(list.host, "SRV4");
}

static void dism_counts_what_is_in_place(void **state)
{
    (void)state;
    assert_int_equal(
        parse("Deployment Image Servicing and Management tool\nVersion: 6.1.7600.16385\n\n"
              "Image Version: 6.1.7601.18489\n\nPackages listing:\n\n"
              "Package Identity : "
              "Microsoft-Windows-Foundation-Package~31bf~amd64~~6.1.7601.17514\n"
              "State : Installed\nRelease Type : Foundation\n\n"
              "Package Identity : Package_for_KB2479943~31bf3856ad364e35~amd64~~6.1.1.0\n"
              "State : Installed\nRelease Type : Security Update\n\n"
              "Package Identity : "
              "Package_2_for_KB976932_SP1~31bf3856ad364e35~amd64~~6.1.1.17514\n"
              "State : Superseded\n\n"
              "Package Identity : Package_for_KB2534111~31bf3856ad364e35~amd64~~6.1.1.0\n"
              "State : Staged\n"),
        BT_OK);
    ASSERT_NUMBERS(976932, 2479943);
    assert_int_equal(list.build.value, 7601);
}

static void dism_learns_the_word_for_installed(void **state)
{
    (void)state;
    assert_int_equal(
        parse("Paketidentit\x84t : Microsoft-Windows-Foundation-Package~31bf~amd64~~10.0.1\n"
              "Status : Installiert\n"
              "Paketidentit\x84t : Package_for_KB2479943~31bf3856ad364e35~amd64~~6.1.1.0\n"
              "Status : Installiert\n"
              "Paketidentit\x84t : Package_for_KB2534111~31bf3856ad364e35~amd64~~6.1.1.0\n"
              "Status : Bereitgestellt\n"),
        BT_OK);
    ASSERT_NUMBERS(2479943);
}

static void dism_table(void **state)
{
    (void)state;
    assert_int_equal(
        parse("Package Identity                                        | State     | Type\n"
              "------------------------------------------------------- | --------- | ----\n"
              "Package_for_KB2479943~31bf3856ad364e35~amd64~~6.1.1.0   | Installed | Update\n"
              "Package_for_KB2534111~31bf3856ad364e35~amd64~~6.1.1.0   | Staged    | Update\n"),
        BT_OK);
    ASSERT_NUMBERS(2479943);
}

static void msinfo_cells_that_are_updates(void **state)
{
    (void)state;
    assert_int_equal(
        parse_wide(
            "<?xml version=\"1.0\"?>\r\n<MsInfo>\r\n<Category name=\"System Summary\">\r\n"
            "<Data>\r\n<Item><![CDATA[Version]]></Item>\r\n"
            "<Value><![CDATA[6.1.7601 Service Pack 1 Build 7601]]></Value>\r\n</Data>\r\n"
            "<Data>\r\n<Item><![CDATA[System Name]]></Item><Value><![CDATA[SRV5]]></Value>"
            "\r\n</Data>\r\n<Data><Value><![CDATA[KB2849697]]></Value></Data>\r\n"
            "<Data><Value><![CDATA[see KB1000000]]></Value></Data>\r\n",
            "\xff\xfe", false),
        BT_OK);
    ASSERT_NUMBERS(2849697);
    assert_string_equal(list.host, "SRV5");
    assert_int_equal(list.build.value, 7601);
}

static void what_names_no_updates_is_no_list(void **state)
{
    (void)state;
    assert_int_equal(parse("<Item><![CDATA[Version]]></Item>"
                           "<Value><![CDATA[6.1.7601 Service Pack 1 Build 7601]]></Value>\n"),
                     BT_ABSENT);
    assert_int_equal(
        parse("Description  HotFixID  InstalledOn\nUpdate       none      1/2/2023\n"),
        BT_ABSENT);
}

static void prose_is_no_list(void **state)
{
    (void)state;
    assert_int_equal(parse("We installed KB2849697 and KB976932.\nHotFixID was unknown.\n"
                           "Note: KB123456 helps\n"),
                     BT_ABSENT);
    assert_int_equal(parse(""), BT_ABSENT);
}

static void list_of_another_machine_is_refused(void **state)
{
    (void)state;
    struct bt_crash *crash = calloc(1, sizeof *crash);
    assert_non_null(crash);
    assert_int_equal(parse(systeminfo), BT_OK);
    assert_null(bt_update_list_refuse(&list, crash));
    crash->system.build = bt_some32(7601);
    crash->system.arch = BT_ARCH_X64;
    assert_null(bt_update_list_refuse(&list, crash));
    crash->system.arch = BT_ARCH_X86;
    assert_non_null(bt_update_list_refuse(&list, crash));
    crash->system.arch = BT_ARCH_X64;
    crash->system.build.value = 6002;
    assert_non_null(bt_update_list_refuse(&list, crash));
    // The dump of 22H2 says 19041.
    list.build.value = 19045;
    crash->system.build.value = 19041;
    assert_null(bt_update_list_refuse(&list, crash));
    // Names that a program attached.
    static const struct {
        const char *listed, *told;
        bool same;
    } hosts[] = {
        {"SRV1", "srv1", true},
        {"SRV1", "srv1.example.org", true},
        {"A-NAME-THAT-IS-LONG", "A-NAME-THAT-IS-", true},
        {"SRV1", "SRV10", false},
        {"SRV1", "other", false},
        {"SRV1", "", true},
    };
    struct bt_annotation annotation = {.key = "HostName"};
    crash->annotations = &annotation;
    crash->annotation_count = 1;
    for (size_t i = 0; i < BT_COUNT(hosts); i++) {
        list.host = hosts[i].listed;
        annotation.value = hosts[i].told;
        assert_int_equal(bt_update_list_refuse(&list, crash) == NULL, hosts[i].same);
    }
    list.host = NULL;
    assert_null(bt_update_list_refuse(&list, crash));
    free(crash);
}

static void every_cut_and_flipped_byte_ends(void **state)
{
    (void)state;
    char copy[sizeof systeminfo];
    for (size_t size = 0; size < sizeof systeminfo; size++) {
        memcpy(copy, systeminfo, sizeof copy);
        copy[size] ^= 0x5a;
        (void)!parse_bytes(systeminfo, size);
        (void)!parse_bytes(copy, sizeof copy);
        bt_arena_free(arena);
        arena = bt_arena_new(BT_LIMIT_ARENA);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        TEST(systeminfo_tells_updates_host_and_build),
        TEST(systeminfo_needs_no_english),
        TEST(systeminfo_without_updates_is_an_empty_list),
        TEST(systeminfo_as_csv),
        TEST(every_encoding_reads_the_same),
        TEST(wmic_table),
        TEST(wmic_list_and_csv),
        TEST(get_hotfix_table_list_and_csv),
        TEST(dism_counts_what_is_in_place),
        TEST(dism_learns_the_word_for_installed),
        TEST(dism_table),
        TEST(msinfo_cells_that_are_updates),
        TEST(what_names_no_updates_is_no_list),
        TEST(prose_is_no_list),
        TEST(list_of_another_machine_is_refused),
        TEST(every_cut_and_flipped_byte_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
