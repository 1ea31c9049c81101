// SPDX-License-Identifier: MIT
//
// That the knowledge of stop codes is complete: by count always, and row by row against lists
// of the published codes and values where the folder BUGTRIAGE_FACTS holds them.
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "kb/kb.h"
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

static void all_codes_are_named_and_the_documented_ones_say_something(void **state)
{
    (void)state;
    struct bt_kb_stop stop;
    size_t stops = 0, said = 0, values = 0;
    for (uint64_t at = 0; bt_kb_stop_next(kb, &at, &stop);) {
        assert_non_null(stop.name);
        stops++;
        said += stop.says != NULL;
        values += stop.values.count;
    }
    // 425 documented codes, 125 that only the header knows, and two that tools write.
    assert_true(stops >= 552);
    assert_true(said >= 427);
    assert_true(values >= 1390);
}

static FILE *open_facts(const char *name)
{
    char path[1024];
    const char *folder = getenv("BUGTRIAGE_FACTS");
    if (folder == NULL)
        return NULL;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return fopen(path, "r");
}

// Splits a line at its tabs in place; missing fields are empty.
static void split(char *line, char *fields[], size_t count)
{
    line[strcspn(line, "\r\n")] = '\0';
    for (size_t i = 0; i < count; i++) {
        fields[i] = line;
        line += strcspn(line, "\t");
        if (*line == '\t')
            *line++ = '\0';
    }
}

static uint32_t parse_code(const char *text)
{
    uint64_t value = 0;
    assert_true(bt_parse_u64(text, strlen(text), &value) && value <= UINT32_MAX);
    return (uint32_t)value;
}

static void every_listed_code_is_known(void **state)
{
    (void)state;
    static const char *const lists[] = {"bugchecks.tsv", "bugcodes_undocumented.tsv"};
    for (size_t i = 0; i < 2; i++) {
        FILE *f = open_facts(lists[i]);
        if (f == NULL)
            skip(); // BUGTRIAGE_FACTS names no folder with the lists
        char line[4096];
        char *fields[2];
        struct bt_kb_stop stop;
        assert_non_null(fgets(line, sizeof line, f));
        while (fgets(line, sizeof line, f) != NULL) {
            split(line, fields, 2);
            if (!bt_kb_stop_find(kb, parse_code(fields[0]), &stop))
                fail_msg("%s %s is not known", fields[0], fields[1]);
        }
        fclose(f);
    }
}

// Rows of the list that are no values: the numbers of parameters and list items of a page,
// which the extraction took for values.
static bool is_artefact(uint32_t code, const char *key)
{
    static const uint32_t numbered[] = {0xc8,  0x126, 0x14a, 0x14f, 0x15c, 0x178, 0x190, 0x195,
                                        0x197, 0x198, 0x19b, 0x19c, 0x19d, 0x1e1, 0xbff};
    for (size_t i = 0; i < sizeof numbered / sizeof numbered[0]; i++) {
        if (numbered[i] == code)
            return key[0] == 'p';
    }
    return false;
}

static bool row_fits(const struct bt_kb_value *row, const char *key, uint64_t value)
{
    bool of_parameter = key[0] == 'p' && key[1] >= '1' && key[1] <= '4' && key[2] == '\0';
    if (of_parameter && row->p != (unsigned)(key[1] - '0'))
        return false;
    return row->means != NULL && row->value <= value && value <= row->end;
}

static bool has_value(const struct bt_kb_stop *stop, const char *key, uint64_t value)
{
    struct bt_kb_value row;
    for (size_t i = 0; bt_kb_value_at(stop->values, i, &row); i++) {
        if (row_fits(&row, key, value))
            return true;
    }
    return false;
}

static void every_listed_value_has_a_meaning(void **state)
{
    (void)state;
    FILE *f = open_facts("subcodes.tsv");
    if (f == NULL)
        skip(); // BUGTRIAGE_FACTS names no folder with the lists
    char line[4096];
    char *fields[3];
    size_t rows = 0, artefacts = 0;
    assert_non_null(fgets(line, sizeof line, f));
    while (fgets(line, sizeof line, f) != NULL) {
        struct bt_kb_stop stop;
        uint64_t value;
        split(line, fields, 3);
        uint32_t code = parse_code(fields[0]);
        assert_true(bt_kb_stop_find(kb, code, &stop));
        rows++;
        if (!bt_parse_hex(fields[2], strlen(fields[2]), &value) ||
            !has_value(&stop, fields[1], value)) {
            if (!is_artefact(code, fields[1]))
                fail_msg("%s %s %s has no meaning", fields[0], fields[1], fields[2]);
            artefacts++;
        }
    }
    fclose(f);
    print_message("%zu rows, of which %zu are no values\n", rows, artefacts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_codes_are_named_and_the_documented_ones_say_something),
        cmocka_unit_test(every_listed_code_is_known),
        cmocka_unit_test(every_listed_value_has_a_meaning),
    };
    return cmocka_run_group_tests(tests, open_kb, close_kb);
}
