// SPDX-License-Identifier: MIT
//
// Any bytes as a knowledge image. Size and checksum are made right, so that what lies behind
// them is reached; an image that is accepted must stand every look into it.
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/arena.h"
#include "kb/article.h"
#include "kb/kb.h"
#include "kb/layout.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t seen; // keeps the compiler from leaving the reads out

static void see_text(const char *text)
{
    seen += text != NULL ? strlen(text) : 0;
}

static void see_texts(struct bt_kb_list texts)
{
    for (size_t i = 0; i <= texts.count; i++)
        see_text(bt_kb_text(texts, i));
}

static void see_parameters(struct bt_kb_list list)
{
    struct bt_kb_parameter row;
    for (size_t i = 0; bt_kb_parameter_at(list, i, &row); i++) {
        see_text(row.is);
        see_text(row.kind);
        see_text(bt_kb_expr_source(row.when));
    }
}

static void see_stops(const struct bt_kb *kb)
{
    struct bt_kb_stop stop;
    struct bt_kb_value value;
    for (uint64_t at = 0; bt_kb_stop_next(kb, &at, &stop);) {
        see_text(stop.name);
        see_text(stop.says);
        see_text(stop.source);
        see_texts(stop.also);
        see_texts(stop.check);
        see_parameters(stop.parameters);
        for (size_t i = 0; bt_kb_value_at(stop.values, i, &value); i++) {
            see_text(value.means);
            see_text(value.symbol);
            see_parameters(value.parameters);
            see_text(bt_kb_expr_source(value.when));
        }
    }
}

static void see_systems(struct bt_kb_list list)
{
    struct bt_kb_system row;
    for (size_t i = 0; bt_kb_system_at(list, i, &row); i++) {
        see_text(row.text);
        see_text(row.line);
    }
}

static void see_conditions(struct bt_kb_list list)
{
    struct bt_kb_condition row;
    for (size_t i = 0; bt_kb_condition_at(list, i, &row); i++) {
        see_text(bt_kb_expr_source(row.expr));
        see_text(bt_kb_expr_source(row.when));
    }
}

static void see_clauses(struct bt_kb_list list)
{
    struct bt_kb_clause row;
    struct bt_kb_sample sample;
    for (size_t i = 0; bt_kb_clause_at(list, i, &row); i++) {
        see_conditions(row.conditions);
        for (size_t k = 0; bt_kb_sample_at(row.samples, k, &sample); k++)
            seen += sample.known;
    }
}

static void see_fix(const struct bt_kb_article *article)
{
    struct bt_kb_fix_file file;
    see_text(article->fix_kind);
    see_text(article->fix_note);
    see_text(article->requires_text);
    see_systems(article->requires_systems);
    see_systems(article->fixed_in);
    for (size_t i = 0; bt_kb_fix_file_at(article->files, i, &file); i++) {
        see_text(file.name);
        see_text(file.platform);
        see_systems(file.systems);
    }
}

static void see_articles(const struct bt_kb *kb)
{
    struct bt_kb_candidates at = {0};
    struct bt_kb_article article;
    struct bt_kb_link link;
    while (bt_kb_article_next(kb, &at, &article)) {
        see_text(article.id);
        see_text(article.title);
        see_text(article.cause);
        see_systems(article.systems);
        see_clauses(article.clauses);
        see_conditions(article.conditions);
        see_texts(article.ask);
        see_texts(article.keywords);
        see_fix(&article);
        for (size_t i = 0; bt_kb_link_at(article.links, i, &link); i++)
            see_text(link.target);
        seen += bt_kb_article_find(kb, article.id, &article);
    }
    const struct bt_kb_crash_codes codes = {.stop = bt_some32(0x7f),
                                            .exception = bt_some32(0xc0000005)};
    at = (struct bt_kb_candidates){0};
    while (bt_kb_candidate_next(kb, &codes, &at, &article))
        see_text(article.id);
    const struct bt_kb_crash_codes of_program = {.exception_present = true,
                                                 .exception = bt_some32(0xc0000005),
                                                 .modules = {"prnui301.dll", "train.exe"}};
    at = (struct bt_kb_candidates){0};
    while (bt_kb_candidate_next(kb, &of_program, &at, &article))
        see_text(article.id);
}

static void see_tests(const struct bt_kb *kb)
{
    struct bt_kb_test test;
    struct bt_kb_fact fact;
    for (size_t i = 0; i < bt_kb_test_count(kb, 0) && bt_kb_test_at(kb, 0, i, &test); i++) {
        see_text(test.name);
        see_text(test.verdict);
        for (size_t k = 0; bt_kb_fact_at(test.facts, k, &fact); k++)
            see_text(fact.value);
    }
}

static void see_tables(const struct bt_kb *kb)
{
    static const char *const names[] = {"a.sys", "c.sys", "ntoskrnl.exe", "", "zzzz"};
    struct bt_kb_status status;
    struct bt_kb_driver driver;
    struct bt_kb_filter filter;
    struct bt_kb_product product;
    struct bt_kb_branch branch;
    for (uint32_t value = 0; value < 3; value++) {
        for (int kind = BT_KB_NTSTATUS; kind <= BT_KB_WIN32; kind++) {
            if (bt_kb_status_find(kb, (enum bt_kb_status_kind)kind, value, &status))
                see_text(status.name);
        }
        seen += bt_kb_product_find(kb, value, value, "x86", &product);
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (bt_kb_driver_find(kb, names[i], &driver))
            see_text(driver.vendor);
        see_text(bt_kb_canonical_file(kb, names[i]));
        seen += bt_kb_filter_at(kb, names[i], 0, &filter);
    }
    seen += bt_kb_branch_find(kb, bt_file_version_make(5, 2, 3790, 5), &branch);
    seen += bt_kb_compare(kb, bt_file_version_make(5, 2, 3790, 5),
                          bt_file_version_make(5, 2, 3790, 6));
}

static void put_le(uint8_t *to, uint64_t value, int size)
{
    for (int i = 0; i < size; i++)
        to[i] = (uint8_t)(value >> (8 * i));
}

// The header that the loader checks first, made to agree with the bytes.
static void repair(uint8_t *bytes, size_t size)
{
    if (size < BT_KB_HEADER_SIZE)
        return;
    memcpy(bytes, BT_KB_MAGIC, BT_KB_MAGIC_SIZE);
    put_le(bytes + 8, BT_KB_FORMAT_VERSION, 4);
    put_le(bytes + 16, size, 8);
    put_le(bytes + 12, crc32_z(0, bytes + BT_KB_CRC_START, size - BT_KB_CRC_START), 4);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bt_kb *kb = bt_kb_new();
    uint8_t *copy = malloc(size > 0 ? size : 1);
    struct bt_error err;
    if (kb == NULL || copy == NULL)
        abort();
    memcpy(copy, data, size);
    repair(copy, size);
    struct bt_span bytes = {.data = copy, .size = size};
    if (bt_kb_add_image(kb, bytes, "fuzz", &err) == BT_OK) {
        see_stops(kb);
        see_articles(kb);
        see_tests(kb);
        see_tables(kb);
        see_text(bt_kb_version(kb));
    }
    bt_kb_free(kb);
    free(copy);
    return 0;
}
