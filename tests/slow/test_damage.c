// SPDX-License-Identifier: MIT
//
// Damage in bulk: a dump cut at every 512 bytes, and with every single bit of its first 12 KiB
// flipped, still gives a record each time. In a sanitizer build this is also the proof that no
// count, offset or length there is believed.
//
// Some of the flips are tried by default; BUGTRIAGE_SLOW=full in the environment tries them
// all. BUGTRIAGE_REAL_DUMPS may name a folder of real kernel dumps, which are cut in the same
// way.
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include <bugtriage/kb.h>
#include <bugtriage/report.h>
#include <bugtriage/triage.h>

#include "json_check.h"
#include "mk_build.h"

#include "test.h"

enum {
    CUT_STEP = 512,
    FLIPPED_BYTES = 12 * 1024,
    FLIP_SAMPLE =
        23, // every 23rd bit: no multiple of 8, so that all bits of a byte have a turn
    REAL_DUMPS = 3,
    REAL_SIZE_MAX = 4 << 20,
};

static struct bt_kb *kb;

static bool is_full(void)
{
    const char *mode = getenv("BUGTRIAGE_SLOW");
    return mode != NULL && strcmp(mode, "full") == 0;
}

// One input, in a block of exactly its size; its record as text and as JSON.
static void expect_record(const uint8_t *data, size_t size, const char *what, size_t at)
{
    struct bt_triage *triage = NULL;
    struct bt_error err = {0};
    char *json = NULL, *text = NULL;
    size_t json_size = 0;
    uint8_t *copy = malloc(size > 0 ? size : 1);
    assert_non_null(copy);
    memcpy(copy, data, size);
    if (bt_triage_bytes(kb, copy, size, "damaged.dmp", NULL, &triage, &err) != BT_OK)
        fail_msg("%s %zu: %s", what, at, err.message);
    assert_int_equal(
        bt_report_make(triage, BT_REPORT_FORMAT_JSON, NULL, &json, &json_size, &err), BT_OK);
    assert_int_equal(bt_report_make(triage, BT_REPORT_FORMAT_TEXT, NULL, &text, NULL, &err),
                     BT_OK);
    if (!json_is_well_formed(json, json_size) || *text == '\0')
        fail_msg("%s %zu: the record is no JSON: %s", what, at, json);
    if (strcmp(bt_triage_status(triage), "ok") != 0 && bt_triage_problem(triage) == NULL)
        fail_msg("%s %zu: status '%s' without a reason", what, at, bt_triage_status(triage));
    bt_report_free(json);
    bt_report_free(text);
    bt_triage_free(triage);
    free(copy);
}

static void cut_everywhere(const uint8_t *data, size_t size)
{
    for (size_t length = 0; length < size; length += CUT_STEP)
        expect_record(data, length, "cut at", length);
}

static void flip_bits(uint8_t *data, size_t size)
{
    size_t bits = 8 * (size < FLIPPED_BYTES ? size : (size_t)FLIPPED_BYTES);
    for (size_t bit = 0; bit < bits; bit += is_full() ? 1 : FLIP_SAMPLE) {
        data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        expect_record(data, size, "bit", bit);
        data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

// The descriptions that are damaged: one for each width of pointers and each writer.
static const char *const descriptions[] = {
    "kb977153-unfixed",
    "layout-w10-x64",
    "layout-xp-x86",
};

static void build_case(const char *name, struct mk_dump *ret)
{
    char path[1024];
    struct bt_error err = {0};
    snprintf(path, sizeof path, "%s/%s/in.mk", GOLDEN_FOLDER, name);
    if (mk_build_file(path, ret, &err) != BT_OK)
        fail_msg("%s", err.message);
}

static void cut_dump_gives_a_record_at_every_length(void **state)
{
    (void)state;
    for (size_t i = 0; i < BT_COUNT(descriptions); i++) {
        struct mk_dump dump;
        build_case(descriptions[i], &dump);
        cut_everywhere((const uint8_t *)dump.file.data, dump.file.size);
        mk_dump_fini(&dump);
    }
}

static void flipped_bit_gives_a_record_wherever_it_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < BT_COUNT(descriptions); i++) {
        struct mk_dump dump;
        build_case(descriptions[i], &dump);
        flip_bits((uint8_t *)dump.file.data, dump.file.size);
        mk_dump_fini(&dump);
    }
}

static bool cut_file(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(REAL_SIZE_MAX);
    if (file == NULL || data == NULL)
        fail_msg("%s cannot be read", path);
    size_t size = fread(data, 1, REAL_SIZE_MAX, file);
    bool fits = size > 0 && size < REAL_SIZE_MAX;
    fclose(file);
    if (fits)
        cut_everywhere(data, size);
    free(data);
    return fits;
}

static void cut_real_dump_gives_a_record_at_every_length(void **state)
{
    (void)state;
    const char *folder = getenv("BUGTRIAGE_REAL_DUMPS");
    DIR *entries = folder != NULL ? opendir(folder) : NULL;
    struct dirent *entry;
    int done = 0;
    if (entries == NULL) {
        print_message("BUGTRIAGE_REAL_DUMPS names no folder of real dumps: skipped\n");
        skip();
    }
    while ((entry = readdir(entries)) != NULL && (is_full() || done < REAL_DUMPS)) {
        if (entry->d_name[0] != '.')
            done += cut_file(folder, entry->d_name);
    }
    closedir(entries);
    assert_true(done > 0);
}

static int load_knowledge(void **state)
{
    (void)state;
    kb = bt_kb_new();
    return kb != NULL && bt_kb_add_builtin(kb, NULL) == BT_OK ? 0 : -1;
}

static int free_knowledge(void **state)
{
    (void)state;
    bt_kb_free(kb);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_dump_gives_a_record_at_every_length),
        cmocka_unit_test(flipped_bit_gives_a_record_wherever_it_is),
        cmocka_unit_test(cut_real_dump_gives_a_record_at_every_length),
    };
    return cmocka_run_group_tests(tests, load_knowledge, free_knowledge);
}
