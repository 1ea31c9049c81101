// SPDX-License-Identifier: MIT
//
// What is no dump says what it is.
#include "dump/bytes.h"

#include <stdlib.h>

#include "test.h"

static void assert_problem(const void *data, size_t size, enum bt_problem_code code,
                           const char *says)
{
    struct reading r = read_bytes(data, size);
    const struct bt_crash *c = r.dump.crash;
    assert_int_equal(c->status, BT_READ_UNREADABLE);
    assert_int_equal(c->problem.code, code);
    if (strstr(c->problem.message, says) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", c->problem.message, says);
    assert_false(c->stop.present);
    end_reading(&r);
}

static void empty_file_is_empty(void **state)
{
    (void)state;
    assert_problem("", 0, BT_PROBLEM_EMPTY, "empty");
}

static void zeros_are_told_from_a_lost_header(void **state)
{
    (void)state;
    const size_t size = 3 << 20;
    uint8_t *bytes = calloc(1, size);
    assert_non_null(bytes);
    assert_problem(bytes, 1, BT_PROBLEM_ALL_ZERO, "zeros");
    assert_problem(bytes, 286808, BT_PROBLEM_ALL_ZERO, "zeros");
    assert_problem(bytes, size, BT_PROBLEM_ALL_ZERO, "zeros");
    bytes[286807] = 1; // the last byte of the smaller file counts
    assert_problem(bytes, 286808, BT_PROBLEM_CORRUPT, "begins with zeros");
    memset(bytes + 0x100000, 0xcc, size - 0x100000);
    assert_problem(bytes, size, BT_PROBLEM_CORRUPT, "begins with zeros");
    free(bytes);
}

static void known_files_are_named(void **state)
{
    (void)state;
#define CASE(bytes, code, says) assert_problem(bytes, sizeof(bytes) - 1, code, says)
    CASE("USERDUMP\0\0\0\0", BT_PROBLEM_UNSUPPORTED, "Dr. Watson");
    CASE("hibr\0\0\0\0", BT_PROBLEM_UNSUPPORTED, "hibernation");
    CASE("WAKE\0\0\0\0", BT_PROBLEM_UNSUPPORTED, "hibernation");
    CASE("PK\x03\x04\x14\0", BT_PROBLEM_UNSUPPORTED, "ZIP");
    CASE("MSCF\0\0\0\0", BT_PROBLEM_UNSUPPORTED, "cabinet");
    CASE("7z\xbc\xaf\x27\x1c\0\4", BT_PROBLEM_UNSUPPORTED, "7-Zip");
    CASE("\x28\xb5\x2f\xfd\x04", BT_PROBLEM_UNSUPPORTED, "Zstandard");
    CASE("\xfd"
         "7zXZ\0\0\4",
         BT_PROBLEM_UNSUPPORTED, "XZ");
    CASE("\x1f\x8b\x08\0", BT_PROBLEM_UNSUPPORTED, "gzip");
    CASE("Rar!\x1a\x07\0", BT_PROBLEM_UNSUPPORTED, "RAR");
    CASE("\xff\xfeV\0e\0r\0s\0i\0o\0n\0=\0001\0", BT_PROBLEM_NOT_A_DUMP, "Error Reporting");
    CASE("MZ\x90\0\3\0\0\0", BT_PROBLEM_NOT_A_DUMP, "driver");
    CASE("Microsoft C/C++ MSF 7.00\r\n\x1a"
         "DS\0\0\0",
         BT_PROBLEM_NOT_A_DUMP, "PDB");
    CASE("ElfFile\0\0\0", BT_PROBLEM_NOT_A_DUMP, "event log");
    CASE("\x89PNG\r\n\x1a\n", BT_PROBLEM_NOT_A_DUMP, "picture");
    CASE("*** STOP: 0x0000007E\r\n", BT_PROBLEM_NOT_A_DUMP, "explain");
    CASE("PAGE 1 of 10\n", BT_PROBLEM_NOT_A_DUMP, "text");
    CASE("PAGEPAGEPAGE\0\1\2\3", BT_PROBLEM_CORRUPT, "never finished");
    CASE("\x80\x81\x82\x00\x01", BT_PROBLEM_NOT_A_DUMP, "80 81 82 00");
    CASE("\x80", BT_PROBLEM_NOT_A_DUMP, "80 00 00 00");
#undef CASE
}

static void tar_is_known_by_its_mark_inside(void **state)
{
    (void)state;
    uint8_t tar[512] = "some.dmp";
    memcpy(tar + 0x101, "ustar", 5);
    assert_problem(tar, sizeof tar, BT_PROBLEM_UNSUPPORTED, "tar");
}

static void elf_core_is_told_from_elf_program(void **state)
{
    (void)state;
    uint8_t elf[64] = "\x7f"
                      "ELF\2\1\1";
    elf[0x10] = 4;
    assert_problem(elf, sizeof elf, BT_PROBLEM_UNSUPPORTED, "elf2dmp");
    elf[0x10] = 3;
    assert_problem(elf, sizeof elf, BT_PROBLEM_NOT_A_DUMP, "ELF program");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_file_is_empty),
        cmocka_unit_test(zeros_are_told_from_a_lost_header),
        cmocka_unit_test(known_files_are_named),
        cmocka_unit_test(tar_is_known_by_its_mark_inside),
        cmocka_unit_test(elf_core_is_told_from_elf_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
