// SPDX-License-Identifier: MIT
//
// Who is named for each frequent kind of stop, given the evidence that its real dumps hold. The
// expectation is what the vendor's servers answer for such crashes, as far as it is published.
#include "verdict/scene_fixture.h"
#include "verdict/verdict.h"

#define STORX_CODE  (STORX_BASE + 0x1abc)
#define DISK_CODE   (DISK_BASE + 0x1abc)
#define KERNEL_CODE (KERNEL_BASE + 0x1abc)
#define GONE_CODE   (GONE_BASE + 0x1abc)
#define NOWHERE     UINT64_C(0xfffff80099999990)
#define ACCESS      UINT64_C(0xffffffffc0000005)
#define P           OBJECTS_BASE

// What else the dump holds.
enum evidence {
    NOTHING,
    BYSTANDER, // a third party's return address on the stack
    FRAME,     // at P + 0x1000: trap frame of an instruction in the third party
    CONTEXT,   // at P + 0x1000: context record of the same
};

enum { RECORD = 0x1000 };

static const struct {
    uint32_t code;
    uint64_t p[4];
    enum evidence evidence;
    const char *module; // NULL: not determined
    enum bt_confidence confidence;
} rows[] = {
    // Faults with the instruction in a parameter: the module that holds it, whoever that is.
    {0x0a, {0x28, 2, 0, STORX_CODE}, NOTHING, "storx.sys", BT_CONFIDENCE_HIGH},
    {0x0a, {0x28, 2, 0, KERNEL_CODE}, BYSTANDER, "ntoskrnl.exe", BT_CONFIDENCE_LOW},
    {0xd1, {0x28, 2, 0, DISK_CODE}, BYSTANDER, "disk.sys", BT_CONFIDENCE_MEDIUM},
    {0xd1, {0, 2, 8, 0}, BYSTANDER, "storx.sys", BT_CONFIDENCE_LOW}, // call through null
    {0xd3, {STORX_CODE, 2, 0, STORX_CODE}, NOTHING, "storx.sys", BT_CONFIDENCE_HIGH},
    {0xd4, {GONE_CODE, 2, 8, GONE_CODE}, NOTHING, "gone.sys", BT_CONFIDENCE_HIGH},
    {0xce, {GONE_CODE, 8, GONE_CODE, 0}, BYSTANDER, "gone.sys", BT_CONFIDENCE_HIGH},
    {0xc5, {8, 2, 1, KERNEL_CODE}, BYSTANDER, "ntoskrnl.exe", BT_CONFIDENCE_LOW},
    {0x1e, {ACCESS, STORX_CODE, 0, 8}, NOTHING, "storx.sys", BT_CONFIDENCE_HIGH},
    {0x1e, {ACCESS, 0, 8, 0}, BYSTANDER, "storx.sys", BT_CONFIDENCE_LOW},
    {0x3b, {0xc0000005, STORX_CODE, P + RECORD, 0}, CONTEXT, "storx.sys", BT_CONFIDENCE_HIGH},
    {0x50, {P + 0x90000, 0, STORX_CODE, 2}, NOTHING, "storx.sys", BT_CONFIDENCE_HIGH},
    {0x50, {P + 0x90000, 0, KERNEL_CODE, 2}, BYSTANDER, "ntoskrnl.exe", BT_CONFIDENCE_LOW},
    {0x50, {NOWHERE, 8, NOWHERE, 2}, BYSTANDER, "storx.sys", BT_CONFIDENCE_LOW}, // bad IP
    {0x50, {P + 0x90000, 0, 0, 2}, BYSTANDER, NULL, BT_CONFIDENCE_NONE},
    {0x7e, {ACCESS, STORX_CODE, 0, 0}, NOTHING, "storx.sys", BT_CONFIDENCE_HIGH},
    {0x1000007e, {ACCESS, DISK_CODE, 0, 0}, BYSTANDER, "disk.sys", BT_CONFIDENCE_MEDIUM},
    {0x8e, {0xc0000005, STORX_CODE, 0, 0}, NOTHING, "storx.sys", BT_CONFIDENCE_HIGH},
    {0xd5, {P, 0, STORX_CODE, 0}, NOTHING, "storx.sys", BT_CONFIDENCE_HIGH},
    {0xd6, {P, 0, STORX_CODE, 0}, NOTHING, "storx.sys", BT_CONFIDENCE_HIGH},
    {0x7f, {8, P + RECORD, STACK_BASE, STORX_CODE}, FRAME, "storx.sys", BT_CONFIDENCE_HIGH},
    // Faults with a record of the registers.
    {0xbe, {P, 0x121, P + RECORD, 0xa}, FRAME, "storx.sys", BT_CONFIDENCE_MEDIUM},
    {0xbe, {P, 0x121, P + RECORD, 0xa}, NOTHING, NULL, BT_CONFIDENCE_NONE},
    {0x139, {3, P + RECORD, P, 0}, FRAME, "storx.sys", BT_CONFIDENCE_MEDIUM},
    {0xfc, {P, 0x8000, P + RECORD, 0}, FRAME, "storx.sys", BT_CONFIDENCE_MEDIUM},
    {0x24, {0x1904fb, P + 8, P + RECORD, 0}, CONTEXT, "storx.sys", BT_CONFIDENCE_MEDIUM},
    {0x24, {0x1904fb, 0, 0, 0}, BYSTANDER, NULL, BT_CONFIDENCE_NONE},
    // Graphics: the display driver, never the graphics kernel in its place.
    {0x116, {P, STORX_CODE, 0xc0000001, 4}, NOTHING, "storx.sys", BT_CONFIDENCE_HIGH},
    {0x117, {P, STORX_CODE, 0, 0}, NOTHING, "storx.sys", BT_CONFIDENCE_HIGH},
    {0x116, {P, DISK_CODE, 0, 4}, BYSTANDER, "storx.sys", BT_CONFIDENCE_LOW},
    {0x141, {P, STORX_CODE, 0, 0x3ce4}, NOTHING, "storx.sys", BT_CONFIDENCE_HIGH},
    {0xea, {P, 0, 0, 0}, BYSTANDER, "storx.sys", BT_CONFIDENCE_LOW},
    {0x119, {2, ACCESS, 0, 0}, BYSTANDER, "storx.sys", BT_CONFIDENCE_LOW},
    {0x10e, {0x33, 0, 0, 0}, BYSTANDER, "storx.sys", BT_CONFIDENCE_LOW},
    {0x113, {0x19, 0, 0, 0}, BYSTANDER, "storx.sys", BT_CONFIDENCE_LOW},
    // The stack of who asked for too much, or asked wrongly.
    {0x133, {0, 0x501, 0x500, 0}, BYSTANDER, "storx.sys", BT_CONFIDENCE_LOW},
    {0xc4, {0x62, 0, 0, 1}, BYSTANDER, "storx.sys", BT_CONFIDENCE_LOW},
    {0xc9, {0x224, STORX_CODE, P, 0}, NOTHING, "storx.sys", BT_CONFIDENCE_HIGH},
    {0xc2, {7, 0x1205, 0x4050003, P}, BYSTANDER, "storx.sys", BT_CONFIDENCE_LOW},
    {0xc1, {P, 0x1000, 0x10, 0x21}, BYSTANDER, "storx.sys", BT_CONFIDENCE_LOW},
    {0x19, {0x21, P, 0x40, 0}, BYSTANDER, "storx.sys", BT_CONFIDENCE_LOW},
    {0x44, {P, 0x1fe, 0, 0}, BYSTANDER, "storx.sys", BT_CONFIDENCE_LOW},
    {0xf7, {1, 2, ~UINT64_C(2), 0}, BYSTANDER, "storx.sys", BT_CONFIDENCE_LOW},
    {0x9f, {2, 0, 0, 0}, BYSTANDER, "storx.sys", BT_CONFIDENCE_LOW},
    {0x4e, {7, 0x1000, 1, 0}, BYSTANDER, "storx.sys", BT_CONFIDENCE_LOW},
    // Damage that was done before: whoever is on the stack only met it.
    {0xc2, {1, P, 0, 0}, BYSTANDER, NULL, BT_CONFIDENCE_NONE},
    {0x19, {0x20, P, P, 0}, BYSTANDER, NULL, BT_CONFIDENCE_NONE},
    {0x1a, {0x41792, P, 0x2000, 0}, BYSTANDER, NULL, BT_CONFIDENCE_NONE},
    {0x4e, {0x99, 0x1000, 2, 0}, BYSTANDER, NULL, BT_CONFIDENCE_NONE},
    {0x109, {1, 2, 0, 1}, BYSTANDER, NULL, BT_CONFIDENCE_NONE},
    {0x13a, {0x11, P, P, 0}, BYSTANDER, NULL, BT_CONFIDENCE_NONE},
    {0x154, {P, P, 2, 0}, BYSTANDER, NULL, BT_CONFIDENCE_NONE},
    {0xfe, {8, 6, 5, P}, BYSTANDER, NULL, BT_CONFIDENCE_NONE},
    // A timer raises these: the stack is that of whoever was interrupted.
    {0x9f, {3, P, P, P}, BYSTANDER, NULL, BT_CONFIDENCE_NONE},
    {0x9f, {4, 0x12c, P, P}, BYSTANDER, NULL, BT_CONFIDENCE_NONE},
    // Resources that others used up.
    {0xd8, {0, 5, 1, 100}, BYSTANDER, NULL, BT_CONFIDENCE_NONE},
    {0x3f, {0, 0, 0, 0}, BYSTANDER, NULL, BT_CONFIDENCE_NONE},
    // Hardware, storage, processes, requests.
    {0x124, {0, P, 0xb2000000, 0}, BYSTANDER, NULL, BT_CONFIDENCE_NONE},
    {0x101, {0x30, 0, P, 2}, BYSTANDER, NULL, BT_CONFIDENCE_NONE},
    {0x9c, {0, P, 0xb2000000, 0}, BYSTANDER, NULL, BT_CONFIDENCE_NONE},
    {0x7a, {1, 0xc000000e, 0, P}, BYSTANDER, NULL, BT_CONFIDENCE_NONE},
    {0x77, {0xc000000e, 0xc000000e, 0, 0}, BYSTANDER, NULL, BT_CONFIDENCE_NONE},
    {0x12b, {P, 4, 0, 0}, BYSTANDER, NULL, BT_CONFIDENCE_NONE},
    {0xef, {P, 0, 0, 0}, BYSTANDER, NULL, BT_CONFIDENCE_NONE},
    {0xf4, {3, P, P, P}, BYSTANDER, NULL, BT_CONFIDENCE_NONE},
    {0x7b, {P, 0xc0000034, 0, 0}, BYSTANDER, NULL, BT_CONFIDENCE_NONE},
    {0xed, {P, 0xc0000032, 0, 0}, BYSTANDER, NULL, BT_CONFIDENCE_NONE},
    {0xe2, {0, 0, 0, 0}, BYSTANDER, NULL, BT_CONFIDENCE_NONE},
    {0xc000021a, {P, 0xc0000005, 0, 0}, BYSTANDER, NULL, BT_CONFIDENCE_NONE},
    // A code that nobody knows proves nothing about the stack.
    {0x0badc0de, {1, 2, 3, 4}, BYSTANDER, NULL, BT_CONFIDENCE_NONE},
};

static void add_evidence(struct fixture *f, enum evidence evidence)
{
    const bt_va at = P + RECORD;
    switch (evidence) {
    case BYSTANDER:
        fixture_put(f, STACK_BASE + 0x100, STORX_BASE + 0x2345, 8);
        break;
    case FRAME:
        fixture_put(f, at + 0x168, STORX_CODE, 8);         // Rip
        fixture_put(f, at + 0x170, 0x10, 8);               // SegCs
        fixture_put(f, at + 0x180, STACK_BASE + 0x800, 8); // Rsp
        break;
    case CONTEXT:
        fixture_put(f, at + 0x30, 0x10001f, 4); // ContextFlags
        fixture_put(f, at + 0xf8, STORX_CODE, 8);
        fixture_put(f, at + 0x98, STACK_BASE + 0x800, 8);
        break;
    default:
        break;
    }
}

static void each_kind_of_stop_names_who_its_evidence_names(void **state)
{
    (void)state;
    unsigned wrong = 0;
    for (size_t i = 0; i < BT_COUNT(rows); i++) {
        struct fixture *f =
            fixture_new(rows[i].code, rows[i].p[0], rows[i].p[1], rows[i].p[2], rows[i].p[3]);
        struct bt_evidence_base base;
        struct bt_result r = {.kb_version = NULL};
        add_evidence(f, rows[i].evidence);
        assert_int_equal(bt_verdict_gather(&f->scene, &base, &r, NULL), BT_OK);
        assert_int_equal(bt_verdict_conclude(&f->scene, &base, &r, NULL), BT_OK);
        const char *module = r.verdict.culprit.module;
        bool same = (module == NULL) == (rows[i].module == NULL) &&
                    (module == NULL || strcmp(module, rows[i].module) == 0) &&
                    r.verdict.culprit.confidence == rows[i].confidence;
        if (!same)
            print_error("row %zu, stop 0x%x (0x%llx): %s, confidence %d, %s\n", i, rows[i].code,
                        (unsigned long long)rows[i].p[0], module != NULL ? module : "nobody",
                        (int)r.verdict.culprit.confidence, r.verdict.reason);
        wrong += !same;
        assert_non_null(r.verdict.reason);
        // Whoever was passed over is still listed.
        if (rows[i].evidence == BYSTANDER && module == NULL)
            assert_int_equal(r.verdict.candidate_count, 1);
        fixture_free(f);
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_stop_names_who_its_evidence_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
