// SPDX-License-Identifier: MIT
//
// Loading images: what is not sound is refused, whatever part of it is wrong.
#include "kb/image.h"

#include <stdlib.h>
#include <zlib.h>

#include "base/attributes.h"
#include "base/buf.h"
#include "kb/compile.h"

#include "test.h"

static const char article[] =
    "id: T1\n"
    "title: a test\n"
    "class: A\n"
    "cap-reason: it is a test\n"
    "applies: [2003 SP1 x86, NT 4.0 except TSE]\n"
    "symptoms: stops\n"
    "stop:\n"
    "  - {code: 0x7F, p1: 0x8, p2: {in: tcpip.sys, when: cpus == 1}, sample: [8, 0, 0, 0]}\n"
    "rule:\n"
    "  needs: os.product in (server) and loaded(\"tcpip.sys\")\n"
    "  probable: p2 in (1, 3..5) or version(\"tcpip.sys\") < 5.2.3790.9\n"
    "  strong: fault_in(\"tcpip.sys\") and built(\"a.sys\") < 2001-01-01\n"
    "ask: [why, how]\n"
    "superseded-by: T2\n"
    "fix:\n"
    "  kind: hotfix\n"
    "  requires: 2003 SP1\n"
    "  fixed-in: 2003 SP2\n"
    "  files:\n"
    "    - {name: tcpip.sys, version: 5.2.3790.2554, platform: x86, size: 1, date: "
    "2005-10-22}\n"
    "tests:\n"
    "  - {name: t, facts: {stop: [0x7F, 8, 0, 0, 0], modules: {tcpip.sys: 5.2.1.1}}, verdict: "
    "none}\n";
static const char codeless[] = "id: T2\ntitle: other\nrule: {needs: 'loaded(\"x.sys\")'}\n";
static const char stop[] =
    "code: 0x7F\nname: X\nsays: y\nclass: driver\nblame: driver\nalso: [Z]\ncheck: [w]\n"
    "parameters: [{p: 1, is: a, kind: value, when: arch == x86}]\n"
    "values: [{p: 1, value: 0x1..0x2, mask: 0xf, means: m, parameters: [{p: 2, is: b, kind: "
    "irql}]}]\n";
static const char status[] = "value\tname\ttext\n0x00000001\tA\tb\n0x00000002\tB\t\n";
static const char drivers[] =
    "file\tvendor\tproduct\trole\na.sys\tv\tp\tdriver\nb.sys\t\t\tinbox\n";
static const char aliases[] = "file\talias\na.sys\tc.sys\na.sys\td.sys\n";
static const char filters[] = "file\tclass\taltitude\na.sys\tanti-virus\t1\na.sys\ttop\t2\n";
static const char products[] = "build\tproduct_type\tarch\tnt\tname\tshort\tservice_pack\n"
                               "1\tany\tany\t1.0\tN\tS\t\n2\tserver\tx86\t1.0\tN\tS\tSP1\n";
static const char branches[] =
    "family\tversion_from\tversion_to\tproduct\tservice_pack\tbranch\tnote\n"
    "5.2\t5.2.3790.0\t5.2.3790.9999\t2003\tSP1\tGDR\tn\n"
    "5.3\t5.3.0.0\t5.3.0.1\t2003\t\t\t\n";

#define SOURCE(name, text)                                                                     \
    {                                                                                          \
        name, NULL,                                                                            \
        {                                                                                      \
            (const uint8_t *)text, sizeof text - 1, 0                                          \
        }                                                                                      \
    }
static const struct bt_kb_source sources[] = {
    SOURCE("T1.yaml", article),       SOURCE("T2.yaml", codeless),
    SOURCE("7f.yaml", stop),          SOURCE("ntstatus.tsv", "value\tname\tseverity\ttext\n"),
    SOURCE("win32.tsv", status),      SOURCE("modules.tsv", drivers),
    SOURCE("aliases.tsv", aliases),   SOURCE("filter-classes.tsv", filters),
    SOURCE("products.tsv", products), SOURCE("branches.tsv", branches),
};

static void compile(size_t rotate, struct bt_buf *image)
{
    static struct bt_kb_diagnostics diagnostics;
    struct bt_kb_source turned[BT_COUNT(sources)];
    struct bt_kb_compile_options options = {.with_tests = true};
    struct bt_kb_compile_counts counts;
    struct bt_buf text;
    for (size_t i = 0; i < BT_COUNT(sources); i++)
        turned[i] = sources[(i + rotate) % BT_COUNT(sources)];
    bt_kb_diagnostics_init(&diagnostics);
    bt_buf_init(image, 1 << 20);
    bt_buf_init(&text, 1 << 20);
    enum bt_status result =
        bt_kb_compile(turned, BT_COUNT(turned), &options, image, &diagnostics, &counts, NULL);
    bt_kb_diagnostics_print(&diagnostics, &text);
    assert_string_equal(bt_buf_cstr(&text), "");
    assert_int_equal(result, BT_OK);
    bt_buf_fini(&text);
    bt_kb_diagnostics_fini(&diagnostics);
}

static struct bt_span span_of(const struct bt_buf *image)
{
    return (struct bt_span){.data = (const uint8_t *)image->data, .size = image->size};
}

static void put32(struct bt_buf *image, size_t at, uint32_t value)
{
    for (size_t i = 0; i < 4; i++)
        image->data[at + i] = (char)(value >> (8 * i) & 0xff);
}

static void seal(struct bt_buf *image)
{
    const unsigned char *bytes = (const unsigned char *)image->data;
    put32(image, 12, (uint32_t)crc32_z(0, &bytes[16], image->size - 16));
}

static enum bt_status open_image(const struct bt_buf *image)
{
    struct bt_kb_image opened;
    return bt_kb_image_open(span_of(image), false, &opened, NULL);
}

static void image_of_same_sources_has_same_bytes(void **state)
{
    (void)state;
    struct bt_buf first, second;
    compile(0, &first);
    compile(3, &second);
    assert_int_equal(first.size, second.size);
    assert_memory_equal(first.data, second.data, first.size);
    assert_int_equal(open_image(&first), BT_OK);
    bt_buf_fini(&first);
    bt_buf_fini(&second);
}

static void every_cut_image_is_refused(void **state)
{
    (void)state;
    struct bt_buf image;
    compile(0, &image);
    size_t whole = image.size;
    for (size_t size = 0; size < whole; size++) {
        // Its own allocation, so that a sanitizer sees every read past the end.
        char *copy = malloc(size + 1);
        memcpy(copy, image.data, size);
        struct bt_kb_image opened;
        struct bt_span cut = {.data = (const uint8_t *)copy, .size = size};
        assert_int_not_equal(bt_kb_image_open(cut, false, &opened, NULL), BT_OK);
        free(copy);
    }
    bt_buf_fini(&image);
}

static void every_changed_byte_is_refused_by_the_checksum(void **state)
{
    (void)state;
    struct bt_buf image;
    compile(0, &image);
    for (size_t at = 0; at < image.size; at++) {
        image.data[at] ^= 0x10;
        assert_int_not_equal(open_image(&image), BT_OK);
        image.data[at] ^= 0x10;
    }
    assert_int_equal(open_image(&image), BT_OK);
    bt_buf_fini(&image);
}

// What a field of each kind must not be.
static bool is_checked(enum bt_kb_field_kind kind)
{
    return kind != FIELD_NUMBER && kind != FIELD_WIDE && kind != FIELD_END;
}

static void corrupt_field(struct bt_buf *image, size_t at, const char *section, uint32_t row,
                          unsigned word)
{
    static const uint32_t bad[] = {0x7ffffffd, 0xfffffffe, 0x00ffffff};
    uint32_t good = bt_le32((const uint8_t *)&image->data[at]);
    for (size_t i = 0; i < BT_COUNT(bad); i++) {
        put32(image, at, bad[i]);
        seal(image);
        if (open_image(image) == BT_OK)
            fail_msg("%s: record %u, word %u: 0x%x is accepted", section, row, word, bad[i]);
    }
    put32(image, at, good);
}

static void every_corrupted_field_is_refused(void **state)
{
    (void)state;
    struct bt_buf image;
    struct bt_kb_image opened;
    size_t fields = 0;
    compile(0, &image);
    assert_int_equal(bt_kb_image_open(span_of(&image), false, &opened, NULL), BT_OK);
    for (size_t s = 1; s < BT_KB_SECTIONS; s++) {
        const struct bt_kb_section_layout *layout = &bt_kb_layout[s];
        size_t start = (size_t)(opened.sections[s] - opened.bytes.data);
        for (uint32_t row = 0; row < opened.rows[s]; row++) {
            for (const struct bt_kb_field *f = layout->fields; f->kind != FIELD_END; f++) {
                if (!is_checked((enum bt_kb_field_kind)f->kind))
                    continue;
                size_t at = start + ((size_t)row * layout->words + f->word) * 4;
                corrupt_field(&image, at, layout->name, row, f->word);
                if (f->kind == FIELD_LIST)
                    corrupt_field(&image, at + 4, layout->name, row, f->word + 1u);
                fields++;
            }
        }
    }
    assert_true(fields > 150);
    bt_buf_fini(&image);
}

// Words that no field describes alone: operands, lists and literals of nodes. Each may be
// refused or make another sound condition; none may be followed out of the image.
static void every_corrupted_node_is_refused_or_sound(void **state)
{
    (void)state;
    static const uint32_t values[] = {0, 1, 2, 5, 40, 200, 0x7fffffff, 0xffffffff};
    struct bt_buf image;
    struct bt_kb_image opened;
    compile(0, &image);
    assert_int_equal(bt_kb_image_open(span_of(&image), false, &opened, NULL), BT_OK);
    size_t start = (size_t)(opened.sections[BT_KB_NODES] - opened.bytes.data);
    size_t words = (size_t)opened.rows[BT_KB_NODES] * NODE_WORDS, refused = 0;
    for (size_t word = 0; word < words; word++) {
        size_t at = start + word * 4;
        uint32_t good = bt_le32((const uint8_t *)&image.data[at]);
        for (size_t i = 0; i < BT_COUNT(values); i++) {
            put32(&image, at, values[i]);
            seal(&image);
            refused += open_image(&image) != BT_OK;
        }
        put32(&image, at, good);
    }
    assert_true(refused > words);
    bt_buf_fini(&image);
}

static void rows_out_of_order_are_refused(void **state)
{
    (void)state;
    static const uint8_t ordered[] = {BT_KB_STATUS_WIN32, BT_KB_DRIVERS,  BT_KB_ALIASES,
                                      BT_KB_PRODUCTS,     BT_KB_BRANCHES, BT_KB_ARTICLES};
    struct bt_buf image;
    struct bt_kb_image opened;
    compile(0, &image);
    assert_int_equal(bt_kb_image_open(span_of(&image), false, &opened, NULL), BT_OK);
    for (size_t i = 0; i < BT_COUNT(ordered); i++) {
        size_t stride = bt_kb_layout[ordered[i]].words * 4;
        char *rows = &image.data[opened.sections[ordered[i]] - opened.bytes.data];
        char copy[BT_KB_MAX_WORDS * 4];
        assert_int_equal(opened.rows[ordered[i]], 2);
        memcpy(copy, rows, stride);
        memmove(rows, &rows[stride], stride);
        memcpy(&rows[stride], copy, stride);
        seal(&image);
        if (open_image(&image) == BT_OK)
            fail_msg("%s may be in any order", bt_kb_layout[ordered[i]].name);
        memcpy(copy, rows, stride);
        memmove(rows, &rows[stride], stride);
        memcpy(&rows[stride], copy, stride);
    }
    bt_buf_fini(&image);
}

static void other_format_version_says_so(void **state)
{
    (void)state;
    struct bt_buf image;
    struct bt_kb_image opened;
    struct bt_error err = {0};
    compile(0, &image);
    put32(&image, 8, BT_KB_FORMAT_VERSION + 1);
    assert_int_equal(bt_kb_image_open(span_of(&image), false, &opened, &err), BT_E_UNSUPPORTED);
    assert_non_null(strstr(err.message, "kb build"));
    bt_buf_fini(&image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(image_of_same_sources_has_same_bytes),
        cmocka_unit_test(every_cut_image_is_refused),
        cmocka_unit_test(every_changed_byte_is_refused_by_the_checksum),
        cmocka_unit_test(every_corrupted_field_is_refused),
        cmocka_unit_test(every_corrupted_node_is_refused_or_sound),
        cmocka_unit_test(rows_out_of_order_are_refused),
        cmocka_unit_test(other_format_version_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
