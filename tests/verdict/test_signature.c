// SPDX-License-Identifier: MIT
#include "verdict/signature.h"

#include "test.h"
#include "test_arena.h"


// Pairs as debuggers of 2015 to 2026 printed them in public logs.
static void failure_id_hashes_equal_published_ones(void **state)
{
    (void)state;
    static const struct {
        enum bt_bucket_domain domain;
        const char *bucket, *hash;
    } pairs[] = {
        {BT_BUCKET_KERNEL, "AV_OVSExt!OvsWaitEventIoctl",
         "07550bfb-c3b5-0412-b95d-f89a5c4671a9"},
        {BT_BUCKET_KERNEL, "X64_0x7f_8_ql2300+69416", "0f9ebaaf-2e04-8097-fea0-1da0b10cd026"},
        {BT_BUCKET_KERNEL, "0x5A_c0000428_IMAGE_filecrypt.sys",
         "35f25777-b01e-70a1-c502-f690dab6cb3a"},
        {BT_BUCKET_KERNEL, "AV_myfault!unknown_function",
         "9745090a-9bce-ccba-c096-ca6e9ca04c64"},
        {BT_BUCKET_KERNEL, "0x139_3_CORRUPT_LIST_ENTRY_nt!KiFastFailDispatch",
         "3aede96a-54dd-40d6-d4cb-2a161a843851"},
        {BT_BUCKET_KERNEL, "MEMORY_CORRUPTION_LARGE", "e29154ac-69a4-0eb8-172a-a860f73c0a3c"},
        {BT_BUCKET_KERNEL, "0x116_IMAGE_nvlddmkm.sys", "c89bfe8c-ed39-f658-ef27-f2898997fdbd"},
        {BT_BUCKET_KERNEL, "0x9F_3_RtsPer_IMAGE_pci.sys",
         "ce555a86-e2a6-4bdd-cc96-f64b1a03e85a"},
        {BT_BUCKET_KERNEL, "0x133_DPC_gwdrv!unknown_function",
         "229a5753-87e5-3d87-e2b9-50836a10c652"},
        {BT_BUCKET_KERNEL, "AV_R_(null)_win32kbase!WmsgpConnect",
         "ece26be9-101a-e2cf-72a9-a92359219248"},
        {BT_BUCKET_KERNEL, "RAISED_IRQL_FAULT_notmyfault64.e_nt!KiSystemServiceExitPico",
         "417877c2-a27e-c86e-f30c-fc40cd36253a"},
        {BT_BUCKET_USER, "INVALID_POINTER_WRITE_c0000005_OpenConsole.exe!WriteCharsLegacy",
         "4b340304-ea48-c33c-9072-a8a7230f1e65"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        const char *hash = NULL;
        assert_int_equal(
            bt_failure_id_hash(pairs[i].bucket, pairs[i].domain, arena, &hash, NULL), BT_OK);
        assert_string_equal(hash, pairs[i].hash);
    }
}

static void report_folders_equal_published_ones(void **state)
{
    (void)state;
    static const struct {
        struct bt_wer_key key;
        const char *folder;
    } rows[] = {
        {{.code = 0x141,
          .parameters = {0xffffb18234b4c0d0, 0xfffff8079ae1bd30, 0, 0x3ce4},
          .major = 10,
          .build = 22621,
          .suite_mask = 784,
          .product_type = 1},
         "Kernel_141_f8e70fc8bccd42118c270df6066743b4f21abad"},
        {{.code = 0x50,
          .parameters = {0xfffff801013caad3, 0x10, 0xfffff8017ba5f4a1, 2},
          .major = 10,
          .build = 28000,
          .suite_mask = 272,
          .product_type = 1},
         "Kernel_50_2cb4c1fdbf1914ff6c71fb1880c0cacbef79dd2"},
        {{.code = 0xa0000001,
          .parameters = {5, 0, 0, 0},
          .major = 6,
          .minor = 3,
          .build = 9600,
          .suite_mask = 784,
          .product_type = 1},
         "Kernel_a0000001_ee9675be27e3eaaa54bea4246a282528cd3534d"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *folder = NULL;
        assert_int_equal(bt_wer_report_folder(&rows[i].key, arena, &folder, NULL), BT_OK);
        assert_string_equal(folder, rows[i].folder);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failure_id_hashes_equal_published_ones),
        cmocka_unit_test(report_folders_equal_published_ones),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
